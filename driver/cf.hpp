#pragma once

#include <CoreFoundation/CoreFoundation.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

/// The little of CoreFoundation that property lists need, with ownership in types. Control threads only.
namespace gecko::driver {

/// Owns one reference to a CF object, or none.
template <class Ref>
class CfOwned {
  public:
    explicit CfOwned(Ref object) noexcept : object_(object) {}
    CfOwned(CfOwned&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    CfOwned& operator=(CfOwned&&) = delete;
    ~CfOwned() {
        if (object_ != nullptr) ::CFRelease(object_);
    }

    [[nodiscard]] Ref get() const noexcept { return object_; }
    /// Hands the reference to the caller.
    [[nodiscard]] Ref release() noexcept { return std::exchange(object_, nullptr); }

  private:
    Ref object_;
};

/// A new string of UTF-8 text; the caller's, nullptr if memory is out.
inline CFStringRef create_string(const char* text) noexcept {
    return ::CFStringCreateWithCString(nullptr, text, kCFStringEncodingUTF8);
}

/// A dictionary under construction, with strings as keys.
class DictionaryBuilder {
  public:
    DictionaryBuilder() noexcept;

    void add(const char* key, const char* text) noexcept;
    void add(const char* key, std::int64_t number) noexcept;
    void add(const char* key, double number) noexcept;
    void add(const char* key, bool value) noexcept;

    /// The finished dictionary; the caller's, nullptr if memory is out.
    [[nodiscard]] CFDictionaryRef release() noexcept { return dictionary_.release(); }

  private:
    void add_object(const char* key, CFTypeRef value) noexcept;

    CfOwned<CFMutableDictionaryRef> dictionary_;
};

/// The value of a key, if it is there and of that type. The dictionary keeps the ownership.
CFTypeRef find_value(CFDictionaryRef dictionary, const char* key, CFTypeID type) noexcept;
/// An integer that fits; nothing for another type, a fraction, or a value out of range.
std::optional<std::uint32_t> find_number(CFDictionaryRef dictionary, const char* key) noexcept;
/// Copies a string and its terminating zero; false for another type or one that does not fit.
bool find_text(CFDictionaryRef dictionary, const char* key, char* text, std::size_t size) noexcept;

}  // namespace gecko::driver
