#pragma once

#include <array>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What pictures of levels against frequency are drawn from, in SVG.
namespace gecko::picture {

inline constexpr double kWidth = 960.0;
inline constexpr double kLeft = 64.0;
inline constexpr double kRight = 936.0;
inline constexpr double kLowHz = 20.0;
inline constexpr double kHighHz = 20000.0;
inline constexpr std::string_view kSoft = "#5a6572";
inline constexpr std::string_view kTickStyle = R"(font-size="12" fill="#5a6572")";

/// Place of a frequency on the page.
double x_of(double hz);

/// One plot: its place on the page and its scale in dB.
struct Panel {
    double top, bottom;      // on the page
    double low_db, high_db;  // at the bottom and at the top
    double step_db;          // between lines of the grid

    std::vector<double> lines() const;
    double y_of(double db) const { return bottom + (top - bottom) * (db - low_db) / (high_db - low_db); }
};

/// A panel for levels, all of them in sight or the loudest 90 dB.
Panel spectrum_panel(std::span<const std::vector<double>* const> levels, double top, double bottom);
/// A panel for gains; none of them is beyond what an equaliser can do.
Panel gain_panel(double low_db, double high_db, double top, double bottom);

/// Frequencies to draw a designed response at, below half the rate.
std::vector<double> drawn_frequencies(double rate);

struct LegendEntry {
    std::string_view label;
    std::string_view colour;
    bool dot;
};

/// The beginning of a page, with its title and subtitle; "</svg>" ends it.
std::string page(double height, std::string_view title, std::string_view subtitle);
std::string text(double x, double y, std::string_view anchor, std::string_view style, std::string_view words);
std::string grid(const Panel& panel);
std::string axis_title(const Panel& panel, std::string_view words);
/// Headline of a panel on the left, its legend on the right, both above the plot.
std::string headline(const Panel& panel, std::string_view words, std::span<const LegendEntry> legend);
/// `style` is more attributes of the path.
std::string curve(const Panel& panel, std::span<const double> hz,
                  const std::function<double(std::size_t)>& level, std::string_view colour,
                  std::string_view style = {});
std::string dot(const Panel& panel, double hz, double db, std::string_view colour);
/// A drawing within a panel; `name` is the page's only one of its kind.
std::string clipped(const Panel& panel, std::string_view name, const std::string& drawing);

}  // namespace gecko::picture
