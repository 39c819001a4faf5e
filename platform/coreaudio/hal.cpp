#include "platform/coreaudio/hal.hpp"

#include <fmt/format.h>

#include <array>
#include <cctype>

namespace gecko::platform::coreaudio {

CFOwned<CFStringRef> to_cf(const char* text) {
    return CFOwned<CFStringRef>(CFStringCreateWithCString(kCFAllocatorDefault, text, kCFStringEncodingUTF8));
}

std::string to_string(CFTypeRef string) {
    if (string == nullptr || CFGetTypeID(string) != CFStringGetTypeID()) return {};
    const auto* text = static_cast<CFStringRef>(string);
    std::string bytes(static_cast<std::size_t>(
                          CFStringGetMaximumSizeForEncoding(CFStringGetLength(text), kCFStringEncodingUTF8)) +
                          1,
                      '\0');
    if (!CFStringGetCString(text, bytes.data(), static_cast<CFIndex>(bytes.size()), kCFStringEncodingUTF8))
        return {};
    bytes.resize(bytes.find('\0'));
    return bytes;
}

std::string four_characters(UInt32 code) {
    std::string text;
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
        const auto character = static_cast<unsigned char>(code >> shift & 0xFFU);
        text += character >= 0x20 && character < 0x7F ? static_cast<char>(character) : '?';
    }
    return text;
}

std::string get_text(AudioObjectID object, AudioObjectPropertyAddress address) {
    const auto text = get_cf<CFStringRef>(object, address);
    return text ? to_string(text->get()) : std::string();
}

std::string status_text(OSStatus status) {
    std::array<char, 4> letters{};
    for (std::size_t i = 0; i < letters.size(); ++i) {
        letters[i] = static_cast<char>(static_cast<std::uint32_t>(status) >> (24 - 8 * i) & 0xff);
        if (std::isprint(static_cast<unsigned char>(letters[i])) == 0) return std::to_string(status);
    }
    return fmt::format("'{}'", std::string_view(letters.data(), letters.size()));
}

Listener::Listener(AudioObjectID object, AudioObjectPropertyAddress address,
                   AudioObjectPropertyListenerProc proc, void* data)
    : object_(object), address_(address), proc_(proc), data_(data) {
    AudioObjectAddPropertyListener(object_, &address_, proc_, data_);
}

Listener::Listener(Listener&& other) noexcept
    : object_(std::exchange(other.object_, kAudioObjectUnknown)),
      address_(other.address_),
      proc_(other.proc_),
      data_(other.data_) {}

Listener::~Listener() {
    if (object_ != kAudioObjectUnknown) AudioObjectRemovePropertyListener(object_, &address_, proc_, data_);
}

}  // namespace gecko::platform::coreaudio
