#include "tools/play/hal.hpp"

#include <CoreFoundation/CoreFoundation.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cmath>

namespace gecko::play {
namespace {

constexpr std::chrono::seconds kRateGuard{10};
constexpr std::chrono::seconds kRateRequest{1};

constexpr AudioObjectPropertyAddress global(AudioObjectPropertySelector selector) {
    return {.mSelector = selector,
            .mScope = kAudioObjectPropertyScopeGlobal,
            .mElement = kAudioObjectPropertyElementMain};
}

std::unexpected<HalError> failure(std::string_view what, OSStatus status) {
    if (status == kAudioHardwareNotRunningError) {
        return std::unexpected(HalError{.message = "the audio server is not running", .no_server = true});
    }
    return std::unexpected(
        HalError{fmt::format("{}: the audio server answers {}", what, status_text(status))});
}

template <class T>
Result<std::vector<T>> read_list(AudioObjectID object, AudioObjectPropertySelector selector,
                                 std::string_view what) {
    const auto address = global(selector);
    UInt32 bytes = 0;
    OSStatus status = AudioObjectGetPropertyDataSize(object, &address, 0, nullptr, &bytes);
    if (status != kAudioHardwareNoError) return failure(what, status);
    std::vector<T> list(bytes / sizeof(T));
    status = AudioObjectGetPropertyData(object, &address, 0, nullptr, &bytes, list.data());
    if (status != kAudioHardwareNoError) return failure(what, status);
    list.resize(std::min<std::size_t>(list.size(), bytes / sizeof(T)));
    return list;
}

/// Empty for an object without a name.
std::string name_of(AudioObjectID object) {
    const auto address = global(kAudioObjectPropertyName);
    CFStringRef name = nullptr;
    UInt32 bytes = sizeof(name);
    if (AudioObjectGetPropertyData(object, &address, 0, nullptr, &bytes, &name) != kAudioHardwareNoError ||
        !name) {
        return {};
    }
    std::string text(static_cast<std::size_t>(
                         CFStringGetMaximumSizeForEncoding(CFStringGetLength(name), kCFStringEncodingUTF8)) +
                         1,
                     '\0');
    const bool converted =
        CFStringGetCString(name, text.data(), static_cast<CFIndex>(text.size()), kCFStringEncodingUTF8);
    CFRelease(name);
    text.resize(converted ? text.find('\0') : 0);
    return text;
}

}  // namespace

std::string status_text(OSStatus status) {
    const auto bits = static_cast<std::uint32_t>(status);
    std::string text;
    for (int shift = 24; shift >= 0; shift -= 8) text.push_back(static_cast<char>((bits >> shift) & 0xFF));
    const bool printable = std::ranges::all_of(text, [](unsigned char c) { return std::isprint(c) != 0; });
    return printable ? fmt::format("'{}'", text) : fmt::format("{}", status);
}

Result<AudioObjectID> find_device(const std::string& name) {
    const auto devices = read_list<AudioObjectID>(kAudioObjectSystemObject, kAudioHardwarePropertyDevices,
                                                  "cannot list the devices");
    if (!devices) return std::unexpected(devices.error());
    std::string others;
    for (const AudioObjectID device : *devices) {
        const std::string found = name_of(device);
        if (found == name) return device;
        others += (others.empty() ? "" : ", ") + found;
    }
    return std::unexpected(HalError{fmt::format("there is no audio device named \"{}\" (there is: {})", name,
                                                others.empty() ? "none" : others)});
}

Result<std::vector<std::uint32_t>> available_rates(AudioObjectID device, std::uint32_t wanted) {
    const auto ranges = read_list<AudioValueRange>(device, kAudioDevicePropertyAvailableNominalSampleRates,
                                                   "cannot read the device's rates");
    if (!ranges) return std::unexpected(ranges.error());
    std::vector<std::uint32_t> rates;
    for (const AudioValueRange& range : *ranges) {
        rates.push_back(
            static_cast<std::uint32_t>(std::clamp<double>(wanted, range.mMinimum, range.mMaximum)));
    }
    if (rates.empty()) return std::unexpected(HalError{"the device has no sample rate"});
    return rates;
}

Result<std::uint32_t> nominal_rate(AudioObjectID device) {
    const auto address = global(kAudioDevicePropertyNominalSampleRate);
    Float64 rate = 0.0;
    UInt32 bytes = sizeof(rate);
    const OSStatus status = AudioObjectGetPropertyData(device, &address, 0, nullptr, &bytes, &rate);
    if (status != kAudioHardwareNoError) return failure("cannot read the device's rate", status);
    return static_cast<std::uint32_t>(std::lround(rate));
}

Result<void> set_nominal_rate(AudioObjectID device, std::uint32_t rate) {
    // Listening before asking, so that the answer cannot come in between.
    Notification notification(device, kAudioDevicePropertyNominalSampleRate);
    auto now = nominal_rate(device);
    if (!now) return std::unexpected(now.error());
    if (*now == rate) return {};
    const auto address = global(kAudioDevicePropertyNominalSampleRate);
    const Float64 wanted = rate;
    const auto deadline = std::chrono::steady_clock::now() + kRateGuard;
    while (*now != rate) {
        // Once a second: a request of somebody else, made at the same time, may have taken the place of this one.
        const OSStatus status =
            AudioObjectSetPropertyData(device, &address, 0, nullptr, sizeof(wanted), &wanted);
        if (status != kAudioHardwareNoError)
            return failure(fmt::format("cannot set the device to {} Hz", rate), status);
        if (!notification.wait(kRateRequest) && std::chrono::steady_clock::now() > deadline) {
            return std::unexpected(
                HalError{fmt::format("the device was asked for {} Hz and stayed at {} Hz", rate, *now)});
        }
        now = nominal_rate(device);
        if (!now) return std::unexpected(now.error());
    }
    return {};
}

Notification::Notification(AudioObjectID object, AudioObjectPropertySelector selector)
    : object_(object), address_(global(selector)) {
    AudioObjectAddPropertyListener(object_, &address_, &Notification::notify, this);
}

Notification::~Notification() {
    AudioObjectRemovePropertyListener(object_, &address_, &Notification::notify, this);
}

bool Notification::wait(std::chrono::milliseconds guard) {
    std::unique_lock lock(mutex_);
    const bool came = arrived_.wait_for(lock, guard, [this] { return came_; });
    came_ = false;
    return came;
}

OSStatus Notification::notify(AudioObjectID /*object*/, UInt32 /*count*/,
                              const AudioObjectPropertyAddress* /*addresses*/, void* self) {
    auto* notification = static_cast<Notification*>(self);
    const std::lock_guard lock(notification->mutex_);
    notification->came_ = true;
    notification->arrived_.notify_all();
    return kAudioHardwareNoError;
}

bool server_answers() {
    const auto address = global(kAudioHardwarePropertyDevices);
    UInt32 bytes = 0;
    return AudioObjectGetPropertyDataSize(kAudioObjectSystemObject, &address, 0, nullptr, &bytes) ==
           kAudioHardwareNoError;
}

bool is_alive(AudioObjectID device) {
    const auto address = global(kAudioDevicePropertyDeviceIsAlive);
    UInt32 alive = 0;
    UInt32 bytes = sizeof(alive);
    return AudioObjectGetPropertyData(device, &address, 0, nullptr, &bytes, &alive) ==
               kAudioHardwareNoError &&
           alive != 0;
}

}  // namespace gecko::play
