#include "bench/transport/driver_in_process.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "driver/cf.hpp"
#include "driver/object_ids.hpp"
#include "minihal/system/host_clock.hpp"
#include "shm/attach.hpp"

namespace gecko::bench {
namespace {

constexpr double kTicksPerFrame = 500;  // 24 MHz at 48 kHz
std::uint64_t the_time = 1'000'000'000;

std::uint64_t read_time() {
    return the_time;
}

void require(bool holds, const char* what) {
    if (holds) return;
    fmt::print(stderr, "transport_bench: {}\n", what);
    std::exit(2);
}

OSStatus properties_changed(AudioServerPlugInHostRef, AudioObjectID, UInt32,
                            const AudioObjectPropertyAddress*) {
    return 0;
}

OSStatus nothing_stored(AudioServerPlugInHostRef, CFStringRef, CFPropertyListRef* value) {
    *value = nullptr;
    return kAudioHardwareUnspecifiedError;
}

}  // namespace

DriverInProcess::DriverInProcess() {
    // The console of this machine is a file of this user.
    std::string pattern = (std::filesystem::temp_directory_path() / "gecko-bench-XXXXXX").string();
    require(::mkdtemp(pattern.data()) != nullptr, "no folder for temporary files");
    folder_ = pattern;
    ::setenv("MINIHAL_RUN_DIR", pattern.c_str(), 1);
    ::close(::open((folder_ / "console").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    minihal::set_virtual_clock(&read_time);

    host_.PropertiesChanged = &properties_changed;
    host_.CopyFromStorage = &nothing_stored;
    auto& calls = **plug_in_.ref();
    require(calls.Initialize(plug_in_.ref(), &host_) == 0, "Initialize failed");
    const std::string name = shm::kNamePrefix + std::string(shm::kNameRandom, 'b');
    shm::unlink_segment(name.c_str());
    auto segment =
        shm::Segment::create(name.c_str(), *shm::Geometry::of(shm::kDefaultFrames, 2), 48'000, 0600);
    require(segment.has_value(), "no shared memory");
    segment_.emplace(std::move(*segment));
    segment_->view().control->consumer.alive.store(the_time);
    driver::DictionaryBuilder request;
    request.add(shm::key::kName, name.c_str());
    request.add(shm::key::kAbi, std::int64_t{shm::kProtocolVersion});
    request.add(shm::key::kChannels, std::int64_t{2});
    request.add(shm::key::kFrames, std::int64_t{shm::kDefaultFrames});
    CFDictionaryRef dictionary = request.release();
    const AudioObjectPropertyAddress address{shm::kAttachProperty, kAudioObjectPropertyScopeGlobal,
                                             kAudioObjectPropertyElementMain};
    const OSStatus attached = calls.SetPropertyData(plug_in_.ref(), driver::kDeviceId, 1, &address, 0,
                                                    nullptr, sizeof(CFDictionaryRef), &dictionary);
    CFRelease(dictionary);
    shm::unlink_segment(name.c_str());
    require(attached == 0, "the driver refused the segment");
    require(calls.StartIO(plug_in_.ref(), driver::kDeviceId, 1) == 0, "StartIO failed");
    for (UInt32 client = 1; client <= kClients; ++client) {
        const AudioServerPlugInClientInfo info{client, 1, true, CFSTR("com.example.player")};
        require(calls.AddDeviceClient(plug_in_.ref(), driver::kDeviceId, &info) == 0,
                "AddDeviceClient failed");
    }
    constexpr AudioTimeStampFlags kValid = kAudioTimeStampSampleTimeValid | kAudioTimeStampHostTimeValid;
    info_.mCurrentTime.mFlags = kValid;
    info_.mOutputTime.mFlags = kValid;
}

DriverInProcess::~DriverInProcess() {
    std::filesystem::remove_all(folder_);
}

void DriverInProcess::prepare() noexcept {
    the_time += static_cast<std::uint64_t>(kFrames * kTicksPerFrame);
    info_.mCurrentTime.mSampleTime += kFrames;
    info_.mCurrentTime.mHostTime = the_time;
    info_.mOutputTime.mSampleTime = info_.mCurrentTime.mSampleTime + kFrames;
}

void DriverInProcess::perform(UInt32 client, UInt32 operation, float* pcm) noexcept {
    auto& calls = **plug_in_.ref();
    calls.BeginIOOperation(plug_in_.ref(), driver::kDeviceId, client, operation, kFrames, &info_);
    calls.DoIOOperation(plug_in_.ref(), driver::kDeviceId, driver::kStreamId, client, operation, kFrames,
                        &info_, pcm, nullptr);
    calls.EndIOOperation(plug_in_.ref(), driver::kDeviceId, client, operation, kFrames, &info_);
}

void DriverInProcess::cycle(float* pcm) noexcept {
    prepare();
    perform(0, kAudioServerPlugInIOOperationWriteMix, pcm);
}

void DriverInProcess::cycle_of_clients(float* pcm) noexcept {
    auto& calls = **plug_in_.ref();
    prepare();
    calls.BeginIOOperation(plug_in_.ref(), driver::kDeviceId, 0, kAudioServerPlugInIOOperationCycle, kFrames,
                           &info_);
    for (UInt32 client = 1; client <= kClients; ++client)
        perform(client, kAudioServerPlugInIOOperationProcessOutput, pcm);
    perform(0, kAudioServerPlugInIOOperationWriteMix, pcm);
    calls.EndIOOperation(plug_in_.ref(), driver::kDeviceId, 0, kAudioServerPlugInIOOperationCycle, kFrames,
                         &info_);
}

double DriverInProcess::zero_time_stamp() noexcept {
    Float64 sample_time = 0;
    UInt64 host_time = 0;
    UInt64 seed = 0;
    (**plug_in_.ref())
        .GetZeroTimeStamp(plug_in_.ref(), driver::kDeviceId, 0, &sample_time, &host_time, &seed);
    return sample_time;
}

}  // namespace gecko::bench
