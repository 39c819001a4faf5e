// CFStringCreateWithFormat: printf's conversions, and %@ for a CF object.
#include <CoreFoundation/CoreFoundation.h>

#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

#include "minihal/cf/number.hpp"
#include "minihal/cf/string.hpp"

namespace minihal::cf {
namespace {

std::string printed(const char* specification, ...) {
    char buffer[512];
    va_list arguments;
    va_start(arguments, specification);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    const int length = std::vsnprintf(buffer, sizeof buffer, specification, arguments);
#pragma GCC diagnostic pop
    va_end(arguments);
    if (length < 0) return {};
    return {buffer, std::min(static_cast<size_t>(length), sizeof buffer - 1)};
}

// An object as %@ shows it.
std::string description(CFTypeRef object) {
    if (object == nullptr) return "(null)";
    if (const auto* string = try_as<const String>(object)) return string->utf8();
    if (CFGetTypeID(object) == CFNumberGetTypeID()) {
        const auto number = static_cast<CFNumberRef>(object);
        if (CFNumberIsFloatType(number)) {
            double value = 0;
            CFNumberGetValue(number, kCFNumberFloat64Type, &value);
            return printed("%g", value);
        }
        long long value = 0;
        CFNumberGetValue(number, kCFNumberLongLongType, &value);
        return printed("%lld", value);
    }
    if (CFGetTypeID(object) == CFBooleanGetTypeID())
        return CFBooleanGetValue(static_cast<CFBooleanRef>(object)) ? "true" : "false";
    return printed("<CFType %lu %p>", CFGetTypeID(object), object);
}

// One integer of the length that its modifier says, as wide as there is.
std::string integer(std::string specification, std::string_view length, char conversion, va_list& arguments) {
    specification += "ll";
    specification += conversion;
    const bool is_signed = conversion == 'd' || conversion == 'i';
    if (length == "ll" || length == "q" || length == "j")
        // NOLINTNEXTLINE(bugprone-branch-clone): other types
        return is_signed ? printed(specification.c_str(), va_arg(arguments, long long))
                         : printed(specification.c_str(), va_arg(arguments, unsigned long long));
    if (length == "l" || length == "z" || length == "t")
        return is_signed ? printed(specification.c_str(), static_cast<long long>(va_arg(arguments, long)))
                         : printed(specification.c_str(),
                                   static_cast<unsigned long long>(va_arg(arguments, unsigned long)));
    return is_signed
               ? printed(specification.c_str(), static_cast<long long>(va_arg(arguments, int)))
               : printed(specification.c_str(), static_cast<unsigned long long>(va_arg(arguments, unsigned)));
}

std::string format(std::string_view text, va_list& arguments) {
    std::string result;
    while (!text.empty()) {
        const auto percent = std::min(text.find('%'), text.size());
        result += text.substr(0, percent);
        text.remove_prefix(percent);
        if (text.size() < 2) break;
        text.remove_prefix(1);
        std::string specification = "%";
        const auto take = [&](std::string_view of) {
            const auto count = std::min(text.find_first_not_of(of), text.size());
            const auto taken = text.substr(0, count);
            text.remove_prefix(count);
            return taken;
        };
        specification += take("-+ #0");
        specification += take("123456789");
        specification += take(".0123456789");
        const auto length = take("hljztqL");
        if (text.empty()) break;
        const char conversion = text[0];
        text.remove_prefix(1);
        switch (conversion) {
            case '@':
                result += description(va_arg(arguments, CFTypeRef));
                break;
            case 's': {
                const char* string = va_arg(arguments, const char*);
                result += printed((specification + 's').c_str(), string == nullptr ? "(null)" : string);
                break;
            }
            case 'c':
                result += printed((specification + 'c').c_str(), va_arg(arguments, int));
                break;
            case 'p':
                result += printed("%p", va_arg(arguments, void*));
                break;
            case '%':
                result += '%';
                break;
            case 'd':
            case 'i':
            case 'u':
            case 'x':
            case 'X':
            case 'o':
                result += integer(specification, length, conversion, arguments);
                break;
            case 'f':
            case 'F':
            case 'e':
            case 'E':
            case 'g':
            case 'G':
                result += printed((specification + conversion).c_str(), va_arg(arguments, double));
                break;
            default:
                fail("CFStringCreateWithFormat", "a conversion that this subset does not have");
        }
    }
    return result;
}

}  // namespace
}  // namespace minihal::cf

extern "C" {

CFStringRef CFStringCreateWithFormatAndArguments(CFAllocatorRef allocator, CFDictionaryRef /*formatOptions*/,
                                                 CFStringRef format, va_list arguments) {
    va_list copy;
    va_copy(copy, arguments);
    const auto& text = minihal::cf::as<const minihal::cf::String>("CFStringCreateWithFormat", format).utf8();
    const auto result = minihal::cf::format(text, copy);
    va_end(copy);
    return CFStringCreateWithCString(allocator, result.c_str(), kCFStringEncodingUTF8);
}

CFStringRef CFStringCreateWithFormat(CFAllocatorRef allocator, CFDictionaryRef options, CFStringRef format,
                                     ...) {
    va_list arguments;
    va_start(arguments, format);
    const auto result = CFStringCreateWithFormatAndArguments(allocator, options, format, arguments);
    va_end(arguments);
    return result;
}

}  // extern "C"
