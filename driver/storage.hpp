#pragma once

#include <CoreAudio/AudioServerPlugIn.h>

#include <cstdint>
#include <optional>

#include "driver/rates.hpp"

namespace gecko::driver {

/// What outlives a restart of the host; at first, and wherever the host has nothing usable, these values.
struct Kept {
    float volume = 1.0f;              ///< scalar 0..1
    bool muted = false;               ///< mute control
    std::uint32_t rate = kFirstRate;  ///< Hz; one of kRates

    friend bool operator==(const Kept&, const Kept&) = default;
};

/// The device's values in the host's storage, one key each: "volume" (a number), "mute" (a boolean), "rate" (a number, Hz).
///
/// A value that is what it is at first has no key. Whatever the storage holds was written by anybody: a value of another type,
/// no number, out of range or a rate that the device has not counts as absent, each by itself, and goes with the next save.
///
/// Control threads, no lock held, one at a time: the host is called.
class Storage {
  public:
    /// What the host has. Not before Initialize.
    [[nodiscard]] Kept load(AudioServerPlugInHostRef host) noexcept;
    /// Writes what differs from what the host has, as far as it is known. What the host refuses is tried again with the next save.
    void save(AudioServerPlugInHostRef host, const Kept& values) noexcept;

  private:
    // Nothing: unknown, to be written.
    std::optional<float> volume_;
    std::optional<bool> muted_;
    std::optional<std::uint32_t> rate_;
};

}  // namespace gecko::driver
