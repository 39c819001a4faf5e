#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace gecko::platform {

/// An application as people know it.
struct NamedApplication {
    std::uint32_t process_id = 0;  ///< of the application itself, whose helper may be what plays
    std::string name;              ///< never empty
    std::string bundle_id;         ///< "" for a program without a bundle
    std::filesystem::path bundle;  ///< .../Name.app; empty for a program without one
    std::filesystem::path icon;    ///< an .icns file; empty if it has none

    friend bool operator==(const NamedApplication&, const NamedApplication&) = default;
};

/// What an application's bundle says of itself (Info.plist). Empty what it does not say.
struct BundleInfo {
    std::string id;
    std::string name;            ///< the display name, or else the name
    std::filesystem::path icon;  ///< a file that is there
};

/// What the system knows of processes and bundles. Any thread.
class Processes {
  public:
    virtual ~Processes() = default;
    /// The file that the process runs; nothing if there is no such process, or it may not be known.
    [[nodiscard]] virtual std::optional<std::filesystem::path> executable(std::uint32_t process) const = 0;
    [[nodiscard]] virtual std::optional<std::uint32_t> parent(std::uint32_t process) const = 0;
    /// The process that the system holds responsible for it; nothing where the system does not say.
    [[nodiscard]] virtual std::optional<std::uint32_t> responsible(std::uint32_t process) const = 0;
    /// Nothing if the folder has no readable Info.plist.
    [[nodiscard]] virtual std::optional<BundleInfo> bundle(const std::filesystem::path& folder) const = 0;
};

/// The application that a process belongs to, for people. Any thread.
///
/// A process inside an application's bundle, however deep, belongs to the outermost .app of its path, and to the topmost process of the
/// same bundle: so do the helpers of browsers and Electron apps. A service of the system's or of an application (an executable in an
/// .xpc, .appex or .framework, as Safari's) belongs to the process that the system holds responsible, or else to its nearest ancestor
/// in an .app. Any other program is itself, also when a terminal started it.
///
/// bundle_id  as the driver saw it; "" if it saw none
NamedApplication name_application(const Processes& processes, std::uint32_t process,
                                  std::string_view bundle_id);

/// The outermost application bundle that a path lies in; empty if it lies in none.
std::filesystem::path outermost_application(const std::filesystem::path& path);

}  // namespace gecko::platform
