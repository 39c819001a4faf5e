#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/song/display.hpp"
#include "tools/song/failure.hpp"
#include "tools/song/plan.hpp"

namespace gecko::song_run {

/// What is known when all frames have been played.
struct Played {
    std::uint32_t rate = 0;  ///< of the devices, Hz
    std::string output;      ///< name of the output device
    /// What the programs had to say on standard error though nothing failed.
    std::vector<std::string> remarks;
};

/// Runs minihald (unless the plan is for the audio server that runs), gecko and the player in `folder` until the song is over, and
/// stops them, in this order: player, gecko, minihald. Whatever happens, none of them runs when this returns. Recordings are then in
/// recordings_folder(folder).
///
/// A program that dies, or a run that does not move for 10 s, is a Failure that names the program. To be
/// called once in a process: it handles SIGINT, SIGTERM and SIGHUP.
Result<Played> play(const Plan& plan, const std::string& folder, Display& display);

std::string recordings_folder(const std::string& folder);

}  // namespace gecko::song_run
