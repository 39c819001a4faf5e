#include "minihal/wire/plist.hpp"

#include <cmath>
#include <limits>

namespace minihal::plist {

namespace {

bool is(CFTypeRef value, CFTypeID type) {
    return value != nullptr && CFGetTypeID(value) == type;
}

CfRef number(CFNumberType type, const void* value) {
    return CfRef(CFNumberCreate(nullptr, type, value));
}

}  // namespace

bool read(CFTypeRef value, std::string& out) {
    auto text = wire::text_of(value);
    if (text) out = std::move(*text);
    return text.has_value();
}

bool read(CFTypeRef value, FourCharCode& out) {
    const auto text = wire::text_of(value);
    if (!text || text->empty() || text->size() > 4) return false;
    out.code = 0;
    for (size_t i = 0; i < 4; ++i) {
        // 'usb' is 'usb ', as nobody writes the blank.
        out.code = out.code << 8 | (i < text->size() ? static_cast<uint8_t>((*text)[i]) : uint8_t{' '});
    }
    return true;
}

bool read(CFTypeRef value, bool& out) {
    if (!is(value, CFBooleanGetTypeID())) return false;
    out = CFBooleanGetValue(static_cast<CFBooleanRef>(value)) != 0;
    return true;
}

bool read(CFTypeRef value, Float64& out) {
    if (!is(value, CFNumberGetTypeID())) return false;
    CFNumberGetValue(static_cast<CFNumberRef>(value), kCFNumberFloat64Type, &out);
    return std::isfinite(out);
}

bool read(CFTypeRef value, int32_t& out) {
    return is(value, CFNumberGetTypeID()) &&
           CFNumberGetValue(static_cast<CFNumberRef>(value), kCFNumberSInt32Type, &out) != 0;
}

bool read(CFTypeRef value, uint32_t& out) {
    int64_t wide = 0;
    if (!is(value, CFNumberGetTypeID()) ||
        CFNumberGetValue(static_cast<CFNumberRef>(value), kCFNumberSInt64Type, &wide) == 0 || wide < 0 ||
        wide > std::numeric_limits<uint32_t>::max()) {
        return false;
    }
    out = static_cast<uint32_t>(wide);
    return true;
}

bool read(CFTypeRef value, std::vector<CFTypeRef>& out) {
    if (!is(value, CFArrayGetTypeID())) return false;
    const auto array = static_cast<CFArrayRef>(value);
    out.clear();
    for (CFIndex i = 0; i < CFArrayGetCount(array); ++i) out.push_back(CFArrayGetValueAtIndex(array, i));
    return true;
}

CfRef write(const std::string& value) {
    return wire::string_of(value);
}

CfRef write(FourCharCode value) {
    std::string text;
    for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(value.code >> shift & 0xff);
    return write(text);
}

CfRef write(bool value) {
    return CfRef(CFRetain(value ? kCFBooleanTrue : kCFBooleanFalse));
}

CfRef write(Float64 value) {
    return number(kCFNumberFloat64Type, &value);
}

CfRef write(int32_t value) {
    return number(kCFNumberSInt32Type, &value);
}

CfRef write(uint32_t value) {
    const int64_t wide = value;
    return number(kCFNumberSInt64Type, &wide);
}

CfRef write(const std::vector<CfRef>& items) {
    auto* const array = CFArrayCreateMutable(nullptr, 0, &kCFTypeArrayCallBacks);
    for (const auto& item : items) CFArrayAppendValue(array, item.get());
    return CfRef(array);
}

CFTypeRef value_of(CFTypeRef dictionary, const char* key) {
    if (!is(dictionary, CFDictionaryGetTypeID())) return nullptr;
    return CFDictionaryGetValue(static_cast<CFDictionaryRef>(dictionary), wire::string_of(key).get());
}

std::vector<std::string> keys_of(CFTypeRef dictionary) {
    std::vector<std::string> names;
    if (!is(dictionary, CFDictionaryGetTypeID())) return names;
    const auto entries = static_cast<CFDictionaryRef>(dictionary);
    std::vector<const void*> keys(static_cast<size_t>(CFDictionaryGetCount(entries)));
    CFDictionaryGetKeysAndValues(entries, keys.data(), nullptr);
    for (const auto* const key : keys) {
        if (auto name = wire::text_of(key)) names.push_back(std::move(*name));
    }
    return names;
}

Dictionary::Dictionary()
    : dictionary_(CFDictionaryCreateMutable(nullptr, 0, &kCFTypeDictionaryKeyCallBacks,
                                            &kCFTypeDictionaryValueCallBacks)) {}

Dictionary& Dictionary::add(const char* key, CfRef value) {
    if (value) {
        CFDictionarySetValue(const_cast<CFMutableDictionaryRef>(get()), wire::string_of(key).get(),
                             value.get());
    }
    return *this;
}

}  // namespace minihal::plist
