#include "engine/output_tap.hpp"

#include <algorithm>
#include <bit>

namespace gecko::engine {

OutputTap::OutputTap(std::size_t samples) : ring_(std::bit_ceil(samples)) {}

void OutputTap::begin(double rate_hz) noexcept {
    rate_hz_ = rate_hz;
    ++run_;
}

bool OutputTap::open(double sample_time, std::size_t frames,
                     std::size_t channels) noexcept GECKO_NONBLOCKING {
    const std::uint64_t blocks_out = blocks_out_.load(std::memory_order_acquire);
    const std::uint64_t waiting = put_ - samples_out_.load(std::memory_order_acquire);
    if (given_ - blocks_out == kBlocks || frames * channels > ring_.size() - waiting) {
        lost_frames_.fetch_add(frames, std::memory_order_relaxed);
        return false;
    }
    open_ = {.run = run_,
             .rate_hz = rate_hz_,
             .sample_time = sample_time,
             .channels = static_cast<std::uint32_t>(channels),
             .frames = static_cast<std::uint32_t>(frames)};
    open_end_ = put_ + frames * channels;
    return true;
}

void OutputTap::put(std::span<const float> samples) noexcept GECKO_NONBLOCKING {
    samples = samples.first(std::min<std::size_t>(samples.size(), open_end_ - put_));
    const std::size_t at = put_ & (ring_.size() - 1);
    const std::size_t first = std::min(samples.size(), ring_.size() - at);
    std::copy_n(samples.begin(), first, ring_.data() + at);
    std::copy(samples.begin() + static_cast<std::ptrdiff_t>(first), samples.end(), ring_.data());
    put_ += samples.size();
}

void OutputTap::close() noexcept GECKO_NONBLOCKING {
    entries_[given_ % kBlocks] = {.block = open_, .end = put_};
    ++given_;
    blocks_in_.store(given_, std::memory_order_release);
}

std::optional<OutputTap::Block> OutputTap::take(std::vector<float>& samples) {
    if (taken_ == blocks_in_.load(std::memory_order_acquire)) return std::nullopt;
    const Entry entry = entries_[taken_ % kBlocks];
    samples.resize(entry.end - taken_samples_);
    const std::size_t at = taken_samples_ & (ring_.size() - 1);
    const std::size_t first = std::min(samples.size(), ring_.size() - at);
    std::copy_n(ring_.data() + at, first, samples.begin());
    std::copy_n(ring_.data(), samples.size() - first, samples.begin() + static_cast<std::ptrdiff_t>(first));
    taken_samples_ = entry.end;
    ++taken_;
    samples_out_.store(taken_samples_, std::memory_order_release);
    blocks_out_.store(taken_, std::memory_order_release);
    return entry.block;
}

}  // namespace gecko::engine
