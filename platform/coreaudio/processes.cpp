#include "platform/coreaudio/processes.hpp"

#ifdef __APPLE__
#include <dlfcn.h>
#include <libproc.h>
#include <sys/proc_info.h>
#else
#include <fstream>
#include <sstream>
#endif

#include <array>
#include <string>
#include <system_error>

#include "platform/info_plist.hpp"

namespace gecko::platform::coreaudio {
namespace {

namespace fs = std::filesystem;

/// The icon that Info.plist names, whose extension may be left out.
fs::path icon_in(const fs::path& folder, const std::string& name) {
    std::error_code ignored;
    // Of a name that is a path only the last part can be meant.
    const fs::path file = folder / "Contents" / "Resources" / fs::path(name).filename();
    for (const fs::path& candidate : {file, fs::path(file.string() + ".icns")})
        if (!name.empty() && fs::is_regular_file(candidate, ignored)) return candidate;
    return {};
}

}  // namespace

std::optional<BundleInfo> SystemProcesses::bundle(const fs::path& folder) const {
    const auto info = read_info_plist(folder);
    if (!info) return std::nullopt;
    std::string name = info->text("CFBundleDisplayName");
    if (name.empty()) name = info->text("CFBundleName");
    return BundleInfo{.id = info->text("CFBundleIdentifier"),
                      .name = std::move(name),
                      .icon = icon_in(folder, info->text("CFBundleIconFile"))};
}

#ifdef __APPLE__

std::optional<fs::path> SystemProcesses::executable(std::uint32_t process) const {
    std::array<char, PROC_PIDPATHINFO_MAXSIZE> path{};
    const int length =
        ::proc_pidpath(static_cast<int>(process), path.data(), static_cast<std::uint32_t>(path.size()));
    if (length <= 0) return std::nullopt;
    return fs::path(std::string(path.data(), static_cast<std::size_t>(length)));
}

std::optional<std::uint32_t> SystemProcesses::parent(std::uint32_t process) const {
    proc_bsdshortinfo info{};
    const int size = ::proc_pidinfo(static_cast<int>(process), PROC_PIDT_SHORTBSDINFO, 0, &info, sizeof info);
    if (size != static_cast<int>(sizeof info)) return std::nullopt;
    return info.pbsi_ppid;
}

std::optional<std::uint32_t> SystemProcesses::responsible(std::uint32_t process) const {
    using Ask = pid_t (*)(pid_t);
    static const Ask ask =
        reinterpret_cast<Ask>(::dlsym(RTLD_DEFAULT, "responsibility_get_pid_responsible_for_pid"));
    const pid_t found = ask != nullptr ? ask(static_cast<pid_t>(process)) : -1;
    if (found <= 0) return std::nullopt;
    return static_cast<std::uint32_t>(found);
}

#else

std::optional<fs::path> SystemProcesses::executable(std::uint32_t process) const {
    std::error_code error;
    fs::path path = fs::read_symlink("/proc/" + std::to_string(process) + "/exe", error);
    if (error) return std::nullopt;
    constexpr std::string_view kGone = " (deleted)";
    std::string text = path.string();
    if (text.ends_with(kGone)) text.resize(text.size() - kGone.size());
    return text;
}

std::optional<std::uint32_t> SystemProcesses::parent(std::uint32_t process) const {
    std::ifstream file("/proc/" + std::to_string(process) + "/stat");
    std::string line;
    if (!std::getline(file, line, '\0')) return std::nullopt;
    // "pid (name) state parent ...": the name may hold anything, brackets too.
    const auto end = line.rfind(')');
    if (end == std::string::npos) return std::nullopt;
    std::istringstream rest(line.substr(end + 1));
    char state = 0;
    std::uint32_t parent = 0;
    if (!(rest >> state >> parent)) return std::nullopt;
    return parent;
}

std::optional<std::uint32_t> SystemProcesses::responsible(std::uint32_t) const {
    return std::nullopt;
}

#endif

}  // namespace gecko::platform::coreaudio
