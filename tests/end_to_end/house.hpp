#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "command.hpp"
#include "tests/bundle_under_test.hpp"

namespace gecko::testing {

namespace fs = std::filesystem;

/// A folder of its own for one test, removed with it. Short, because sockets' paths are.
class Scratch {
  public:
    Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() { fs::remove_all(path_); }
    [[nodiscard]] const fs::path& path() const { return path_; }
    fs::path operator/(const char* name) const { return path_ / name; }

  private:
    fs::path path_;
};

/// A program of this build.
std::string program(const char* name);
/// A plug-ins folder with the driver's bundle in it.
inline const fs::path kHal = hal_under_test();
/// One with the driver whose WriteMix is empty.
inline const fs::path kEmptyWriteMixHal = GECKO_EMPTY_WRITE_MIX_HAL;

/// `gecko-song` as `make run` calls it; `extra` comes last.
std::vector<std::string> song_command(const std::vector<std::string>& extra, const fs::path& hal = kHal);

/// The processes that `parent` has started and that live.
std::vector<pid_t> children_of(pid_t parent);

/// The names of all Gecko's private segments in the system's shared memory, but for those that a test leaves behind on purpose and
/// marks so ("leftbehind").
std::set<std::string> segments();

}  // namespace gecko::testing
