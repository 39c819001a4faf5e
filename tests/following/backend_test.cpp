// The platform's interface on a Mac: what it says of devices and of where sound goes.
#include <algorithm>

#include "platform/coreaudio/coreaudio_backend.hpp"
#include "platform/former_default.hpp"
#include "scene.hpp"
#include "shm/attach.hpp"

namespace gecko::following {
namespace {

minihal::hardware::DeviceOptions a_hole() {
    minihal::hardware::DeviceOptions device;
    device.uid = "BlackHole2ch_UID";
    device.name = "BlackHole 2ch";
    device.transport = {kAudioDeviceTransportTypeVirtual};
    device.inputs = 2;
    device.loopback = true;
    return device;
}

class Backend : public Scene {
  protected:
    platform::Device device(const std::string& uid) {
        const auto devices = backend_.devices();
        if (!devices) return {};
        const auto found = std::ranges::find(*devices, uid, &platform::Device::uid);
        return found != devices->end() ? *found : platform::Device{};
    }

    platform::coreaudio::CoreAudioBackend backend_;
};

TEST_F(Backend, TellsWhichDevicesAreOtherProgramsAndWhichCanBeTheSource) {
    plug(a_hole());
    plug(usb_interface());
    auto equaliser = a_hole();
    equaliser.uid = "EQMDevice";
    plug(equaliser);
    EXPECT_EQ(device("BlackHole2ch_UID").product, "BlackHole");
    EXPECT_EQ(device("BlackHole2ch_UID").transport, "virtual");
    EXPECT_TRUE(device("BlackHole2ch_UID").can_be_source);
    EXPECT_EQ(device("EQMDevice").product, "eqMac");
    EXPECT_FALSE(device("EQMDevice").can_be_source) << "its own program reads it";
    EXPECT_EQ(device(kUsb).product, "");
    EXPECT_EQ(device(kUsb).transport, "USB");
    EXPECT_EQ(device(kUsb).input_channels, 2U);
    EXPECT_FALSE(device(kUsb).can_be_source) << "a microphone is no source";
    EXPECT_EQ(device(shm::kDeviceUid).product, "");
    EXPECT_EQ(backend_.virtual_sink().value()->uid, shm::kDeviceUid);
    EXPECT_EQ(backend_.default_output().value()->uid, kSpeakers);
}

TEST_F(Backend, TellsWhichAggregatesWouldHearThemselves) {
    minihal::hardware::DeviceOptions aggregate;
    aggregate.transport = {kAudioDeviceTransportTypeAggregate};
    aggregate.uid = "Everything_UID";
    aggregate.sub_devices = {kSpeakers, shm::kDeviceUid};
    plug(aggregate);
    aggregate.uid = "Speakers_UID";
    aggregate.sub_devices = {kSpeakers};
    plug(aggregate);
    EXPECT_TRUE(device("Everything_UID").contains_sink);
    EXPECT_FALSE(device("Speakers_UID").contains_sink);
    EXPECT_FALSE(device(shm::kDeviceUid).contains_sink);
}

TEST_F(Backend, TellsWhereSoundGoesAndWhatIsGivenBack) {
    auto routing = backend_.routing(state_folder_).value();
    EXPECT_EQ(routing.default_output, kSpeakers);
    EXPECT_FALSE(routing.sink_is_default);
    EXPECT_EQ(routing.given_back, "");
    play();
    routing = backend_.routing(state_folder_).value();
    EXPECT_EQ(routing.default_output, shm::kDeviceUid);
    EXPECT_TRUE(routing.sink_is_default);
    EXPECT_EQ(routing.given_back, kSpeakers);
    EXPECT_EQ(routing.played_on, "") << "that is another program's to say";
}

TEST_F(Backend, CanDoAllWithTheDriverAndNothingWithoutAServer) {
    EXPECT_TRUE(backend_.supports_virtual_devices());
    EXPECT_TRUE(backend_.supports_per_app_capture());
    play();
    EXPECT_TRUE(backend_.supports_per_app_capture());
    mac_.hal().stop_server();
    EXPECT_FALSE(backend_.supports_virtual_devices());
    EXPECT_FALSE(backend_.supports_per_app_capture());
    EXPECT_EQ(backend_.capabilities().virtual_devices.missing, "The audio server is not running");
    EXPECT_FALSE(backend_.devices());
    EXPECT_FALSE(backend_.routing(state_folder_));
    EXPECT_FALSE(backend_.default_output());
    mac_.hal().start_server();
    run(1);
}

}  // namespace
}  // namespace gecko::following
