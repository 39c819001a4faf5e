#include "doctor/collect.hpp"

#include <pwd.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <string_view>

#ifdef __APPLE__
#include <sys/sysctl.h>
#endif

#include "settings/folders.hpp"
#include "settings/user_settings.hpp"
#include "shm/layout.hpp"

namespace gecko::doctor {
namespace {

#ifdef __APPLE__
constexpr bool kMacOs = true;
#else
constexpr bool kMacOs = false;
#endif

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
        // What follows the first comma is rooms and telephones.
        const std::string_view about = account->pw_gecos != nullptr ? account->pw_gecos : "";
        evidence.full_name = about.substr(0, about.find(','));
        evidence.home = evidence.account_home = account->pw_dir;
    }
    if (const char* home = std::getenv("HOME"); home != nullptr && home[0] == '/') evidence.home = home;
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) == 0) evidence.host_name = host.data();
}

void look_at_settings_file(Evidence& evidence) {
    const auto found = settings::look_at_settings(settings::settings_folder());
    if (found) {
        evidence.take_default = found->settings.take_default;
    } else {
        evidence.settings_problem = found.error();
    }
}

}  // namespace

Evidence collect(const BundlePlace& place, const std::string& gecko_version) {
    Evidence evidence;
    evidence.gecko_version = gecko_version;
    evidence.protocol = shm::kProtocolVersion;
    evidence.is_macos = kMacOs;
    utsname name{};
    evidence.system = kMacOs ? "macOS" : ::uname(&name) == 0 ? name.sysname : "an unknown system";
    evidence.os_version = os_version();
    look_at_user(evidence);
    if (!place.bundle.empty()) evidence.bundle = look_at_bundle(place);
    if (auto audio = platform::inspect_audio()) {
        evidence.audio = *std::move(audio);
    } else {
        evidence.server_problem = audio.error().message();
    }
    look_at_settings_file(evidence);
    evidence.gecko = platform::read_running_gecko(settings::state_folder());
    evidence.gecko_lives = evidence.gecko && ::kill(evidence.gecko->process, 0) == 0;
    return evidence;
}

}  // namespace gecko::doctor
