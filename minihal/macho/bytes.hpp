// Reading a file that may be damaged or mean harm: every read is checked, and none goes outside.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "minihal/system/printable.hpp"

namespace minihal::macho {

using Bytes = std::span<const std::byte>;

// The error says what the file is or has that cannot be loaded; it follows "cannot be loaded: ". What it quotes of the file is
// printable, and so is all of it.
template <typename T>
using Result = std::expected<T, std::string>;
inline std::unexpected<std::string> refused(std::string why) {
    return std::unexpected(printable(std::move(why)));
}

inline std::optional<Bytes> part(Bytes bytes, std::uint64_t offset, std::uint64_t size) noexcept {
    if (offset > bytes.size() || size > bytes.size() - offset) return std::nullopt;
    return bytes.subspan(offset, size);
}

template <typename T>
std::optional<T> read(Bytes bytes, std::uint64_t offset) noexcept {
    const auto there = part(bytes, offset, sizeof(T));
    if (!there) return std::nullopt;
    T value;
    std::memcpy(&value, there->data(), sizeof value);
    return value;
}

// A text that ends with a zero, within the bytes; nothing longer than symbols are.
inline std::optional<std::string_view> read_text(Bytes bytes, std::uint64_t offset) noexcept {
    constexpr std::size_t kLongest = 4096;
    if (offset >= bytes.size()) return std::nullopt;
    const auto rest = bytes.subspan(offset, std::min<std::size_t>(kLongest, bytes.size() - offset));
    const auto* const text = reinterpret_cast<const char*>(rest.data());
    const auto* const end = static_cast<const char*>(std::memchr(text, 0, rest.size()));
    if (end == nullptr) return std::nullopt;
    return std::string_view(text, static_cast<std::size_t>(end - text));
}

// Reads on. What is not there, or no number of 64 bits, reads as nothing from then on; ok() says so.
class Cursor {
  public:
    explicit Cursor(Bytes bytes, std::uint64_t at = 0) noexcept
        : bytes_(bytes), at_(at), ok_(at <= bytes.size()) {}

    bool ok() const noexcept { return ok_; }
    std::uint64_t position() const noexcept { return at_; }
    bool at_end() const noexcept { return !ok_ || at_ >= bytes_.size(); }

    std::uint8_t byte() noexcept {
        if (at_end()) return fail();
        return static_cast<std::uint8_t>(bytes_[at_++]);
    }
    std::uint64_t uleb() noexcept {
        std::uint64_t value = 0;
        for (unsigned shift = 0;; shift += 7) {
            const std::uint64_t next = byte();
            if (!ok_) return 0;
            const std::uint64_t bits = next & 0x7F;
            if (shift > 63 || (shift == 63 && bits > 1)) return fail();
            value |= bits << shift;
            if ((next & 0x80) == 0) return value;
        }
    }
    std::int64_t sleb() noexcept {
        std::uint64_t value = 0;
        for (unsigned shift = 0;; shift += 7) {
            const std::uint64_t next = byte();
            if (!ok_ || shift > 63) return fail();
            value |= (next & 0x7F) << shift;
            if ((next & 0x80) != 0) continue;
            if ((next & 0x40) != 0 && shift < 57) value |= ~std::uint64_t{0} << (shift + 7);
            return static_cast<std::int64_t>(value);
        }
    }
    std::string_view text() noexcept {
        const auto found = ok_ ? read_text(bytes_, at_) : std::nullopt;
        if (!found) {
            fail();
            return {};
        }
        at_ += found->size() + 1;
        return *found;
    }

  private:
    std::uint8_t fail() noexcept {
        ok_ = false;
        return 0;
    }

    Bytes bytes_;
    std::uint64_t at_;
    bool ok_;
};

}  // namespace minihal::macho
