#include "house.hpp"

#include <cstdlib>

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

std::vector<std::string> leftovers(const fs::path& temporary) {
    std::vector<std::string> left;
    for (const auto& entry : fs::directory_iterator("/dev/shm")) {
        if (entry.path().filename().string().starts_with("GeckoAudioShm"))
            left.push_back(entry.path().string());
    }
    for (const auto& entry : fs::directory_iterator(temporary)) left.push_back(entry.path().string());
    return left;
}

}  // namespace gecko::testing
