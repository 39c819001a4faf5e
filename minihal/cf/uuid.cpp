#include <array>
#include <cstring>
#include <map>
#include <mutex>
#include <optional>

#include "minihal/cf/string.hpp"

namespace minihal::cf {
namespace {

using Bytes = std::array<UInt8, 16>;

class Uuid final : public Object {
  public:
    static constexpr Type kType = Type::kUuid;

    explicit Uuid(const Bytes& bytes, Lifetime lifetime = Lifetime::kCounted)
        : Object(kType, lifetime), bytes_(bytes) {}
    const Bytes& bytes() const noexcept { return bytes_; }

    bool equals(const Object& other) const noexcept override {
        return bytes_ == static_cast<const Uuid&>(other).bytes_;
    }
    CFHashCode hash() const noexcept override { return hash_bytes(bytes_.data(), bytes_.size()); }

  private:
    const Bytes bytes_;
};

// A dash stands before these bytes in the text.
constexpr bool dash_before(size_t byte) {
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

std::optional<unsigned> digit(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
    return std::nullopt;
}

std::optional<Bytes> parse_uuid(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    Bytes bytes{};
    size_t at = 0;
    for (size_t i = 0; i < bytes.size(); ++i) {
        if (dash_before(i) && text[at++] != '-') return std::nullopt;
        const auto high = digit(text[at++]);
        const auto low = digit(text[at++]);
        if (!high || !low) return std::nullopt;
        bytes[i] = static_cast<UInt8>(*high * 16 + *low);
    }
    return bytes;
}

std::string print(const Bytes& bytes) {
    static constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string text;
    for (size_t i = 0; i < bytes.size(); ++i) {
        if (dash_before(i)) text += '-';
        text += kDigits[bytes[i] / 16U];
        text += kDigits[bytes[i] % 16U];
    }
    return text;
}

}  // namespace
}  // namespace minihal::cf

using minihal::cf::as;
using minihal::cf::reference_to;
using minihal::cf::String;
using minihal::cf::Uuid;

extern "C" {

CFTypeID CFUUIDGetTypeID() {
    return static_cast<CFTypeID>(Uuid::kType);
}

CFUUIDRef CFUUIDCreateFromString(CFAllocatorRef /*allocator*/, CFStringRef text) {
    if (text == nullptr) return nullptr;
    const auto bytes = minihal::cf::parse_uuid(as<const String>("CFUUIDCreateFromString", text).utf8());
    return bytes ? reference_to<CFUUIDRef>(new Uuid(*bytes)) : nullptr;
}

CFUUIDRef CFUUIDCreateFromUUIDBytes(CFAllocatorRef /*allocator*/, CFUUIDBytes bytes) {
    minihal::cf::Bytes array{};
    std::memcpy(array.data(), &bytes, sizeof bytes);
    return reference_to<CFUUIDRef>(new Uuid(array));
}

CFUUIDRef CFUUIDGetConstantUUIDWithBytes(CFAllocatorRef /*allocator*/, UInt8 byte0, UInt8 byte1, UInt8 byte2,
                                         UInt8 byte3, UInt8 byte4, UInt8 byte5, UInt8 byte6, UInt8 byte7,
                                         UInt8 byte8, UInt8 byte9, UInt8 byte10, UInt8 byte11, UInt8 byte12,
                                         UInt8 byte13, UInt8 byte14, UInt8 byte15) {
    // Never destroyed: the constants may be used while static objects are.
    static auto& lock = *new std::mutex;
    static auto& constants = *new std::map<minihal::cf::Bytes, const Uuid*>;
    const minihal::cf::Bytes bytes = {byte0, byte1, byte2,  byte3,  byte4,  byte5,  byte6,  byte7,
                                      byte8, byte9, byte10, byte11, byte12, byte13, byte14, byte15};
    const std::lock_guard guard(lock);
    const Uuid*& constant = constants[bytes];
    if (constant == nullptr) constant = new Uuid(bytes, minihal::cf::Lifetime::kImmortal);
    return reference_to<CFUUIDRef>(constant);
}

CFUUIDBytes CFUUIDGetUUIDBytes(CFUUIDRef uuid) {
    CFUUIDBytes bytes{};
    std::memcpy(&bytes, as<const Uuid>("CFUUIDGetUUIDBytes", uuid).bytes().data(), sizeof bytes);
    return bytes;
}

CFStringRef CFUUIDCreateString(CFAllocatorRef /*allocator*/, CFUUIDRef uuid) {
    const std::string text = minihal::cf::print(as<const Uuid>("CFUUIDCreateString", uuid).bytes());
    return reference_to<CFStringRef>(String::create(text));
}

}  // extern "C"
