// Requests to attach: property lists of any make. The driver says yes or says why not, stays readable, and lets go of all.
#include <string>

#include "driver/cf.hpp"
#include "fuzz/support.hpp"
#include "fuzz/surroundings.hpp"
#include "shm/segment.hpp"

namespace gecko::fuzz {
namespace {

using driver::CfOwned;
using driver::kDeviceId;
using driver::make_string;

/// A segment to ask for; the one name in all requests that leads somewhere.
class Target {
  public:
    Target()
        : name(new_segment_name()),
          segment_(shm::Segment::create(name.c_str(), *shm::Geometry::of(1'024, 2), 48'000, 0600)) {
        require(segment_.has_value(), "a segment can be made");
    }
    ~Target() { shm::unlink_segment(name.c_str()); }
    Target(const Target&) = delete;
    Target& operator=(const Target&) = delete;

    const std::string name;

  private:
    std::expected<shm::Segment, shm::SegmentError> segment_;
};

CFTypeRef make_value(FuzzedDataProvider& bytes, const Target& target, int depth);

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

CFTypeRef make_text(FuzzedDataProvider& bytes, const Target& target) {
    if (bytes.ConsumeBool()) return make_string(target.name.c_str());
    std::string text = bytes.ConsumeBool() ? target.name : std::string();
    text += bytes.ConsumeRandomLengthString(80);
    if (bytes.ConsumeBool() && !text.empty())
        text[bytes.ConsumeIntegralInRange<std::size_t>(0, text.size() - 1)] ^= 0x21;
    return make_string(text.c_str());  // null for what is no UTF-8
}

/// The caller's; a dictionary with the keys of a request, and others.
CFTypeRef make_dictionary(FuzzedDataProvider& bytes, const Target& target, int depth) {
    CFMutableDictionaryRef dictionary = ::CFDictionaryCreateMutable(
        nullptr, 0, &kCFTypeDictionaryKeyCallBacks, &kCFTypeDictionaryValueCallBacks);
    if (bytes.ConsumeBool()) {  // all that a request needs, some of it replaced below
        const std::int64_t abi = shm::kProtocolVersion, channels = 2, frames = 1'024;
        const CfOwned name(make_string(target.name.c_str()));
        ::CFDictionarySetValue(dictionary, CFSTR("name"), name.get());
        for (const auto& [key, number] :
             {std::pair{CFSTR("abi"), &abi}, {CFSTR("channels"), &channels}, {CFSTR("frames"), &frames}}) {
            const CfOwned value(::CFNumberCreate(nullptr, kCFNumberSInt64Type, number));
            ::CFDictionarySetValue(dictionary, key, value.get());
        }
    }
    for (int i = bytes.ConsumeIntegralInRange(0, 4); i > 0; --i) {
        constexpr std::array kKeys = {"name", "abi", "channels", "frames", "detach", "", "Name"};
        const CfOwned key(make_string(bytes.PickValueInArray(kKeys)));
        const CfOwned value(make_value(bytes, target, depth + 1));
        if (value.get() != nullptr) ::CFDictionarySetValue(dictionary, key.get(), value.get());
    }
    return dictionary;
}

/// The caller's, or null.
CFTypeRef make_value(FuzzedDataProvider& bytes, const Target& target, int depth) {
    switch (bytes.ConsumeIntegralInRange(0, 5)) {
        case 0:
            return make_text(bytes, target);
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
            const CfOwned item(make_text(bytes, target));
            CFTypeRef items[] = {item.get()};
            return ::CFArrayCreate(nullptr, items, item.get() != nullptr ? 1 : 0, &kCFTypeArrayCallBacks);
        }
        default:
            return depth < 4 ? make_dictionary(bytes, target, depth) : nullptr;
    }
}

/// The caller's, or null: a property list in the bytes as they are, XML or binary, or one that is put together.
CFTypeRef make_request(FuzzedDataProvider& bytes, const Target& target) {
    if (bytes.ConsumeIntegralInRange(0, 3) != 0)
        return bytes.ConsumeIntegralInRange(0, 7) == 0 ? make_value(bytes, target, 0)
                                                       : make_dictionary(bytes, target, 0);
    const auto raw = bytes.ConsumeBytes<std::uint8_t>(bytes.ConsumeIntegralInRange<std::size_t>(0, 2'000));
    const CfOwned data(::CFDataCreate(nullptr, raw.data(), static_cast<CFIndex>(raw.size())));
    return ::CFPropertyListCreateWithData(nullptr, data.get(), kCFPropertyListImmutable, nullptr, nullptr);
}

void run(FuzzedDataProvider& bytes) {
    set_now(1'000'000'000);
    const Target target;
    Driver driver;
    for (int request = 0; request < 8 && bytes.remaining_bytes() > 0; ++request) {
        const CfOwned value(make_request(bytes, target));
        const CFTypeRef raw = value.get();
        const auto address = global(shm::kAttachProperty);
        const UInt32 size =
            bytes.ConsumeIntegralInRange(0, 9) != 0 ? sizeof raw : bytes.ConsumeIntegralInRange<UInt32>(0, 8);
        (void)driver.table().SetPropertyData(driver.ref(), kDeviceId,
                                             static_cast<pid_t>(bytes.ConsumeIntegralInRange(0, 2)), &address,
                                             0, nullptr, size, &raw);
        require(driver.reads_as_dictionary(shm::kStateProperty), "the state can always be read");
        require(driver.reads_as_dictionary(shm::kAttachProperty), "so can the attachment");
    }
    driver.drain();
}

}  // namespace
}  // namespace gecko::fuzz

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    gecko::fuzz::set_up_surroundings();
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    FuzzedDataProvider bytes(data, size);
    gecko::fuzz::run(bytes);
    return 0;
}
