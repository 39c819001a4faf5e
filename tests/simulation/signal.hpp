#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>

#include "tests/shm/counting.hpp"

/// Audio whose every frame says which frame it is (tests/shm/counting.hpp), in bulk.
namespace gecko::simulation {

/// Frames `first`, `first` + 1, ... into `pcm`, interleaved stereo.
inline void count_into(std::uint64_t first, std::span<float> pcm) {
    std::size_t done = 0;
    while (2 * done < pcm.size()) {
        // Up to where the right channel counts on.
        const std::uint64_t frame = first + done;
        const auto low = static_cast<std::int32_t>(frame & 0xff'ffff);
        const std::size_t run =
            std::min<std::size_t>(pcm.size() / 2 - done, 0x100'0000 - (frame & 0xff'ffff));
        const float right = shm::testing::right_of(frame);
        float* out = pcm.data() + 2 * done;
        for (std::size_t i = 0; i < run; ++i) {
            out[2 * i] = static_cast<float>(low + static_cast<std::int32_t>(i) + 1);
            out[2 * i + 1] = right;
        }
        done += run;
    }
}

/// How many frames at the beginning of `pcm` are `first`, `first` + 1, ..., bit for bit.
inline std::size_t counted(std::uint64_t first, std::span<const float> pcm) {
    const std::size_t frames = pcm.size() / 2;
    const auto low = static_cast<std::int32_t>(first & 0xff'ffff);
    const std::size_t run = std::min<std::size_t>(frames, 0x100'0000 - (first & 0xff'ffff));
    const float right = shm::testing::right_of(first);
    bool same = run == frames;
    for (std::size_t i = 0; i < run;
         ++i) {  // without a way out: compilers make it a few instructions for many frames
        same &= pcm[2 * i] == static_cast<float>(low + static_cast<std::int32_t>(i) + 1);
        same &= pcm[2 * i + 1] == right;
    }
    if (same) return frames;
    std::size_t i = 0;
    while (i < frames && shm::testing::is_frame(&pcm[2 * i], first + i)) ++i;
    return i;
}

/// How many frames at the beginning of `pcm` are silence.
inline std::size_t silent(std::span<const float> pcm) {
    std::size_t i = 0;
    while (2 * i < pcm.size() && shm::testing::is_silence(&pcm[2 * i])) ++i;
    return i;
}

/// Which frame this is; nothing for anything that no source made.
inline std::optional<std::uint64_t> number_of(const float* frame) {
    const auto left = static_cast<double>(frame[0]);
    const auto right = static_cast<double>(frame[1]);
    if (!(left >= 1 && left <= 0x1p24 && right >= 0 && right < 0x1p24)) return std::nullopt;
    if (left != std::floor(left) || right != std::floor(right)) return std::nullopt;
    return (static_cast<std::uint64_t>(right) << 24) + static_cast<std::uint64_t>(left) - 1;
}

}  // namespace gecko::simulation
