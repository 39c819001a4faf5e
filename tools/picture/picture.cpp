#include "tools/picture/picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>

#include "tools/picture/xml_text.hpp"

namespace gecko::picture {
namespace {

constexpr double kWidth = 960.0;
constexpr double kHeight = 700.0;
constexpr double kLeft = 64.0;
constexpr double kRight = 936.0;
constexpr double kLowHz = 20.0;
constexpr double kHighHz = 20000.0;
constexpr std::string_view kBefore = "#8c96a3";
constexpr std::string_view kAfter = "#d9602b";
constexpr std::string_view kAsked = "#2b3440";
constexpr std::string_view kMeasured = "#1f77c9";
constexpr std::string_view kSoft = "#5a6572";
constexpr std::string_view kGrid = "#e3e7ec";
constexpr std::string_view kGridStrong = "#c3cad3";

double x_of(double hz) {
    return kLeft + (kRight - kLeft) * std::log(hz / kLowHz) / std::log(kHighHz / kLowHz);
}

/// One plot: its place on the page and its scale in dB.
struct Panel {
    double top, bottom;      // on the page
    double low_db, high_db;  // at the bottom and at the top
    double step_db;          // between lines of the grid

    std::vector<double> lines() const {
        std::vector<double> levels;
        const int last = static_cast<int>(std::lround((high_db - low_db) / step_db));
        for (int i = 0; i <= last; ++i) levels.push_back(low_db + i * step_db);
        return levels;
    }
    double y_of(double db) const { return bottom + (top - bottom) * (db - low_db) / (high_db - low_db); }
};

std::string text(double x, double y, std::string_view anchor, std::string_view style,
                 std::string_view words) {
    return fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}" {}>{}</text>)"
                       "\n",
                       x, y, anchor, style, xml_text(words));
}

std::string line(double x1, double y1, double x2, double y2, std::string_view colour) {
    return fmt::format(R"(<path d="M{:.1f} {:.1f}L{:.1f} {:.1f}" stroke="{}"/>)"
                       "\n",
                       x1, y1, x2, y2, colour);
}

constexpr std::string_view kTickStyle = R"(font-size="12" fill="#5a6572")";

std::string grid(const Panel& panel) {
    std::string svg = R"(<g fill="none" stroke-width="1">)"
                      "\n";
    for (const double decade : {10.0, 100.0, 1000.0, 10000.0}) {
        for (int digit = 1; digit <= 9; ++digit) {
            const double hz = decade * digit;
            if (hz < kLowHz || hz > kHighHz) continue;
            svg += line(x_of(hz), panel.top, x_of(hz), panel.bottom, digit == 1 ? kGridStrong : kGrid);
        }
    }
    for (const double db : panel.lines()) {
        svg += line(kLeft, panel.y_of(db), kRight, panel.y_of(db), db == 0.0 ? kGridStrong : kGrid);
    }
    svg += fmt::format(R"(<rect x="{}" y="{}" width="{}" height="{}" stroke="{}"/>)"
                       "\n</g>\n",
                       kLeft, panel.top, kRight - kLeft, panel.bottom - panel.top, kGridStrong);
    for (const double db : panel.lines()) {
        // A true minus sign is as wide as a plus.
        const std::string number = db < 0.0 ? fmt::format("\u2212{:.0f}", -db) : fmt::format("{:.0f}", db);
        svg += text(kLeft - 8.0, panel.y_of(db) + 4.0, "end", kTickStyle, number);
    }
    constexpr std::array<std::pair<double, std::string_view>, 10> kTicks{{{20, "20"},
                                                                          {50, "50"},
                                                                          {100, "100"},
                                                                          {200, "200"},
                                                                          {500, "500"},
                                                                          {1000, "1k"},
                                                                          {2000, "2k"},
                                                                          {5000, "5k"},
                                                                          {10000, "10k"},
                                                                          {20000, "20k"}}};
    for (const auto& [hz, label] : kTicks)
        svg += text(x_of(hz), panel.bottom + 18.0, "middle", kTickStyle, label);
    svg += text((kLeft + kRight) / 2.0, panel.bottom + 36.0, "middle", kTickStyle, "Frequency in Hz");
    return svg;
}

std::string axis_title(const Panel& panel, std::string_view words) {
    const double y = (panel.top + panel.bottom) / 2.0;
    return fmt::format(
        R"svg(<text transform="translate(18 {:.1f}) rotate(-90)" text-anchor="middle" {}>{}</text>)svg"
        "\n",
        y, kTickStyle, xml_text(words));
}

struct LegendEntry {
    std::string_view label;
    std::string_view colour;
    bool dot;
};

