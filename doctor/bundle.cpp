#include "doctor/bundle.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <system_error>

#ifdef __APPLE__
#include <sys/sysctl.h>
#include <sys/time.h>
#else
#include <sys/sysinfo.h>
#endif

#include "doctor/signature.hpp"
#include "packaging/helper/bundle_check.hpp"

namespace gecko::doctor {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kPermissions = 07777;
constexpr mode_t kFolder = 0755;
constexpr mode_t kFile = 0644;
constexpr mode_t kOwnersFolder = 0700;
constexpr mode_t kReadByAll = 0555;
constexpr mode_t kWrittenByOthers = 0022;
// packaging/macos/installing.sh
constexpr const char* kStaging = ".gecko-staging.";

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

/// What is wrong with a folder, or "".
const char* complaint_of(const struct stat& facts, uid_t owner) {
    if (!S_ISDIR(facts.st_mode)) return "is no folder";
    if (facts.st_uid != 0 && facts.st_uid != owner) return "is not root's";
    // Where only the owner can remove or rename what is in it, others do no harm.
    if ((facts.st_mode & kWrittenByOthers) != 0 && (facts.st_mode & S_ISVTX) == 0)
        return "can be changed by others than root";
    if ((facts.st_mode & kReadByAll) != kReadByAll) return "cannot be read by everybody";
    return "";
}

/// The first of the folders from below `top` to the one that the bundle is in that is not as it must be, and what is wrong with it.
std::string wrong_folder_above(const BundlePlace& place) {
    fs::path folder = place.top;
    for (const fs::path& part : place.bundle.parent_path().lexically_relative(place.top)) {
        if (part == ".") continue;
        folder /= part;
        struct stat facts{};
        if (::lstat(folder.c_str(), &facts) != 0) return "";  // that it is not there is another matter
        if (S_ISLNK(facts.st_mode)) continue;                 // so is this
        if (const char* complaint = complaint_of(facts, place.owner); *complaint != '\0')
            return folder.string() + ' ' + complaint;
    }
    return "";
}

void look_at_file(const fs::path& file, const std::string& name, const BundlePlace& place, Bundle& found) {
    struct stat facts{};
    if (::lstat(file.c_str(), &facts) != 0) return;
    if (found.wrong_owner.empty() && (facts.st_uid != place.owner || facts.st_gid != place.group))
        found.wrong_owner = name;
    const bool runs = file.parent_path().filename() == "MacOS";
    const mode_t wanted = S_ISDIR(facts.st_mode) || runs ? kFolder : kFile;
    if (found.wrong_mode.empty() && !S_ISLNK(facts.st_mode) && (facts.st_mode & kPermissions) != wanted)
        found.wrong_mode = name;
}

/// When this machine was started; 0 if it does not say.
std::time_t start_of_machine() {
#ifdef __APPLE__
    timeval start{};
    std::size_t size = sizeof start;
    return ::sysctlbyname("kern.boottime", &start, &size, nullptr, 0) == 0 ? start.tv_sec : 0;
#else
    struct sysinfo facts{};
    return ::sysinfo(&facts) == 0 ? std::time(nullptr) - facts.uptime : 0;
#endif
}

/// Whether the machine was started since the last install that left its folder behind; nothing if none did.
///
/// As in packaging/macos/installing.sh, what anybody but the owner has put there is not believed.
std::optional<bool> restarted_since_install(const BundlePlace& place) {
    std::optional<bool> restarted;
    std::error_code error;
    for (fs::directory_iterator at(place.bundle.parent_path().parent_path(), error), end; !error && at != end;
         at.increment(error)) {
        if (!at->path().filename().string().starts_with(kStaging)) continue;
        struct stat facts{};
        if (::lstat(at->path().c_str(), &facts) != 0 || !S_ISDIR(facts.st_mode) ||
            facts.st_uid != place.owner || (facts.st_mode & kPermissions) != kOwnersFolder)
            continue;
        restarted = restarted.value_or(true) && facts.st_mtime < start_of_machine();
    }
    return restarted;
}

}  // namespace

Bundle look_at_bundle(const BundlePlace& wanted) {
    BundlePlace place = wanted;
    place.bundle = fs::absolute(wanted.bundle).lexically_normal();
    if (!place.bundle.has_filename()) place.bundle = place.bundle.parent_path();  // "x.driver/"
    const fs::path& bundle = place.bundle;
    Bundle found;
    found.wrong_folder = wrong_folder_above(place);
    struct stat facts{};
    if (::stat(bundle.c_str(), &facts) != 0) {
        if (errno != ENOENT && errno != ENOTDIR) found.unseen = std::strerror(errno);
        return found;
    }
    found.there = S_ISDIR(facts.st_mode);
    if (!found.there) return found;
    found.restarted_since_install = restarted_since_install(place);
    found.through_link = lies_behind_a_link(bundle);
    look_at_file(bundle, bundle.filename().string(), place, found);
    std::error_code error;
    for (fs::recursive_directory_iterator at(bundle, error), end; !error && at != end; at.increment(error))
        look_at_file(at->path(), at->path().lexically_relative(bundle).string(), place, found);
    const fs::path real = fs::canonical(bundle, error);
    if (auto version = packaging::check_driver(error ? bundle : real)) {
        found.version = *std::move(version);
    } else {
        found.problem = std::move(version.error());
    }
    if (!place.codesign.empty()) found.signature = look_at_signature(bundle, place.codesign);
    return found;
}

}  // namespace gecko::doctor
