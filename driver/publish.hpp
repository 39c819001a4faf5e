#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <optional>

#include "driver/attach.hpp"
#include "rt/nonblocking.hpp"
#include "shm/ring_writer.hpp"
#include "shm/segment.hpp"

namespace gecko::driver {

/// The key of the bundle's Info.plist that has the driver publish, a string: "0644" for readers, "0666" for programs that want to
/// store read_head too. Any process of this computer can then listen to what is played, without a question to anybody.
inline constexpr const char* kPublishKey = "GeckoPublish";

/// A second segment under a name that everybody knows (shm::kFixedName), for programs that know only the header. The driver
/// writes it beside the app's and reads nothing from it. Mix only, no client rings.
///
/// A driver never ends, so the name stays; an object that an earlier driver of this user left is replaced. What goes wrong is
/// told in 'gsta', and the device works on without.
class Publisher {
  public:
    constexpr Publisher() noexcept = default;
    Publisher(const Publisher&) = delete;
    Publisher& operator=(const Publisher&) = delete;

    /// Publishes if the bundle's key asks for it. Control thread, once, before IO can start.
    void publish_as_bundle_says(const WriterState& state) noexcept;
    /// The same, with the key's value.
    void publish(const char* name, const char* mode, const WriterState& state) noexcept;

    /// Null if nothing is published. Any thread; the writer's functions say which may call them.
    [[nodiscard]] shm::RingWriter* writer() noexcept GECKO_NONBLOCKING {
        return writer_.load(std::memory_order_acquire);
    }
    /// Why nothing is published though the key asks for it; "" if nothing went wrong. Control threads.
    [[nodiscard]] const char* error() const noexcept { return error_.data(); }

  private:
    struct Mapping {
        explicit Mapping(shm::Segment&& made) noexcept
            : segment(static_cast<shm::Segment&&>(made)), writer(segment.base(), segment.geometry()) {}
        shm::Segment segment;
        shm::RingWriter writer;
    };

    [[nodiscard]] bool remove_stale(const char* name) noexcept;
    void fail(const char* name, const char* what, int error_number) noexcept;

    std::optional<Mapping> mapping_;
    std::atomic<shm::RingWriter*> writer_{nullptr};  // set once, when all else is there
    std::array<char, 160> error_{};
};

}  // namespace gecko::driver
