#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "shm/ring_reader.hpp"
#include "shm/ring_writer.hpp"
#include "shm/segment.hpp"

/// A ring in private memory and audio whose every frame says which frame it is.
namespace gecko::shm::testing {

inline constexpr ClockLine kLine48k{.anchor_frame = 0, .anchor_host_time = 0, .ticks_per_frame = 500};

/// Frame n is (n modulo 2^24 + 1, n / 2^24): exact in Float32, and never silence.
inline float left_of(std::uint64_t frame) {
    return static_cast<float>((frame & 0xff'ffff) + 1);
}
inline float right_of(std::uint64_t frame) {
    return static_cast<float>(frame >> 24);
}

inline std::vector<float> counting_frames(std::uint64_t first, std::size_t frames) {
    std::vector<float> pcm(frames * 2);
    for (std::size_t i = 0; i < frames; ++i) {
        pcm[2 * i] = left_of(first + i);
        pcm[2 * i + 1] = right_of(first + i);
    }
    return pcm;
}

inline bool is_frame(const float* frame, std::uint64_t n) {
    return frame[0] == left_of(n) && frame[1] == right_of(n);
}
inline bool is_silence(const float* frame) {
    return frame[0] == 0.0f && frame[1] == 0.0f;
}

inline MixCycle cycle_of(std::int64_t sample_time, const std::vector<float>& pcm) {
    return {.sample_time = sample_time,
            .pcm = pcm.data(),
            .frames = static_cast<std::uint32_t>(pcm.size() / 2),
            .lead = 512,
            .clock = kLine48k};
}

struct AlignedDelete {
    void operator()(std::byte* bytes) const { ::operator delete[](bytes, std::align_val_t{kLine}); }
};

/// A segment's bytes without a segment.
class PrivateRing {
  public:
    explicit PrivateRing(std::uint32_t frames, std::uint32_t client_rings = 0)
        : geometry_(*Geometry::of(frames, 2, client_rings)),
          bytes_(new (std::align_val_t{kLine}) std::byte[geometry_.segment_bytes()]{}),
          writer(bytes_.get(), geometry_),
          reader(bytes_.get(), geometry_) {}

    [[nodiscard]] std::uint32_t frames() const { return geometry_.frames(); }
    [[nodiscard]] View view() const { return View::of(bytes_.get(), geometry_); }

  private:
    Geometry geometry_;
    std::unique_ptr<std::byte[], AlignedDelete> bytes_;

  public:
    RingWriter writer;
    RingReader reader;
};

}  // namespace gecko::shm::testing
