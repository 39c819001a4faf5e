#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <expected>
#include <string>
#include <vector>

namespace gecko::song_run {

/// What gecko said last, of the lines that `gecko run --json` prints.
struct Status {
    struct Application {
        std::string bundle_id;
        double peak_db = -HUGE_VAL;  ///< of the louder channel
    };

    bool running = false;
    bool playing = false;
    double rate = 0.0;
    double fill_frames = 0.0;
    std::array<double, 2> peak_db{-HUGE_VAL, -HUGE_VAL};
    std::vector<Application> applications;  ///< those that are asked about
    std::string output;
    std::int64_t reports = 0;

    /// A line that is no JSON object is none of these, and no error.
    std::expected<void, std::string> take(const std::string& line);
};

/// What a player said last, of the lines that `gecko-play --json` prints.
struct Progress {
    bool prepared = false;
    bool done = false;
    std::uint32_t rate = 0;
    std::int64_t position = 0;
    std::int64_t frames = 0;

    std::expected<void, std::string> take(const std::string& line);
};

}  // namespace gecko::song_run
