#include "minihal/halval/io_run.hpp"

#include <algorithm>
#include <cmath>

#include "minihal/halval/changes.hpp"
#include "minihal/halval/virtual_time.hpp"
#include "minihal/host/status_text.hpp"
#include "minihal/system/ticks.hpp"

namespace minihal::halval {

namespace {

constexpr size_t kCanary = 256;  // bytes before and behind the samples
constexpr std::uint8_t kCanaryByte = 0xA5;
constexpr std::uint8_t kUnwritten = 0xFF;  // as Float32: not a number

}  // namespace

Client::Client(const Subject& subject, AudioObjectID device, UInt32 id)
    : subject_(subject),
      device_(device),
      id_(id),
      bundle_id_(wire::string_of(fmt::format("org.example.client{}", id))) {
    const auto client = info();
    added_ = subject_.calls().AddDeviceClient(subject_.driver(), device_, &client);
    // The plug-in may keep the name, but has to retain it for that.
    bundle_id_ = wire::string_of(fmt::format("org.example.client{}", id));
}

Client::~Client() {
    (void)remove();
}

OSStatus Client::remove() {
    if (!there_) return 0;
    there_ = false;
    const auto client = info();
    return subject_.calls().RemoveDeviceClient(subject_.driver(), device_, &client);
}

AudioServerPlugInClientInfo Client::info() const {
    return {.mClientID = id_,
            .mProcessID = static_cast<pid_t>(1000 + id_),
            .mIsNativeEndian = 1,
            .mBundleID = static_cast<CFStringRef>(bundle_id_.get())};
}

IoRun::IoRun(Subject& subject, Findings& findings, const Object& device, UInt32 clients, UInt32 first)
    : subject_(subject),
      findings_(findings),
      device_(device),
      first_(first),
      rate_(rate_of(subject, device.id)),
      period_(
          subject.value<UInt32>(device.id, address_of(kAudioDevicePropertyZeroTimeStampPeriod)).value_or(0)) {
    for (const auto& stream : subject.objects_of(device.id, kStreamSort)) {
        const auto direction = subject.value<UInt32>(stream.id, address_of(kAudioStreamPropertyDirection));
        (direction == UInt32{1} ? inputs_ : outputs_).push_back(stream);
    }
    for (UInt32 id = first; id < first + clients; ++id)
        clients_.push_back(std::make_unique<Client>(subject, device.id, id));
}

IoRun::~IoRun() {
    stop();
}

bool IoRun::start() {
    for (UInt32 id = first_; id < first_ + clients_.size(); ++id) {
        const auto status = subject_.calls().StartIO(subject_.driver(), device_.id, id);
        if (!findings_.expect(status == 0, "{}: StartIO gives {}", subject_.name(device_),
                              status_text(status)))
            return false;
        started_.insert(id);
    }
    cycle_ = 0;
    operations_.clear();
    samples_.clear();
    for (const auto id : started_) once(kAudioServerPlugInIOOperationThread, id, 512, true);
    return true;
}

void IoRun::stop() {
    if (started_.empty()) return;
    for (const auto id : started_) once(kAudioServerPlugInIOOperationThread, id, 512, false);
    for (const auto id : started_) {
        const auto status = subject_.calls().StopIO(subject_.driver(), device_.id, id);
        findings_.expect(status == 0, "{}: StopIO gives {}", subject_.name(device_), status_text(status));
    }
    started_.clear();
}

double IoRun::ticks_per_frame() const {
    return static_cast<double>(kTicksPerSecond) / rate_;
}

std::optional<Stamp> IoRun::stamp(UInt32 client) const {
    Stamp stamp;
    const auto status = subject_.calls().GetZeroTimeStamp(subject_.driver(), device_.id, client,
                                                          &stamp.sample_time, &stamp.host_time, &stamp.seed);
    if (!findings_.expect(status == 0, "{}: GetZeroTimeStamp gives {} while IO runs", subject_.name(device_),
                          status_text(status)))
        return std::nullopt;
    return stamp;
}

// As a host asks: while IO starts, not during a cycle.
const IoRun::Operation& IoRun::operation(UInt32 client, UInt32 id) {
    const auto [entry, added] = operations_.try_emplace({client, id});
    if (added) entry->second = ask(client, id);
    return entry->second;
}

// Streams of integers are mixed as Float32 all the same: only what the device reads and writes is in its own format.
const IoRun::Samples& IoRun::samples_of(const Object& stream) {
    const auto [entry, added] = samples_.try_emplace(stream.id);
    if (!added) return entry->second;
    auto& samples = entry->second;
    for (const auto selector : {kAudioStreamPropertyVirtualFormat, kAudioStreamPropertyPhysicalFormat}) {
        const auto format = subject_.value<AudioStreamBasicDescription>(stream.id, address_of(selector));
        if (!format) continue;
        samples.own_bytes = format->mBytesPerFrame;
        samples.own_floats =
            (format->mFormatFlags & kAudioFormatFlagIsFloat) != 0 && format->mBitsPerChannel == 32;
        const auto floats = static_cast<UInt32>(sizeof(Float32)) * format->mChannelsPerFrame;
        samples.frame_bytes = std::max({samples.frame_bytes, format->mBytesPerFrame, floats});
    }
    return samples;
}

IoRun::Operation IoRun::ask(UInt32 client, UInt32 id) const {
    Boolean will = 0;
    Boolean in_place = 1;
    const auto status =
        subject_.calls().WillDoIOOperation(subject_.driver(), device_.id, client, id, &will, &in_place);
    return {.will = status == 0 && will != 0, .in_place = in_place != 0};
}

std::string IoRun::where(UInt32 id) const {
    return fmt::format("{}, {} at cycle {}", subject_.name(device_), four(id), cycle_);
}

// 'thrd' and 'cycl' have no work in them.
void IoRun::once(UInt32 id, UInt32 client, UInt32 frames, bool begin) {
    if (!operation(client, id).will) return;
    auto* const call = begin ? subject_.calls().BeginIOOperation : subject_.calls().EndIOOperation;
    const auto status = call(subject_.driver(), device_.id, client, id, frames, &info_);
    findings_.expect(status == 0, "{}: {} gives {}", where(id), begin ? "BeginIOOperation" : "EndIOOperation",
                     status_text(status));
}

void IoRun::bracketed(UInt32 id, UInt32 client, const Object* stream, UInt32 frames) {
    const auto [will, in_place] = operation(client, id);
    if (!will) return;
    const auto& format = samples_of(*stream);
    const size_t bytes = size_t{frames} * format.frame_bytes;
    const bool input = id == kAudioServerPlugInIOOperationReadInput;
    buffer_.assign(bytes + 2 * kCanary, kCanaryByte);
    auto* const samples = buffer_.data() + kCanary;
    std::fill_n(samples, bytes, input ? kUnwritten : std::uint8_t{0});
    if (id == kAudioServerPlugInIOOperationWriteMix && !format.own_floats) {
        for (size_t at = 0; at < bytes; ++at) samples[at] = static_cast<std::uint8_t>((at + cycle_ * 7) % 31);
    } else if (!input) {
        // Something that is not silence, and another in each cycle.
        for (size_t at = 0; at + 4 <= bytes; at += 4) {
            const auto value = static_cast<float>((at / 4 + cycle_ * 7) % 199) / 400.0F;
            std::memcpy(samples + at, &value, sizeof value);
        }
    }
    std::vector<std::uint8_t> secondary(in_place ? 0 : bytes);
    const auto& calls = subject_.calls();
    const auto expect_ok = [&](const char* call, OSStatus status) {
        findings_.expect(status == 0, "{}: {} gives {}", where(id), call, status_text(status));
    };
    expect_ok("BeginIOOperation",
              calls.BeginIOOperation(subject_.driver(), device_.id, client, id, frames, &info_));
    expect_ok("DoIOOperation",
              calls.DoIOOperation(subject_.driver(), device_.id, stream->id, client, id, frames, &info_,
                                  samples, in_place ? nullptr : secondary.data()));
    expect_ok("EndIOOperation",
              calls.EndIOOperation(subject_.driver(), device_.id, client, id, frames, &info_));
    const auto kept = [](auto from, auto to) {
        return std::all_of(from, to, [](std::uint8_t byte) { return byte == kCanaryByte; });
    };
    if (watched_)
        findings_.expect(
            kept(buffer_.begin(), buffer_.begin() + kCanary) && kept(buffer_.end() - kCanary, buffer_.end()),
            "{}: bytes written outside of the buffer of {} frames", where(id), frames);
    if (input && in_place && !is_filled(samples, frames, format)) input_filled_ = false;
}

// A Float32 that nobody wrote is not a number. An integer that nobody wrote is one that somebody may have, so that some
// frames on end have to be such.
bool IoRun::is_filled(const std::uint8_t* samples, UInt32 frames, const Samples& format) const {
    const size_t bytes = size_t{frames} * format.own_bytes;
    if (format.own_floats) {
        for (size_t at = 0; at + 4 <= bytes; at += 4) {
            float value = 0;
            std::memcpy(&value, samples + at, sizeof value);
            if (!std::isfinite(value)) return false;
        }
        return true;
    }
    size_t untouched = 0;  // bytes on end
    for (size_t at = 0; at < bytes; ++at) {
        untouched = samples[at] == kUnwritten ? untouched + 1 : 0;
        if (untouched >= std::min<size_t>(bytes, size_t{16} * format.own_bytes)) return false;
    }
    return true;
}

Float64 IoRun::output_time(UInt32 frames) const {
    const auto now = stamp();
    if (!now) return 0;
    const auto since = static_cast<double>(static_cast<std::int64_t>(virtual_time::now() - now->host_time));
    return std::floor(now->sample_time + since / ticks_per_frame()) + frames;
}

void IoRun::cycle(const CycleShape& shape) {
    ++cycle_;
    const auto frames = shape.frames;
    const auto stamp_at = [&](Float64 sample_time) {
        AudioTimeStamp time{};
        time.mSampleTime = sample_time;
        time.mHostTime = virtual_time::now();
        time.mRateScalar = 1;
        time.mFlags =
            kAudioTimeStampSampleTimeValid | kAudioTimeStampHostTimeValid | kAudioTimeStampRateScalarValid;
        return time;
    };
    info_.mIOCycleCounter = cycle_;
    info_.mNominalIOBufferFrameSize = frames;
    info_.mCurrentTime = stamp_at(shape.output_time - frames);
    info_.mInputTime = stamp_at(shape.output_time - 2.0 * frames);
    info_.mOutputTime = stamp_at(shape.output_time);
    info_.mMainHostTicksPerFrame = ticks_per_frame();
    info_.mDeviceHostTicksPerFrame = ticks_per_frame();
    input_filled_ = true;
    once(kAudioServerPlugInIOOperationCycle, 0, frames, true);
    for (const auto& stream : inputs_) {
        bracketed(kAudioServerPlugInIOOperationReadInput, 0, &stream, frames);
        for (const auto client : started_)
            bracketed(kAudioServerPlugInIOOperationProcessInput, client, &stream, frames);
    }
    for (const auto& stream : outputs_) {
        for (const auto client : started_)
            bracketed(kAudioServerPlugInIOOperationProcessOutput, client, &stream, frames);
        for (const auto id : {kAudioServerPlugInIOOperationProcessMix,
                              kAudioServerPlugInIOOperationConvertMix, kAudioServerPlugInIOOperationWriteMix})
            bracketed(id, 0, &stream, frames);
    }
    once(kAudioServerPlugInIOOperationCycle, 0, frames, false);
}

void IoRun::pass(double frames) const {
    virtual_time::advance(static_cast<std::uint64_t>(frames * ticks_per_frame()));
}

void IoRun::turn(UInt32 frames) {
    cycle({.frames = frames, .output_time = output_time(frames)});
    pass(frames);
}

}  // namespace minihal::halval
