#include "house.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace gecko::testing {

Scratch::Scratch() {
    std::string pattern = (fs::temp_directory_path() / "gecko-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
}

std::string program(const char* name) {
    return std::string(GECKO_PROGRAMS) + "/" + name;
}

std::vector<std::string> song_command(const std::vector<std::string>& extra, const fs::path& hal) {
    std::vector<std::string> command{program("gecko-song"), "--programs", GECKO_PROGRAMS, "--hal",
                                     hal.string()};
    command.insert(command.end(), extra.begin(), extra.end());
    return command;
}

std::vector<pid_t> children_of(pid_t parent) {
    const std::string process = std::to_string(parent);
    std::ifstream list("/proc/" + process + "/task/" + process + "/children");
    return {std::istream_iterator<pid_t>(list), {}};
}

std::set<std::string> segments() {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator("/dev/shm")) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with("GeckoAudioShm.") && name.find("leftbehind") == std::string::npos)
            names.insert(name);
    }
    return names;
}

}  // namespace gecko::testing
