#include "fuzz/property_lists.hpp"

#include <array>
#include <cstdint>
#include <utility>

#include "driver/cf.hpp"
#include "fuzz/support.hpp"
#include "shm/layout.hpp"

namespace gecko::fuzz {

using driver::CfOwned;
using driver::create_string;

namespace {

CFTypeRef make_number(FuzzedDataProvider& bytes) {
    switch (bytes.ConsumeIntegralInRange(0, 2)) {
        case 0: {
            constexpr std::array<std::int64_t, 6> kUsual = {0, 1, 2, 1'024, 65'536, -1};
            const std::int64_t value = bytes.PickValueInArray(kUsual);
            return ::CFNumberCreate(nullptr, kCFNumberSInt64Type, &value);
        }
        case 1: {
            const auto value = static_cast<std::int64_t>(whole(bytes));
            return ::CFNumberCreate(nullptr, kCFNumberSInt64Type, &value);
        }
        default: {
            const double value = real(bytes, 1'024);
            return ::CFNumberCreate(nullptr, kCFNumberFloat64Type, &value);
        }
    }
}

CFTypeRef make_text(FuzzedDataProvider& bytes, const std::string& name) {
    if (bytes.ConsumeBool()) return create_string(name.c_str());
    std::string text = bytes.ConsumeBool() ? name : std::string();
    text += bytes.ConsumeRandomLengthString(80);
    if (bytes.ConsumeBool() && !text.empty())
        text[bytes.ConsumeIntegralInRange<std::size_t>(0, text.size() - 1)] ^= 0x21;
    return create_string(text.c_str());  // null for what is no UTF-8
}

/// The caller's; a dictionary with the keys of a request, and others.
CFTypeRef make_dictionary(FuzzedDataProvider& bytes, const std::string& name, int depth) {
    CFMutableDictionaryRef dictionary = ::CFDictionaryCreateMutable(
        nullptr, 0, &kCFTypeDictionaryKeyCallBacks, &kCFTypeDictionaryValueCallBacks);
    if (bytes.ConsumeBool()) {  // all that a request needs, some of it replaced below
        const std::int64_t abi = shm::kProtocolVersion, channels = 2, frames = 1'024;
        const CfOwned text(create_string(name.c_str()));
        ::CFDictionarySetValue(dictionary, CFSTR("name"), text.get());
        for (const auto& [key, number] :
             {std::pair{CFSTR("abi"), &abi}, {CFSTR("channels"), &channels}, {CFSTR("frames"), &frames}}) {
            const CfOwned value(::CFNumberCreate(nullptr, kCFNumberSInt64Type, number));
            ::CFDictionarySetValue(dictionary, key, value.get());
        }
    }
    for (int i = bytes.ConsumeIntegralInRange(0, 4); i > 0; --i) {
        constexpr std::array kKeys = {"name", "abi", "channels", "frames", "detach", "", "Name"};
        const CfOwned key(create_string(bytes.PickValueInArray(kKeys)));
        const CfOwned value(make_value(bytes, name, depth + 1));
        if (value.get() != nullptr) ::CFDictionarySetValue(dictionary, key.get(), value.get());
    }
    return dictionary;
}

}  // namespace

CFTypeRef make_value(FuzzedDataProvider& bytes, const std::string& name, int depth) {
    switch (bytes.ConsumeIntegralInRange(0, 5)) {
        case 0:
            return make_text(bytes, name);
        case 1:
            return make_number(bytes);
        case 2:
            return ::CFRetain(bytes.ConsumeBool() ? kCFBooleanTrue : kCFBooleanFalse);
        case 3: {
            const auto raw =
                bytes.ConsumeBytes<std::uint8_t>(bytes.ConsumeIntegralInRange<std::size_t>(0, 40));
            return ::CFDataCreate(nullptr, raw.data(), static_cast<CFIndex>(raw.size()));
        }
        case 4: {
            const CfOwned item(make_text(bytes, name));
            CFTypeRef items[] = {item.get()};
            return ::CFArrayCreate(nullptr, items, item.get() != nullptr ? 1 : 0, &kCFTypeArrayCallBacks);
        }
        default:
            return depth < 4 ? make_dictionary(bytes, name, depth) : nullptr;
    }
}

CFTypeRef make_request(FuzzedDataProvider& bytes, const std::string& name) {
    if (bytes.ConsumeIntegralInRange(0, 3) != 0)
        return bytes.ConsumeIntegralInRange(0, 7) == 0 ? make_value(bytes, name, 0)
                                                       : make_dictionary(bytes, name, 0);
    const auto raw = bytes.ConsumeBytes<std::uint8_t>(bytes.ConsumeIntegralInRange<std::size_t>(0, 2'000));
    const CfOwned data(::CFDataCreate(nullptr, raw.data(), static_cast<CFIndex>(raw.size())));
    return ::CFPropertyListCreateWithData(nullptr, data.get(), kCFPropertyListImmutable, nullptr, nullptr);
}

}  // namespace gecko::fuzz
