#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rt/nonblocking.hpp"

namespace gecko::engine {

/// What the output is handed, buffer by buffer, for a thread that writes it down.
///
/// A queue with room for some seconds, from the output's callback to one other thread. Neither waits for the other: a buffer that
/// does not fit is left out and counted.
class OutputTap {
  public:
    /// One buffer.
    struct Block {
        std::uint32_t run = 0;   ///< counts the output's starts
        double rate_hz = 0;      ///< nominal
        double sample_time = 0;  ///< of the first frame, on the output's time line; a run keeps to one
        std::uint32_t channels = 0;
        std::uint32_t frames = 0;
    };

    /// `samples` that may wait to be taken; rounded up to a power of two.
    explicit OutputTap(std::size_t samples);

    /// The output starts. Control thread, output stopped.
    void begin(double rate_hz) noexcept;

    /// Between open() and close() the block's samples are given by put(), interleaved, frame after frame. False: it does not fit, has been
    /// counted, and nothing more is to be given. The output's callback.
    [[nodiscard]] bool open(double sample_time, std::size_t frames,
                            std::size_t channels) noexcept GECKO_NONBLOCKING;
    void put(std::span<const float> samples) noexcept GECKO_NONBLOCKING;
    void close() noexcept GECKO_NONBLOCKING;

    /// The oldest block, its samples in `samples` (as many as it has or, with fewer put, fewer), which grows as needed. The other thread.
    std::optional<Block> take(std::vector<float>& samples);

    /// Frames that did not fit. Any thread.
    [[nodiscard]] std::uint64_t lost_frames() const noexcept {
        return lost_frames_.load(std::memory_order_relaxed);
    }

  private:
    static constexpr std::size_t kBlocks = 4096;

    struct Entry {
        Block block;
        std::uint64_t end = 0;  // of its samples
    };

    // The callback's.
    double rate_hz_ = 0;
    std::uint32_t run_ = 0;
    Block open_;
    std::uint64_t put_ = 0;       // samples ever put
    std::uint64_t given_ = 0;     // blocks ever closed
    std::uint64_t open_end_ = 0;  // what put_ may come to

    // The other thread's.
    std::uint64_t taken_samples_ = 0;
    std::uint64_t taken_ = 0;

    std::vector<float> ring_;  // a power of two
    std::array<Entry, kBlocks> entries_;
    std::atomic<std::uint64_t> blocks_in_{
        0};  // released by the callback: the entry and its samples are there
    std::atomic<std::uint64_t> blocks_out_{
        0};  // released by the other thread: their places may be used again
    std::atomic<std::uint64_t> samples_out_{
        0};  // the same for their samples, which have an order of their own
    std::atomic<std::uint64_t> lost_frames_{0};
};

}  // namespace gecko::engine
