#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <type_traits>

#include "dsp/decibels.hpp"
#include "dsp/ten_band.hpp"
#include "rt/nonblocking.hpp"

namespace gecko::dsp {

/// Neighbouring bands at +12 dB add up to more than +12 dB, and the preamp must be able to take that back.
inline constexpr double kMinPreampDb = -30.0;
inline constexpr double kMaxPreampDb = 12.0;

/// What the user chose for one equaliser. Trivially copyable: it travels to the audio thread as a snapshot.
struct EqSettings {
    BandGains gains_db{};    ///< kMinBandGainDb to kMaxBandGainDb each
    double preamp_db = 0.0;  ///< kMinPreampDb to kMaxPreampDb; applied before the bands
    bool bypass = false;     ///< takes out the bands and the preamp

    friend bool operator==(const EqSettings&, const EqSettings&) = default;
};
static_assert(std::is_trivially_copyable_v<EqSettings>);

/// The settings with every value brought into its range; nothing when a value is NaN or infinite.
inline std::optional<EqSettings> clamped(EqSettings settings) noexcept GECKO_NONBLOCKING {
    for (double& gain : settings.gains_db) {
        if (!std::isfinite(gain)) return std::nullopt;
        gain = std::clamp(gain, kMinBandGainDb, kMaxBandGainDb);
    }
    if (!std::isfinite(settings.preamp_db)) return std::nullopt;
    settings.preamp_db = std::clamp(settings.preamp_db, kMinPreampDb, kMaxPreampDb);
    return settings;
}

/// The factor that the preamp multiplies samples with: exactly 1 at 0 dB and while bypassed.
inline double preamp_factor(const EqSettings& settings) noexcept GECKO_NONBLOCKING {
    return settings.bypass ? 1.0 : from_db(settings.preamp_db);
}

}  // namespace gecko::dsp
