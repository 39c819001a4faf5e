#include "driver/storage.hpp"

#include "driver/cf.hpp"

namespace gecko::driver {
namespace {

constexpr const char* kVolumeKey = "volume";
constexpr const char* kMuteKey = "mute";
constexpr const char* kRateKey = "rate";

/// A value in the storage.
struct Found {
    CfOwned<CFPropertyListRef> value;

    explicit Found(AudioServerPlugInHostRef host, const char* key) noexcept : value(copy(host, key)) {}

    /// Whether the host has something under this key, usable or not.
    [[nodiscard]] bool is_there() const noexcept { return value.get() != nullptr; }

    [[nodiscard]] std::optional<double> number() const noexcept {
        double number = 0;
        if (!is(::CFNumberGetTypeID())) return std::nullopt;
        const auto reference = static_cast<CFNumberRef>(value.get());
        if (!::CFNumberGetValue(reference, kCFNumberFloat64Type, &number)) return std::nullopt;
        return number;
    }
    [[nodiscard]] std::optional<bool> boolean() const noexcept {
        if (!is(::CFBooleanGetTypeID())) return std::nullopt;
        return ::CFBooleanGetValue(static_cast<CFBooleanRef>(value.get())) != 0;
    }

  private:
    [[nodiscard]] bool is(CFTypeID type) const noexcept {
        return is_there() && ::CFGetTypeID(value.get()) == type;
    }
    static CFPropertyListRef copy(AudioServerPlugInHostRef host, const char* key) noexcept {
        const CfOwned name(create_string(key));
        CFPropertyListRef value = nullptr;
        if (name.get() == nullptr) return nullptr;
        return host->CopyFromStorage(host, name.get(), &value) == kAudioHardwareNoError ? value : nullptr;
    }
};

bool remove(AudioServerPlugInHostRef host, const char* key) noexcept {
    const CfOwned name(create_string(key));
    return name.get() != nullptr && host->DeleteFromStorage(host, name.get()) == kAudioHardwareNoError;
}

bool write(AudioServerPlugInHostRef host, const char* key, CFPropertyListRef value) noexcept {
    const CfOwned name(create_string(key));
    return name.get() != nullptr && value != nullptr &&
           host->WriteToStorage(host, name.get(), value) == kAudioHardwareNoError;
}

bool write(AudioServerPlugInHostRef host, const char* key, double number) noexcept {
    const CfOwned<CFNumberRef> value(::CFNumberCreate(nullptr, kCFNumberFloat64Type, &number));
    return write(host, key, static_cast<CFPropertyListRef>(value.get()));
}

}  // namespace

Kept Storage::load(AudioServerPlugInHostRef host) noexcept {
    Kept kept;
    // What is there and cannot be used is left unknown: the next save replaces it.
    const Found volume(host, kVolumeKey);
    if (!volume.is_there()) volume_ = kept.volume;
    // NaN is no such number.
    if (const auto scalar = volume.number(); scalar && *scalar >= 0.0 && *scalar <= 1.0)
        volume_ = kept.volume = static_cast<float>(*scalar);

    const Found mute(host, kMuteKey);
    if (!mute.is_there()) muted_ = kept.muted;
    if (const auto muted = mute.boolean()) muted_ = kept.muted = *muted;

    const Found rate(host, kRateKey);
    if (!rate.is_there()) rate_ = kept.rate;
    if (const auto hz = rate.number())
        if (const auto supported = supported_rate(*hz)) rate_ = kept.rate = *supported;
    return kept;
}

void Storage::save(AudioServerPlugInHostRef host, const Kept& values) noexcept {
    constexpr Kept kAtFirst;
    const auto keep = [](auto& known, const auto& value, bool done) noexcept {
        known.reset();
        if (done) known = value;
    };
    if (volume_ != values.volume) {
        keep(volume_, values.volume,
             values.volume == kAtFirst.volume ? remove(host, kVolumeKey)
                                              : write(host, kVolumeKey, static_cast<double>(values.volume)));
    }
    if (muted_ != values.muted) {
        keep(muted_, values.muted,
             values.muted == kAtFirst.muted ? remove(host, kMuteKey) : write(host, kMuteKey, kCFBooleanTrue));
    }
    if (rate_ != values.rate) {
        keep(rate_, values.rate,
             values.rate == kAtFirst.rate ? remove(host, kRateKey)
                                          : write(host, kRateKey, static_cast<double>(values.rate)));
    }
}

}  // namespace gecko::driver
