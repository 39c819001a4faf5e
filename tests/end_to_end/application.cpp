// end_to_end_application DEVICE VERB...: an application as the tests need it. DEVICE is a UID.
//
//   count           plays frames that tell their own number: frame n is (n + 1) / 2^24 on the left, the negative of it on the right
//   level X         plays X on the left and -X / 2 on the right
//   rate HZ         gives the device this nominal rate; fails if it does not take it
//   volume X        sets the output volume's scalar, decibels X the same in dB, mute 0|1 the mute
//   print           prints "rate HZ volume SCALAR decibels DB mute 0|1"
//
// Who plays prints "playing" and goes on, whatever the device's rate becomes, until it is ended.
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "platform/coreaudio/hal.hpp"
#include "platform/coreaudio/hardware.hpp"

namespace {

using namespace gecko::platform::coreaudio;

constexpr int kUsage = 1;
constexpr int kNoDevice = 2;
constexpr int kRefused = 3;

struct Source {
    bool counts;
    float level;
    std::uint32_t next = 1;
};

OSStatus fill(AudioObjectID, const AudioTimeStamp*, const AudioBufferList*, const AudioTimeStamp*,
              AudioBufferList* output, const AudioTimeStamp*, void* context) {
    auto& source = *static_cast<Source*>(context);
    const AudioBuffer& buffer = output->mBuffers[0];
    auto* samples = static_cast<float*>(buffer.mData);
    for (std::size_t i = 0; i + 1 < buffer.mDataByteSize / sizeof(float); i += 2) {
        const float number = static_cast<float>(source.next++) * 0x1p-24f;
        samples[i] = source.counts ? number : source.level;
        samples[i + 1] = source.counts ? -number : -source.level / 2;
    }
    return kAudioHardwareNoError;
}

int play(AudioObjectID device, Source source) {
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigprocmask(SIG_BLOCK, &ends, nullptr);
    AudioDeviceIOProcID proc = nullptr;
    if (AudioDeviceCreateIOProcID(device, &fill, &source, &proc) != kAudioHardwareNoError) return kRefused;
    if (AudioDeviceStart(device, proc) != kAudioHardwareNoError) return kRefused;
    fmt::print("playing\n");
    std::fflush(stdout);
    int signal = 0;
    sigwait(&ends, &signal);
    AudioDeviceStop(device, proc);
    AudioDeviceDestroyIOProcID(device, proc);
    return 0;
}

/// The device's control of a class; unknown if it has none.
AudioObjectID control(AudioObjectID device, AudioClassID wanted) {
    const auto controls = get_list<AudioObjectID>(device, address_of(kAudioObjectPropertyControlList));
    if (!controls) return kAudioObjectUnknown;
    for (const AudioObjectID id : *controls)
        if (get<AudioClassID>(id, address_of(kAudioObjectPropertyClass)) == wanted) return id;
    return kAudioObjectUnknown;
}

/// Waits until the device has the rate; false if it refuses, or takes longer than 2 s.
bool change_rate(AudioObjectID device, double rate_hz) {
    if (!request_rate(device, rate_hz)) return false;
    for (int look = 0; look < 400 && nominal_rate(device) != rate_hz; ++look) ::usleep(5000);
    return nominal_rate(device) == rate_hz;
}

int result(OSStatus status) {
    if (status == kAudioHardwareNoError) return 0;
    fmt::print("refused: {}\n", status_text(status));
    return kRefused;
}

int run(AudioObjectID device, const std::string& verb, const std::string& value) {
    const float number = std::strtof(value.c_str(), nullptr);
    const AudioObjectID volume = control(device, kAudioVolumeControlClassID);
    const AudioObjectID mute = control(device, kAudioMuteControlClassID);
    if (verb == "count") return play(device, {.counts = true, .level = 0});
    if (verb == "level") return play(device, {.counts = false, .level = number});
    if (verb == "rate") return change_rate(device, static_cast<double>(number)) ? 0 : kRefused;
    if (verb == "volume")
        return result(set(volume, address_of(kAudioLevelControlPropertyScalarValue), number));
    if (verb == "decibels")
        return result(set(volume, address_of(kAudioLevelControlPropertyDecibelValue), number));
    if (verb == "mute")
        return result(set(mute, address_of(kAudioBooleanControlPropertyValue), UInt32{number != 0}));
    if (verb != "print") return kUsage;
    fmt::print("rate {} volume {} decibels {} mute {}\n", nominal_rate(device),
               get<Float32>(volume, address_of(kAudioLevelControlPropertyScalarValue)).value_or(-1.0f),
               get<Float32>(volume, address_of(kAudioLevelControlPropertyDecibelValue)).value_or(-1.0f),
               get<UInt32>(mute, address_of(kAudioBooleanControlPropertyValue)).value_or(9));
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return kUsage;
    const auto device = device_with_uid(argv[1]);
    if (!device || *device == kAudioObjectUnknown) return kNoDevice;
    return run(*device, argv[2], argc > 3 ? argv[3] : "");
}
