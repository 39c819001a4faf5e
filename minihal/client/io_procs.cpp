#include "minihal/client/io_procs.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace minihal {

namespace {

// An AudioBufferList for the streams of a cycle, with room for as many buffers, over one block of samples.
class Buffers {
  public:
    Buffers(const wire::Cycle& cycle, std::vector<float>& samples)
        : storage_(offsetof(AudioBufferList, mBuffers) +
                   std::max<size_t>(cycle.channels.size(), 1) * sizeof(AudioBuffer)) {
        list()->mNumberBuffers = static_cast<UInt32>(cycle.channels.size());
        float* next = samples.data();
        AudioBuffer* buffer = list()->mBuffers;
        for (const auto channels : cycle.channels) {
            *buffer++ = {
                .mNumberChannels = channels,
                .mDataByteSize = static_cast<UInt32>(size_t{channels} * cycle.frames * sizeof(float)),
                .mData = next};
            next += size_t{channels} * cycle.frames;
        }
    }
    AudioBufferList* list() { return reinterpret_cast<AudioBufferList*>(storage_.data()); }

  private:
    std::vector<std::byte> storage_;
};

size_t sample_count(const wire::Cycle& cycle) {
    size_t channels = 0;
    for (const auto count : cycle.channels) channels += count;
    return channels * cycle.frames;
}

}  // namespace

std::vector<float> play_cycle(AudioObjectID device, const wire::Cycle& cycle, std::span<const IoProc> procs,
                              const std::function<bool(uintptr_t)>& still_runs) {
    std::vector<float> sum(sample_count(cycle), 0.0F);
    std::vector<float> samples(sum.size());
    Buffers output(cycle, samples);
    const AudioBufferList no_input{};
    bool first = true;
    for (const auto& proc : procs) {
        if (!still_runs(proc.id)) continue;
        std::ranges::fill(samples, 0.0F);
        proc.proc(device, &cycle.now, &no_input, &cycle.input_time, output.list(), &cycle.output_time,
                  proc.client_data);
        // Copied, not added to zero, which would turn -0 into +0.
        if (std::exchange(first, false)) {
            std::ranges::copy(samples, sum.begin());
        } else {
            std::ranges::transform(sum, samples, sum.begin(), std::plus<>());
        }
    }
    return sum;
}

}  // namespace minihal
