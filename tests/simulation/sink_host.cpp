#include "sink_host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "driver/cf.hpp"
#include "driver/object_ids.hpp"
#include "shm/attach.hpp"

namespace gecko::simulation {
namespace {

constexpr AudioObjectPropertyAddress global(AudioObjectPropertySelector selector) {
    return {selector, kAudioObjectPropertyScopeGlobal, kAudioObjectPropertyElementMain};
}

}  // namespace

SinkHost::SinkHost(std::uint32_t frames)
    : plug_in_(std::make_unique<driver::PlugIn>(driver::ControlCalls::drained)), frames_(frames) {
    table().Initialize(plug_in_->ref(), host_.ref());
}

OSStatus SinkHost::set_attachment(CFDictionaryRef request, pid_t pid) {
    const auto address = global(shm::kAttachProperty);
    return table().SetPropertyData(plug_in_->ref(), driver::kDeviceId, pid, &address, 0, nullptr,
                                   sizeof request, &request);
}

OSStatus SinkHost::set_rate(double hz) {
    const auto address = global(kAudioDevicePropertyNominalSampleRate);
    return table().SetPropertyData(plug_in_->ref(), driver::kDeviceId, 0, &address, 0, nullptr, sizeof hz,
                                   &hz);
}

std::uint32_t SinkHost::rate() {
    const auto address = global(kAudioDevicePropertyNominalSampleRate);
    Float64 hz = 0;
    UInt32 size = 0;
    table().GetPropertyData(plug_in_->ref(), driver::kDeviceId, 0, &address, 0, nullptr, sizeof hz, &size,
                            &hz);
    return static_cast<std::uint32_t>(hz);
}

void SinkHost::add_client(const Client& client) {
    const driver::CfOwned bundle_id(driver::create_string(client.bundle_id.c_str()));
    const AudioServerPlugInClientInfo info{client.id, client.pid, true, bundle_id.get()};
    table().AddDeviceClient(plug_in_->ref(), driver::kDeviceId, &info);
}

void SinkHost::remove_client(UInt32 id) {
    const AudioServerPlugInClientInfo info{id, 0, true, nullptr};
    table().RemoveDeviceClient(plug_in_->ref(), driver::kDeviceId, &info);
}

bool SinkHost::start_client(UInt32 id) {
    table().StartIO(plug_in_->ref(), driver::kDeviceId, id);
    started_.push_back(id);
    if (started_.size() > 1) return false;
    begin_io();
    return true;
}

bool SinkHost::stop_client(UInt32 id) {
    table().StopIO(plug_in_->ref(), driver::kDeviceId, id);
    std::erase(started_, id);
    if (!started_.empty()) return false;
    io_.end();
    return true;
}

void SinkHost::set_frames(std::uint32_t frames) {
    frames_ = frames;
    if (io_.running()) io_.set_frames(frames);
}

void SinkHost::begin_io() {
    stamp_.reset();
    io_.begin(rate(), frames_, stamp());
}

bool SinkHost::control_work() {
    auto& device = plug_in_->device();
    bool changed = false;
    while (device.control_queue().drain()) {
        (void)host_.take_changes();
        for (const UInt64 action : host_.take_requests()) {
            for (const UInt32 client : started_) table().StopIO(plug_in_->ref(), driver::kDeviceId, client);
            table().PerformDeviceConfigurationChange(plug_in_->ref(), driver::kDeviceId, action, nullptr);
            for (const UInt32 client : started_) table().StartIO(plug_in_->ref(), driver::kDeviceId, client);
            if (!started_.empty()) begin_io();
            changed = true;
        }
    }
    return changed;
}

ZeroStamp SinkHost::stamp() {
    ZeroStamp stamp{};
    const OSStatus status = table().GetZeroTimeStamp(plug_in_->ref(), driver::kDeviceId, started_.front(),
                                                     &stamp.sample_time, &stamp.host_time, &stamp.seed);
    if (status != kAudioHardwareNoError) complaint_ = fmt::format("no zero timestamp: {}", status);
    if (stamp_ && stamp_->seed == stamp.seed &&
        (stamp.sample_time < stamp_->sample_time || stamp.host_time < stamp_->host_time ||
         (stamp.sample_time > stamp_->sample_time) != (stamp.host_time > stamp_->host_time))) {
        complaint_ = fmt::format("zero timestamps jump: from ({}, {}) to ({}, {})", stamp_->sample_time,
                                 stamp_->host_time, stamp.sample_time, stamp.host_time);
    }
    if (stamp.host_time > now()) complaint_ = "a zero timestamp in the future";
    stamp_ = stamp;
    return stamp;
}

void SinkHost::operate(UInt32 operation, UInt32 client, std::span<float> pcm,
                       const AudioServerPlugInIOCycleInfo& info) {
    const auto ref = plug_in_->ref();
    const auto frames = static_cast<UInt32>(pcm.size() / 2);
    table().BeginIOOperation(ref, driver::kDeviceId, client, operation, frames, &info);
    const OSStatus status = table().DoIOOperation(ref, driver::kDeviceId, driver::kStreamId, client,
                                                  operation, frames, &info, pcm.data(), nullptr);
    if (status != kAudioHardwareNoError) complaint_ = fmt::format("an IO operation failed: {}", status);
    table().EndIOOperation(ref, driver::kDeviceId, client, operation, frames, &info);
}

std::int64_t SinkHost::run_cycle(std::span<const Part> parts) {
    if (!io_.look(stamp())) complaint_ = "a time line began while IO ran";
    const DeviceIo::Cycle cycle = io_.cycle();
    AudioServerPlugInIOCycleInfo info{};
    info.mIOCycleCounter = ++cycles_;
    info.mNominalIOBufferFrameSize = frames_;
    info.mCurrentTime = cycle.current_time;
    info.mOutputTime = cycle.output_time;
    mix_.assign(parts.front().pcm.begin(), parts.front().pcm.end());
    for (const Part& part : parts) {
        operate(kAudioServerPlugInIOOperationProcessOutput, part.client->id, part.pcm, info);
        if (&part != &parts.front()) std::ranges::transform(part.pcm, mix_, mix_.begin(), std::plus<>());
    }
    operate(kAudioServerPlugInIOOperationWriteMix, kAudioServerPlugInHostClientID, mix_, info);
    io_.advance();
    return static_cast<std::int64_t>(cycle.output_time.mSampleTime);
}

}  // namespace gecko::simulation
