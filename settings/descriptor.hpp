#pragma once

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace gecko::settings {

/// A file descriptor that is closed when it goes.
class Descriptor {
  public:
    explicit Descriptor(int number) noexcept : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { close(); }

    [[nodiscard]] int get() const noexcept { return number_; }
    /// 0 or errno: some file systems tell only now that there was no room.
    int close() noexcept {
        const int number = std::exchange(number_, -1);
        return number < 0 || ::close(number) == 0 ? 0 : errno;
    }

  private:
    int number_;
};

}  // namespace gecko::settings
