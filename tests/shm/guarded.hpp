#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <thread>

#include "shm/layout.hpp"

/// A segment whose neighbours cannot be touched, and what a peer may write into it.
namespace gecko::shm::testing {

/// Bytes with a page before and a page behind them that end the program when they are touched. The bytes begin at the one, or
/// end at the other.
class GuardedBytes {
  public:
    enum class Side : bool { begins_at_page, ends_at_page };

    GuardedBytes(std::size_t bytes, Side side)
        : page_(static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))),
          room_((bytes + page_ - 1) / page_ * page_),
          mapped_(static_cast<std::byte*>(
              ::mmap(nullptr, room_ + 2 * page_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
        if (mapped_ == MAP_FAILED || ::mprotect(mapped_ + page_, room_, PROT_READ | PROT_WRITE) != 0)
            std::abort();
        data_ = mapped_ + page_ + (side == Side::ends_at_page ? room_ - bytes : 0);
    }
    ~GuardedBytes() { ::munmap(mapped_, room_ + 2 * page_); }
    GuardedBytes(const GuardedBytes&) = delete;
    GuardedBytes& operator=(const GuardedBytes&) = delete;

    [[nodiscard]] std::byte* data() const { return data_; }

  private:
    std::size_t page_;
    std::size_t room_;
    std::byte* mapped_;
    std::byte* data_;
};

/// A segment of 1024 stereo frames without client rings, as it is created, in guarded bytes.
class GuardedSegment {
  public:
    explicit GuardedSegment(GuardedBytes::Side side) : bytes_(geometry().segment_bytes(), side) {
        view().header->buffer_size = geometry().samples();
        view().header->channels = 2;
        view().header->sample_rate.store(48'000);
        view().control->producer.volume.store(1.0f);
    }

    static constexpr Geometry geometry() { return Geometry::of(1'024, 2, 0).value(); }
    [[nodiscard]] std::byte* base() const { return bytes_.data(); }
    [[nodiscard]] View view() const { return View::of(bytes_.data(), geometry()); }
    /// Words of 32 bits.
    [[nodiscard]] static constexpr std::size_t words() { return geometry().segment_bytes() / 4; }
    /// Words before the ring, and the first of the words behind it.
    static constexpr std::size_t kHeaderWords = sizeof(Header) / 4;
    [[nodiscard]] static constexpr std::size_t first_control_word() {
        return geometry().control_offset() / 4;
    }

    /// A peer's store: at any time, whatever reads there meanwhile.
    void poke(std::size_t word, std::uint32_t value) const {
        std::atomic_ref(reinterpret_cast<std::uint32_t*>(base())[word])
            .store(value, std::memory_order_relaxed);
    }
    void poke_two(std::size_t word, std::uint64_t value) const {
        poke(word, static_cast<std::uint32_t>(value));
        const bool ring_follows = word + 1 == kHeaderWords;  // audio is no atomic's to write
        if (word + 1 < words() && !ring_follows) poke(word + 1, static_cast<std::uint32_t>(value >> 32));
    }

  private:
    GuardedBytes bytes_;
};

/// What breaks what is not checked: as an integer, as a float, as a double.
inline constexpr std::array kExtremes = {
    std::uint64_t{0},
    std::uint64_t{1},
    std::uint64_t{2},
    std::uint64_t{1'023},
    std::uint64_t{1'024},
    std::uint64_t{0x7FFF'FFFF},
    std::uint64_t{0x8000'0000},
    std::uint64_t{0xFFFF'FFFF},
    std::uint64_t{1} << 62,
    std::uint64_t{1} << 63,
    ~std::uint64_t{0},
    ~std::uint64_t{0} - 1'023,
    std::uint64_t{0x7FC0'0000'7FC0'0000},  // a NaN as two floats
    std::uint64_t{0xFF80'0000'7F80'0000},  // infinities as floats
    std::bit_cast<std::uint64_t>(std::numeric_limits<double>::quiet_NaN()),
    std::bit_cast<std::uint64_t>(std::numeric_limits<double>::infinity()),
    std::bit_cast<std::uint64_t>(-std::numeric_limits<double>::infinity()),
    std::bit_cast<std::uint64_t>(std::numeric_limits<double>::max()),
    std::bit_cast<std::uint64_t>(std::numeric_limits<double>::lowest()),
    std::bit_cast<std::uint64_t>(std::numeric_limits<double>::denorm_min()),
    std::bit_cast<std::uint64_t>(-1.0),
    std::bit_cast<std::uint64_t>(-0.0),
};

/// A thread that writes nonsense all over a segment for as long as it lives: extremes, noise, and values near those that are
/// there.
class Scribbler {
  public:
    Scribbler(const GuardedSegment& segment, std::uint64_t seed)
        : thread_([this, &segment, seed] {
              std::mt19937_64 random(seed);
              const std::size_t control_words =
                  GuardedSegment::words() - GuardedSegment::first_control_word();
              while (!done_.load(std::memory_order_relaxed)) {
                  const std::size_t at = random() % (GuardedSegment::kHeaderWords + control_words);
                  const std::size_t word =
                      at < GuardedSegment::kHeaderWords
                          ? at
                          : GuardedSegment::first_control_word() + at - GuardedSegment::kHeaderWords;
                  switch (random() % 4) {
                      case 0:
                          segment.poke(word, static_cast<std::uint32_t>(random()));
                          break;
                      case 1:
                          segment.poke(word, static_cast<std::uint32_t>(random() % 4'096));
                          break;
                      default:
                          segment.poke_two(word, kExtremes[random() % kExtremes.size()]);
                  }
                  written_.fetch_add(1, std::memory_order_relaxed);
              }
          }) {
        while (written_.load() == 0) std::this_thread::yield();
    }
    ~Scribbler() {
        done_.store(true);
        thread_.join();
    }
    Scribbler(const Scribbler&) = delete;
    Scribbler& operator=(const Scribbler&) = delete;

  private:
    std::atomic<bool> done_{false};
    std::atomic<std::uint64_t> written_{0};
    std::thread thread_;
};

}  // namespace gecko::shm::testing
