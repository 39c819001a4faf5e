#pragma once

#include <array>
#include <cstddef>

#include "dsp/design.hpp"

namespace gecko::dsp {

/// One band of the graphic equaliser; its gain is what the user moves.
struct Band {
    BandKind kind;
    double frequency_hz;
    double q;
};

inline constexpr std::size_t kBandCount = 10;

/// The ten bands, an octave apart. Q 1.41 makes a peak one octave wide; Q 0.707 gives shelves without a hump.
inline constexpr std::array<Band, kBandCount> kTenBands{{
    {BandKind::low_shelf, 31.0, 0.707},
    {BandKind::peaking, 62.0, 1.41},
    {BandKind::peaking, 125.0, 1.41},
    {BandKind::peaking, 250.0, 1.41},
    {BandKind::peaking, 500.0, 1.41},
    {BandKind::peaking, 1000.0, 1.41},
    {BandKind::peaking, 2000.0, 1.41},
    {BandKind::peaking, 4000.0, 1.41},
    {BandKind::peaking, 8000.0, 1.41},
    {BandKind::high_shelf, 16000.0, 0.707},
}};

inline constexpr double kMinBandGainDb = -24.0;
inline constexpr double kMaxBandGainDb = 12.0;

/// Gains in dB, in the order of kTenBands.
using BandGains = std::array<double, kBandCount>;

/// The filter of band `index` (< kBandCount) at `gain_db` and a sample rate of `rate_hz`.
inline Biquad design_band(std::size_t index, double gain_db, double rate_hz) noexcept GECKO_NONBLOCKING {
    const Band& band = kTenBands[index];
    return design(band.kind, band.frequency_hz, band.q, gain_db, rate_hz);
}

}  // namespace gecko::dsp
