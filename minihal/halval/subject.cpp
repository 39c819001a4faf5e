#include "minihal/halval/subject.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "minihal/halval/virtual_time.hpp"
#include "minihal/host/status_text.hpp"

namespace minihal::halval {

namespace {

constexpr size_t kMostObjects = 4096;

// Behind every buffer that a plug-in is given.
constexpr size_t kCanary = 64;
constexpr std::uint8_t kCanaryByte = 0xA5;

// The lists that objects are found in.
constexpr AudioObjectPropertySelector kLists[] = {
    kAudioPlugInPropertyDeviceList,   kAudioPlugInPropertyBoxList, kAudioPlugInPropertyClockDeviceList,
    kAudioObjectPropertyOwnedObjects, kAudioDevicePropertyStreams, kAudioObjectPropertyControlList,
};
constexpr AudioObjectPropertyScope kScopes[] = {
    kAudioObjectPropertyScopeGlobal, kAudioObjectPropertyScopeInput, kAudioObjectPropertyScopeOutput};

}  // namespace

Subject::Subject(const BundleInfo& bundle, int patience_seconds) : bundle_(bundle), host_(patience_seconds) {}

std::optional<std::string> Subject::reach(Stage stage) {
    while (stage_ < stage) {
        const auto next = static_cast<Stage>(static_cast<std::uint8_t>(stage_) + 1);
        if (auto error = reach_next(next)) return error;
        stage_ = next;
    }
    return std::nullopt;
}

std::optional<std::string> Subject::reach_next(Stage stage) {
    switch (stage) {
        case Stage::kNothing:
            break;
        case Stage::kLoaded: {
            virtual_time::begin();
            const auto factory = load_factory(bundle_);
            if (!factory) return factory.error();
            factory_ = *factory;
            break;
        }
        case Stage::kFactory: {
            const auto driver = driver_from(factory_, bundle_.factory);
            if (!driver) return driver.error();
            driver_ = *driver;
            break;
        }
        case Stage::kInitialized: {
            const auto status = calls().Initialize(driver_, host_.ref());
            if (status != 0) return fmt::format("Initialize failed with {}", status_text(status));
            break;
        }
        case Stage::kObjects:
            walk();
            break;
    }
    return std::nullopt;
}

// Every object once, in the order in which it is found.
void Subject::walk() {
    objects_ = {{.id = kAudioObjectPlugInObject}};
    for (size_t i = 0; i < objects_.size() && i < kMostObjects; ++i) {
        auto object = objects_[i];
        const auto class_id = value<AudioClassID>(object.id, address_of(kAudioObjectPropertyClass));
        if (!class_id && object.id != kAudioObjectPlugInObject) {
            ghosts_.push_back(object);
            continue;
        }
        object.class_id = class_id.value_or(0);
        object.base_class =
            value<AudioClassID>(object.id, address_of(kAudioObjectPropertyBaseClass)).value_or(0);
        const auto* rule = find_class(object.class_id);
        if (rule == nullptr) rule = find_class(object.base_class);
        object.sort = rule != nullptr ? rule->sort : kOtherSort;
        if (object.is(kDeviceSort | kClockDeviceSort)) object.device = object.id;
        objects_[i] = object;
        for (const auto selector : kLists) {
            for (const auto scope : kScopes) {
                for (const auto id : list<AudioObjectID>(object.id, address_of(selector, scope))) {
                    if (std::ranges::find(objects_, id, &Object::id) != objects_.end()) continue;
                    objects_.push_back({.id = id, .found_in = object.id, .device = object.device});
                }
            }
        }
    }
    std::erase_if(objects_, [&](const Object& object) {
        return std::ranges::find(ghosts_, object.id, &Object::id) != ghosts_.end();
    });
    for (const auto& object : objects_) find_declared(object);
}

void Subject::find_declared(const Object& object) {
    using Info = AudioServerPlugInCustomPropertyInfo;
    for (const auto& info : list<Info>(object.id, address_of(kAudioObjectPropertyCustomPropertyInfoList))) {
        const bool is_cf = info.mPropertyDataType == kAudioServerPlugInCustomPropertyDataTypeCFString ||
                           info.mPropertyDataType == kAudioServerPlugInCustomPropertyDataTypeCFPropertyList;
        if (!is_cf || info.mQualifierDataType != kAudioServerPlugInCustomPropertyDataTypeNone ||
            find_rule(object.sort, info.mSelector) != nullptr)
            continue;
        declared_.push_back({.object = object.id,
                             .rule = {.sorts = object.sort,
                                      .selector = info.mSelector,
                                      .form = Form::kPropertyList,
                                      .size = sizeof(CFTypeRef),
                                      .presence = Presence::kOptional}});
    }
}

std::vector<Object> Subject::objects(Sorts sorts) const {
    std::vector<Object> fitting;
    std::ranges::copy_if(objects_, std::back_inserter(fitting),
                         [&](const Object& object) { return object.is(sorts); });
    return fitting;
}

std::vector<Object> Subject::objects_of(AudioObjectID device, Sorts sorts) const {
    auto fitting = objects(sorts);
    std::erase_if(fitting, [&](const Object& object) { return object.device != device; });
    return fitting;
}

std::string Subject::name(const Object& object) const {
    const char* const sort = object.is(kPlugInSort)                      ? "plug-in"
                             : object.is(kBoxSort)                       ? "box"
                             : object.is(kDeviceSort | kClockDeviceSort) ? "device"
                             : object.is(kStreamSort)                    ? "stream"
                             : object.is(kControlSorts)                  ? "control"
                                                                         : "object";
    return object.is(kControlSorts) ? fmt::format("{} {} {}", sort, object.id, four(object.class_id))
                                    : fmt::format("{} {}", sort, object.id);
}

AudioObjectID Subject::unused_id() const {
    AudioObjectID id = 7001;
    const auto is = [&](const std::vector<Object>& objects) {
        return std::ranges::find(objects, id, &Object::id) != objects.end();
    };
    while (is(objects_) || is(ghosts_)) ++id;
    return id;
}

bool Subject::has(AudioObjectID object, const AudioObjectPropertyAddress& address) const {
    return calls().HasProperty(driver_, object, 0, &address) != 0;
}

OSStatus Subject::settable(AudioObjectID object, const AudioObjectPropertyAddress& address, bool& is) const {
    Boolean answer = 0;
    const auto status = calls().IsPropertySettable(driver_, object, 0, &address, &answer);
    is = answer != 0;
    return status;
}

OSStatus Subject::size(AudioObjectID object, const AudioObjectPropertyAddress& address,
                       const Bytes& qualifier, UInt32& bytes) const {
    bytes = 0;
    const auto status =
        calls().GetPropertyDataSize(driver_, object, 0, &address, static_cast<UInt32>(qualifier.size()),
                                    qualifier.empty() ? nullptr : qualifier.data(), &bytes);
    bytes = std::min(bytes, kMostBytes);
    return status;
}

Got Subject::get(AudioObjectID object, const AudioObjectPropertyAddress& address, const Bytes& qualifier,
                 size_t capacity, const Bytes& input) const {
    // Aligned for any value, as a host's buffers are.
    Got got{.status = 0,
            .size = 0,
            .bytes = Bytes(capacity + kCanary, kCanaryByte),
            .overrun = false,
            .written = false};
    std::copy_n(input.begin(), std::min(input.size(), capacity), got.bytes.begin());
    got.status = calls().GetPropertyData(driver_, object, 0, &address, static_cast<UInt32>(qualifier.size()),
                                         qualifier.empty() ? nullptr : qualifier.data(),
                                         static_cast<UInt32>(capacity), &got.size, got.bytes.data());
    got.overrun = std::any_of(got.bytes.begin() + static_cast<std::ptrdiff_t>(capacity), got.bytes.end(),
                              [](std::uint8_t byte) { return byte != kCanaryByte; });
    got.bytes.resize(capacity);
    for (size_t at = 0; at < capacity; ++at)
        got.written = got.written || got.bytes[at] != (at < input.size() ? input[at] : kCanaryByte);
    return got;
}

OSStatus Subject::set(AudioObjectID object, const AudioObjectPropertyAddress& address,
                      const Bytes& value) const {
    // A buffer of no bytes is a place all the same.
    Bytes data = value;
    data.resize(std::max<size_t>(data.size(), 64));
    return calls().SetPropertyData(driver_, object, 0, &address, 0, nullptr,
                                   static_cast<UInt32>(value.size()), data.data());
}

Bytes Subject::qualifier_for(const Object& object, Takes takes) const {
    switch (takes) {
        case Takes::kUid:
            for (const auto& device : objects_) {
                if (!device.is(kDeviceSort)) continue;
                const auto uid =
                    get(device.id, address_of(kAudioDevicePropertyDeviceUID), {}, sizeof(CFStringRef))
                        .as<CFStringRef>();
                if (uid && *uid != nullptr) return bytes_of(*uid);
            }
            return bytes_of(CFSTR("halval: nobody has this UID"));
        case Takes::kItem: {
            const auto items =
                list<UInt32>(object.id, address_of(kAudioSelectorControlPropertyAvailableItems));
            return bytes_of(items.empty() ? UInt32{0} : items[0]);
        }
        default:
            return {};
    }
}

Bytes Subject::input_for(const Object& object, Takes takes) const {
    if (takes == Takes::kScalar) return bytes_of(Float32{0.5F});
    if (takes != Takes::kDecibel) return {};
    const auto range = value<AudioValueRange>(object.id, address_of(kAudioLevelControlPropertyDecibelRange));
    return bytes_of(static_cast<Float32>(range ? (range->mMinimum + range->mMaximum) / 2 : 0));
}

std::optional<std::string> Subject::text(AudioObjectID object, const AudioObjectPropertyAddress& address,
                                         const Bytes& qualifier) const {
    const auto string = get(object, address, qualifier, sizeof(CFStringRef)).as<CFStringRef>();
    return string && *string != nullptr ? wire::text_of(*string) : std::nullopt;
}

std::string four(UInt32 code) {
    return status_text(static_cast<OSStatus>(code));
}

std::string text_of(const AudioObjectPropertyAddress& address) {
    std::string text = four(address.mSelector);
    if (address.mScope == kAudioObjectPropertyScopeInput)
        text += " (input)";
    else if (address.mScope == kAudioObjectPropertyScopeOutput)
        text += " (output)";
    else if (address.mScope != kAudioObjectPropertyScopeGlobal)
        text += " (" + four(address.mScope) + ")";
    if (address.mElement != 0) text += fmt::format(" element {}", address.mElement);
    return text;
}

}  // namespace minihal::halval
