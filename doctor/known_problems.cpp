#include "doctor/known_problems.hpp"

#include <charconv>

namespace gecko::doctor {
namespace {

constexpr OsVersion kEver{.major = 1000};

constexpr KnownProblem kProblems[] = {
    {{},
     {.major = 11},
     true,
     "it is older than the driver is built for (macOS 11)",
     "Update macOS to 11 or later.",
     "the bundle's LSMinimumSystemVersion"},
    {{.major = 14, .minor = 4},
     kEver,
     false,
     "`launchctl kickstart -k` is refused for coreaudiod",
     "Nothing: `gecko driver install` ends coreaudiod in another way. Installers of other drivers may fail.",
     "Apple's release notes of macOS 14.4 (123028502); BackgroundMusic #727, libASPL #8"},
    {{.major = 14, .minor = 5},
     {.major = 14, .minor = 6},
     false,
     "virtual devices were reported to stay away after installing on Macs with an M3",
     "If Gecko Sink does not appear: restart the Mac once.",
     "BackgroundMusic #751"},
    {{.major = 26},
     kEver,
     false,
     "virtual devices were reported to come up muted, or with a volume that stays at 0",
     "If there is silence: unmute Gecko Sink and move its volume once.",
     "BlackHole #889"},
};

}  // namespace

std::optional<OsVersion> parse_os_version(std::string_view text) {
    std::array<int, 3> parts{};
    std::size_t count = 0;
    const char* at = text.data();
    const char* end = at + text.size();
    while (count < parts.size()) {
        const auto [next, error] = std::from_chars(at, end, parts[count]);
        if (error != std::errc() || parts[count] < 0) return std::nullopt;
        ++count;
        if (next == end) return OsVersion{.major = parts[0], .minor = parts[1], .patch = parts[2]};
        if (*next != '.') return std::nullopt;
        at = next + 1;
    }
    return std::nullopt;
}

std::span<const KnownProblem> known_problems() noexcept {
    return kProblems;
}

}  // namespace gecko::doctor
