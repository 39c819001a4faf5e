#include "doctor/collect.hpp"

#include <pwd.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <system_error>

#ifdef __APPLE__
#include <sys/sysctl.h>
#endif

#include "doctor/signature.hpp"
#include "platform/former_default.hpp"
#include "platform/info_plist.hpp"
#include "settings/folders.hpp"
#include "settings/user_settings.hpp"
#include "shm/layout.hpp"

namespace gecko::doctor {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kPermissions = 07777;
constexpr mode_t kFolder = 0755;
constexpr mode_t kFile = 0644;

#ifdef __APPLE__
constexpr bool kMacOs = true;
#else
constexpr bool kMacOs = false;
#endif

bool lies_behind_a_link(const fs::path& path) {
    fs::path folder;
    for (const fs::path& part : path) {
        folder /= part;
        std::error_code ignored;
        // macOS itself has links at the top: /tmp, /var, /etc.
        if (folder.has_parent_path() && folder.parent_path() != folder.root_path() &&
            fs::is_symlink(folder, ignored))
            return true;
    }
    return false;
}

void look_at_file(const fs::path& file, const std::string& name, uid_t owner, gid_t group, Bundle& found) {
    struct stat facts{};
    if (::lstat(file.c_str(), &facts) != 0) return;
    if (found.wrong_owner.empty() && (facts.st_uid != owner || facts.st_gid != group))
        found.wrong_owner = name;
    const bool runs = file.parent_path().filename() == "MacOS";
    const mode_t wanted = S_ISDIR(facts.st_mode) || runs ? kFolder : kFile;
    if (found.wrong_mode.empty() && !S_ISLNK(facts.st_mode) && (facts.st_mode & kPermissions) != wanted)
        found.wrong_mode = name;
}

std::string os_version() {
#ifdef __APPLE__
    std::array<char, 64> text{};
    std::size_t size = text.size() - 1;
    if (::sysctlbyname("kern.osproductversion", text.data(), &size, nullptr, 0) == 0) return text.data();
    return "";
#else
    utsname name{};
    return ::uname(&name) == 0 ? name.release : "";
#endif
}

void look_at_user(Evidence& evidence) {
    evidence.user = ::getuid();
    if (const passwd* account = ::getpwuid(evidence.user)) {
        evidence.user_name = account->pw_name;
        evidence.home = account->pw_dir;
    }
    if (const char* home = std::getenv("HOME"); home != nullptr && home[0] == '/') evidence.home = home;
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) == 0) evidence.host_name = host.data();
}

void look_at_settings_file(Evidence& evidence) {
    const auto found = settings::look_at_settings(settings::settings_folder());
    if (found) {
        evidence.take_default = found->settings.take_default;
        evidence.playing_on = found->settings.output;
    } else {
        evidence.settings_problem = found.error();
    }
}

}  // namespace

Bundle look_at_bundle(const fs::path& bundle, uid_t owner, gid_t group) {
    Bundle found;
    std::error_code error;
    found.there = fs::is_directory(bundle, error);
    if (!found.there) return found;
    found.through_link = lies_behind_a_link(bundle);
    look_at_file(bundle, bundle.filename().string(), owner, group, found);
    for (fs::recursive_directory_iterator at(bundle, error), end; !error && at != end; at.increment(error))
        look_at_file(at->path(), at->path().lexically_relative(bundle).string(), owner, group, found);
    if (const auto info = platform::read_info_plist(bundle)) {
        const std::string program = info->text("CFBundleExecutable");
        found.info_readable = true;
        found.identifier = info->text("CFBundleIdentifier");
        found.version = info->text("CFBundleShortVersionString");
        found.executable =
            !program.empty() && fs::is_regular_file(bundle / "Contents" / "MacOS" / program, error);
    }
    if (kMacOs) found.signature = signature_problem(bundle);
    return found;
}

Evidence collect(const fs::path& bundle, const std::string& gecko_version) {
    Evidence evidence;
    evidence.gecko_version = gecko_version;
    evidence.protocol = shm::kProtocolVersion;
    evidence.is_macos = kMacOs;
    utsname name{};
    evidence.system = kMacOs ? "macOS" : ::uname(&name) == 0 ? name.sysname : "an unknown system";
    evidence.os_version = os_version();
    look_at_user(evidence);
    if (!bundle.empty()) {
        evidence.bundle = look_at_bundle(bundle);
    } else if (kMacOs) {
        evidence.bundle = look_at_bundle(kInstalledBundle);
    }
    if (auto audio = platform::inspect_audio()) {
        evidence.audio = *std::move(audio);
    } else {
        evidence.server_problem = audio.error().message();
    }
    look_at_settings_file(evidence);
    if (evidence.playing_on.empty())
        evidence.playing_on = platform::FormerDefault(settings::state_folder()).read();
    return evidence;
}

}  // namespace gecko::doctor
