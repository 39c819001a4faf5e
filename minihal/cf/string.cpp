#include "minihal/cf/string.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <mutex>
#include <optional>

namespace minihal::cf {
namespace {

// Takes one character off the front of the text; nothing, and the text as it was, when it does not begin with a well-formed one
// (Unicode 15, table 3-7).
std::optional<char32_t> next_character(std::string_view& text) noexcept {
    const auto byte = [&text](size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) {
        text.remove_prefix(1);
        return lead;
    }
    struct Form {
        unsigned char first, last;  // of the lead byte
        unsigned char second_low, second_high;
        size_t bytes;
        unsigned char lead_bits;
    };
    static constexpr Form kForms[] = {
        {0xC2, 0xDF, 0x80, 0xBF, 2, 0x1F}, {0xE0, 0xE0, 0xA0, 0xBF, 3, 0x0F},
        {0xE1, 0xEC, 0x80, 0xBF, 3, 0x0F}, {0xED, 0xED, 0x80, 0x9F, 3, 0x0F},
        {0xEE, 0xEF, 0x80, 0xBF, 3, 0x0F}, {0xF0, 0xF0, 0x90, 0xBF, 4, 0x07},
        {0xF1, 0xF3, 0x80, 0xBF, 4, 0x07}, {0xF4, 0xF4, 0x80, 0x8F, 4, 0x07},
    };
    for (const Form& form : kForms) {
        if (lead < form.first || lead > form.last) continue;
        if (text.size() < form.bytes) return std::nullopt;
        if (byte(1) < form.second_low || byte(1) > form.second_high) return std::nullopt;
        char32_t character = lead & form.lead_bits;
        for (size_t i = 1; i < form.bytes; ++i) {
            if ((byte(i) & 0xC0) != 0x80) return std::nullopt;
            character = (character << 6) | (byte(i) & 0x3F);
        }
        text.remove_prefix(form.bytes);
        return character;
    }
    return std::nullopt;
}

CFIndex utf16_units(char32_t character) noexcept {
    return character > 0xFFFF ? 2 : 1;
}

// Order by UTF-16 code units: characters beyond the first plane begin with a surrogate and so sort before U+E000.
uint32_t utf16_rank(char32_t character) noexcept {
    if (character > 0xFFFF) return 0xD800'0000U + character;
    return static_cast<uint32_t>(character) << 16;
}

std::optional<CFIndex> utf16_length(std::string_view text) noexcept {
    CFIndex length = 0;
    while (!text.empty()) {
        const auto character = next_character(text);
        if (!character) return std::nullopt;
        length += utf16_units(*character);
    }
    return length;
}

bool is_ascii(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool known(CFStringEncoding encoding) noexcept {
    return encoding == kCFStringEncodingASCII || encoding == kCFStringEncodingUTF8;
}

CFStringRef create(std::string_view text, CFStringEncoding encoding) {
    if (!known(encoding) || (encoding == kCFStringEncodingASCII && !is_ascii(text))) return nullptr;
    return reference_to<CFStringRef>(String::create(text));
}

}  // namespace

String::String(std::string_view utf8, CFIndex length, Lifetime lifetime)
    : Object(kType, lifetime), utf8_(utf8), length_(length) {}

const String* String::create(std::string_view utf8, Lifetime lifetime) {
    const auto length = utf16_length(utf8);
    return length ? new String(utf8, *length, lifetime) : nullptr;
}

bool String::equals(const Object& other) const noexcept {
    return utf8_ == static_cast<const String&>(other).utf8_;
}

CFHashCode String::hash() const noexcept {
    return hash_bytes(utf8_.data(), utf8_.size());
}

}  // namespace minihal::cf

using minihal::cf::as;
using minihal::cf::String;

extern "C" {

CFStringRef __CFStringMakeConstantString(const char* utf8) {
    // Never destroyed: CFSTR may be used while static objects are.
    static auto& lock = *new std::mutex;
    static auto& constants = *new std::map<std::string, CFStringRef, std::less<>>;
    const std::lock_guard guard(lock);
    if (const auto found = constants.find(utf8); found != constants.end()) return found->second;
    const String* string = String::create(utf8, minihal::cf::Lifetime::kImmortal);
    if (string == nullptr) minihal::cf::fail("CFSTR", "the literal is not UTF-8");
    return constants.emplace(utf8, minihal::cf::reference_to<CFStringRef>(string)).first->second;
}

CFTypeID CFStringGetTypeID() {
    return static_cast<CFTypeID>(String::kType);
}

CFStringRef CFStringCreateWithCString(CFAllocatorRef /*allocator*/, const char* text,
                                      CFStringEncoding encoding) {
    return text == nullptr ? nullptr : minihal::cf::create(text, encoding);
}

CFStringRef CFStringCreateWithBytes(CFAllocatorRef /*allocator*/, const UInt8* bytes, CFIndex count,
                                    CFStringEncoding encoding, Boolean isExternalRepresentation) {
    if (count < 0 || (bytes == nullptr && count > 0)) return nullptr;
    std::string_view text(reinterpret_cast<const char*>(bytes), static_cast<size_t>(count));
    if (isExternalRepresentation && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    return minihal::cf::create(text, encoding);
}

CFStringRef CFStringCreateCopy(CFAllocatorRef /*allocator*/, CFStringRef string) {
    // Strings do not change, so the same object will do.
    as<const String>("CFStringCreateCopy", string).retain();
    return string;
}

CFIndex CFStringGetLength(CFStringRef string) {
    return as<const String>("CFStringGetLength", string).length();
}

CFIndex CFStringGetMaximumSizeForEncoding(CFIndex length, CFStringEncoding encoding) {
    if (!minihal::cf::known(encoding) || length < 0) return kCFNotFound;
    if (encoding == kCFStringEncodingASCII) return length;
    return length > std::numeric_limits<CFIndex>::max() / 3 ? kCFNotFound : length * 3;
}

Boolean CFStringGetCString(CFStringRef string, char* buffer, CFIndex size, CFStringEncoding encoding) {
    const std::string& text = as<const String>("CFStringGetCString", string).utf8();
    if (buffer == nullptr || size <= 0 || !minihal::cf::known(encoding)) return FALSE;
    if (encoding == kCFStringEncodingASCII && !minihal::cf::is_ascii(text)) return FALSE;
    if (text.size() >= static_cast<size_t>(size)) return FALSE;
    std::memcpy(buffer, text.c_str(), text.size() + 1);
    return TRUE;
}

const char* CFStringGetCStringPtr(CFStringRef string, CFStringEncoding encoding) {
    const std::string& text = as<const String>("CFStringGetCStringPtr", string).utf8();
    const bool fits = encoding == kCFStringEncodingUTF8 ||
                      (encoding == kCFStringEncodingASCII && minihal::cf::is_ascii(text));
    return fits ? text.c_str() : nullptr;
}

Boolean CFStringHasPrefix(CFStringRef string, CFStringRef prefix) {
    return as<const String>("CFStringHasPrefix", string)
        .utf8()
        .starts_with(as<const String>("CFStringHasPrefix", prefix).utf8());
}

Boolean CFStringHasSuffix(CFStringRef string, CFStringRef suffix) {
    return as<const String>("CFStringHasSuffix", string)
        .utf8()
        .ends_with(as<const String>("CFStringHasSuffix", suffix).utf8());
}

CFComparisonResult CFStringCompare(CFStringRef first, CFStringRef second, CFStringCompareFlags /*options*/) {
    std::string_view a = as<const String>("CFStringCompare", first).utf8();
    std::string_view b = as<const String>("CFStringCompare", second).utf8();
    while (!a.empty() && !b.empty()) {
        const uint32_t x = minihal::cf::utf16_rank(minihal::cf::next_character(a).value_or(0));
        const uint32_t y = minihal::cf::utf16_rank(minihal::cf::next_character(b).value_or(0));
        if (x != y) return x < y ? kCFCompareLessThan : kCFCompareGreaterThan;
    }
    if (a.empty() && b.empty()) return kCFCompareEqualTo;
    return a.empty() ? kCFCompareLessThan : kCFCompareGreaterThan;
}

}  // extern "C"
