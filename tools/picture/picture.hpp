#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tools/measure/response.hpp"

namespace gecko::picture {

/// What the picture shows.
struct Contents {
    std::string title;
    std::string subtitle;
    measure::Spectrum spectrum;
    std::vector<measure::ResponsePoint> points;
    /// The response that was asked for, in dB at a frequency in Hz.
    std::function<double(double)> asked_db;
    std::uint32_t rate = 0;  ///< Hz
};

/// A self-contained SVG: above, the spectra before and after the equaliser; below, the asked response as a
/// line and the measured points as dots; both from 20 Hz to 20 kHz on a logarithmic axis. Text is text, the
/// background white.
std::string draw(const Contents& contents);

}  // namespace gecko::picture
