#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/inspection.hpp"

namespace gecko::doctor {

/// The driver's bundle as it lies on the disk.
struct Bundle {
    bool there = false;
    bool through_link = false;  ///< it, or a folder above it, is a symbolic link
    std::string wrong_owner;  ///< the first file that is not root:wheel's, from the bundle on; "" if all are
    std::string wrong_mode;   ///< the first whose permissions are not as installed; "" if all are
    bool info_readable = false;
    std::string identifier;   ///< CFBundleIdentifier
    std::string version;      ///< CFBundleShortVersionString
    bool executable = false;  ///< the file that Info.plist names is there
    /// What `codesign --verify` says; "" if the signature is good.
    std::string signature;
};

/// All that the checks look at. Collected once; a test makes its own.
struct Evidence {
    std::string gecko_version;
    std::uint32_t protocol = 0;
    std::string system;      ///< "macOS" or what uname says
    std::string os_version;  ///< "14.4.1"; "" if unknown
    bool is_macos = false;
    uid_t user = 0;         ///< who runs this
    std::string user_name;  ///< private: never in a report
    std::string home;       ///< private
    std::string host_name;  ///< private

    std::optional<Bundle> bundle;  ///< nothing where drivers are not installed

    std::string server_problem;  ///< "" if the audio server answers
    platform::Inspection audio;  ///< empty if it does not
    std::string playing_on;      ///< UID of the output that gecko plays on instead of the sink; "" if unknown

    std::string settings_problem;  ///< "" if the settings file is right, or not there
    bool take_default = true;      ///< the setting
};

/// Evidence in which nothing tells whose machine it is: names, UIDs and serial numbers of hardware, the user's name, the home folder and
/// the machine's name are replaced. What is no secret stays: versions, rates, products of virtual devices.
Evidence without_private(const Evidence& evidence);

/// The same for any text.
std::string scrubbed(std::string text, const Evidence& evidence);

}  // namespace gecko::doctor
