#include "played.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tests/simulation/signal.hpp"

namespace gecko::following {
namespace {

constexpr std::size_t kLog = 8192;  // cycles
/// What of the player's end the ring may not have given when Gecko Sink's rate changes, or its time line ends.
constexpr double kInTheRing = 0.1;  // seconds

}  // namespace

double Played::Cycle::time_of(std::uint64_t number) const {
    return static_cast<double>(at) + static_cast<double>(number - frame) / rate * simulation::kTicksPerSecond;
}

void Played::hear(const VirtualMac::OutputHeard& output) {
    const std::size_t frames = output.samples.size() / 2;
    const bool broken = output.time_line != time_line_ || output.sample_time != next_sample_time_;
    time_line_ = output.time_line;
    next_sample_time_ = output.sample_time + static_cast<std::int64_t>(frames);
    const std::size_t silent = simulation::silent(output.samples);
    const bool begins = silent_ || broken || silent > 0;
    if (const auto cut = std::exchange(cut_, std::nullopt); cut && !begins)
        complain_(fmt::format("the sound ends before frame {}, though the player goes on", *cut));
    silent_ = silent == frames;
    if (silent_) return;
    const auto frame = simulation::number_of(&output.samples[2 * silent]);
    if (!frame) return complain_("the player plays something else");
    const double late = static_cast<double>(silent) / output.rate * simulation::kTicksPerSecond;
    cycles_.push_back({.frame = *frame,
                       .frames = static_cast<std::uint32_t>(frames - silent),
                       .at = output.host_time + static_cast<Ticks>(late),
                       .rate = output.rate,
                       .begins = begins});
    if (cycles_.size() > kLog) cycles_.pop_front();
}

const Played::Cycle* Played::with(std::uint64_t frame) const {
    const auto next = std::ranges::upper_bound(cycles_, frame, {}, &Cycle::frame);
    return next != cycles_.begin() && frame < std::prev(next)->end() ? &*std::prev(next) : nullptr;
}

void Played::stop_short(std::uint64_t frame) {
    const Cycle* last = frame > 0 ? with(frame - 1) : nullptr;
    if (last == nullptr) return complain_(fmt::format("frame {} is heard that was not fed", frame));
    const auto reach = static_cast<std::uint64_t>(kInTheRing * last->rate);
    auto next = std::ranges::upper_bound(cycles_, frame - 1, {}, &Cycle::frame);
    for (; next != cycles_.end() && next->frame <= frame + reach; ++next)
        if (next->begins) return;
    if (!silent_) cut_ = frame;
}

}  // namespace gecko::following
