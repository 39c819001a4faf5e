#pragma once

#include <CoreAudio/AudioServerPlugIn.h>

#include <atomic>

#include "driver/device.hpp"

namespace gecko::driver {

/// Who drains the device's control queue once the host has called Initialize.
enum class ControlCalls : bool {
    thread,   ///< a thread of the plug-in's own, as coreaudiod needs it
    drained,  ///< whoever calls device().control_queue().drain(): tests and simulations
};

/// The plug-in as its host sees it: a COM object whose function table is in driver_interface.cpp.
///
/// The bundle has one, in static storage; tests make their own. It counts references and never frees itself.
class PlugIn {
  public:
    constexpr explicit PlugIn(ControlCalls calls) noexcept : handle_{interface(), this}, calls_(calls) {}
    PlugIn(const PlugIn&) = delete;
    PlugIn& operator=(const PlugIn&) = delete;

    /// What the host calls through. Valid as long as this object is.
    [[nodiscard]] AudioServerPlugInDriverRef ref() noexcept { return &handle_.interface; }
    /// The plug-in that a host's reference stands for; null if it is none of this driver's.
    [[nodiscard]] static PlugIn* of(const void* ref) noexcept GECKO_NONBLOCKING;

    [[nodiscard]] Device& device() noexcept GECKO_NONBLOCKING { return device_; }

    ULONG add_ref() noexcept;
    /// Stays at 0 when it is there.
    ULONG release() noexcept;
    OSStatus initialize(AudioServerPlugInHostRef host) noexcept;

  private:
    /// What a host's reference points to: the interface's pointer must come first.
    struct Handle {
        AudioServerPlugInDriverInterface* interface;
        PlugIn* plug_in;
    };

    static constexpr AudioServerPlugInDriverInterface* interface() noexcept { return &interface_; }
    static AudioServerPlugInDriverInterface interface_;  // the host's type for it is not const

    Handle handle_;
    std::atomic<ULONG> references_{0};
    ControlCalls calls_;
    Device device_;
};

}  // namespace gecko::driver
