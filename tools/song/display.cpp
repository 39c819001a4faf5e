#include "tools/song/display.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace gecko::song_run {
namespace {

constexpr std::chrono::milliseconds kLiveInterval{80};
constexpr std::chrono::milliseconds kPlainInterval{2000};
constexpr double kMeterBottomDb = -60.0;

std::string_view environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

std::string level(double db) {
    return db < -99.9 ? std::string("  -inf") : fmt::format("{:6.1f}", db);
}

/// A bar from -60 dBFS to 0: green, yellow from -12, red from -1.
std::string meter(double db, int cells, const Terminal& terminal) {
    const auto cell_db = [&](int cell) { return kMeterBottomDb * (1.0 - (cell + 0.5) / cells); };
    std::string bar;
    std::string_view colour;
    for (int cell = 0; cell < cells; ++cell) {
        const bool on = cell_db(cell) < db;
        const std::string_view wanted = !on                     ? "\x1b[2m"
                                        : cell_db(cell) < -12.0 ? "\x1b[32m"
                                        : cell_db(cell) < -1.0  ? "\x1b[33m"
                                                                : "\x1b[31m";
        if (terminal.colour && wanted != colour) bar += fmt::format("\x1b[0m{}", colour = wanted);
        bar += on ? (terminal.utf8 ? "\u2588" : "#") : (terminal.utf8 ? "\u00b7" : ".");
    }
    if (terminal.colour) bar += "\x1b[0m";
    return bar;
}

/// "  1 -12.3  2 -15.0": how loud each application is.
std::string applications(const Moment& moment) {
    std::string text;
    for (std::size_t i = 0; i < moment.application_peak_db.size(); ++i) {
        text += fmt::format("  {} {}", i + 1, level(moment.application_peak_db[i]));
    }
    return text;
}

}  // namespace

Terminal Terminal::detect() {
    Terminal terminal;
    terminal.live =
        isatty(STDOUT_FILENO) == 1 && environment("TERM") != "dumb" && !environment("TERM").empty();
    terminal.colour = terminal.live && environment("NO_COLOR").empty();
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const std::string_view locale = environment(name);
        if (locale.empty()) continue;
        terminal.utf8 = locale.find("UTF-8") != locale.npos || locale.find("utf8") != locale.npos;
        break;
    }
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) terminal.columns = size.ws_col;
    return terminal;
}

std::string minutes(double seconds) {
    const auto whole = static_cast<long>(std::max(seconds, 0.0));
    return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::string live_line(const Moment& moment, const Terminal& terminal) {
    const std::string position =
        fmt::format("{} / {}", minutes(moment.seconds), minutes(moment.total_seconds));
    const std::string each = applications(moment);
    const std::string ring =
        fmt::format("{}  ring {:5.1f} ms", each.empty() ? "" : "  apps" + each, moment.ring_ms);
    // "  L " and "  R ", a number behind each bar, " dBFS"; a column stays free, for terminals that wrap at
    // the last one.
    const int taken = static_cast<int>(position.size() + ring.size()) + 2 * (4 + 7) + 5 + 1;
    const int cells = std::min((terminal.columns - taken) / 2, 24);
    if (cells >= 4) {
        return fmt::format("{}  L {} {}  R {} {} dBFS{}", position, meter(moment.peak_db[0], cells, terminal),
                           level(moment.peak_db[0]), meter(moment.peak_db[1], cells, terminal),
                           level(moment.peak_db[1]), ring);
    }
    std::string numbers = fmt::format("{}  L {}  R {} dBFS{}", position, level(moment.peak_db[0]),
                                      level(moment.peak_db[1]), ring);
    if (terminal.columns > static_cast<int>(numbers.size())) return numbers;
    if (terminal.columns > static_cast<int>(position.size() + ring.size())) return position + ring;
    return position.substr(0, static_cast<std::size_t>(std::max(terminal.columns - 1, 0)));
}

std::string plain_line(const Moment& moment) {
    const std::string each = applications(moment);
    return fmt::format("{} of {}   left {} dBFS   right {} dBFS{}   ring {:5.1f} ms", minutes(moment.seconds),
                       minutes(moment.total_seconds), level(moment.peak_db[0]), level(moment.peak_db[1]),
                       each.empty() ? "" : "   applications" + each, moment.ring_ms);
}

void Display::show(const Moment& moment) {
    const auto now = std::chrono::steady_clock::now();
    if (last_ && now - *last_ < (terminal_.live ? kLiveInterval : kPlainInterval)) return;
    last_ = now;
    if (terminal_.live) {
        terminal_.columns = Terminal::detect().columns;  // the window may have been resized
        fmt::print("\r{}\x1b[K", live_line(moment, terminal_));
        open_ = true;
    } else {
        fmt::print("{}\n", plain_line(moment));
    }
    std::fflush(stdout);
}

void Display::finish() {
    if (open_) fmt::print("\n");
    open_ = false;
    std::fflush(stdout);
}

}  // namespace gecko::song_run
