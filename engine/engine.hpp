#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>

#include "dsp/eq_settings.hpp"
#include "dsp/equaliser.hpp"
#include "dsp/gain_ramp.hpp"
#include "engine/application_mix.hpp"
#include "engine/applications.hpp"
#include "engine/late_watch.hpp"
#include "engine/latest_value.hpp"
#include "engine/read_phase.hpp"
#include "engine/shared_memory_source.hpp"
#include "engine/steering.hpp"
#include "rt/nonblocking.hpp"

namespace gecko::engine {

inline constexpr double kMaxVolume = 2.0;  ///< 200 %

/// How much room reading leaves for callbacks and cycles that come early or late.
enum class LatencyMode : std::uint8_t { low, normal, safe };

/// Seconds between the end of the interval that is read and what the driver guarantees: 2 ms (docs/clock.md) and what the mode allows
/// for jitter.
constexpr double margin_seconds(LatencyMode mode) noexcept {
    switch (mode) {
        case LatencyMode::low:
            return 0.002 + 0.001;
        case LatencyMode::safe:
            return 0.002 + 0.010;
        default:
            return 0.002 + 0.002;
    }
}

/// Which of Gecko Sink's own controls the engine does; the others are the hardware's.
struct DigitalVolume {
    bool volume = true;
    bool mute = true;
};

/// What the user chose.
struct Settings {
    dsp::EqSettings eq;
    double volume = 1.0;  ///< master volume as a factor, 0 to kMaxVolume
    /// The first application_count are: applications with a chain of their own, before the master's.
    std::array<ApplicationSettings, kApplications> applications{};
    std::size_t application_count = 0;
};

/// What the engine did last, for display. Frames are the output's; levels are after everything.
struct Status {
    bool playing = false;               ///< an application plays into the device
    std::uint64_t position_frames = 0;  ///< since the time line began
    double fill_frames = 0;             ///< the phase (ReadPhase::fill)
    double target_frames = 0;           ///< what steering keeps it at
    double latency_frames = 0;          ///< from Gecko Sink's time line to the output's
    double steering_ppm = 0;            ///< asked of Gecko Sink's clock
    std::uint64_t overtaken_frames = 0;
    std::uint64_t underrun_frames = 0;
    std::array<float, 2> peak{};  ///< linear, left and right, since the status before
    /// The first application_count are: who plays, in the order of client IDs.
    std::array<ApplicationStatus, kApplications> applications{};
    std::size_t application_count = 0;
};

/// From the driver's rings to the output's buffer: each application through its own chain where it has one, then preamp, equaliser, volume, the device's own volume, fade.
///
/// Reads no clock, makes no thread. With a flat equaliser and unity volume what comes out is what the driver was given, bit
/// for bit. While the output is stopped a control thread prepares and attaches; while it runs only render() and the calls that
/// say so are allowed.
class Engine {
  public:
    /// The sample rate in Hz of output and ring alike. Control thread, output stopped.
    void prepare(double rate_hz, LatencyMode mode = LatencyMode::normal, DigitalVolume digital = {}) noexcept;
    /// Reads from this ring, faded in; the mapped bytes outlive the engine or the next attach() or detach(). Control thread, output stopped.
    void attach(const shm::RingReader& ring) noexcept;
    void detach() noexcept;
    /// The output has been stopped while there was nothing to hear, and starts again: what is heard first is this frame of P, not
    /// faded in, if the ring still has it; else what it no longer has is counted as overtaken. Behind prepare() or attach(), before the
    /// output runs. Control thread.
    ///
    /// The longer the output took to start, the later everything is heard. That is put right in the next digital silence; where it is 100 ms
    /// or more and none comes within two seconds, by fading out, skipping, which counts as overtaken, and fading in.
    void resume_at(std::uint64_t position) noexcept;

    /// One control thread, at any time. Values out of range are clamped; NaN leaves all as it was.
    void set(const Settings& settings) noexcept;
    /// Fades to silence; faded_out() tells when it is reached. prepare() and attach() fade in again. Any thread.
    void fade_out() noexcept { ending_.store(true, std::memory_order_relaxed); }
    [[nodiscard]] bool faded_out() const noexcept {
        return fade_state_.load(std::memory_order_relaxed) == FadeState::out;
    }
    /// The fade-in is over: from here on what is played is played whole. Any thread.
    [[nodiscard]] bool faded_in() const noexcept {
        return fade_state_.load(std::memory_order_relaxed) == FadeState::in;
    }

