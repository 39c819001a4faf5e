#pragma once

#include <CoreAudio/CoreAudio.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <expected>
#include <mutex>
#include <string>
#include <vector>

/// What the player asks the HAL for. Blocking calls, for the main thread.
namespace gecko::play {

/// Why the HAL refused, for the terminal.
struct HalError {
    std::string message;
    bool no_server = false;  ///< no audio server answers
};
template <class T>
using Result = std::expected<T, HalError>;

/// The device of exactly this name.
Result<AudioObjectID> find_device(const std::string& name);

/// Nominal rates in Hz. Of a range of rates, `wanted` if it lies within.
Result<std::vector<std::uint32_t>> available_rates(AudioObjectID device, std::uint32_t wanted);

Result<std::uint32_t> nominal_rate(AudioObjectID device);

/// Sets the nominal rate and waits until the device says that it has it.
Result<void> set_nominal_rate(AudioObjectID device, std::uint32_t rate);

/// False once the device or the audio server is gone.
bool is_alive(AudioObjectID device);
/// Whether an audio server answers.
bool server_answers();

/// Waits for a property's notification.
class Notification {
  public:
    Notification(AudioObjectID object, AudioObjectPropertySelector selector);
    ~Notification();
    Notification(const Notification&) = delete;
    Notification& operator=(const Notification&) = delete;

    /// True when one came since the last call, or comes within `guard`.
    bool wait(std::chrono::milliseconds guard);

  private:
    static OSStatus notify(AudioObjectID object, UInt32 count, const AudioObjectPropertyAddress* addresses,
                           void* self);

    AudioObjectID object_;
    AudioObjectPropertyAddress address_;
    std::mutex mutex_;
    std::condition_variable arrived_;
    bool came_ = false;
};

/// A status as Apple writes it: four characters, or a number.
std::string status_text(OSStatus status);

}  // namespace gecko::play
