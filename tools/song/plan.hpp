#pragma once

#include <string>

#include "settings/presets.hpp"
#include "tools/song/failure.hpp"
#include "tools/song_file/song_file.hpp"

namespace gecko::song_run {

/// As typed; empty strings where nothing was.
struct Options {
    std::string file;
    std::string default_song;
    std::string preset = "flat";
    std::string out;
    std::string picture;
    std::string programs;
    std::string hal;
};

/// What a run needs, checked: nothing is started before all of this is known to be good.
struct Plan {
    song::Song song;
    std::string file;
    std::string title;  ///< the file's name without folder and ending
    const settings::Preset* preset = nullptr;
    std::string out;      ///< WAV
    std::string picture;  ///< SVG
    std::string report;   ///< JSON
    std::string minihald, gecko, player;
    std::string hal;
};

/// What a result is called until it is whole and takes its place at `path`. Of this process alone, so that no
/// file of the user's can have the name.
std::string part_name(const std::string& path);

Result<Plan> make_plan(const Options& options);

}  // namespace gecko::song_run
