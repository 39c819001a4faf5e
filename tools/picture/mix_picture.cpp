#include "tools/picture/mix_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "tools/picture/plot.hpp"

namespace gecko::picture {
namespace {

constexpr std::string_view kRecorded = "#2b3440";
constexpr std::array<std::string_view, 8> kColours{"#1f77c9", "#d9602b", "#2f9e5b", "#8e4ec6",
                                                   "#c2255c", "#0f8b8d", "#946b00", "#8c96a3"};
constexpr double kLegendLine = 20.0;

std::string_view colour(std::size_t application) {
    return kColours[application % kColours.size()];
}

/// Colours come again; then lines are broken.
std::string_view dashes(std::size_t application) {
    return application < kColours.size() ? "" : R"(stroke-dasharray="7 4")";
}

/// Entries of the legend in a column; there are two where there are many.
std::size_t legend_lines(const MixContents& contents) {
    const std::size_t entries = contents.applications.size() + 1;
    return entries > 6 ? (entries + 1) / 2 : entries;
}

std::string legend(const MixContents& contents, double top) {
    std::string svg;
    std::size_t number = 0;
    const auto entry = [&](std::string_view words, std::string_view ink, std::string_view style,
                           bool dotted) {
        const std::size_t lines = legend_lines(contents);
        const double x = number < lines ? kLeft : 0.5 * (kLeft + kRight);
        const double y = top + kLegendLine * static_cast<double>(number % lines);
        svg += fmt::format(R"(<path d="M{:.1f} {:.1f}h30" stroke="{}" stroke-width="2.5" {}/>)"
                           "\n",
                           x, y - 4.0, ink, style);
        if (dotted) {
            svg += fmt::format(R"(<circle cx="{:.1f}" cy="{:.1f}" r="4" fill="{}" stroke="#ffffff"/>)"
                               "\n",
                               x + 15.0, y - 4.0, ink);
        }
        svg += text(x + 40.0, y, "start", R"(font-size="13" fill="#2b3440")", words);
        ++number;
    };
    for (std::size_t i = 0; i < contents.applications.size(); ++i) {
        entry(contents.applications[i].label, colour(i), dashes(i), true);
    }
    entry("all of it, as recorded", kRecorded, "", false);
    return svg;
}

Panel response_panel(const MixContents& contents, const std::vector<double>& hz, double top, double bottom) {
    double high = 0.0;
    double low = 0.0;
    const auto hold = [&](double db) {
        high = std::max(high, db);
        low = std::min(low, db);
    };
    for (const MixApplication& application : contents.applications) {
        for (const double frequency : hz) hold(application.asked_db(frequency));
        for (const auto& point : application.points) {
            if (point.measured) hold(point.gain_db);
        }
    }
    return gain_panel(low, high, top, bottom);
}

}  // namespace

std::string draw(const MixContents& contents) {
    const std::vector<double> hz = drawn_frequencies(contents.rate);
    std::vector<const std::vector<double>*> levels{&contents.recorded_db};
    for (const MixApplication& application : contents.applications) levels.push_back(&application.level_db);
    const double legend_top = 84.0;
    const double top = legend_top + kLegendLine * static_cast<double>(legend_lines(contents)) + 22.0;
    const Panel above = spectrum_panel(levels, top, top + 240.0);
    const Panel below = response_panel(contents, hz, above.bottom + 90.0, above.bottom + 370.0);

    std::string svg = page(below.bottom + 54.0, contents.title, contents.subtitle);
    svg += legend(contents, legend_top);
    svg += headline(above, "Spectra: what each application played, and what was recorded", {});
    svg += grid(above);
    svg += axis_title(above, "Level per 1/12 octave in dBFS");
    std::string curves;
    for (std::size_t i = 0; i < contents.applications.size(); ++i) {
        const MixApplication& application = contents.applications[i];
        curves += curve(
            above, contents.frequency_hz, [&](std::size_t k) { return application.level_db[k]; }, colour(i),
            dashes(i));
    }
    curves += curve(
        above, contents.frequency_hz, [&](std::size_t k) { return contents.recorded_db[k]; }, kRecorded);
    svg += clipped(above, "above", curves);

    svg += headline(below, "Response of each application: asked (lines) and measured in the recording (dots)",
                    {});
    svg += grid(below);
    svg += axis_title(below, "Gain in dB");
    curves.clear();
    std::string dots;
    for (std::size_t i = 0; i < contents.applications.size(); ++i) {
        const MixApplication& application = contents.applications[i];
        curves += curve(
            below, hz, [&](std::size_t k) { return application.asked_db(hz[k]); }, colour(i), dashes(i));
        for (const auto& point : application.points) {
            if (point.measured) dots += dot(below, point.frequency_hz, point.gain_db, colour(i));
        }
    }
    svg += clipped(below, "below", curves + dots);
    svg += "</svg>\n";
    return svg;
}

}  // namespace gecko::picture
