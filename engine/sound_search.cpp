#include "engine/sound_search.hpp"

#include <algorithm>
#include <span>

namespace gecko::engine {

SoundSearch::SoundSearch(const shm::RingReader& ring, std::uint64_t position) noexcept : position_(position) {
    const std::uint64_t written = ring.state().position;
    if (static_cast<std::int64_t>(position - written) > 0) position_ = written;
}

std::optional<std::uint64_t> SoundSearch::find(const shm::RingReader& ring) noexcept {
    const std::uint64_t written = ring.state().position;
    const std::size_t channels = ring.geometry().channels();
    const auto behind = static_cast<std::int64_t>(written - position_);
    // Somewhere else altogether, as after another driver, or longer ago than the ring holds: from what there is.
    if (behind < 0 || behind > std::int64_t{ring.geometry().frames()}) {
        position_ = written - std::min<std::uint64_t>(written, ring.geometry().frames());
    }
    // A producer that writes while this looks is followed for no more than a ring.
    for (std::uint64_t left = ring.geometry().frames(); left > 0 && position_ != written;) {
        const auto frames = std::min({static_cast<std::uint64_t>(kFrames), left, written - position_});
        const auto block = std::span(samples_).first(static_cast<std::size_t>(frames) * channels);
        (void)ring.copy(position_, block);
        const auto sound = std::ranges::find_if(block, [](float sample) { return sample != 0.0f; });
        position_ += static_cast<std::uint64_t>(sound - block.begin()) / channels;
        if (sound != block.end()) return position_;
        left -= frames;
    }
    return std::nullopt;
}

}  // namespace gecko::engine
