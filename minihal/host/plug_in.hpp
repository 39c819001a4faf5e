// One initialised plug-in and what it may call.
#pragma once

#include <CoreAudio/AudioServerPlugIn.h>

#include <cstring>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "minihal/host/address.hpp"
#include "minihal/host/bundle.hpp"

namespace minihal {

// What plug-ins tell the host, from any of their threads, also while the host calls them. Implementations put it into a
// queue: nothing is done in the plug-in's call.
class PlugInEvents {
  public:
    virtual void properties_changed(size_t plug_in, AudioObjectID object,
                                    std::vector<AudioObjectPropertyAddress> addresses) = 0;
    virtual void configuration_change_requested(size_t plug_in, AudioObjectID device, UInt64 action,
                                                void* info) = 0;

  protected:
    ~PlugInEvents() = default;
};

struct HostInterface;

// Object IDs here are the plug-in's own. The control thread's, but for driver(), whose IO functions the IO thread calls.
class PlugIn {
  public:
    // Initialises it. `index` names it in events. The error is what the plug-in answered.
    static std::expected<std::unique_ptr<PlugIn>, std::string> start(const LoadedPlugIn& loaded, size_t index,
                                                                     PlugInEvents& events,
                                                                     const std::string& run_directory);
    // The plug-in itself is never released, as under macOS; what it still says is not heard.
    ~PlugIn();
    PlugIn(const PlugIn&) = delete;
    PlugIn& operator=(const PlugIn&) = delete;

    size_t index() const { return index_; }
    const std::string& bundle_id() const { return bundle_id_; }
    AudioServerPlugInDriverRef driver() const { return driver_; }
    const AudioServerPlugInDriverInterface& calls() const { return **driver_; }

    // A property as the host needs it for itself. Nothing when the plug-in does not answer, or with another size.
    template <typename T>
    std::optional<T> get(AudioObjectID object, const AudioObjectPropertyAddress& address) const {
        T value{};
        const auto bytes = get_bytes(object, address, sizeof value);
        if (!bytes || bytes->size() != sizeof value) return std::nullopt;
        std::memcpy(&value, bytes->data(), sizeof value);
        return value;
    }
    template <typename T>
    std::vector<T> get_list(AudioObjectID object, const AudioObjectPropertyAddress& address) const {
        const auto bytes = get_bytes(object, address);
        if (!bytes) return {};
        std::vector<T> list(bytes->size() / sizeof(T));
        if (!list.empty()) std::memcpy(list.data(), bytes->data(), list.size() * sizeof(T));
        return list;
    }
    std::optional<std::string> get_text(AudioObjectID object,
                                        const AudioObjectPropertyAddress& address) const;
    // Of any size; nothing when the plug-in has no such property.
    std::optional<std::vector<uint8_t>> get_bytes(AudioObjectID object,
                                                  const AudioObjectPropertyAddress& address) const;

  private:
    PlugIn(const LoadedPlugIn& loaded, size_t index, HostInterface& host);
    std::optional<std::vector<uint8_t>> get_bytes(AudioObjectID object,
                                                  const AudioObjectPropertyAddress& address,
                                                  size_t capacity) const;

    size_t index_;
    std::string bundle_id_;
    AudioServerPlugInDriverRef driver_;
    HostInterface& host_;
};

}  // namespace minihal
