#include "tools/song/private_folder.hpp"

#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace gecko::song_run {
namespace {

constexpr std::size_t kLongestParent = 70;

}  // namespace

Result<PrivateFolder> PrivateFolder::create() {
    const char* temporary = std::getenv("TMPDIR");
    std::string parent = temporary && *temporary == '/' ? temporary : "/tmp";
    if (parent.size() > kLongestParent) parent = "/tmp";
    std::string path = parent + "/gecko-XXXXXX";
    if (!mkdtemp(path.data())) {
        return fail(
            kNotRunning,
            fmt::format("cannot create a folder in {}: {}. Set TMPDIR to a folder that can be written to",
                        parent, std::generic_category().message(errno)));
    }
    return PrivateFolder(std::move(path));
}

PrivateFolder::PrivateFolder(PrivateFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}

PrivateFolder::~PrivateFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace gecko::song_run
