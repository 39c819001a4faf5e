#include "scene.hpp"

#include <fstream>

#include "minihal/hardware/simulated_hardware.hpp"
#include "minihal/system/run_directory.hpp"
#include "platform/coreaudio/hal.hpp"
#include "platform/coreaudio/hardware.hpp"
#include "shm/attach.hpp"

namespace gecko::following {
namespace {

namespace ca = platform::coreaudio;
using minihal::plist::Dictionary;

constexpr auto kOutput = kAudioObjectPropertyScopeOutput;

std::string uid_of(AudioObjectID device) {
    return ca::device_uid(device);
}

}  // namespace

minihal::hardware::DeviceOptions usb_interface() {
    minihal::hardware::DeviceOptions device;
    device.uid = kUsb;
    device.name = "USB Interface";
    device.transport = {kAudioDeviceTransportTypeUSB};
    device.rates = {44'100, 48'000, 96'000, 192'000};
    device.inputs = 2;
    device.ppm = 80;
    device.latency = 50;
    device.safety = 30;
    return device;
}

minihal::hardware::DeviceOptions headphones() {
    minihal::hardware::DeviceOptions device;
    device.uid = kHeadphones;
    device.name = "Headphones";
    device.transport = {kAudioDeviceTransportTypeBluetooth};
    device.rates = {16'000, 44'100, 48'000};
    device.inputs = 1;
    device.call_rate = 16'000;
    device.volume_steps = 16;
    device.volume = 0.4;
    return device;
}

Scene::Scene() : state_folder_(minihal::run_file("state")) {}

Scene::~Scene() {
    player_.reset();
    app_.reset();
}

void Scene::start_gecko(platform::PathOptions options) {
    options.state_folder = state_folder_;
    app_.emplace(mac_, options);
}

void Scene::start_player() {
    const std::uint64_t frame = player_ ? player_->frame() : 0;
    player_.reset();
    player_.emplace(mac_, kPlayer, "com.example.player", VirtualMac::gecko_sink(), frame);
    ASSERT_EQ(player_->start(), kAudioHardwareNoError);
}

void Scene::play() {
    start_gecko();
    run(0.5);
    start_player();
    run(1);
    const auto problem = app_->connection().problem;
    ASSERT_TRUE(app_->connection().running) << (problem ? problem->message() : "");
    ASSERT_FALSE(ears_.stretches().empty());
}

OSStatus Scene::command(Dictionary& dictionary) {
    as_somebody();
    const OSStatus status = mac_.hal().hardware(dictionary.get());
    mac_.hal().deliver();
    return status;
}

void Scene::plug(const minihal::hardware::DeviceOptions& device) {
    Dictionary dictionary = minihal::hardware::dictionary_of(device);
    dictionary.add("do", std::string("plug"));
    done(command(dictionary));
}

void Scene::unplug(const std::string& uid) {
    Dictionary dictionary;
    done(command(dictionary.add("do", std::string("unplug")).add("uid", uid)));
}

void Scene::set_rate_at(const std::string& uid, double rate) {
    Dictionary dictionary;
    done(command(dictionary.add("do", std::string("rate")).add("uid", uid).add("rate", rate)));
}

void Scene::set_volume_at(const std::string& uid, double volume, std::optional<bool> mute) {
    Dictionary dictionary;
    dictionary.add("do", std::string("volume")).add("uid", uid).add("volume", volume);
    if (mute) dictionary.add("mute", *mute);
    done(command(dictionary));
}

void Scene::die(const std::string& uid) {
    Dictionary dictionary;
    done(command(dictionary.add("do", std::string("die")).add("uid", uid)));
}

OSStatus Scene::stick(const std::string& uid) {
    Dictionary dictionary;
    return command(dictionary.add("do", std::string("stick")).add("uid", uid));
}

void Scene::busy(const std::string& uid, OSStatus status, std::uint32_t times) {
    Dictionary dictionary;
    done(command(dictionary.add("do", std::string("busy"))
                     .add("uid", uid)
                     .add("status", std::int32_t{status})
                     .add("times", times)));
}

void Scene::choose(const std::string& uid) {
    as_somebody();
    EXPECT_EQ(VirtualMac::set_default_output(VirtualMac::device(uid)), kAudioHardwareNoError);
}

void Scene::set_rate(const std::string& uid, double rate) {
    EXPECT_TRUE(ca::request_rate(VirtualMac::device(uid), rate));
}

double Scene::rate_of(const std::string& uid) {
    return ca::nominal_rate(VirtualMac::device(uid));
}

void Scene::set_volume(const std::string& uid, Float32 volume) {
    EXPECT_EQ(
        ca::set(VirtualMac::device(uid), ca::address_of(kAudioDevicePropertyVolumeScalar, kOutput), volume),
        kAudioHardwareNoError);
}

Float32 Scene::volume_of(const std::string& uid) {
    return ca::get<Float32>(VirtualMac::device(uid),
                            ca::address_of(kAudioDevicePropertyVolumeScalar, kOutput))
        .value_or(-1.0F);
}

void Scene::set_mute(const std::string& uid, bool mute) {
    EXPECT_EQ(
        ca::set(VirtualMac::device(uid), ca::address_of(kAudioDevicePropertyMute, kOutput), UInt32{mute}),
        kAudioHardwareNoError);
}

bool Scene::muted(const std::string& uid) {
    return ca::get<UInt32>(VirtualMac::device(uid), ca::address_of(kAudioDevicePropertyMute, kOutput))
               .value_or(9) == 1;
}

UInt32 Scene::latency_of(const std::string& uid) {
    return ca::get<UInt32>(VirtualMac::device(uid), ca::address_of(kAudioDevicePropertyLatency, kOutput))
        .value_or(0);
}

std::string Scene::default_uid() {
    return uid_of(VirtualMac::default_output());
}

int Scene::inputs_opened(const std::string& uid) {
    as_somebody();
    const auto bundle = ca::to_cf(minihal::kSimulatedHardwareBundle);
    const CFStringRef qualifier = bundle.get();
    const auto find = ca::address_of(kAudioHardwarePropertyTranslateBundleIDToPlugIn);
    AudioObjectID plug_in = kAudioObjectUnknown;
    UInt32 size = sizeof plug_in;
    AudioObjectGetPropertyData(kAudioObjectSystemObject, &find, sizeof qualifier, &qualifier, &size,
                               &plug_in);
    const auto states = ca::get_cf<CFArrayRef>(plug_in, ca::address_of(minihal::kSimulatedHardwareProperty));
    if (!states) return -1;
    for (CFIndex i = 0; i < CFArrayGetCount(states->get()); ++i) {
        const auto* const state = static_cast<CFTypeRef>(CFArrayGetValueAtIndex(states->get(), i));
        std::string found;
        std::int32_t opened = -1;
        if (minihal::plist::read(state, "uid", found) && found == uid &&
            minihal::plist::read(state, "input_opened", opened)) {
            return opened;
        }
    }
    return -1;
}

void Scene::sit_down(uid_t user) {
    std::ofstream(minihal::run_file(minihal::kConsoleFile)) << user << '\n';
}

void Scene::expect_back(Ticks since, double latency_before, const char* uid) {
    const Stretch& heard = now_heard();
    ASSERT_GT(heard.begins, since) << "the sound was not interrupted";
    EXPECT_LE(simulation::seconds_of(heard.begins - since) * heard.rate, 0.5 * heard.rate) << "frames";
    EXPECT_EQ(heard.uid, uid);
    EXPECT_TRUE(heard.faded_in);
    EXPECT_NEAR(now_heard().latency, latency_before, 0.0015);
    expect_all_right();
}

void Scene::expect_all_right() const {
    EXPECT_EQ(ears_.complaints(), std::vector<std::string>());
    // And it goes on.
    EXPECT_GT(ears_.last_heard() + simulation::ticks_of(0.1), simulation::now());
}

}  // namespace gecko::following
