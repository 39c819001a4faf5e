#include "tools/picture/plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "tools/picture/xml_text.hpp"

namespace gecko::picture {
namespace {

constexpr std::string_view kGrid = "#e3e7ec";
constexpr std::string_view kGridStrong = "#c3cad3";

std::string line(double x1, double y1, double x2, double y2, std::string_view colour) {
    return fmt::format(R"(<path d="M{:.1f} {:.1f}L{:.1f} {:.1f}" stroke="{}"/>)"
                       "\n",
                       x1, y1, x2, y2, colour);
}

}  // namespace

double x_of(double hz) {
    return kLeft + (kRight - kLeft) * std::log(hz / kLowHz) / std::log(kHighHz / kLowHz);
}

std::vector<double> Panel::lines() const {
    std::vector<double> levels;
    const int last = static_cast<int>(std::lround((high_db - low_db) / step_db));
    for (int i = 0; i <= last; ++i) levels.push_back(low_db + i * step_db);
    return levels;
}

Panel spectrum_panel(std::span<const std::vector<double>* const> levels, double top, double bottom) {
    double highest = -100.0;
    double lowest = 0.0;
    for (const auto* one : levels) {
        for (const double db : *one) {
            highest = std::max(highest, db);
            lowest = std::min(lowest, db);
        }
    }
    const double high = 10.0 * std::ceil((highest + 2.0) / 10.0);
    const double low = std::clamp(10.0 * std::floor((lowest - 2.0) / 10.0), high - 90.0, high - 40.0);
    return {.top = top, .bottom = bottom, .low_db = low, .high_db = high, .step_db = 10.0};
}

Panel gain_panel(double low_db, double high_db, double top, double bottom) {
    const double low = std::clamp(low_db, -60.0, 0.0);
    const double high = std::clamp(high_db, 0.0, 30.0);
    const double step = high - low > 24.0 ? 6.0 : 3.0;
    return {.top = top,
            .bottom = bottom,
            .low_db = step * std::floor((low - 1.0) / step),
            .high_db = step * std::ceil((high + 1.0) / step),
            .step_db = step};
}

std::vector<double> drawn_frequencies(double rate) {
    std::vector<double> hz;
    constexpr int kPoints = 400;
    for (int i = 0; i <= kPoints; ++i) {
        const double frequency = kLowHz * std::pow(kHighHz / kLowHz, static_cast<double>(i) / kPoints);
        if (2.0 * frequency >= rate) break;
        hz.push_back(frequency);
    }
    return hz;
}

std::string page(double height, std::string_view title, std::string_view subtitle) {
    std::string svg = fmt::format(
        R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" )"
        R"(font-family="system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', Arial, sans-serif">)"
        "\n<title>{2}</title>\n"
        R"(<rect width="{0}" height="{1}" fill="#ffffff"/>)"
        "\n",
        kWidth, height, xml_text(title));
    svg += text(kLeft, 34.0, "start", R"(font-size="20" font-weight="600" fill="#1d242c")", title);
    svg += text(kLeft, 55.0, "start", fmt::format(R"(font-size="13" fill="{}")", kSoft), subtitle);
    return svg;
}

std::string text(double x, double y, std::string_view anchor, std::string_view style,
                 std::string_view words) {
    return fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}" {}>{}</text>)"
                       "\n",
                       x, y, anchor, style, xml_text(words));
}

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

std::string headline(const Panel& panel, std::string_view words, std::span<const LegendEntry> legend) {
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

std::string curve(const Panel& panel, std::span<const double> hz,
                  const std::function<double(std::size_t)>& level, std::string_view colour,
                  std::string_view style) {
    std::string path;
    for (std::size_t i = 0; i < hz.size(); ++i) {
        // Far below the plot is as good as below it, and keeps numbers short.
        const double db = std::clamp(level(i), panel.low_db - 20.0, panel.high_db + 20.0);
        path += fmt::format("{}{:.1f} {:.1f}", i == 0 ? "M" : "L", x_of(hz[i]), panel.y_of(db));
    }
    return fmt::format(R"(<path d="{}" fill="none" stroke="{}" stroke-width="2" stroke-linejoin="round" {}/>)"
                       "\n",
                       path, colour, style);
}

std::string dot(const Panel& panel, double hz, double db, std::string_view colour) {
    return fmt::format(R"(<circle cx="{:.1f}" cy="{:.1f}" r="4" fill="{}" stroke="#ffffff"/>)"
                       "\n",
                       x_of(hz), panel.y_of(db), colour);
}

std::string clipped(const Panel& panel, std::string_view name, const std::string& drawing) {
    return fmt::format(R"(<clipPath id="{0}"><rect x="{1}" y="{2}" width="{3}" height="{4}"/></clipPath>)"
                       "\n"
                       R"svg(<g clip-path="url(#{0})">)svg"
                       "\n{5}</g>\n",
                       name, kLeft, panel.top, kRight - kLeft, panel.bottom - panel.top, drawing);
}

}  // namespace gecko::picture
