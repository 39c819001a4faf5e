#include "minihal/host/plug_in.hpp"

#include <fmt/format.h>

#include <mutex>

#include "minihal/host/status_text.hpp"
#include "minihal/host/storage.hpp"
#include "minihal/wire/cf_value.hpp"

namespace minihal {

// What the plug-in holds of the host. A plug-in is never released and may call from a thread of its own at any time,
// so this is never freed either; after the host's end it answers that nothing is running.
struct HostInterface {
    AudioServerPlugInHostInterface table;
    AudioServerPlugInDriverRef driver;  // kept for as long as the code is loaded
    size_t index;
    Storage storage;
    std::mutex mutex;
    PlugInEvents* events;
};

namespace {

HostInterface& self(AudioServerPlugInHostRef host) {
    return *reinterpret_cast<HostInterface*>(const_cast<AudioServerPlugInHostInterface*>(host));
}

OSStatus properties_changed(AudioServerPlugInHostRef host, AudioObjectID object, UInt32 count,
                            const AudioObjectPropertyAddress* addresses) {
    if (host == nullptr || (count > 0 && addresses == nullptr)) return kAudioHardwareIllegalOperationError;
    auto& interface = self(host);
    const std::scoped_lock lock(interface.mutex);
    if (interface.events == nullptr) return kAudioHardwareNotRunningError;
    interface.events->properties_changed(interface.index, object, {addresses, addresses + count});
    return kAudioHardwareNoError;
}

OSStatus copy_from_storage(AudioServerPlugInHostRef host, CFStringRef key, CFPropertyListRef* out) {
    if (host == nullptr || key == nullptr || out == nullptr) return kAudioHardwareIllegalOperationError;
    *out = self(host).storage.copy(key);
    return kAudioHardwareNoError;
}

OSStatus write_to_storage(AudioServerPlugInHostRef host, CFStringRef key, CFPropertyListRef value) {
    if (host == nullptr || key == nullptr || value == nullptr) return kAudioHardwareIllegalOperationError;
    return self(host).storage.write(key, value) ? kAudioHardwareNoError : kAudioHardwareUnspecifiedError;
}

OSStatus delete_from_storage(AudioServerPlugInHostRef host, CFStringRef key) {
    if (host == nullptr || key == nullptr) return kAudioHardwareIllegalOperationError;
    return self(host).storage.write(key, nullptr) ? kAudioHardwareNoError : kAudioHardwareUnspecifiedError;
}

OSStatus request_configuration_change(AudioServerPlugInHostRef host, AudioObjectID device, UInt64 action,
                                      void* info) {
    if (host == nullptr) return kAudioHardwareIllegalOperationError;
    auto& interface = self(host);
    const std::scoped_lock lock(interface.mutex);
    if (interface.events == nullptr) return kAudioHardwareNotRunningError;
    interface.events->configuration_change_requested(interface.index, device, action, info);
    return kAudioHardwareNoError;
}

HostInterface& new_host_interface(size_t index, PlugInEvents& events, const std::string& run_directory,
                                  const LoadedPlugIn& loaded) {
    // Reachable for ever, so that a leak checker knows it is meant.
    static std::mutex mutex;
    static auto& all = *new std::vector<HostInterface*>;
    auto* const host =
        new HostInterface{.table = {.PropertiesChanged = properties_changed,
                                    .CopyFromStorage = copy_from_storage,
                                    .WriteToStorage = write_to_storage,
                                    .DeleteFromStorage = delete_from_storage,
                                    .RequestDeviceConfigurationChange = request_configuration_change},
                          .driver = loaded.driver,
                          .index = index,
                          .storage = {run_directory, loaded.bundle_id},
                          .mutex = {},
                          .events = &events};
    const std::scoped_lock lock(mutex);
    all.push_back(host);
    return *host;
}

}  // namespace

std::expected<std::unique_ptr<PlugIn>, std::string> PlugIn::start(const LoadedPlugIn& loaded, size_t index,
                                                                  PlugInEvents& events,
                                                                  const std::string& run_directory) {
    auto& host = new_host_interface(index, events, run_directory, loaded);
    std::unique_ptr<PlugIn> plug_in(new PlugIn(loaded, index, host));
    if (const auto status = plug_in->calls().Initialize(loaded.driver, &host.table); status != 0) {
        return std::unexpected(fmt::format("Initialize failed with {}", status_text(status)));
    }
    return plug_in;
}

PlugIn::PlugIn(const LoadedPlugIn& loaded, size_t index, HostInterface& host)
    : index_(index), bundle_id_(loaded.bundle_id), driver_(loaded.driver), host_(host) {}

PlugIn::~PlugIn() {
    const std::scoped_lock lock(host_.mutex);
    host_.events = nullptr;
}

std::optional<std::string> PlugIn::get_text(AudioObjectID object,
                                            const AudioObjectPropertyAddress& address) const {
    const auto string = get<CFStringRef>(object, address);
    return string ? wire::text_of(wire::CfRef(*string).get()) : std::nullopt;
}

std::optional<std::vector<uint8_t>> PlugIn::get_bytes(AudioObjectID object,
                                                      const AudioObjectPropertyAddress& address) const {
    UInt32 size = 0;
    if (calls().HasProperty(driver_, object, 0, &address) == 0 ||
        calls().GetPropertyDataSize(driver_, object, 0, &address, 0, nullptr, &size) != 0) {
        return std::nullopt;
    }
    return get_bytes(object, address, size);
}

std::optional<std::vector<uint8_t>> PlugIn::get_bytes(AudioObjectID object,
                                                      const AudioObjectPropertyAddress& address,
                                                      size_t capacity) const {
    std::vector<uint8_t> bytes(capacity);
    UInt32 size = 0;
    if (calls().HasProperty(driver_, object, 0, &address) == 0 ||
        calls().GetPropertyData(driver_, object, 0, &address, 0, nullptr, static_cast<UInt32>(capacity),
                                &size, bytes.data()) != 0 ||
        size > capacity) {
        return std::nullopt;
    }
    bytes.resize(size);
    return bytes;
}

}  // namespace minihal
