#include "driver/cf.hpp"

namespace gecko::driver {

DictionaryBuilder::DictionaryBuilder() noexcept
    : dictionary_(::CFDictionaryCreateMutable(nullptr, 0, &kCFTypeDictionaryKeyCallBacks,
                                              &kCFTypeDictionaryValueCallBacks)) {}

void DictionaryBuilder::add_object(const char* key, CFTypeRef value) noexcept {
    const CfOwned name(create_string(key));
    if (dictionary_.get() != nullptr && name.get() != nullptr && value != nullptr)
        ::CFDictionarySetValue(dictionary_.get(), name.get(), value);
}

void DictionaryBuilder::add(const char* key, const char* text) noexcept {
    const CfOwned value(create_string(text));
    add_object(key, value.get());
}

void DictionaryBuilder::add(const char* key, std::int64_t number) noexcept {
    const CfOwned value(::CFNumberCreate(nullptr, kCFNumberSInt64Type, &number));
    add_object(key, value.get());
}

void DictionaryBuilder::add(const char* key, double number) noexcept {
    const CfOwned value(::CFNumberCreate(nullptr, kCFNumberFloat64Type, &number));
    add_object(key, value.get());
}

void DictionaryBuilder::add(const char* key, bool value) noexcept {
    add_object(key, value ? kCFBooleanTrue : kCFBooleanFalse);
}

CFTypeRef find_value(CFDictionaryRef dictionary, const char* key, CFTypeID type) noexcept {
    const CfOwned name(create_string(key));
    if (name.get() == nullptr) return nullptr;
    const void* value = ::CFDictionaryGetValue(dictionary, name.get());
    return value != nullptr && ::CFGetTypeID(value) == type ? value : nullptr;
}

std::optional<std::uint32_t> find_number(CFDictionaryRef dictionary, const char* key) noexcept {
    const auto number = static_cast<CFNumberRef>(find_value(dictionary, key, ::CFNumberGetTypeID()));
    std::int64_t value = 0;
    if (number == nullptr || !::CFNumberGetValue(number, kCFNumberSInt64Type, &value)) return std::nullopt;
    if (value < 0 || value > std::int64_t{UINT32_MAX}) return std::nullopt;
    return static_cast<std::uint32_t>(value);
}

bool find_text(CFDictionaryRef dictionary, const char* key, char* text, std::size_t size) noexcept {
    const auto string = static_cast<CFStringRef>(find_value(dictionary, key, ::CFStringGetTypeID()));
    return string != nullptr &&
           ::CFStringGetCString(string, text, static_cast<CFIndex>(size), kCFStringEncodingUTF8);
}

}  // namespace gecko::driver
