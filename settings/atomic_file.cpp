#include "settings/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "settings/descriptor.hpp"

namespace gecko::settings {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kFolderMode = 0700;
constexpr mode_t kPermissions = 0777;
constexpr int kMostLinks = 40;  // in a row

std::unexpected<std::string> failed(std::string_view what, const fs::path& path, int error) {
    return std::unexpected(
        fmt::format("{} {}: {}", what, path.string(), std::generic_category().message(error)));
}

/// 0 or errno.
int write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const auto count = ::write(file, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return 0;
}

/// 0 or errno. A file system that knows no such thing has done what it can.
int flush_to_disk(int file) {
#ifdef F_FULLFSYNC  // macOS: fsync alone leaves it in the drive's cache
    if (::fcntl(file, F_FULLFSYNC) == 0) return 0;
#endif
    if (::fsync(file) == 0 || errno == EINVAL || errno == ENOTSUP) return 0;
    return errno;
}

std::expected<void, std::string> fill(const fs::path& file, int descriptor, std::string_view text) {
    Descriptor made(descriptor);
    struct stat before{};
    if (::stat(file.c_str(), &before) == 0) (void)::fchmod(made.get(), before.st_mode & kPermissions);
    if (const int error = write_all(made.get(), text)) return failed("cannot write", file, error);
    if (const int error = flush_to_disk(made.get())) return failed("cannot write", file, error);
    if (const int error = made.close()) return failed("cannot write", file, error);
    return {};
}

}  // namespace

std::expected<void, std::string> make_folders(const fs::path& folder) {
    fs::path below;
    for (const fs::path& part : folder) {
        below /= part;
        if (::mkdir(below.c_str(), kFolderMode) == 0 || errno == EEXIST) continue;
        const int error = errno;
        std::error_code not_there;
        if (!fs::is_directory(below, not_there)) return failed("cannot make the folder", folder, error);
    }
    return {};
}

fs::path where_links_lead(fs::path file) {
    std::error_code error;
    for (int hop = 0; hop < kMostLinks && fs::is_symlink(file, error); ++hop) {
        const fs::path next = fs::read_symlink(file, error);
        if (error) break;
        file = next.is_absolute() ? next : file.parent_path() / next;
    }
    return file;
}

std::expected<void, std::string> write_atomically(const fs::path& file, std::string_view text) {
    if (auto made = make_folders(file.parent_path()); !made) return made;
    const fs::path target = where_links_lead(file);
    const fs::path folder = target.parent_path();
    std::string beside = target.string() + ".new-XXXXXX";
    const int descriptor = ::mkstemp(beside.data());
    if (descriptor < 0) return failed("cannot write into", folder, errno);
    auto done = fill(target, descriptor, text);
    if (done && ::rename(beside.c_str(), target.c_str()) != 0) done = failed("cannot replace", target, errno);
    if (!done) {
        ::unlink(beside.c_str());
        return done;
    }
    const Descriptor entries(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (entries.get() >= 0) (void)flush_to_disk(entries.get());
    return {};
}

}  // namespace gecko::settings
