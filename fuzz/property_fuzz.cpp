// The five property calls: any object, selector, scope, element, qualifier and value, buffers of any size, and a storage in which
// anything may lie. They agree about what is there, stay in the buffers, give away what they say, and whatever was set, the device
// has a volume, a mute and a rate of its own afterwards.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "driver/cf.hpp"
#include "driver/property_table.hpp"
#include "driver/rates.hpp"
#include "fuzz/property_lists.hpp"
#include "fuzz/support.hpp"
#include "fuzz/surroundings.hpp"

namespace gecko::fuzz {
namespace {

using driver::CfOwned;
using driver::Property;

/// Bytes of exactly their size, so that a step beyond them is seen.
class Buffer {
  public:
    explicit Buffer(std::size_t size) : size_(size), bytes_(std::make_unique<std::byte[]>(size)) {}
    Buffer(FuzzedDataProvider& from, std::size_t size) : Buffer(size) {
        const auto bytes = from.ConsumeBytes<std::byte>(size);
        if (!bytes.empty()) std::memcpy(bytes_.get(), bytes.data(), bytes.size());
    }
    void put(const void* value, std::size_t size) { std::memcpy(bytes_.get(), value, std::min(size, size_)); }
    [[nodiscard]] std::byte* data() { return bytes_.get(); }
    [[nodiscard]] UInt32 size() const { return static_cast<UInt32>(size_); }

