// Host: properties of devices that the HAL has, not the plug-in.
#include <cstring>
#include <utility>

#include "minihal/host/host.hpp"
#include "minihal/host/replies.hpp"

namespace minihal {

using wire::MessageType;
using wire::Reply;
using wire::ValueKind;

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
        case kAudioDevicePropertyActualSampleRate:
            put(call.plug_in->get<Float64>(call.object.id, address_of(kAudioDevicePropertyNominalSampleRate))
                    .value_or(0.0));
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

}  // namespace minihal
