#include "settings/folders.hpp"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string_view>

namespace gecko::settings {
namespace {

namespace fs = std::filesystem;

/// What an environment variable holds, if that is an absolute path; else empty.
fs::path absolute_path_in(const char* variable) {
    const char* value = std::getenv(variable);
    const std::string_view text = value != nullptr ? value : "";
    return text.starts_with('/') ? fs::path(text) : fs::path();
}

fs::path home() {
    if (fs::path folder = absolute_path_in("HOME"); !folder.empty()) return folder;
    passwd account{};
    passwd* found = nullptr;
    std::array<char, 16384> text{};
    if (::getpwuid_r(::getuid(), &account, text.data(), text.size(), &found) != 0 || found == nullptr)
        return {};
    const std::string_view folder = found->pw_dir != nullptr ? found->pw_dir : "";
    return folder.starts_with('/') ? fs::path(folder) : fs::path();
}

fs::path below_home(const char* folder) {
    fs::path start = home();
    return start.empty() ? start : start / folder;
}

#ifndef __APPLE__
fs::path xdg_folder(const char* variable, const char* otherwise) {
    if (fs::path folder = absolute_path_in("GECKO_HOME"); !folder.empty()) return folder;
    if (const fs::path folder = absolute_path_in(variable); !folder.empty()) return folder / "gecko";
    return below_home(otherwise);
}
#endif

}  // namespace

#ifdef __APPLE__
fs::path settings_folder() {
    if (fs::path folder = absolute_path_in("GECKO_HOME"); !folder.empty()) return folder;
    return below_home("Library/Application Support/Gecko");
}

fs::path state_folder() {
    return settings_folder();
}
#else
fs::path settings_folder() {
    return xdg_folder("XDG_CONFIG_HOME", ".config/gecko");
}

fs::path state_folder() {
    return xdg_folder("XDG_STATE_HOME", ".local/state/gecko");
}
#endif

}  // namespace gecko::settings
