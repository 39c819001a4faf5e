#pragma once

#include <CoreFoundation/CoreFoundation.h>

#include <optional>
#include <string>

namespace gecko::packaging {

/// Releases a CoreFoundation object that this program owns.
class CFRef {
  public:
    explicit CFRef(CFTypeRef ref) : ref_(ref) {}
    CFRef(const CFRef&) = delete;
    CFRef& operator=(const CFRef&) = delete;
    ~CFRef() {
        if (ref_ != nullptr) CFRelease(ref_);
    }
    [[nodiscard]] CFTypeRef get() const { return ref_; }

  private:
    CFTypeRef ref_;
};

/// What a CFString holds, as UTF-8. Nothing for null and for what is no string.
inline std::optional<std::string> text_of(CFTypeRef object) {
    if (object == nullptr || CFGetTypeID(object) != CFStringGetTypeID()) return std::nullopt;
    const auto* string = static_cast<CFStringRef>(object);
    const CFIndex size =
        CFStringGetMaximumSizeForEncoding(CFStringGetLength(string), kCFStringEncodingUTF8) + 1;
    std::string text(static_cast<std::size_t>(size), '\0');
    if (!CFStringGetCString(string, text.data(), size, kCFStringEncodingUTF8)) return std::nullopt;
    text.resize(text.find('\0'));
    return text;
}

}  // namespace gecko::packaging
