#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "shm/ring_reader.hpp"

namespace gecko::engine {

/// Audio as it comes out of the driver's mix ring: blocks or single samples from a position on.
///
/// It never ends and never fails: what is late is silence, what was overwritten before it was read is silence of the same
/// length. One thread at a time.
class SharedMemorySource {
  public:
    struct Read {
        std::size_t frames;  ///< frames of the block that the producer has written, overtaken ones included
        std::size_t overtaken;  ///< of these, frames that were overwritten first and are silence
    };

    /// Reading starts at the newest frame.
    explicit SharedMemorySource(const shm::RingReader& reader) noexcept;

    [[nodiscard]] const shm::RingReader& ring() const noexcept GECKO_NONBLOCKING { return reader_; }
    /// The frame that read() or next() gives next, in frames of P.
    [[nodiscard]] std::uint64_t position() const noexcept GECKO_NONBLOCKING { return position_; }
    /// Goes on reading elsewhere; any position is safe.
    void seek(std::uint64_t position) noexcept GECKO_NONBLOCKING;

    /// Fills `out` (interleaved, whole frames). Goes on by the frames that were there; the rest of `out` is silence.
    Read read(std::span<float> out) noexcept GECKO_NONBLOCKING;
    /// The next sample (channel by channel), or nothing while there is no new data.
    std::optional<float> next() noexcept GECKO_NONBLOCKING;

    /// Tells whoever watches: the output's heartbeat (host ticks) and what was lost (frames).
    void report_pull(std::uint64_t host_time, std::uint64_t overtaken,
                     std::uint64_t underrun) noexcept GECKO_NONBLOCKING {
        reader_.report_pull(host_time, overtaken, underrun);
    }

    /// Asks for the driver's clock to run this much faster than nominal (ppm).
    void ask_steering(double ppm) noexcept GECKO_NONBLOCKING { reader_.ask_steering(ppm); }

  private:
    shm::RingReader reader_;
    std::uint64_t position_;
    std::uint32_t channel_ = 0;  // of the frame at position_, that next() gives next
};

}  // namespace gecko::engine
