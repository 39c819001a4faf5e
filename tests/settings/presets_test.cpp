#include "settings/presets.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "dsp/response.hpp"

namespace gecko::settings {
namespace {

using Names = std::vector<std::string_view>;

double highest_db(const dsp::EqSettings& settings, double rate) {
    double highest = -1000.0;
    for (int i = 0; i <= 4000; ++i) {
        const double f = 5.0 * std::pow(rate / 2.0 / 5.0, i / 4000.0);
        highest = std::max(highest, dsp::response_db(settings, f, rate));
    }
    return highest;
}

TEST(Presets, AreTheSevenThatAreDocumented) {
    Names names;
    for (const Preset& preset : kPresets) names.push_back(preset.name);
    EXPECT_EQ(names, (Names{"flat", "bass-boost", "treble-boost", "vocal", "rock", "classical", "podcast"}));
}

TEST(Presets, FlatIsExactlyNothing) {
    EXPECT_EQ(eq_settings(*find_preset("flat")), dsp::EqSettings{});
}

TEST(Presets, NeverExceedZeroDecibelsAndWasteLittle) {
    for (const Preset& preset : kPresets) {
        for (const double rate : {44100.0, 48000.0, 88200.0, 96000.0, 176400.0, 192000.0}) {
            const double highest = highest_db(eq_settings(preset), rate);
            EXPECT_LE(highest, 0.0) << preset.name << " at " << rate;
            EXPECT_GT(highest, -0.3) << preset.name << " at " << rate << ": quieter than it need be";
        }
    }
}

TEST(Presets, LieWithinTheRangesOfTheEqualiser) {
    for (const Preset& preset : kPresets) EXPECT_EQ(dsp::clamped(eq_settings(preset)), eq_settings(preset));
}

TEST(Presets, DoWhatTheirNamesSay) {
    // Each louder region against the middle, or against what it pushes back.
    const auto level = [](std::string_view name, double f) {
        return dsp::response_db(eq_settings(*find_preset(name)), f, 48000.0);
    };
    EXPECT_GT(level("bass-boost", 60.0), level("bass-boost", 1000.0) + 5.0);
    EXPECT_NEAR(level("bass-boost", 4000.0), level("bass-boost", 1000.0), 0.2);
    EXPECT_GT(level("treble-boost", 10000.0), level("treble-boost", 500.0) + 2.0);
    EXPECT_GT(level("vocal", 2000.0), level("vocal", 60.0) + 6.0);
    EXPECT_GT(level("rock", 60.0), level("rock", 500.0) + 5.0);
    EXPECT_GT(level("rock", 8000.0), level("rock", 500.0) + 4.0);
    EXPECT_LT(level("classical", 1000.0), level("classical", 60.0));
    EXPECT_GT(level("podcast", 3000.0), level("podcast", 25.0) + 9.0);
}

TEST(FindPreset, WantsTheExactName) {
    EXPECT_EQ(find_preset("rock")->name, "rock");
    EXPECT_EQ(find_preset("Rock"), nullptr);
    EXPECT_EQ(find_preset("roc"), nullptr);
    EXPECT_EQ(find_preset(""), nullptr);
}

TEST(NearPresets, NamesWhatWasProbablyMeant) {
    EXPECT_EQ(near_presets("bas-bost"), Names{"bass-boost"});
    EXPECT_EQ(near_presets("Bass Boost"), Names{"bass-boost"});
    EXPECT_EQ(near_presets("basboost"), Names{"bass-boost"});
    EXPECT_EQ(near_presets("bass"), Names{"bass-boost"});
    EXPECT_EQ(near_presets("boost"), (Names{"bass-boost", "treble-boost"}));
    EXPECT_EQ(near_presets("trebleboots"), Names{"treble-boost"});
    EXPECT_EQ(near_presets("falt"), Names{"flat"});
    EXPECT_EQ(near_presets("ROCK"), Names{"rock"});
    EXPECT_EQ(near_presets("rcok"), Names{"rock"});
    EXPECT_EQ(near_presets("clasical"), Names{"classical"});
    EXPECT_EQ(near_presets("vocals"), Names{"vocal"});
    EXPECT_EQ(near_presets("podcats"), Names{"podcast"});
}

TEST(NearPresets, NamesNothingWhenNothingIsNear) {
    EXPECT_TRUE(near_presets("").empty());
    EXPECT_TRUE(near_presets("---").empty());
    EXPECT_TRUE(near_presets("jazz").empty());
    EXPECT_TRUE(near_presets(std::string(100000, 'x')).empty());
}

TEST(NearPresets, NamesAtMostThree) {
    for (char c = 'a'; c <= 'z'; ++c) EXPECT_LE(near_presets(std::string(1, c)).size(), 3U);
}

}  // namespace
}  // namespace gecko::settings
