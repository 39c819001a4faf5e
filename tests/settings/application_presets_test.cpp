#include "settings/application_presets.hpp"

#include <gtest/gtest.h>

namespace gecko::settings {
namespace {

constexpr ApplicationLimits kLimits{.applications = 4, .bundle_id_bytes = 40};

auto parse(std::vector<std::string> typed) {
    return parse_application_presets(typed, kLimits);
}

std::string refusal(std::vector<std::string> typed) {
    const auto parsed = parse(std::move(typed));
    return parsed ? "(accepted)" : parsed.error();
}

TEST(ApplicationPresets, ABundleIdOrAProcessIsGivenAPreset) {
    const auto parsed = parse({"com.apple.Music=rock", "4711=vocal", "a program=flat", "x=y=podcast"});
    ASSERT_TRUE(parsed) << parsed.error();
    ASSERT_EQ(parsed->size(), 4U);
    EXPECT_EQ((*parsed)[0].bundle_id, "com.apple.Music");
    EXPECT_EQ((*parsed)[0].process_id, 0U);
    EXPECT_EQ((*parsed)[0].preset->name, "rock");
    EXPECT_EQ((*parsed)[1].bundle_id, "");
    EXPECT_EQ((*parsed)[1].process_id, 4711U);
    EXPECT_EQ((*parsed)[2].bundle_id, "a program");
    EXPECT_EQ((*parsed)[3].bundle_id, "x=y");
    EXPECT_TRUE(parse({})->empty());
}

TEST(ApplicationPresets, WhatIsMalformedIsNamedAndTheFormIsShown) {
    for (const char* typed : {"com.apple.Music", "", "=rock", "rock"}) {
        const std::string words = refusal({"a=flat", typed});
        EXPECT_NE(words.find("\"" + std::string(typed) + "\""), std::string::npos) << words;
        EXPECT_NE(words.find("BUNDLE_ID=PRESET"), std::string::npos) << words;
    }
}

TEST(ApplicationPresets, AnUnknownPresetNamesTheNearOnes) {
    for (const char* typed : {"a=bas-bost", "4711=bas-bost"}) {
        const std::string words = refusal({typed});
        EXPECT_NE(words.find("no preset \"bas-bost\""), std::string::npos) << words;
        EXPECT_NE(words.find("Did you mean bass-boost?"), std::string::npos) << words;
    }
    EXPECT_NE(refusal({"a="}).find("no preset \"\""), std::string::npos);
}

TEST(ApplicationPresets, TheSameApplicationTwiceIsRefused) {
    EXPECT_NE(refusal({"a=flat", "b=flat", "a=rock"}).find("\"a=rock\""), std::string::npos);
    EXPECT_NE(refusal({"7=flat", "07=rock"}).find("\"07=rock\""), std::string::npos);
}

TEST(ApplicationPresets, MoreThanThereIsRoomForAreRefused) {
    EXPECT_NE(refusal({"a=flat", "b=flat", "c=flat", "d=flat", "e=flat"}).find("5 applications are named; 4"),
              std::string::npos);
    const std::string longest(40, 'x');
    EXPECT_TRUE(parse({longest + "=flat"}));
    EXPECT_NE(refusal({longest + "y=flat"}).find("has 41 bytes"), std::string::npos);
}

TEST(ApplicationPresets, ANumberThatIsNoProcessIsRefused) {
    for (const char* typed : {"0=flat", "2147483648=flat", "99999999999999999999=flat"}) {
        EXPECT_NE(refusal({typed}).find("no process"), std::string::npos) << typed;
    }
    EXPECT_EQ((*parse({"2147483647=flat"}))[0].process_id, 2147483647U);
}

TEST(ApplicationPresets, ControlCharactersAreRefused) {
    EXPECT_NE(refusal({"a\nb=flat"}).find("control character"), std::string::npos);
}

}  // namespace
}  // namespace gecko::settings
