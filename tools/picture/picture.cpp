#include "tools/picture/picture.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "tools/picture/plot.hpp"

namespace gecko::picture {
namespace {

constexpr double kHeight = 700.0;
constexpr std::string_view kBefore = "#8c96a3";
constexpr std::string_view kAfter = "#d9602b";
constexpr std::string_view kAsked = "#2b3440";
constexpr std::string_view kMeasured = "#1f77c9";

Panel response_panel(const std::vector<double>& asked, const std::vector<measure::ResponsePoint>& points) {
    double high = 0.0;
    double low = 0.0;
    for (const double db : asked) {
        high = std::max(high, db);
        low = std::min(low, db);
    }
    for (const auto& point : points) {
        if (!point.measured) continue;
        high = std::max(high, point.gain_db);
        low = std::min(low, point.gain_db);
    }
    return gain_panel(low, high, 426.0, 646.0);
}

}  // namespace

std::string draw(const Contents& contents) {
    const std::vector<double> hz = drawn_frequencies(contents.rate);
    std::vector<double> asked;
    asked.reserve(hz.size());
    for (const double frequency : hz) asked.push_back(contents.asked_db(frequency));
    const auto& spectrum = contents.spectrum;
    const Panel above = spectrum_panel(std::array{&spectrum.before_db, &spectrum.after_db}, 96.0, 336.0);
    const Panel below = response_panel(asked, contents.points);

    std::string svg = page(kHeight, contents.title, contents.subtitle);
    svg += headline(above, "Spectra",
                    std::array<LegendEntry, 2>{
                        {{"before (input)", kBefore, false}, {"after (recorded output)", kAfter, false}}});
    svg += grid(above);
    svg += axis_title(above, "Level per 1/12 octave in dBFS");
    svg += clipped(
        above, "above",
        curve(
            above, spectrum.frequency_hz, [&](std::size_t i) { return spectrum.before_db[i]; }, kBefore) +
            curve(above, spectrum.frequency_hz, [&](std::size_t i) { return spectrum.after_db[i]; }, kAfter));

    svg += headline(below, "Response",
                    std::array<LegendEntry, 2>{{{"asked", kAsked, false}, {"measured", kMeasured, true}}});
    svg += grid(below);
    svg += axis_title(below, "Gain in dB");
    std::string dots;
    for (const auto& point : contents.points) {
        if (point.measured) dots += dot(below, point.frequency_hz, point.gain_db, kMeasured);
    }
    svg += clipped(below, "below", curve(below, hz, [&](std::size_t i) { return asked[i]; }, kAsked) + dots);
    svg += "</svg>\n";
    return svg;
}

}  // namespace gecko::picture
