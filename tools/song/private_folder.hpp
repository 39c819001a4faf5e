#pragma once

#include <string>

#include "tools/song/failure.hpp"

namespace gecko::song_run {

/// A new folder that only this user can enter, removed with all it holds at the end.
class PrivateFolder {
  public:
    /// Under $TMPDIR or /tmp, with a path short enough for a Unix socket in it (macOS: 104 bytes).
    static Result<PrivateFolder> create();

    PrivateFolder(PrivateFolder&& other) noexcept;
    PrivateFolder& operator=(PrivateFolder&&) = delete;
    ~PrivateFolder();

    const std::string& path() const { return path_; }

  private:
    explicit PrivateFolder(std::string path) : path_(std::move(path)) {}
    std::string path_;
};

}  // namespace gecko::song_run
