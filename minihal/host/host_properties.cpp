// Host: requests about properties.
#include <algorithm>
#include <cstring>
#include <ranges>

#include "minihal/hardware/simulated_hardware.hpp"
#include "minihal/host/device_controls.hpp"
#include "minihal/host/host.hpp"
#include "minihal/host/replies.hpp"
#include "minihal/host/system_object.hpp"
#include "minihal/wire/plist.hpp"

namespace minihal {

using wire::CfRef;
using wire::MessageType;
using wire::PropertyKinds;
using wire::Reply;
using wire::ValueKind;

namespace {

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
    auto stands_for = control_property(*call.plug_in, local->id, call.request.address);
    if (!stands_for && registry_.device(call.request.object) != nullptr)
        stands_for = stream_property(*call.plug_in, local->id, call.request.address);
    if (stands_for) {
        call.object.id = stands_for->object;
        call.request.address = stands_for->address;
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
        return answer(Boolean{DefaultDevices::is_one(address.mSelector) ||
                              address.mSelector == kAudioHardwarePropertyRunLoop});
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
    // Notifications come on a thread of the library, whatever run loop a client names; so they do under macOS without one.
    if (selector == kAudioHardwarePropertyRunLoop) return kAudioHardwareNoError;
    if (!DefaultDevices::is_one(selector)) return kAudioHardwareUnsupportedOperationError;
    AudioObjectID device = 0;
    if (data.size() != sizeof device) return kAudioHardwareBadPropertySizeError;
    std::memcpy(&device, data.data(), sizeof device);
    bool changed = false;
    const auto status = defaults_.set(selector, device, changed);
    if (changed) server_->notify(kAudioObjectSystemObject, {address_of(selector)});
    return status;
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
