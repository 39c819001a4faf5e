#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "tools/measure/audio.hpp"
#include "tools/measure/cross_spectra.hpp"

namespace gecko::measure {

/// Where the frequency response is measured, in Hz: the centres of the ten bands and a dozen frequencies
/// between and beyond them.
inline constexpr std::array<double, 22> kResponsePoints{22,   31,   44,    62,    88,    125,  177,  250,
                                                        354,  500,  707,   1000,  1414,  2000, 2828, 4000,
                                                        5657, 8000, 11314, 14000, 16000, 19000};

struct ResponsePoint {
    double wanted_hz = 0.0;
    /// False where the reference has too little energy, or the recording too much that does not come from it.
    bool measured = false;
    double frequency_hz =
        0.0;  ///< where it was measured: the centre of energy of the bins nearby that hold most
    double gain_db = 0.0;
    double coherence = 0.0;  ///< 0 to 1: the recording's share that the reference explains
    /// 0 to 1: of the reference's energy there, what no other reference of the mix holds.
    double own_share = 1.0;
};

/// Level against frequency, in bands of a twelfth of an octave.
struct Spectrum {
    std::vector<double> frequency_hz;
    std::vector<double> before_db;  ///< reference; dB relative to a full-scale sine
    std::vector<double> after_db;   ///< recording
};

struct Response {
    std::vector<ResponsePoint> points;  ///< one for each wanted frequency
    Spectrum spectrum;                  ///< 20 Hz to 20 kHz or as far as the rate allows
};

/// The frequency response between two recordings of equal rate: cross spectrum over auto spectrum (H1) by
/// Welch's method, Hann windows that overlap by half, both channels together, added up in double precision.
/// Windows have 32768 frames at 44.1 and 48 kHz; below 250 Hz four times as many, because there an
/// equaliser's gain may change within a bin. Error below 0.05 dB for broadband music.
Response measure_response(const Audio& reference, const Audio& recording, std::int64_t lag,
                          std::span<const double> wanted_hz = kResponsePoints);

/// What several references played at once do to a recording of all of them.
struct MixResponse {
    std::vector<std::vector<ResponsePoint>> points;  ///< by reference: one for each wanted frequency
    std::vector<double> frequency_hz;                ///< centres of bands of a twelfth of an octave
    std::vector<std::vector<double>>
        level_db;  ///< by reference, the recording last; dB relative to a full-scale sine
};

/// The frequency response to each of several references in a recording of their sum: least squares over all of them at each
/// frequency, from the matrix of their cross spectra. A point is measured where a reference has energy that the others have not, where
/// there are segments enough to tell them apart, and where they explain what is recorded: of what the others leave unexplained, the
/// reference explains all but a thousandth. With one reference it is measure_response().
MixResponse measure_mix_response(std::span<const Placed> references, const Audio& recording,
                                 std::span<const double> wanted_hz = kResponsePoints);

}  // namespace gecko::measure
