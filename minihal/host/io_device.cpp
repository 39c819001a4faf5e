#include "minihal/host/io_device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace minihal {

namespace {
// A clock that jumps further than this while it runs has begun a new time line without saying so.
constexpr Float64 kLongestJump = 1.0;  // seconds
}  // namespace

IoDevice::IoDevice(std::unique_ptr<OutputTap> tap, const IoSetup& setup)
    : setup_(setup), tap_(std::move(tap)), line_(setup.rate) {}

void IoDevice::begin(const IoSetup& setup, uint64_t now) {
    setup_ = setup;
    line_ = DeviceLine(setup.rate);
    running_ = true;
    clock_lost_ = false;
    info_ = {};
    bracket(setup_.thread, kAudioServerPlugInIOOperationThread, true);
    look_at_clock(now);
}

void IoDevice::end() {
    if (!running_) return;
    bracket(setup_.thread, kAudioServerPlugInIOOperationThread, false);
    running_ = false;
    tap_->end_line();
}

void IoDevice::set_buffer_frames(uint32_t frames) {
    setup_.buffer_frames = frames;
    position_ = std::max(position_, written_until_ - frames - setup_.safety_offset);
}

uint64_t IoDevice::due() const {
    return clock_lost_ ? UINT64_MAX : line_.host_time_of(position_);
}

// True when the time line goes on.
bool IoDevice::look_at_clock(uint64_t now) {
    Float64 sample_time = 0.0;
    UInt64 host_time = 0;
    UInt64 seed = 0;
    const auto status = (*setup_.driver)
                            ->GetZeroTimeStamp(setup_.driver, setup_.local, kAudioServerPlugInHostClientID,
                                               &sample_time, &host_time, &seed);
    if (status != 0 || !std::isfinite(sample_time)) {
        fmt::print(stderr,
                   "minihald: {} gives no time stamp; its IO stands still until it is started again\n",
                   setup_.name);
        clock_lost_ = true;
        return false;
    }
    bool begins = line_.update(sample_time, host_time, seed);
    const auto here = line_.sample_time_at(now);
    begins = begins || std::abs(here - position_) > kLongestJump * setup_.rate;
    if (begins) {
        // Not before the first time stamp: hardware may take its time to start.
        position_ = std::ceil(std::max(here, sample_time));
        written_until_ = position_;
        info_.mIOCycleCounter = 0;
        tap_->end_line();
    }
    return !begins;
}

std::optional<wire::Cycle> IoDevice::begin_cycle(uint64_t now, uint32_t inputs) {
    if (!look_at_clock(now)) return std::nullopt;
    const Float64 frames = setup_.buffer_frames;
    ++info_.mIOCycleCounter;
    info_.mNominalIOBufferFrameSize = setup_.buffer_frames;
    info_.mCurrentTime = line_.stamp(position_);
    info_.mInputTime = line_.stamp(position_ - frames - setup_.input_safety_offset);
    info_.mOutputTime = line_.stamp(position_ + frames + setup_.safety_offset);
    info_.mMainHostTicksPerFrame = line_.ticks_per_frame();
    info_.mDeviceHostTicksPerFrame = line_.ticks_per_frame();
    bracket(setup_.cycle, kAudioServerPlugInIOOperationCycle, true);
    wire::Cycle cycle{.number = ++cycles_,
                      .frames = setup_.buffer_frames,
                      .now = info_.mCurrentTime,
                      .input_time = info_.mInputTime,
                      .output_time = info_.mOutputTime,
                      .channels = {},
                      .input_channels = {},
                      .inputs = 0,
                      .input = {}};
    for (const auto& stream : setup_.streams) cycle.channels.push_back(stream.channels);
    for (const auto& stream : setup_.inputs) cycle.input_channels.push_back(stream.channels);
    read_input(cycle, inputs);
    return cycle;
}

void IoDevice::read_input(wire::Cycle& cycle, uint32_t inputs) {
    std::vector<IoStream> heard;
    size_t channels = 0;
    for (size_t i = 0; i < setup_.inputs.size(); ++i) {
        if ((inputs >> i & 1) == 0) continue;
        cycle.inputs |= 1U << i;
        heard.push_back(setup_.inputs[i]);
        channels += setup_.inputs[i].channels;
    }
    if (heard.empty()) return;
    cycle.input.assign(channels * setup_.buffer_frames, 0.0F);
    const std::pair<const Operation&, uint32_t> operations[] = {
        {setup_.read_input, kAudioServerPlugInIOOperationReadInput},
        {setup_.convert_input, kAudioServerPlugInIOOperationConvertInput},
        {setup_.process_input, kAudioServerPlugInIOOperationProcessInput}};
    for (const auto& [operation, id] : operations)
        perform(operation, id, kAudioServerPlugInHostClientID, heard, cycle.input);
}

