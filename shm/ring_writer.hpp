#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "rt/nonblocking.hpp"
#include "shm/client_rings.hpp"
#include "shm/clock_line.hpp"
#include "shm/layout.hpp"

namespace gecko::shm {

/// One cycle of the device's mix, as it is handed to WriteMix.
struct MixCycle {
    std::int64_t sample_time;  ///< device time of the first frame
    const float* pcm;          ///< frames x channels samples, interleaved
    std::uint32_t frames;
    std::uint32_t
        lead;         ///< frames from the device's current time to sample_time: how far ahead the host mixes
    ClockLine clock;  ///< the device's clock, in device sample time
};

/// One client's part of a cycle, as it is handed to ProcessOutput.
struct ClientCycle {
    std::int64_t sample_time;  ///< device time of the first frame
    const float* pcm;          ///< frames x channels samples, interleaved
    std::uint32_t frames;
};

/// The producer's side of a segment's rings. It waits for nobody and reads nothing that the consumer stores.
///
/// P and the base of the time line live here; the segment only receives copies. A cycle by sample time
/// (docs/shared-memory.md): with d = sample time - base - P,
///   -frames < d < 0      frames before P are ignored;
///   0 <= d < frames      the hole is filled with silence;
///   otherwise            a new time line begins at P.
/// A cycle's clients come first (write_client), its mix last (write_mix), which moves P.
class RingWriter {
  public:
    /// `segment`: geometry.segment_bytes() mapped, writable bytes that outlive the writer. P starts at 0.
    RingWriter(std::byte* segment, const Geometry& geometry) noexcept;

    /// Makes the next cycle begin a new time line; until then there is none. Control thread, while IO is stopped.
    void expect_new_time_line() noexcept;
    /// Stores whether the device's IO runs. Control thread.
    void set_running(bool running) noexcept;
    /// Stores the nominal rate in Hz without starting a generation: at attach. Control thread, while IO is
    /// stopped or the writer is not yet published.
    void set_rate(std::uint32_t hz) noexcept;
    /// A new rate: stored, generation + 1, and the next cycle begins a new time line. Control thread, while
    /// IO is stopped.
    void change_rate(std::uint32_t hz) noexcept;
    /// Stores what the consumer applies as its last stage where the output's hardware does not: linear gain 0..1 and mute. Control thread.
    void set_volume(float gain, bool muted) noexcept;

    /// Writes what a client plays in the cycle that is mixed next. IO thread.
    ///
    /// registration  of a client that clients() knows, or else the cycle is incomplete
    void write_client(std::uint64_t registration, const ClientCycle& cycle) noexcept GECKO_NONBLOCKING;
    /// The rings of the clients; whoever finds out who they are gives and frees them. IO thread.
    [[nodiscard]] ClientRings& clients() noexcept GECKO_NONBLOCKING { return clients_; }
    /// Whether nothing has been written yet. IO thread.
    [[nodiscard]] bool is_fresh() const noexcept GECKO_NONBLOCKING { return fresh_; }
    /// P. IO thread.
    [[nodiscard]] std::uint64_t position() const noexcept GECKO_NONBLOCKING { return position_; }

    /// Writes one cycle and publishes it. IO thread.
    void write_mix(const MixCycle& cycle) noexcept GECKO_NONBLOCKING;

  private:
    /// Where a cycle belongs.
    struct Place {
        std::uint64_t base;   // device sample time of P = 0, modulo 2^64
        std::int64_t offset;  // frames from P
        bool begins;          // a new time line
    };
    [[nodiscard]] Place place(std::int64_t sample_time) const noexcept GECKO_NONBLOCKING;
    void begin_time_line(std::int64_t sample_time) noexcept GECKO_NONBLOCKING;
    void follow_lead(std::uint32_t lead) noexcept GECKO_NONBLOCKING;
    void publish_time_line(const MixCycle& cycle) noexcept GECKO_NONBLOCKING;

    View view_;
    Geometry geometry_;
    PcmRing mix_;
    ClientRings clients_;
    std::uint64_t position_ = 0;
    std::uint64_t base_ = 0;  // device sample time of P = 0, modulo 2^64
    std::uint32_t generation_ = 0;
    std::uint64_t time_line_start_ = 0;
    std::array<std::uint32_t, 2>
        leads_{};                    // frames; the least seen in this window of P and in the one before
    std::uint64_t lead_window_ = 0;  // P at which this window ends
    std::uint32_t lead_ = 0;         // frames; the least of both
    bool published_ = false;         // the time line, as it is now
    bool fresh_ = true;
    ClockLine clock_{};  // of the cycle before, in frames of P
    std::uint32_t time_line_sequence_ = 0;
    std::atomic<bool> new_time_line_{true};
};

}  // namespace gecko::shm
