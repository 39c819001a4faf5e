#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <type_traits>

#include "rt/nonblocking.hpp"

namespace gecko::engine {

/// A value that one thread sets and another takes, the newest only. Neither waits for the other.
///
/// Three copies: the writer owns one, the reader one, and the third changes hands with a flag that says whether it is new.
template <typename T>
    requires std::is_trivially_copyable_v<T>
class LatestValue {
  public:
    /// The writer's thread.
    void set(const T& value) noexcept GECKO_NONBLOCKING {
        values_[written_] = value;
        written_ =
            shared_.exchange(static_cast<std::uint8_t>(written_ | kNew), std::memory_order_acq_rel) & kIndex;
    }

    /// The reader's thread: the newest value if it has not been taken yet, otherwise null. Good until the next call.
    const T* take() noexcept GECKO_NONBLOCKING {
        if ((shared_.load(std::memory_order_relaxed) & kNew) == 0) return nullptr;
        read_ = shared_.exchange(read_, std::memory_order_acq_rel) & kIndex;
        return &values_[read_];
    }

  private:
    static constexpr std::uint8_t kIndex = 3;
    static constexpr std::uint8_t kNew = 4;

    std::array<T, 3> values_{};
    std::uint8_t written_ = 0;
    std::uint8_t read_ = 1;
    std::atomic<std::uint8_t> shared_{2};
};

}  // namespace gecko::engine
