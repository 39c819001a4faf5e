// Ownership of CoreFoundation objects in tests.
#pragma once

#include <CoreFoundation/CoreFoundation.h>

#include <string>
#include <string_view>
#include <utility>

// Releases what a Create or Copy function gave.
template <class Ref>
class Owner {
  public:
    explicit Owner(Ref object) : object_(object) {}
    Owner(Owner&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    Owner& operator=(Owner&&) = delete;
    ~Owner() {
        if (object_ != nullptr) CFRelease(object_);
    }
    Ref get() const { return object_; }
    Ref operator*() const { return object_; }
    explicit operator bool() const { return object_ != nullptr; }

  private:
    Ref object_;
};

inline Owner<CFStringRef> make_string(const char* utf8) {
    return Owner(CFStringCreateWithCString(nullptr, utf8, kCFStringEncodingUTF8));
}

inline std::string text_of(CFStringRef string) {
    std::string text(static_cast<size_t>(CFStringGetMaximumSizeForEncoding(CFStringGetLength(string),
                                                                           kCFStringEncodingUTF8)) +
                         1,
                     '\0');
    if (!CFStringGetCString(string, text.data(), static_cast<CFIndex>(text.size()), kCFStringEncodingUTF8)) {
        return "(no text)";
    }
    text.resize(text.find('\0'));
    return text;
}

inline Owner<CFNumberRef> make_integer(int64_t value) {
    return Owner(CFNumberCreate(nullptr, kCFNumberSInt64Type, &value));
}

inline Owner<CFNumberRef> make_real(double value) {
    return Owner(CFNumberCreate(nullptr, kCFNumberFloat64Type, &value));
}

inline Owner<CFDataRef> make_data(std::string_view bytes) {
    return Owner(CFDataCreate(nullptr, reinterpret_cast<const UInt8*>(bytes.data()),
                              static_cast<CFIndex>(bytes.size())));
}

inline Owner<CFMutableDictionaryRef> new_dictionary() {
    return Owner(CFDictionaryCreateMutable(nullptr, 0, &kCFTypeDictionaryKeyCallBacks,
                                           &kCFTypeDictionaryValueCallBacks));
}

inline Owner<CFMutableArrayRef> new_array() {
    return Owner(CFArrayCreateMutable(nullptr, 0, &kCFTypeArrayCallBacks));
}
