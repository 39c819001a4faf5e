// Host: requests about properties.
#include <algorithm>
#include <cstring>
#include <ranges>

#include "minihal/hardware/simulated_hardware.hpp"
#include "minihal/host/device_controls.hpp"
#include "minihal/host/host.hpp"
#include "minihal/host/system_object.hpp"
#include "minihal/wire/plist.hpp"

namespace minihal {

using wire::CfRef;
using wire::MessageType;
using wire::PropertyKinds;
using wire::Reply;
using wire::ValueKind;

namespace {

Reply failed(OSStatus status) {
    return {.status = status, .value = {}};
}

template <typename T>
Reply answer(const T& value) {
    wire::Writer writer;
    writer.put(value);
    return {.status = kAudioHardwareNoError, .value = writer.take()};
}

// Bytes of a value in the caller's memory, where a CF object is a pointer.
Reply size_of(const std::vector<uint8_t>& value, ValueKind kind) {
    return answer(static_cast<UInt32>(kind == ValueKind::kBytes ? value.size() : sizeof(CFTypeRef)));
}

// A value that does not fit is refused, but for lists, which are cut to whole elements.
Reply fitted(std::vector<uint8_t> value, ValueKind kind, UInt32 room, bool list) {
    const auto size = kind == ValueKind::kBytes ? value.size() : sizeof(CFTypeRef);
    if (list) {
        value.resize(std::min<size_t>(value.size(), room / sizeof(UInt32) * sizeof(UInt32)));
    } else if (size > room) {
        return failed(kAudioHardwareBadPropertySizeError);
    }
    return {.status = kAudioHardwareNoError, .value = std::move(value)};
}

// How the property's values travel; nothing for what neither Apple's list nor the plug-in's own has, which a host could
// not carry.
std::optional<PropertyKinds> kinds_of(const PlugIn& plug_in, AudioObjectID object,
                                      AudioObjectPropertySelector selector) {
    if (const auto kinds = wire::standard_kinds(selector)) return kinds;
    const auto kind = [](UInt32 type) {
        switch (type) {
            case kAudioServerPlugInCustomPropertyDataTypeCFString:
                return ValueKind::kString;
            case kAudioServerPlugInCustomPropertyDataTypeCFPropertyList:
                return ValueKind::kPropertyList;
            default:
                return ValueKind::kBytes;
        }
    };
    const auto address = address_of(kAudioObjectPropertyCustomPropertyInfoList);
    for (const auto& info : plug_in.get_list<AudioServerPlugInCustomPropertyInfo>(object, address)) {
        if (info.mSelector == selector) {
            return PropertyKinds{.data = kind(info.mPropertyDataType),
                                 .qualifier = kind(info.mQualifierDataType)};
        }
    }
    return std::nullopt;
}

}  // namespace

void Host::request(const Process& process, const wire::Message& message) {
    if (message.type == MessageType::kStartIo || message.type == MessageType::kStopIo) {
        const auto client = wire::decode<wire::ClientRequest>(message.payload)->client;
        return start_or_stop(process.token, message.type, message.id, client);
    }
    if (message.type == MessageType::kSetInputs) {
        const auto inputs = *wire::decode<wire::InputsRequest>(message.payload);
        const auto found = clients_.find(inputs.client);
        const bool own = found != clients_.end() && found->second.process == process.token;
        if (own) set_inputs(inputs.client, found->second, inputs.inputs);
        return server_->reply(
            process.token, message.id,
            failed(own ? OSStatus{kAudioHardwareNoError} : OSStatus{kAudioHardwareBadDeviceError}));
    }
    server_->reply(process.token, message.id,
                   property(process, message.type, *wire::decode<wire::PropertyRequest>(message.payload)));
}

Reply Host::property(const Process& process, MessageType type, wire::PropertyRequest request) {
    PropertyCall call{
        .pid = process.pid, .request = std::move(request), .plug_in = nullptr, .object = {}, .kinds = {}};
    if (call.request.object == kAudioObjectSystemObject) return system_property(type, call.request);
    const auto local = registry_.objects.local(call.request.object);
    if (!local) return failed(kAudioHardwareBadObjectError);
    call.object = *local;
    call.plug_in = registry_.plug_ins[local->plug_in].get();
    const auto kinds = kinds_of(*call.plug_in, local->id, call.request.address.mSelector);
    if (type == MessageType::kGetPropertyKinds) return answer(kinds.value_or(PropertyKinds{}));
    if (!kinds) {
        return type == MessageType::kHasProperty ? answer(Boolean{0})
                                                 : failed(kAudioHardwareUnknownPropertyError);
    }
    call.kinds = *kinds;
    if (const auto control = control_property(*call.plug_in, local->id, call.request.address)) {
        call.object.id = control->object;
        call.request.address = control->address;
    }
    if (auto reply = host_property(type, call)) return *reply;
    return plug_in_property(type, call);
}

Reply Host::system_property(MessageType type, const wire::PropertyRequest& request) {
    const auto& address = request.address;
    const auto kind = wire::standard_kinds(address.mSelector).value_or(PropertyKinds{}).data;
    if (type == MessageType::kGetPropertyKinds) return answer(PropertyKinds{});
    if (type == MessageType::kHasProperty) return answer(Boolean{system_object::has(address)});
    if (!system_object::has(address)) return failed(kAudioHardwareUnknownPropertyError);
    if (type == MessageType::kIsPropertySettable)
        return answer(Boolean{DefaultDevices::is_one(address.mSelector)});
    if (type == MessageType::kSetPropertyData) {
        return failed(set_default(address.mSelector, request.data));
    }
    auto value = system_object::get(registry_, address, request.qualifier);
    if (!value) {
        // The size of a translation does not depend on what is translated.
        const bool sized = type == MessageType::kGetPropertyDataSize && request.qualifier.empty();
        return sized ? answer(static_cast<UInt32>(sizeof(AudioObjectID))) : failed(value.error());
    }
    if (type == MessageType::kGetPropertyDataSize) return size_of(*value, kind);
    const bool list = address.mSelector == kAudioHardwarePropertyDevices ||
                      address.mSelector == kAudioHardwarePropertyPlugInList ||
                      address.mSelector == kAudioObjectPropertyOwnedObjects;
    return fitted(std::move(*value), kind, request.size, list);
}

OSStatus Host::set_default(AudioObjectPropertySelector selector, const std::vector<uint8_t>& data) {
    if (!DefaultDevices::is_one(selector)) return kAudioHardwareUnsupportedOperationError;
    AudioObjectID device = 0;
    if (data.size() != sizeof device) return kAudioHardwareBadPropertySizeError;
    std::memcpy(&device, data.data(), sizeof device);
    bool changed = false;
    const auto status = defaults_.set(selector, device, changed);
    if (changed) server_->notify(kAudioObjectSystemObject, {address_of(selector)});
    return status;
}

// Those that the HAL gives a device, whatever its plug-in knows of them.
std::optional<Reply> Host::host_property(MessageType type, const PropertyCall& call) {
    auto* const device = registry_.device(call.request.object);
    if (device == nullptr) return std::nullopt;
    const auto& address = call.request.address;
    std::vector<uint8_t> value;
    const auto put = [&value](auto item) {
        wire::Writer writer;
        writer.put(item);
        value = writer.take();
    };
    switch (address.mSelector) {
        case kAudioDevicePropertyBufferFrameSize:
            put(device->buffer_frames);
            break;
        case kAudioDevicePropertyBufferFrameSizeRange:
            put(AudioValueRange{.mMinimum = wire::kMinBufferFrames, .mMaximum = wire::kMaxBufferFrames});
            break;
        case kAudioDevicePropertyStreamConfiguration:
            value = stream_configuration(*call.plug_in, call.object.id, address.mScope);
            break;
        case kAudioDevicePropertyDeviceIsRunningSomewhere:
            put(UInt32{runs(device->id)});
            break;
        case kAudioDevicePropertyHogMode:
            put(device->hog);
            break;
        case kAudioDevicePropertyPlugIn:
            put(registry_.plug_in_object(*call.plug_in));
            break;
        default:
            return std::nullopt;
    }
    const bool settable = address.mSelector == kAudioDevicePropertyBufferFrameSize ||
                          address.mSelector == kAudioDevicePropertyHogMode;
    switch (type) {
        case MessageType::kHasProperty:
            return answer(Boolean{1});
        case MessageType::kIsPropertySettable:
            return answer(Boolean{settable});
        case MessageType::kGetPropertyDataSize:
            return size_of(value, ValueKind::kBytes);
        case MessageType::kSetPropertyData:
            if (!settable) return failed(kAudioHardwareUnsupportedOperationError);
            return failed(address.mSelector == kAudioDevicePropertyHogMode
                              ? toggle_hog(*device, call.pid, call.request.data)
                              : set_buffer_frames(*device, call.request.data));
        default:
            return fitted(std::move(value), ValueKind::kBytes, call.request.size, false);
    }
}

OSStatus Host::set_buffer_frames(Device& device, const std::vector<uint8_t>& data) {
    UInt32 frames = 0;
    if (data.size() != sizeof frames) return kAudioHardwareBadPropertySizeError;
    std::memcpy(&frames, data.data(), sizeof frames);
    if (frames < wire::kMinBufferFrames || frames > wire::kMaxBufferFrames)
        return kAudioHardwareIllegalOperationError;
    if (std::exchange(device.buffer_frames, frames) == frames) return kAudioHardwareNoError;
    io_->set_buffer_frames(device.id, frames);
    server_->notify(device.id, {address_of(kAudioDevicePropertyBufferFrameSize)});
    return kAudioHardwareNoError;
}

// What is set is not looked at, as under macOS: it takes the device or gives it back.
OSStatus Host::toggle_hog(Device& device, pid_t pid, const std::vector<uint8_t>& data) {
    if (data.size() != sizeof(pid_t)) return kAudioHardwareBadPropertySizeError;
    if (device.hog != kNoHog && device.hog != pid) return kAudioDevicePermissionsError;
    set_hog(device, device.hog == pid ? kNoHog : pid);
    return kAudioHardwareNoError;
}

// The plug-in is told where it wants to know, which only simulated hardware does.
void Host::set_hog(Device& device, pid_t pid) {
    device.hog = pid;
    const auto& plug_in = registry_.plug_in_of(device);
    const auto address = address_of(kAudioDevicePropertyHogMode);
    if (plug_in.calls().HasProperty(plug_in.driver(), device.local.id, 0, &address) != 0) {
        plug_in.calls().SetPropertyData(plug_in.driver(), device.local.id, pid, &address, 0, nullptr,
                                        sizeof pid, &pid);
    }
    if (server_ != nullptr) server_->notify(device.id, {address});
}

Reply Host::plug_in_property(MessageType type, const PropertyCall& call) {
    const auto& calls = call.plug_in->calls();
    const auto driver = call.plug_in->driver();
    const auto& request = call.request;
    const auto* const address = &request.address;
    const auto object = call.object.id;
    if (type == MessageType::kHasProperty)
        return answer(calls.HasProperty(driver, object, call.pid, address));
    if (type == MessageType::kIsPropertySettable) {
        Boolean settable = 0;
        const auto status = calls.IsPropertySettable(driver, object, call.pid, address, &settable);
        return status == 0 ? answer(settable) : failed(status);
    }
    const auto decoded = call.kinds.qualifier != ValueKind::kBytes
                             ? wire::decode_cf(call.kinds.qualifier, request.qualifier)
                             : CfRef();
    if (!decoded) return failed(kAudioHardwareIllegalOperationError);
    const auto* const cf = decoded->get();
    const void* qualifier = request.qualifier.empty() ? nullptr : request.qualifier.data();
    auto qualifier_size = static_cast<UInt32>(request.qualifier.size());
    if (cf != nullptr) {
        qualifier = &cf;
        qualifier_size = sizeof cf;
    }
    if (type == MessageType::kGetPropertyDataSize) {
        UInt32 size = 0;
        const auto status =
            calls.GetPropertyDataSize(driver, object, call.pid, address, qualifier_size, qualifier, &size);
        return status == 0 ? answer(size) : failed(status);
    }
    return type == MessageType::kGetPropertyData ? get_data(call, qualifier, qualifier_size)
                                                 : set_data(call, qualifier, qualifier_size);
}

Reply Host::get_data(const PropertyCall& call, const void* qualifier, uint32_t qualifier_size) {
    const auto& request = call.request;
    const bool cf = call.kinds.data != ValueKind::kBytes;
    if (cf && request.size < sizeof(CFTypeRef)) return failed(kAudioHardwareBadPropertySizeError);
    const auto room = cf ? static_cast<UInt32>(sizeof(CFTypeRef)) : request.size;
    // A conversion finds its input where it puts its result.
    std::vector<uint8_t> value(std::max<size_t>(room, sizeof(CFTypeRef)));
    std::ranges::copy(request.data | std::views::take(cf ? 0 : room), value.begin());
    UInt32 size = 0;
    const auto status = call.plug_in->calls().GetPropertyData(call.plug_in->driver(), call.object.id,
                                                              call.pid, &request.address, qualifier_size,
                                                              qualifier, room, &size, value.data());
    if (status != 0) return failed(status);
    if (size > room) return failed(kAudioHardwareUnspecifiedError);
    if (!cf) {
        value.resize(size);
        registry_.objects.to_global(call.object, request.address.mSelector, value);
        return {.status = kAudioHardwareNoError, .value = std::move(value)};
    }
    CFTypeRef object = nullptr;
    if (size == sizeof object) std::memcpy(&object, value.data(), sizeof object);
    auto encoded = wire::encode_cf(call.kinds.data, CfRef(object).get());
    if (!encoded) return failed(kAudioHardwareUnspecifiedError);
    return {.status = kAudioHardwareNoError, .value = std::move(*encoded)};
}

Reply Host::set_data(const PropertyCall& call, const void* qualifier, uint32_t qualifier_size) {
    const auto& request = call.request;
    const auto set = [&](UInt32 size, const void* data) {
        return failed(call.plug_in->calls().SetPropertyData(call.plug_in->driver(), call.object.id, call.pid,
                                                            &request.address, qualifier_size, qualifier, size,
                                                            data));
    };
    if (call.kinds.data == ValueKind::kBytes)
        return set(static_cast<UInt32>(request.data.size()), request.data.data());
    const auto object = wire::decode_cf(call.kinds.data, request.data);
    if (!object) return failed(kAudioHardwareIllegalOperationError);
    const auto* const cf = object->get();
    // What is done to the machine is not the hardware's.
    std::string action;
    if (request.address.mSelector == kSimulatedHardwareProperty && plist::read(cf, "do", action)) {
        if (action == "sleep") return sleep(), failed(kAudioHardwareNoError);
        if (action == "wake") return wake(), failed(kAudioHardwareNoError);
    }
    return set(sizeof cf, &cf);
}

}  // namespace minihal
