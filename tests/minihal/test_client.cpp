// minihal_test_client UID SEED FRAMES: plays noise to a device. Prints "playing" with the device's sample time of the first
// frame, and "done" once the last frame has been handed over and IO has stopped.
#include <CoreFoundation/CoreFoundation.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "tests/minihal/player.hpp"

int main(int argc, char** argv) {
    if (argc != 4) return 1;
    const CFStringRef uid = CFStringCreateWithCString(nullptr, argv[1], kCFStringEncodingUTF8);
    const AudioObjectPropertyAddress address = {kAudioHardwarePropertyTranslateUIDToDevice,
                                                kAudioObjectPropertyScopeGlobal,
                                                kAudioObjectPropertyElementMain};
    AudioObjectID device = kAudioObjectUnknown;
    UInt32 size = sizeof device;
    const auto status =
        AudioObjectGetPropertyData(kAudioObjectSystemObject, &address, sizeof uid, &uid, &size, &device);
    CFRelease(uid);
    if (status != 0 || device == kAudioObjectUnknown) return 2;
    const minihal_test::Player player(device, std::strtoull(argv[2], nullptr, 10),
                                      std::strtoull(argv[3], nullptr, 10));
    if (player.start() != 0) return 3;
    const auto wait = [] { std::this_thread::sleep_for(std::chrono::milliseconds(1)); };
    while (player.position() == 0) wait();
    std::printf("playing %lld\n", static_cast<long long>(player.first_sample_time()));
    std::fflush(stdout);
    while (!player.done()) wait();
    if (player.stop() != 0) return 4;
    std::puts("done");
    return 0;
}
