#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/measure/integrity.hpp"
#include "tools/measure/levels.hpp"
#include "tools/measure/response.hpp"
#include "tools/song/failure.hpp"
#include "tools/song/plan.hpp"
#include "tools/song/session.hpp"

namespace gecko::song_run {

/// What was measured. Every figure comes from the recordings and the song as it was played; `asked_db` alone
/// does not.
struct Outcome {
    std::uint32_t file_rate = 0;  ///< Hz
    std::uint32_t rate = 0;       ///< Hz, of the devices
    int file_channels = 0;
    std::int64_t frames_in = 0;
    measure::Integrity integrity;
    /// From the presentation of the song's first frame on Gecko Sink's time line to that on the speakers', by
    /// the host clock. How far ahead of Gecko Sink's time line the player hands over its frames is not in it.
    std::optional<double> latency_ms;
    measure::Levels before, after;
    measure::Response response;
    std::vector<double> asked_db;  ///< one for each measured point of the response, at its frequency
    /// The song as it was recorded: as many frames as were played, interleaved stereo.
    std::vector<float> recorded;

    /// The largest |measured - asked|, in dB; 0 if nothing was measured.
    double largest_difference_db() const;
};

/// Finds the song in the recordings and measures it. Takes seconds for a long song; a signal that comes
/// meanwhile ends it after the step at hand (signals.hpp).
Result<Outcome> measure_outcome(const Plan& plan, const Played& played, const std::string& recordings);

/// Preamp and bands of a preset as asked for, in dB.
double asked_response_db(const settings::Preset& preset, double frequency_hz, std::uint32_t rate);

}  // namespace gecko::song_run
