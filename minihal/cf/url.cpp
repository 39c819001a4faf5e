#include "minihal/cf/url.hpp"

#include <charconv>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

namespace minihal::cf {
namespace {

// RFC 3986: what may stand in a path as it is.
bool plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~!$&'()*+,;=:@/").find(c) != std::string_view::npos;
}

std::string file_url(const std::string& path, bool is_directory) {
    static constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string text = "file://";
    for (const char c : path) {
        if (plain(c)) {
            text += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            text += '%';
            text += kDigits[byte / 16U];
            text += kDigits[byte % 16U];
        }
    }
    if (is_directory && !text.ends_with('/')) text += '/';
    return text;
}

}  // namespace

Url::Url(std::string path, bool is_directory)
    : Object(kType),
      path_(std::move(path)),
      text_(reference_to<CFStringRef>(String::create(file_url(path_, is_directory)))) {}

Url::~Url() {
    CFRelease(text_);
}

}  // namespace minihal::cf

using minihal::cf::as;
using minihal::cf::String;
using minihal::cf::Url;

extern "C" {

CFTypeID CFURLGetTypeID() {
    return static_cast<CFTypeID>(Url::kType);
}

CFURLRef CFURLCreateFromFileSystemRepresentation(CFAllocatorRef /*allocator*/, const UInt8* path,
                                                 CFIndex length, Boolean isDirectory) {
    if (path == nullptr || length <= 0) return nullptr;
    std::string text(reinterpret_cast<const char*>(path), static_cast<size_t>(length));
    if (text.find('\0') != std::string::npos) return nullptr;
    if (!text.starts_with('/')) {
        std::error_code error;
        const std::filesystem::path here = std::filesystem::current_path(error);
        if (error) return nullptr;
        text = (here / text).string();
    }
    while (text.size() > 1 && text.ends_with('/')) text.pop_back();
    const String* valid = String::create(text);
    if (valid == nullptr) return nullptr;
    valid->release();
    return minihal::cf::reference_to<CFURLRef>(new Url(std::move(text), isDirectory != FALSE));
}

CFURLRef CFURLCreateWithFileSystemPath(CFAllocatorRef allocator, CFStringRef path, CFURLPathStyle style,
                                       Boolean isDirectory) {
    const auto& text = as<const String>("CFURLCreateWithFileSystemPath", path).utf8();
    if (style != kCFURLPOSIXPathStyle) return nullptr;
    return CFURLCreateFromFileSystemRepresentation(allocator, reinterpret_cast<const UInt8*>(text.data()),
                                                   static_cast<CFIndex>(text.size()), isDirectory);
}

CFURLRef CFURLCreateWithBytes(CFAllocatorRef allocator, const UInt8* bytes, CFIndex length,
                              CFStringEncoding encoding, CFURLRef baseURL) {
    const bool known = encoding == kCFStringEncodingUTF8 || encoding == kCFStringEncodingASCII;
    if (bytes == nullptr || length <= 0 || baseURL != nullptr || !known) return nullptr;
    std::string_view text(reinterpret_cast<const char*>(bytes), static_cast<size_t>(length));
    constexpr std::string_view kScheme = "file://";
    if (!text.starts_with(kScheme) || !text.substr(kScheme.size()).starts_with('/')) return nullptr;
    text.remove_prefix(kScheme.size());
    std::string path;
    while (!text.empty()) {
        unsigned char byte = static_cast<unsigned char>(text[0]);
        size_t taken = 1;
        if (byte == '%') {
            if (text.size() < 3) return nullptr;
            const auto [end, error] = std::from_chars(text.data() + 1, text.data() + 3, byte, 16);
            if (error != std::errc{} || end != text.data() + 3) return nullptr;
            taken = 3;
        }
        path += static_cast<char>(byte);
        text.remove_prefix(taken);
    }
    return CFURLCreateFromFileSystemRepresentation(allocator, reinterpret_cast<const UInt8*>(path.data()),
                                                   static_cast<CFIndex>(path.size()), path.ends_with('/'));
}

Boolean CFURLGetFileSystemRepresentation(CFURLRef url, Boolean /*resolveAgainstBase*/, UInt8* buffer,
                                         CFIndex size) {
    const std::string& path = as<const Url>("CFURLGetFileSystemRepresentation", url).path();
    if (buffer == nullptr || size < 0 || path.size() >= static_cast<size_t>(size)) return FALSE;
    std::memcpy(buffer, path.c_str(), path.size() + 1);
    return TRUE;
}

CFStringRef CFURLGetString(CFURLRef url) {
    return as<const Url>("CFURLGetString", url).text();
}

}  // extern "C"
