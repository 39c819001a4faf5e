#pragma once

#include <array>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "dsp/eq_settings.hpp"

namespace gecko::settings {

struct Preset {
    std::string_view name;    ///< as typed: lower case, hyphens
    std::string_view intent;  ///< what it is for, one line
    double preamp_db;         ///< leaves the highest point of the whole response just below 0 dB
    dsp::BandGains gains_db;
};

inline constexpr std::array<Preset, 7> kPresets{{
    {"flat", "the music as it is", 0.0, {}},
    {"bass-boost",
     "weight below 200 Hz, voices left alone",
     -8.1,
     {8.0, 4.5, 4.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0}},
    {"treble-boost",
     "air and detail from 2 kHz up",
     -6.1,
     {0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.5, 3.0, 4.5, 6.0}},
    {"vocal",
     "voices forward: presence up, rumble and boom down",
     -4.6,
     {-4.0, -3.0, -2.0, -1.0, 1.0, 2.5, 3.5, 3.0, 1.0, -1.0}},
    {"rock",
     "punch and bite around a slightly scooped middle",
     -4.7,
     {3.5, 4.0, 2.5, 0.0, -1.5, -1.0, 1.0, 2.5, 3.5, 3.0}},
    {"classical",
     "warm lows and open highs, a relaxed middle",
     -2.6,
     {2.0, 1.5, 1.0, 0.0, 0.0, -1.0, -1.0, 0.5, 1.5, 2.5}},
    {"podcast",
     "speech at low volume: no rumble, less box, clear consonants, less hiss",
     -4.2,
     {-12.0, -6.0, -1.0, -2.0, 0.0, 1.5, 3.0, 3.5, 0.0, -4.0}},
}};

/// The preset of exactly this name, or null.
const Preset* find_preset(std::string_view name) noexcept;

/// Up to three names that somebody who typed `name` may have meant, nearest first; empty when none is near.
std::vector<std::string_view> near_presets(std::string_view name);

/// The preset of exactly this name; else in words that there is none, which are near, and which there are.
std::expected<const Preset*, std::string> choose_preset(std::string_view name);

/// The preset as settings, not bypassed.
constexpr dsp::EqSettings eq_settings(const Preset& preset) noexcept {
    return {.gains_db = preset.gains_db, .preamp_db = preset.preamp_db, .bypass = false};
}

}  // namespace gecko::settings