    /// Fills `out`, interleaved stereo of any length, for one pull of the output. The output's callback.
    void render(const OutputCycle& cycle, std::span<float> out) noexcept GECKO_NONBLOCKING;

    /// One thread at a time (it takes the peaks).
    Status status() noexcept;
    /// Frames since the last one from the ring that was not digital silence. Any thread.
    [[nodiscard]] std::uint64_t quiet_frames() const noexcept {
        return quiet_frames_.load(std::memory_order_relaxed);
    }
    /// Frames that the phase is off from where it was set. Any thread.
    [[nodiscard]] double phase_error_frames() const noexcept {
        return fill_frames_.load(std::memory_order_relaxed) - target_frames_.load(std::memory_order_relaxed);
    }
    /// P that the next pull goes on from. Any thread.
    [[nodiscard]] std::uint64_t read_position() const noexcept {
        return read_position_.load(std::memory_order_relaxed);
    }

  private:
    enum class FadeState : std::uint8_t { moving, in, out };
    enum class CatchUp : std::uint8_t { none, fading_out, fading_in };

    void apply(const Settings& settings) noexcept GECKO_NONBLOCKING;
    void read(SharedMemorySource& source, const OutputCycle& cycle,
              std::span<float> out) noexcept GECKO_NONBLOCKING;
    SharedMemorySource::Read read_from(SharedMemorySource& source, std::uint64_t position,
                                       std::span<float> out) noexcept GECKO_NONBLOCKING;
    bool output_goes_on(const std::optional<shm::TimeLine>& line,
                        const OutputCycle& cycle) noexcept GECKO_NONBLOCKING;
    void follow_device_volume(const shm::ProducerState& state) noexcept GECKO_NONBLOCKING;
    void steer(SharedMemorySource& source, const OutputCycle& cycle) noexcept GECKO_NONBLOCKING;
    void drop_surplus(const SharedMemorySource& source,
                      std::span<const float> heard) noexcept GECKO_NONBLOCKING;
    std::uint64_t catch_up(const SharedMemorySource& source, const shm::ProducerState& state,
                           std::size_t frames) noexcept GECKO_NONBLOCKING;
    void fade(std::span<float> out) noexcept GECKO_NONBLOCKING;
    void meter(std::span<const float> out) noexcept GECKO_NONBLOCKING;
    void restart() noexcept;

    double rate_hz_ = 48'000;
    LatencyMode mode_ = LatencyMode::normal;
    DigitalVolume digital_;
    std::optional<SharedMemorySource> source_;
    ReadPhase phase_;
    Steering steering_;
    LateWatch late_;
    std::optional<double> steered_at_;  // sample time
    bool stopped_ = true;               // the time line in force has ended: what is missing is not lost
    bool mix_silent_ = true;            // all that this pull read of the mix
    bool fresh_ = true;                 // nothing has been rendered since prepare() or attach()
    bool held_ = true;                  // the fade-in waits for what is played already
    CatchUp catch_up_ = CatchUp::none;
    double behind_seconds_ = 0;  // for which reading has been much later than it need be
    std::optional<OutputCycle> last_cycle_;
    double ticks_per_frame_ = 0;  // host ticks, by the latest clock line; 0: none has been seen

    LatestValue<Settings> chosen_;
    ApplicationMix applications_;
    dsp::GainRamp preamp_;
    dsp::TenBandEqualiser equaliser_;
    dsp::GainRamp volume_;
    dsp::GainRamp device_volume_;
    dsp::GainRamp fade_;
    std::atomic<bool> ending_{false};
    std::atomic<FadeState> fade_state_{FadeState::moving};

    std::atomic<bool> playing_{false};
    std::atomic<std::uint64_t> position_frames_{0};
    std::atomic<double> fill_frames_{0};
    std::atomic<double> target_frames_{0};
    std::atomic<double> latency_frames_{0};
    std::atomic<double> steering_ppm_{0};
    std::atomic<std::uint64_t> quiet_frames_{0};
    std::atomic<std::uint64_t> read_position_{0};
    std::atomic<std::uint64_t> overtaken_frames_{0};
    std::atomic<std::uint64_t> underrun_frames_{0};
    std::array<std::atomic<float>, 2> peak_{};
};

}  // namespace gecko::engine
