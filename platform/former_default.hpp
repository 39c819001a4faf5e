#pragma once

#include <filesystem>
#include <string>

namespace gecko::platform {

/// A note of the output that was the default before Gecko Sink took its place, for whoever gives it back: gecko, its guard if it
/// crashed, its next start, or its removal. One file, `default-output`, with the device's UID on one line. Control threads.
class FormerDefault {
  public:
    /// No note is kept where `folder` is empty.
    explicit FormerDefault(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// Written whole or not at all. False if it cannot be written.
    bool note(const std::string& uid) const;
    /// "" if there is none.
    [[nodiscard]] std::string read() const;
    void forget() const;

    [[nodiscard]] std::filesystem::path file() const { return folder_ / "default-output"; }

  private:
    std::filesystem::path folder_;
};

}  // namespace gecko::platform
