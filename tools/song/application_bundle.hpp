#pragma once

#include <cstddef>
#include <string>

#include "tools/song/failure.hpp"

namespace gecko::song_run {

/// What application `number` (from 1) of a run is known by to the audio server.
std::string application_bundle_id(std::size_t number);

/// Puts a copy of the player into an application's bundle in `folder`, as applications come on a Mac: so that the server knows it by
/// application_bundle_id(number). The program's path.
Result<std::string> make_application_bundle(const std::string& folder, const std::string& player,
                                            std::size_t number);

}  // namespace gecko::song_run
