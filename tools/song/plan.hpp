#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "settings/presets.hpp"
#include "tools/song/failure.hpp"
#include "tools/song_file/song_file.hpp"

namespace gecko::song_run {

/// As typed; empty strings where nothing was.
struct Options {
    std::string file;
    std::string default_song;
    std::string preset;                     ///< of `file`; "flat" if nothing was typed
    std::vector<std::string> applications;  ///< FILE:PRESET each, instead of `file` and `preset`
    std::string application_list;           ///< the same as one text, divided by white space
    std::string out;
    std::string picture;
    std::string programs;
    std::string hal;
    bool running = false;
};

/// One file that is played, and the preset that it is to be heard through.
struct Piece {
    song::Song song;
    std::string file;
    std::string title;  ///< the file's name without folder and ending
    const settings::Preset* preset = nullptr;
};

/// What a run needs, checked: nothing is started before all of this is known to be good.
struct Plan {
    std::vector<Piece> pieces;  ///< one at least
    /// Each piece is an application's, with a preset of its own. Else there is one, and its preset is for all that is played.
    bool applications = false;
    std::string out;      ///< WAV
    std::string picture;  ///< SVG
    std::string report;   ///< JSON
    /// Through the audio server that runs, gecko recording, instead of a minihald of the run's own.
    bool running = false;
    std::string minihald, gecko, player;  ///< minihald and hal: "" if `running`
    std::string hal;
};

/// What a result is called until it is whole and takes its place at `path`. Of this process alone, so that no
/// file of the user's can have the name.
std::string part_name(const std::string& path);

Result<Plan> make_plan(const Options& options);

/// "a.flac:rock b\\ c.flac:vocal" as its entries: white space divides, a backslash takes away what the next character means.
std::vector<std::string> split_application_list(std::string_view list);

}  // namespace gecko::song_run
