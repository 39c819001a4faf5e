#include "minihal/client/io_procs.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace minihal {

namespace {

// An AudioBufferList for streams, with room for as many buffers.
class Buffers {
  public:
    explicit Buffers(size_t streams)
        : storage_(offsetof(AudioBufferList, mBuffers) + std::max<size_t>(streams, 1) * sizeof(AudioBuffer)) {
    }
    AudioBufferList* list() { return reinterpret_cast<AudioBufferList*>(storage_.data()); }
    // Lays the buffers over one block of samples, of those streams that are in `there`. Those that are in `off` as well, or not there,
    // have a size and no data.
    void lay(std::span<const uint32_t> channels, uint32_t frames, float* samples, uint32_t there,
             uint32_t off) {
        list()->mNumberBuffers = static_cast<UInt32>(channels.size());
        AudioBuffer* buffer = list()->mBuffers;
        for (size_t i = 0; i < channels.size(); ++i) {
            const bool has_data = (there >> i & 1) != 0;
            const auto count = size_t{channels[i]} * frames;
            *buffer++ = {.mNumberChannels = channels[i],
                         .mDataByteSize = static_cast<UInt32>(count * sizeof(float)),
                         .mData = has_data && (off >> i & 1) == 0 ? samples : nullptr};
            if (has_data) samples += count;
        }
    }

  private:
    std::vector<std::byte> storage_;
};

size_t sample_count(const wire::Cycle& cycle) {
    size_t channels = 0;
    for (const auto count : cycle.channels) channels += count;
    return channels * cycle.frames;
}

}  // namespace

uint32_t needed_inputs(std::span<const IoProc> procs) {
    uint32_t needed = 0;
    for (const auto& proc : procs) {
        if (proc.running) needed |= ~proc.inputs_off;
    }
    return needed;
}

std::vector<float> play_cycle(AudioObjectID device, const wire::Cycle& cycle, std::span<const IoProc> procs,
                              const std::function<bool(uintptr_t)>& still_runs) {
    const auto count = sample_count(cycle);
    std::vector<float> sum;
    std::vector<float> samples;
    Buffers output(cycle.channels.size());
    Buffers input(cycle.input_channels.size());
    std::vector<float> heard = cycle.input;
    bool first = true;
    for (const auto& proc : procs) {
        if (!still_runs(proc.id)) continue;
        samples.assign(count, 0.0F);
        output.lay(cycle.channels, cycle.frames, samples.data(), UINT32_MAX, proc.outputs_off);
        input.lay(cycle.input_channels, cycle.frames, heard.data(), cycle.inputs, proc.inputs_off);
        proc.proc(device, &cycle.now, input.list(), &cycle.input_time, output.list(), &cycle.output_time,
                  proc.client_data);
        // Taken, not added to zero, which would turn -0 into +0.
        if (std::exchange(first, false)) {
            sum.swap(samples);
        } else {
            std::ranges::transform(sum, samples, sum.begin(), std::plus<>());
        }
    }
    sum.resize(count);
    return sum;
}

}  // namespace minihal
