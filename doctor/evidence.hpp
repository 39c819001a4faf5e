#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/inspection.hpp"
#include "platform/running_gecko.hpp"

namespace gecko::doctor {

/// Signature::signer of a signature that names nobody.
inline constexpr const char* kAdHoc = "ad hoc";

/// What codesign says of a bundle.
struct Signature {
    std::string problem;    ///< "" if it is valid, or could not be checked
    std::string unchecked;  ///< why it could not be checked; "" if it could
    std::string signer;     ///< "ad hoc", or whose it is; "" if that is unknown
};

/// The driver's bundle as it lies on the disk.
struct Bundle {
    bool there = false;
    std::string unseen;         ///< why it cannot be told whether it is there; "" if it can
    bool through_link = false;  ///< it, or a folder above it, is a symbolic link
    std::string
        wrong_folder;  ///< the first folder above it that is not as it must be, and what is wrong with it; ""
    std::string wrong_owner;  ///< the first file that is not root:wheel's, from the bundle on; "" if all are
    std::string wrong_mode;   ///< the first whose permissions are not as installed; "" if all are
    std::string problem;      ///< why it is not Gecko's driver for this computer, whole; "" if it is
    std::string version;      ///< CFBundleShortVersionString; "" if there is a problem
    std::optional<Signature> signature;  ///< nothing where there is no codesign
    /// An install left beside it what it keeps until the new driver has been seen at work: whether the machine was started anew since.
    std::optional<bool> restarted_since_install;
};

/// All that the checks look at. Collected once; a test makes its own.
struct Evidence {
    std::string gecko_version;
    std::uint32_t protocol = 0;
    std::string system;      ///< "macOS" or what uname says
    std::string os_version;  ///< "14.4.1"; "" if unknown
    bool is_macos = false;
    uid_t user = 0;            ///< who runs this
    std::string user_name;     ///< private: never in a report
    std::string full_name;     ///< private
    std::string home;          ///< private; HOME
    std::string account_home;  ///< private; the account's, which need not be HOME
    std::string host_name;     ///< private

    std::optional<Bundle> bundle;  ///< nothing where drivers are not installed

    std::string server_problem;                   ///< "" if the audio server answers
    platform::Inspection audio;                   ///< empty if it does not
    std::optional<platform::RunningGecko> gecko;  ///< what the last gecko said of itself
    bool gecko_lives = false;                     ///< there is a process of its number

    std::string settings_problem;  ///< "" if the settings file is right, or not there
    bool take_default = true;      ///< the setting
};

/// Evidence in which nothing tells whose machine it is: names, UIDs and serial numbers of hardware, the user's names, the home folders and
/// the machine's name are replaced, and what somebody wrote into the settings is left out. What is no secret stays: versions, rates, products of virtual devices.
Evidence without_private(const Evidence& evidence);

/// The same for any text.
std::string scrubbed(std::string text, const Evidence& evidence);

}  // namespace gecko::doctor
