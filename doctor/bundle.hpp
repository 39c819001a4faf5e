#pragma once

#include <sys/types.h>

#include <filesystem>

#include "doctor/evidence.hpp"

namespace gecko::doctor {

/// Where the driver's bundle is to be, and what is to be true of it.
struct BundlePlace {
#ifdef __APPLE__
    std::filesystem::path bundle = "/Library/Audio/Plug-Ins/HAL/GeckoAudioDevice.driver";
    std::filesystem::path codesign = "/usr/bin/codesign";  ///< "": signatures are not looked at
#else
    std::filesystem::path bundle;
    std::filesystem::path codesign;
#endif
    uid_t owner = 0;  ///< of all its files
    gid_t group = 0;
    std::filesystem::path top =
        "/";  ///< the folders below this one, down to the bundle, are looked at as well
};

/// Looks at the bundle, and changes nothing.
Bundle look_at_bundle(const BundlePlace& place);

}  // namespace gecko::doctor
