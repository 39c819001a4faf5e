#pragma once

#include <array>
#include <compare>
#include <optional>
#include <span>
#include <string_view>

namespace gecko::doctor {

/// A version of macOS: major, minor, patch; what is not written is 0.
struct OsVersion {
    int major = 0;
    int minor = 0;
    int patch = 0;

    friend auto operator<=>(const OsVersion&, const OsVersion&) = default;
};

/// Nothing for what is no version.
std::optional<OsVersion> parse_os_version(std::string_view text);

/// Something that is known of some versions of macOS.
struct KnownProblem {
    OsVersion from;   ///< the first that has it
    OsVersion until;  ///< the first that has it no more
    bool fatal;       ///< Gecko cannot work there
    std::string_view what;
    std::string_view advice;
    std::string_view source;
};

/// All that are known, and those of one version.
std::span<const KnownProblem> known_problems() noexcept;
inline bool concerns(const KnownProblem& problem, const OsVersion& version) noexcept {
    return problem.from <= version && version < problem.until;
}

}  // namespace gecko::doctor
