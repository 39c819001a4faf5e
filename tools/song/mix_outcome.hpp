#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/measure/levels.hpp"
#include "tools/measure/mix.hpp"
#include "tools/measure/response.hpp"
#include "tools/song/failure.hpp"
#include "tools/song/plan.hpp"
#include "tools/song/session.hpp"

namespace gecko::song_run {

/// What was measured of one of several applications.
struct ApplicationOutcome {
    std::int64_t frames = 0;     ///< that it played
    std::int64_t begins_at = 0;  ///< the frame of MixOutcome::recorded at which its first one is heard
    std::int64_t lost = 0, repeated = 0;
    measure::Levels before;
    std::vector<measure::ResponsePoint> points;
    std::vector<double> asked_db;  ///< one for each point, at its frequency

    std::size_t measured() const;  ///< how many points were
    /// The largest |measured - asked|, in dB; 0 if nothing was measured.
    double largest_difference_db() const;
};

/// What was measured of several applications together. Every figure comes from the recordings, the files as they were played, and,
/// for the sum that the recording is compared with, the presets.
struct MixOutcome {
    std::uint32_t file_rate = 0;  ///< Hz
    std::uint32_t rate = 0;       ///< Hz, of the devices
    std::vector<ApplicationOutcome> applications;
    measure::MixIntegrity integrity;   ///< its breaks are at frames of `recorded`
    std::optional<double> latency_ms;  ///< as Outcome's, by the application that is heard first
    measure::Levels after;
    std::vector<double> frequency_hz;           ///< centres of the bands of
    std::vector<std::vector<double>> level_db;  ///< the files' spectra, the recording's last
    /// From the first frame of the application that is heard first to the last one of the one that is heard last.
    std::vector<float> recorded;
};

/// Finds each application in the recording of the output and measures it. Takes seconds; a signal that comes meanwhile ends it after the
/// step at hand.
Result<MixOutcome> measure_mix_outcome(const Plan& plan, const Played& played, const std::string& recordings);

}  // namespace gecko::song_run
