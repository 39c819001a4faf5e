#pragma once

#include <cstdint>

#include "rt/nonblocking.hpp"
#include "shm/layout.hpp"

namespace gecko::shm {

/// The producer's view of one ring of PCM, by frames of P. IO thread.
class PcmRing {
  public:
    PcmRing(float* samples, const Geometry& geometry) noexcept : samples_(samples), geometry_(geometry) {}

    /// Copies `frames` interleaved frames, a ring of them at most, to where `position` lies. Null: silence.
    void put(std::uint64_t position, const float* pcm, std::uint64_t frames) noexcept GECKO_NONBLOCKING;

  private:
    float* samples_;
    Geometry geometry_;
};

/// What of a cycle fits into a ring at all: of one that is longer only its end is kept.
struct Kept {
    const float* pcm;
    std::uint64_t frames;

    static Kept of(const float* pcm, std::uint64_t frames,
                   const Geometry& geometry) noexcept GECKO_NONBLOCKING {
        const std::uint64_t cut = frames > geometry.frames() ? frames - geometry.frames() : 0;
        return {.pcm = pcm + cut * geometry.channels(), .frames = frames - cut};
    }
};

}  // namespace gecko::shm
