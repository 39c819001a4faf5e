// Values of property lists as C++ values.
#pragma once

#include <CoreFoundation/CoreFoundation.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "minihal/wire/cf_value.hpp"

namespace minihal::plist {

using wire::CfRef;

// A four-character code, as text in a property list.
struct FourCharCode {
    uint32_t code = 0;
    bool operator==(const FourCharCode&) const = default;
};

// False when the value is of another type or does not fit; `out` is then unspecified.
bool read(CFTypeRef value, std::string& out);
bool read(CFTypeRef value, FourCharCode& out);
bool read(CFTypeRef value, bool& out);  // numbers are no booleans
bool read(CFTypeRef value, Float64& out);
bool read(CFTypeRef value, int32_t& out);
bool read(CFTypeRef value, uint32_t& out);
bool read(CFTypeRef value, std::vector<CFTypeRef>& out);  // borrowed

template <typename T>
bool read(CFTypeRef value, std::optional<T>& out) {
    return read(value, out.emplace());
}
template <typename T>
bool read(CFTypeRef value, std::vector<T>& out) {
    std::vector<CFTypeRef> items;
    if (!read(value, items)) return false;
    out.clear();
    for (const auto item : items) {
        if (!read(item, out.emplace_back())) return false;
    }
    return true;
}

CfRef write(const std::string& value);
CfRef write(FourCharCode value);
CfRef write(bool value);
CfRef write(Float64 value);
CfRef write(int32_t value);
CfRef write(uint32_t value);
CfRef write(const std::vector<CfRef>& items);

// Nothing when there is no value.
template <typename T>
CfRef write(const std::optional<T>& value) {
    return value ? write(*value) : CfRef();
}
template <typename T>
CfRef write(const std::vector<T>& values) {
    std::vector<CfRef> items;
    items.reserve(values.size());
    for (const auto& value : values) items.push_back(write(value));
    return write(items);
}

// The value of a key, borrowed, or NULL; also where `dictionary` is none.
CFTypeRef value_of(CFTypeRef dictionary, const char* key);
template <typename T>
bool read(CFTypeRef dictionary, const char* key, T& out) {
    const auto* const value = value_of(dictionary, key);
    return value != nullptr && read(value, out);
}
// All keys that are strings.
std::vector<std::string> keys_of(CFTypeRef dictionary);

class Dictionary {
  public:
    Dictionary();
    // A value that is nothing is left out.
    Dictionary& add(const char* key, CfRef value);
    template <typename T>
    Dictionary& add(const char* key, const T& value) {
        return add(key, write(value));
    }
    CFDictionaryRef get() const { return static_cast<CFDictionaryRef>(dictionary_.get()); }
    CfRef take() { return std::move(dictionary_); }

  private:
    CfRef dictionary_;
};

}  // namespace minihal::plist