size_t IoDevice::samples_per_cycle() const {
    size_t channels = 0;
    for (const auto& stream : setup_.streams) channels += stream.channels;
    return channels * setup_.buffer_frames;
}

void IoDevice::finish_cycle(std::vector<ClientSamples>& clients) {
    if (clients.empty()) mix_.assign(samples_per_cycle(), 0.0F);
    bool first = true;
    for (auto& client : clients) {
        perform(client.process_output, kAudioServerPlugInIOOperationProcessOutput, client.client,
                client.samples);
        // The first is copied, not added to zero, which would turn -0 into +0: one client's mix is its samples.
        if (std::exchange(first, false)) {
            mix_ = client.samples;
            mix_.resize(samples_per_cycle());
        } else {
            std::ranges::transform(client.samples, mix_, mix_.begin(), std::plus<>());
        }
    }
    perform(setup_.process_mix, kAudioServerPlugInIOOperationProcessMix, kAudioServerPlugInHostClientID,
            mix_);
    perform(setup_.convert_mix, kAudioServerPlugInIOOperationConvertMix, kAudioServerPlugInHostClientID,
            mix_);
    record();
    perform(setup_.write_mix, kAudioServerPlugInIOOperationWriteMix, kAudioServerPlugInHostClientID, mix_);
    bracket(setup_.cycle, kAudioServerPlugInIOOperationCycle, false);
    position_ += setup_.buffer_frames;
    written_until_ = info_.mOutputTime.mSampleTime + setup_.buffer_frames;
}

void IoDevice::bracket(const Operation& operation, uint32_t id, bool begin) {
    if (!operation.will_do) return;
    auto* const call = begin ? (*setup_.driver)->BeginIOOperation : (*setup_.driver)->EndIOOperation;
    call(setup_.driver, setup_.local, kAudioServerPlugInHostClientID, id, setup_.buffer_frames, &info_);
}

// On every output stream.
void IoDevice::perform(const Operation& operation, uint32_t id, uint32_t client,
                       std::vector<float>& samples) {
    if (!setup_.streams.empty()) perform(operation, id, client, setup_.streams, samples);
}

// `samples` holds one interleaved stream after the other.
void IoDevice::perform(const Operation& operation, uint32_t id, uint32_t client,
                       std::span<const IoStream> streams, std::vector<float>& samples) {
    if (!operation.will_do) return;
    const auto& calls = **setup_.driver;
    const auto frames = setup_.buffer_frames;
    if (!operation.in_place) secondary_.assign(samples.size(), 0.0F);
    calls.BeginIOOperation(setup_.driver, setup_.local, client, id, frames, &info_);
    size_t offset = 0;
    for (const auto& stream : streams) {
        calls.DoIOOperation(setup_.driver, setup_.local, stream.id, client, id, frames, &info_,
                            samples.data() + offset,
                            operation.in_place ? nullptr : secondary_.data() + offset);
        offset += size_t{stream.channels} * frames;
    }
    calls.EndIOOperation(setup_.driver, setup_.local, client, id, frames, &info_);
    if (!operation.in_place) samples.swap(secondary_);
}

void IoDevice::record() {
    if (setup_.streams.empty()) return;
    const auto sample_time = static_cast<int64_t>(info_.mOutputTime.mSampleTime);
    Recording line{.rate = setup_.rate,
                   .channels = 0,
                   .buffer_frames = setup_.buffer_frames,
                   .first_sample_time = sample_time,
                   .first_host_time = info_.mOutputTime.mHostTime};
    for (const auto& stream : setup_.streams) line.channels += stream.channels;
    if (setup_.streams.size() == 1) return tap_->write(line, sample_time, mix_);
    // The file interleaves the channels of all streams.
    std::vector<float> interleaved(mix_.size());
    size_t from = 0;
    size_t first_channel = 0;
    for (const auto& stream : setup_.streams) {
        for (size_t frame = 0; frame < setup_.buffer_frames; ++frame) {
            for (size_t channel = 0; channel < stream.channels; ++channel) {
                interleaved[frame * line.channels + first_channel + channel] = mix_[from++];
            }
        }
        first_channel += stream.channels;
    }
    tap_->write(line, sample_time, interleaved);
}

}  // namespace minihal
