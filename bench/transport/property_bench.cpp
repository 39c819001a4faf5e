// What the five property calls cost, all in one run, in turns, beside a plain function behind the same kind of table that knows nothing
// and copies a UInt32.
#include <fmt/core.h>

#include <cstring>
#include <string>
#include <vector>

#include "bench/transport/driver_in_process.hpp"
#include "bench/transport/interleaved.hpp"
#include "driver/object_ids.hpp"

namespace {

using gecko::bench::Contender;
using gecko::bench::DriverInProcess;
namespace driver = gecko::driver;

constexpr int kRounds = 201;
constexpr int kCalls = 2'000;

void touch(const void* memory) {
    asm volatile("" : : "g"(memory) : "memory");
}

constexpr AudioObjectPropertyAddress global(AudioObjectPropertySelector selector) {
    return {selector, kAudioObjectPropertyScopeGlobal, kAudioObjectPropertyElementMain};
}

/// A GetPropertyData with nothing in it.
OSStatus plain(AudioServerPlugInDriverRef, AudioObjectID, pid_t, const AudioObjectPropertyAddress* address,
               UInt32, const void*, UInt32 capacity, UInt32* written, void* data) {
    if (capacity < sizeof(UInt32)) return kAudioHardwareBadPropertySizeError;
    std::memcpy(data, &address->mSelector, sizeof(UInt32));
    *written = sizeof(UInt32);
    return 0;
}

}  // namespace

int main() {
    DriverInProcess sink;
    auto& calls = sink.calls();
    const auto ref = sink.ref();
    AudioServerPlugInDriverInterface plain_table{};
    plain_table.GetPropertyData = &plain;
    AudioServerPlugInDriverInterface* volatile plain_ref = &plain_table;

    const auto alive = global(kAudioDevicePropertyDeviceIsAlive);
    const auto format = global(kAudioStreamPropertyVirtualFormat);
    const auto rates = global(kAudioDevicePropertyAvailableNominalSampleRates);
    const auto mute = global(kAudioBooleanControlPropertyValue);
    const auto miss = global(kAudioObjectPropertyIdentify);
    UInt32 size = 0;
    Boolean settable = 0;
    std::vector<std::byte> data(1024);
    const auto get = [&](AudioObjectID object, const AudioObjectPropertyAddress& address, UInt32 capacity) {
        calls.GetPropertyData(ref, object, 0, &address, 0, nullptr, capacity, &size, data.data());
        touch(data.data());
    };
    const std::vector<Contender> contenders{
        {"plain: a UInt32 through a function table",
         [&] {
             plain_ref->GetPropertyData(ref, driver::kDeviceId, 0, &alive, 0, nullptr, 4, &size, data.data());
             touch(data.data());
         }},
        {"HasProperty",
         [&] {
             const Boolean has = calls.HasProperty(ref, driver::kDeviceId, 0, &alive);
             touch(&has);
         }},
        {"HasProperty of what is not there",
         [&] {
             const Boolean has = calls.HasProperty(ref, driver::kDeviceId, 0, &miss);
             touch(&has);
         }},
        {"IsPropertySettable",
         [&] {
             calls.IsPropertySettable(ref, driver::kDeviceId, 0, &alive, &settable);
             touch(&settable);
         }},
        {"GetPropertyDataSize of a UInt32",
         [&] {
             calls.GetPropertyDataSize(ref, driver::kDeviceId, 0, &alive, 0, nullptr, &size);
             touch(&size);
         }},
        {"GetPropertyDataSize of the list of rates",
         [&] {
             calls.GetPropertyDataSize(ref, driver::kDeviceId, 0, &rates, 0, nullptr, &size);
             touch(&size);
         }},
        {"GetPropertyData of a UInt32", [&] { get(driver::kDeviceId, alive, 4); }},
        {"GetPropertyData of the last row, the mute", [&] { get(driver::kMuteId, mute, 4); }},
        {"GetPropertyData of the stream's format", [&] { get(driver::kStreamId, format, 40); }},
        {"GetPropertyData of the list of rates", [&] { get(driver::kDeviceId, rates, 1024); }},
        {"GetPropertyData of what is not there", [&] { get(driver::kDeviceId, miss, 4); }},
    };
    const auto ns = gecko::bench::interleaved_medians(contenders, kRounds, kCalls);
    fmt::print("\nProperty calls: median of {} rounds of {} calls\n", kRounds, kCalls);
    for (std::size_t i = 0; i < contenders.size(); ++i)
        fmt::print("{:<58}{:>10.1f} ns   {:.1f} million a second\n", contenders[i].name, ns[i], 1e3 / ns[i]);
    return 0;
}
