#include "minihal/hardware/properties.hpp"

#include <algorithm>

namespace minihal::hardware {

namespace {

const Property* find(std::span<const Property> table, const Subject& subject) {
    // Both channels' volumes are alike.
    const auto object = subject.object == Object::kRightVolume ? Object::kVolume : subject.object;
    for (const auto& property : table) {
        if (property.object != object || property.selector != subject.address.mSelector) continue;
        const bool on_a_side = subject.address.mScope == kAudioObjectPropertyScopeInput ||
                               subject.address.mScope == kAudioObjectPropertyScopeOutput;
        return property.scopes == Scopes::kAny || on_a_side ? &property : nullptr;
    }
    return nullptr;
}

}  // namespace

Properties::Properties(Hardware& hardware, AudioObjectID object, const AudioObjectPropertyAddress& address,
                       CFTypeRef qualifier)
    : device_(hardware.owner_of(object)),
      subject_{.hardware = hardware,
               .device = device_.get(),
               .object = Object::kPlugIn,
               .address = address,
               .qualifier = qualifier,
               .input_value = {}} {
    if (device_) subject_.object = static_cast<Object>(object - device_->id(Object::kDevice));
    if (device_ ? !device_->has(subject_.object) : object != kAudioObjectPlugInObject) return;
    // Of a device that is gone only that is left.
    const bool lives = !device_ || !device_->gone();
    if (!lives &&
        (subject_.object != Object::kDevice || address.mSelector != kAudioDevicePropertyDeviceIsAlive))
        return;
    missing_ = kAudioHardwareUnknownPropertyError;
    for (const auto table : {plug_in_properties(), device_properties(), output_stream_properties(),
                             input_stream_properties(), control_properties()}) {
        if (property_ == nullptr) property_ = find(table, subject_);
    }
    const bool aggregate = device_ && device_->options().transport.code == kAudioDeviceTransportTypeAggregate;
    if (property_ == nullptr && aggregate) property_ = find(aggregate_properties(), subject_);
}

OSStatus Properties::settable(bool& settable) const {
    if (property_ == nullptr) return missing_;
    settable = property_->set != nullptr;
    return kAudioHardwareNoError;
}

OSStatus Properties::size(uint32_t& size) const {
    if (property_ == nullptr) return missing_;
    size = sizeof(CFTypeRef);
    if (property_->get == nullptr) return kAudioHardwareNoError;
    Bytes value;
    property_->get(subject_, value);
    size = static_cast<uint32_t>(value.size());
    return kAudioHardwareNoError;
}

OSStatus Properties::get(uint32_t capacity, uint32_t& size, void* data) {
    if (property_ == nullptr) return missing_;
    subject_.input_value = {static_cast<const uint8_t*>(data), std::min<size_t>(capacity, sizeof(Float32))};
    if (property_->get == nullptr) {
        if (capacity < sizeof(CFTypeRef)) return kAudioHardwareBadPropertySizeError;
        const CFTypeRef object = property_->get_object(subject_).release();
        std::memcpy(data, &object, sizeof object);
        size = sizeof object;
        return kAudioHardwareNoError;
    }
    Bytes value;
    property_->get(subject_, value);
    if (property_->element > 0)
        value.resize(
            std::min<size_t>(value.size(), size_t{capacity} / property_->element * property_->element));
    if (value.size() > capacity) return kAudioHardwareBadPropertySizeError;
    if (!value.empty()) std::memcpy(data, value.data(), value.size());
    size = static_cast<uint32_t>(value.size());
    return kAudioHardwareNoError;
}

OSStatus Properties::set(std::span<const uint8_t> data) const {
    if (property_ == nullptr) return missing_;
    if (property_->set == nullptr) return kAudioHardwareUnsupportedOperationError;
    return property_->set(subject_, data);
}

}  // namespace minihal::hardware
