// What Gecko can do with a driver, and what it says where it cannot.
#include <gtest/gtest.h>

#include "platform/coreaudio/driver_state.hpp"
#include "shm/layout.hpp"

namespace gecko::platform::coreaudio {
namespace {

using Kind = PlatformError::Kind;

DriverState driver_of(SInt64 protocol) {
    DriverState state;
    state.version = "1.2.3";
    state.protocol = protocol;
    return state;
}

TEST(Capabilities, WithoutADriverThereAreNoneAndHowToGetThemIsSaid) {
    const auto can =
        capabilities_with(std::unexpected(PlatformError{.kind = Kind::plugin_not_installed, .cause = {}}));
    for (const Capability& capability : {can.virtual_devices, can.per_app_capture}) {
        EXPECT_FALSE(capability.there);
        EXPECT_EQ(capability.missing, "HAL plugin not installed");
        EXPECT_NE(capability.remedy.find("gecko driver install"), std::string::npos);
    }
}

TEST(Capabilities, WithoutAnAudioServerItIsTheServerThatIsMissing) {
    const auto can =
        capabilities_with(std::unexpected(PlatformError{.kind = Kind::server_not_running, .cause = {}}));
    EXPECT_EQ(can.virtual_devices.missing, "The audio server is not running");
    EXPECT_FALSE(can.per_app_capture.there);
}

TEST(Capabilities, WithTheDriverAllAreThereAttachedOrNot) {
    DriverState state = driver_of(shm::kProtocolVersion);
    for (const bool attached : {false, true}) {
        if (attached) state.client_rings = shm::kClientRings;
        const auto can = capabilities_with(state);
        for (const Capability& capability : {can.virtual_devices, can.per_app_capture}) {
            EXPECT_TRUE(capability.there);
            EXPECT_EQ(capability.missing + capability.remedy, "");
        }
    }
}

TEST(Capabilities, WithoutClientRingsApplicationsComeAsOneMix) {
    DriverState state = driver_of(shm::kProtocolVersion);
    state.client_rings = 0;
    const auto can = capabilities_with(state);
    EXPECT_TRUE(can.virtual_devices.there);
    EXPECT_FALSE(can.per_app_capture.there);
    EXPECT_NE(can.per_app_capture.missing, "");
    EXPECT_NE(can.per_app_capture.remedy, "");
}

TEST(Capabilities, ADriverOfAnotherVersionIsSeenButItsRingsAreNotUnderstood) {
    const auto older = capabilities_with(driver_of(shm::kProtocolVersion - 1));
    EXPECT_TRUE(older.virtual_devices.there);
    EXPECT_EQ(older.per_app_capture.missing, "Audio daemon restart required");
    EXPECT_NE(older.per_app_capture.remedy.find("gecko driver install"), std::string::npos);
    const auto newer = capabilities_with(driver_of(shm::kProtocolVersion + 1));
    EXPECT_NE(newer.per_app_capture.missing.find("Gecko is older than its driver"), std::string::npos);
}

}  // namespace
}  // namespace gecko::platform::coreaudio
