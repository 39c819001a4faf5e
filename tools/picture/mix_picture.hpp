#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tools/measure/response.hpp"

namespace gecko::picture {

/// One of several applications that played at once.
struct MixApplication {
    std::string label;
    std::vector<double> level_db;  ///< of what it played, at MixContents::frequency_hz
    std::vector<measure::ResponsePoint> points;
    /// The response that was asked for, in dB at a frequency in Hz.
    std::function<double(double)> asked_db;
};

struct MixContents {
    std::string title;
    std::string subtitle;
    std::vector<MixApplication> applications;
    std::vector<double> frequency_hz;
    std::vector<double> recorded_db;
    std::uint32_t rate = 0;  ///< Hz
};

/// As draw() of one song: above, what each application played and what was recorded; below, for each application in its colour, the
/// asked response as a line and the measured points as dots.
std::string draw(const MixContents& contents);

}  // namespace gecko::picture