/// Headline of a panel on the left, its legend on the right, both above the plot.
std::string headline(const Panel& panel, std::string_view words, const std::array<LegendEntry, 2>& legend) {
    const double y = panel.top - 10.0;
    std::string svg = text(kLeft, y, "start", R"(font-size="14" font-weight="600" fill="#2b3440")", words);
    constexpr double kCharacter = 6.4;  // of the widest fonts that a viewer may put for sans-serif, at 12 px
    double x = kRight;
    for (auto entry = legend.rbegin(); entry != legend.rend(); ++entry) {
        // Words end at x, so that the last ones end with the plot whatever the font; the mark leaves room for
        // the widest.
        svg += text(x, y, "end", kTickStyle, entry->label);
        x -= kCharacter * static_cast<double>(entry->label.size()) + 30.0;
        svg += entry->dot ? fmt::format(R"(<circle cx="{:.1f}" cy="{:.1f}" r="4" fill="{}"/>)"
                                        "\n",
                                        x + 16.0, y - 4.0, entry->colour)
                          : fmt::format(R"(<path d="M{:.1f} {:.1f}h22" stroke="{}" stroke-width="2.5"/>)"
                                        "\n",
                                        x, y - 4.0, entry->colour);
        x -= 18.0;
    }
    return svg;
}

template <class Level>
std::string curve(const Panel& panel, const std::vector<double>& hz, Level level, std::string_view colour) {
    std::string path;
    for (std::size_t i = 0; i < hz.size(); ++i) {
        // Far below the plot is as good as below it, and keeps numbers short.
        const double db = std::clamp(level(i), panel.low_db - 20.0, panel.high_db + 20.0);
        path += fmt::format("{}{:.1f} {:.1f}", i == 0 ? "M" : "L", x_of(hz[i]), panel.y_of(db));
    }
    return fmt::format(R"(<path d="{}" fill="none" stroke="{}" stroke-width="2" stroke-linejoin="round"/>)"
                       "\n",
                       path, colour);
}

std::string clipped(const Panel& panel, std::string_view name, const std::string& drawing) {
    return fmt::format(R"(<clipPath id="{0}"><rect x="{1}" y="{2}" width="{3}" height="{4}"/></clipPath>)"
                       "\n"
                       R"svg(<g clip-path="url(#{0})">)svg"
                       "\n{5}</g>\n",
                       name, kLeft, panel.top, kRight - kLeft, panel.bottom - panel.top, drawing);
}

Panel spectrum_panel(const measure::Spectrum& spectrum) {
    double highest = -100.0;
    double lowest = 0.0;
    for (const auto* levels : {&spectrum.before_db, &spectrum.after_db}) {
        for (const double db : *levels) {
            highest = std::max(highest, db);
            lowest = std::min(lowest, db);
        }
    }
    const double high = 10.0 * std::ceil((highest + 2.0) / 10.0);
    const double low = std::clamp(10.0 * std::floor((lowest - 2.0) / 10.0), high - 90.0, high - 40.0);
    return {.top = 96.0, .bottom = 336.0, .low_db = low, .high_db = high, .step_db = 10.0};
}

Panel response_panel(const std::vector<double>& asked, const std::vector<measure::ResponsePoint>& points) {
    double high = 0.0;
    double low = 0.0;
    for (const double db : asked) {
        high = std::max(high, db);
        low = std::min(low, db);
    }
    for (const auto& point : points) {
        if (!point.measured) continue;
        high = std::max(high, std::min(point.gain_db, 30.0));
        low = std::min(low, std::max(point.gain_db, -60.0));
    }
    const double step = high - low > 24.0 ? 6.0 : 3.0;
    return {.top = 426.0,
            .bottom = 646.0,
            .low_db = step * std::floor((low - 1.0) / step),
            .high_db = step * std::ceil((high + 1.0) / step),
            .step_db = step};
}

}  // namespace

std::string draw(const Contents& contents) {
    std::vector<double> hz;
    std::vector<double> asked;
    constexpr int kPoints = 400;
    for (int i = 0; i <= kPoints; ++i) {
        const double frequency = kLowHz * std::pow(kHighHz / kLowHz, static_cast<double>(i) / kPoints);
        if (2.0 * frequency >= contents.rate) break;
        hz.push_back(frequency);
        asked.push_back(contents.asked_db(frequency));
    }
    const Panel above = spectrum_panel(contents.spectrum);
    const Panel below = response_panel(asked, contents.points);

    std::string svg = fmt::format(
        R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" )"
        R"(font-family="system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', Arial, sans-serif">)"
        "\n<title>{2}</title>\n"
        R"(<rect width="{0}" height="{1}" fill="#ffffff"/>)"
        "\n",
        kWidth, kHeight, xml_text(contents.title));
    svg += text(kLeft, 34.0, "start", R"(font-size="20" font-weight="600" fill="#1d242c")", contents.title);
    svg += text(kLeft, 55.0, "start", fmt::format(R"(font-size="13" fill="{}")", kSoft), contents.subtitle);

    svg += headline(above, "Spectra",
                    {{{"before (input)", kBefore, false}, {"after (recorded output)", kAfter, false}}});
    svg += grid(above);
    svg += axis_title(above, "Level per 1/12 octave in dBFS");
    const auto& spectrum = contents.spectrum;
    svg += clipped(
        above, "above",
        curve(
            above, spectrum.frequency_hz, [&](std::size_t i) { return spectrum.before_db[i]; }, kBefore) +
            curve(above, spectrum.frequency_hz, [&](std::size_t i) { return spectrum.after_db[i]; }, kAfter));

    svg += headline(below, "Response", {{{"asked", kAsked, false}, {"measured", kMeasured, true}}});
    svg += grid(below);
    svg += axis_title(below, "Gain in dB");
    std::string dots;
    for (const auto& point : contents.points) {
        if (!point.measured) continue;
        dots += fmt::format(R"(<circle cx="{:.1f}" cy="{:.1f}" r="4" fill="{}" stroke="#ffffff"/>)"
                            "\n",
                            x_of(point.frequency_hz), below.y_of(point.gain_db), kMeasured);
    }
    svg += clipped(below, "below", curve(below, hz, [&](std::size_t i) { return asked[i]; }, kAsked) + dots);
    svg += "</svg>\n";
    return svg;
}

}  // namespace gecko::picture