  private:
    std::size_t size_;
    std::unique_ptr<std::byte[]> bytes_;
};

bool holds_object(const Property& row) {
    const std::string_view type = row.type;
    return type == "CFString" || type == "CFPropertyList";
}

class Session {
  public:
    explicit Session(FuzzedDataProvider& bytes) : bytes_(bytes) {
        set_now(1'000'000'000);
        for (const char* key : {"volume", "mute", "rate"}) {
            if (!bytes_.ConsumeBool()) continue;
            const CfOwned value(make_value(bytes_, name_));
            host_.keep(key, value.get());
        }
        require((*ref())->Initialize(ref(), host_.ref()) == 0,
                "the driver starts, whatever the storage holds");
        expect_sound();
    }
    ~Session() { work(); }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    void step() {
        const AudioObjectID object = bytes_.ConsumeIntegralInRange(0, 9) != 0
                                         ? bytes_.ConsumeIntegralInRange<AudioObjectID>(0, 6)
                                         : bytes_.ConsumeIntegral<AudioObjectID>();
        const AudioObjectPropertyAddress address = make_address();
        const Property* row = driver::find_property(object, address);
        agree(object, address, row);
        switch (bytes_.ConsumeIntegralInRange(0, 2)) {
            case 0:
                get(object, address, row);
                break;
            case 1:
                set(object, address, row);
                break;
            default:
                work();
                break;
        }
        expect_sound();
    }

  private:
    AudioServerPlugInDriverRef ref() { return plug_in_.ref(); }
    AudioServerPlugInDriverInterface& table() { return **ref(); }
    pid_t client() { return static_cast<pid_t>(bytes_.ConsumeIntegralInRange(0, 2)); }

    AudioObjectPropertyAddress make_address() {
        const auto rows = driver::property_table();
        AudioObjectPropertyAddress address{};
        address.mSelector =
            bytes_.ConsumeIntegralInRange(0, 9) != 0
                ? rows[bytes_.ConsumeIntegralInRange<std::size_t>(0, rows.size() - 1)].selector
                : bytes_.ConsumeIntegral<UInt32>();
        constexpr std::array<UInt32, 5> kScopes = {
            kAudioObjectPropertyScopeGlobal, kAudioObjectPropertyScopeInput, kAudioObjectPropertyScopeOutput,
            kAudioObjectPropertyScopePlayThrough, kAudioObjectPropertyScopeWildcard};
        address.mScope = bytes_.ConsumeIntegralInRange(0, 9) != 0 ? bytes_.PickValueInArray(kScopes)
                                                                  : bytes_.ConsumeIntegral<UInt32>();
        address.mElement = bytes_.ConsumeIntegralInRange(0, 5) != 0 ? 0 : bytes_.ConsumeIntegral<UInt32>();
        return address;
    }

    /// The three calls that say whether a property is there.
    void agree(AudioObjectID object, const AudioObjectPropertyAddress& address, const Property* row) {
        const OSStatus expected = row != nullptr ? OSStatus{kAudioHardwareNoError}
                                  : driver::find_object(object) != nullptr
                                      ? OSStatus{kAudioHardwareUnknownPropertyError}
                                      : OSStatus{kAudioHardwareBadObjectError};
        require((table().HasProperty(ref(), object, client(), &address) != 0) == (row != nullptr),
                "HasProperty is what the table says");
        Boolean settable = 2;
        require(table().IsPropertySettable(ref(), object, client(), &address, &settable) == expected,
                "IsPropertySettable agrees with HasProperty");
        require(row == nullptr || (settable != 0) == (row->set != nullptr), "and with the table");
        UInt32 size = 0;
        require(table().GetPropertyDataSize(ref(), object, client(), &address, 0, nullptr, &size) == expected,
                "GetPropertyDataSize agrees with HasProperty");
    }

    /// A qualifier: bytes, or, where the property takes what it points to, an object.
    Buffer make_qualifier(const Property* row, std::optional<CfOwned<CFTypeRef>>& object) {
        const auto size = bytes_.ConsumeIntegralInRange<std::size_t>(0, 40);
        if (row == nullptr || row->qualifier != driver::Qualifier::string) return {bytes_, size};
        object.emplace(make_value(bytes_, bytes_.ConsumeBool() ? shm::kDeviceUid : name_));
        Buffer buffer(bytes_.ConsumeBool() ? sizeof(CFTypeRef) : size);
        const CFTypeRef pointer = object->get();
        buffer.put(&pointer, sizeof pointer);
        return buffer;
    }

    void get(AudioObjectID object, const AudioObjectPropertyAddress& address, const Property* row) {
        std::optional<CfOwned<CFTypeRef>> held;
        Buffer qualifier = make_qualifier(row, held);
        const bool none = bytes_.ConsumeIntegralInRange(0, 9) == 0;
        const void* const pointer = none ? nullptr : qualifier.data();
        Buffer data(bytes_, bytes_.ConsumeIntegralInRange<std::size_t>(0, bytes_.ConsumeBool() ? 64 : 1'024));
        UInt32 size = 0;
        UInt32 written = 0;
        const OSStatus sized =
            table().GetPropertyDataSize(ref(), object, client(), &address, qualifier.size(), pointer, &size);
        const OSStatus status = table().GetPropertyData(ref(), object, client(), &address, qualifier.size(),
                                                        pointer, data.size(), &written, data.data());
        if (status != 0) return;
        require(row != nullptr && sized == 0, "what can be read has a size");
        require(written <= data.size() && written <= size, "no more is written than there is, or room for");
        if (row->is_list) {
            require(written == std::min(size, data.size() / row->size * row->size),
                    "a list is cut to the whole items that fit");
        } else {
            require(written == row->size, "a value is whole");
        }
        if (!holds_object(*row)) return;
        CFTypeRef value = nullptr;
        std::memcpy(&value, data.data(), sizeof value);
        require(value != nullptr, "an object that is read is there");
        ::CFRelease(value);
    }

    void set(AudioObjectID object, const AudioObjectPropertyAddress& address, const Property* row) {
        std::optional<CfOwned<CFTypeRef>> held;
        Buffer qualifier = make_qualifier(row, held);
        const bool right_size = row != nullptr && bytes_.ConsumeIntegralInRange(0, 3) != 0;
        Buffer data(bytes_, right_size ? row->size : bytes_.ConsumeIntegralInRange<std::size_t>(0, 64));
        const CfOwned value(row != nullptr && holds_object(*row) ? make_request(bytes_, name_) : nullptr);
        if (row != nullptr && holds_object(*row)) {
            const CFTypeRef pointer = value.get();
            data.put(&pointer, sizeof pointer);
        } else if (right_size && bytes_.ConsumeBool()) {
            make_likely(*row, data);
        }
        const OSStatus status = table().SetPropertyData(ref(), object, client(), &address, qualifier.size(),
                                                        qualifier.data(), data.size(), data.data());
        if (status == 0)
            require(row != nullptr && row->set != nullptr && data.size() == row->size,
                    "only what can be set is, with its own size");
    }

    /// A value that may be taken.
    void make_likely(const Property& row, Buffer& data) {
        const std::string_view type = row.type;
        const auto rate = static_cast<double>(bytes_.PickValueInArray(driver::kRates));
        const auto level = static_cast<Float32>(real(bytes_));
        const UInt32 flag = bytes_.ConsumeIntegralInRange<UInt32>(0, 2);
        if (type == "Float64") data.put(&rate, sizeof rate);
        if (type == "Float32") data.put(&level, sizeof level);
        if (type == "UInt32") data.put(&flag, sizeof flag);
        if (type != "AudioStreamBasicDescription") return;
        const auto address = global(kAudioStreamPropertyVirtualFormat);
        AudioStreamBasicDescription format{};
        UInt32 written = 0;
        (void)table().GetPropertyData(ref(), driver::kStreamId, 0, &address, 0, nullptr, sizeof format,
                                      &written, &format);
        format.mSampleRate = bytes_.ConsumeBool() ? rate : real(bytes_, rate);
        if (bytes_.ConsumeBool()) format.mChannelsPerFrame = bytes_.ConsumeIntegral<UInt32>();
        data.put(&format, sizeof format);
    }

    /// What the control thread does, and the host in answer.
    void work() {
        auto& queue = plug_in_.device().control_queue();
        (void)queue.drain();
        for (const UInt64 action : host_.take_requests()) {
            require(driver::supported_rate(static_cast<double>(action)).has_value(),
                    "only rates that the device has are asked for");
            (void)(bytes_.ConsumeBool()
                       ? table().PerformDeviceConfigurationChange(ref(), driver::kDeviceId, action, nullptr)
                       : table().AbortDeviceConfigurationChange(ref(), driver::kDeviceId, action, nullptr));
        }
        (void)queue.drain();
        (void)host_.take_changes();
    }

    template <class T>
    T value_of(AudioObjectID object, AudioObjectPropertySelector selector) {
        const auto address = global(selector);
        T value{};
        UInt32 written = 0;
        require(table().GetPropertyData(ref(), object, 0, &address, 0, nullptr, sizeof value, &written,
                                        &value) == 0,
                "volume, mute and rate can always be read");
        return value;
    }
    void expect_sound() {
        const auto scalar = value_of<Float32>(driver::kVolumeId, kAudioLevelControlPropertyScalarValue);
        const auto decibels = value_of<Float32>(driver::kVolumeId, kAudioLevelControlPropertyDecibelValue);
        require(scalar >= 0 && scalar <= 1 && decibels >= -64 && decibels <= 0, "the volume is in its range");
        require(value_of<UInt32>(driver::kMuteId, kAudioBooleanControlPropertyValue) <= 1, "muted or not");
        const auto rate = value_of<Float64>(driver::kDeviceId, kAudioDevicePropertyNominalSampleRate);
        require(driver::supported_rate(rate).has_value(), "the rate is one of the device's");
    }

    FuzzedDataProvider& bytes_;
    const std::string name_ = new_segment_name();  // of a segment that is not there
    driver::test::FakeHost host_;
    driver::PlugIn plug_in_{driver::ControlCalls::drained};
};

}  // namespace
}  // namespace gecko::fuzz

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    gecko::fuzz::set_up_surroundings();
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return gecko::fuzz::run_session<gecko::fuzz::Session>(data, size, 100);
}
