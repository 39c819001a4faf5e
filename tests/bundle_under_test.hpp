#pragma once

#include <cstdlib>
#include <filesystem>

namespace gecko::testing {

/// The folder with the GeckoAudioDevice.driver that the tests load: that of their own build, unless GECKO_TEST_HAL in the environment
/// names another, such as the one that was built for macOS.
inline std::filesystem::path hal_under_test() {
    const char* other = std::getenv("GECKO_TEST_HAL");
    return other != nullptr ? other : GECKO_HAL;
}

}  // namespace gecko::testing
