#pragma once

#include "platform/applications.hpp"

namespace gecko::platform::coreaudio {

/// This system's processes.
class SystemProcesses final : public Processes {
  public:
    [[nodiscard]] std::optional<std::filesystem::path> executable(std::uint32_t process) const override;
    [[nodiscard]] std::optional<std::uint32_t> parent(std::uint32_t process) const override;
    /// macOS: by a call of the system's that is not published, where it is there.
    [[nodiscard]] std::optional<std::uint32_t> responsible(std::uint32_t process) const override;
    [[nodiscard]] std::optional<BundleInfo> bundle(const std::filesystem::path& folder) const override;
};

}  // namespace gecko::platform::coreaudio
