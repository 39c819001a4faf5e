// Recordings of several applications at once whose lags, filters and faults are known.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "dsp/equaliser.hpp"
#include "dsp/response.hpp"
#include "settings/presets.hpp"
#include "tests/tools/test_music.hpp"
#include "tools/measure/mix.hpp"
#include "tools/measure/response.hpp"

namespace gecko::measure::mix_test {
namespace {

constexpr std::uint32_t kRate = 48000;

/// A song, a preset, and where it begins in the recording.
struct Played {
    std::vector<float> song;
    std::string_view preset;
    std::int64_t lag;
};

std::vector<float> through(std::string_view preset, std::vector<float> samples) {
    const settings::Preset* found = settings::find_preset(preset);
    dsp::TenBandEqualiser equaliser;
    equaliser.set_target(found->gains_db);
    equaliser.prepare(kRate);
    const double preamp = dsp::from_db(found->preamp_db);
    for (float& sample : samples) sample = static_cast<float>(preamp * static_cast<double>(sample));
    equaliser.process(samples);
    return samples;
}

std::vector<std::vector<float>> expected(const std::vector<Played>& all) {
    std::vector<std::vector<float>> parts;
    for (const Played& one : all) parts.push_back(through(one.preset, one.song));
    return parts;
}

/// 32-bit sums, as an application adds them up.
std::vector<float> recorded(const std::vector<Played>& all) {
    std::vector<float> recording;
    const auto parts = expected(all);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto begin = static_cast<std::size_t>(2 * all[i].lag);
        recording.resize(std::max(recording.size(), begin + parts[i].size() + 20000));
        for (std::size_t n = 0; n < parts[i].size(); ++n) recording[begin + n] += parts[i][n];
    }
    return recording;
}

std::vector<Audio> audio(const std::vector<std::vector<float>>& parts) {
    std::vector<Audio> list;
    for (const auto& part : parts) list.push_back({.samples = part, .rate = kRate});
    return list;
}

std::vector<std::optional<std::int64_t>> lags_of(const std::vector<Played>& all) {
    std::vector<std::optional<std::int64_t>> lags;
    for (const Played& one : all) lags.emplace_back(one.lag);
    return lags;
}

MixIntegrity check(const std::vector<Played>& all, const std::vector<float>& recording) {
    const auto parts = expected(all);
    const auto list = audio(parts);
    const auto lags = find_lags(list, {.samples = recording, .rate = kRate});
    std::vector<Placed> placed;
    for (std::size_t i = 0; i < list.size(); ++i) {
        EXPECT_TRUE(lags[i]) << "part " << i;
        placed.push_back({.audio = list[i], .lag = lags[i].value_or(0)});
    }
    return check_mix(placed, {.samples = recording, .rate = kRate});
}

std::vector<std::vector<ResponsePoint>> responses(const std::vector<Played>& all,
                                                  const std::vector<float>& recording) {
    std::vector<Placed> placed;
    for (const Played& one : all)
        placed.push_back({.audio = {.samples = one.song, .rate = kRate}, .lag = one.lag});
    return measure_mix_response(placed, {.samples = recording, .rate = kRate}).points;
}

std::string words(const MixIntegrity& result) {
    std::string text = result.followed ? "followed" : "not followed";
    for (const MixBreak& b : result.breaks) {
        text += "; at " + std::to_string(b.at) + " of " + (b.part ? std::to_string(*b.part) : "all") + ": " +
                std::to_string(b.lost) + " lost, " + std::to_string(b.repeated) + " repeated, " +
                std::to_string(b.damaged) + " damaged";
    }
    return text;
}

double asked(std::string_view preset, double hz) {
    return dsp::response_db(settings::eq_settings(*settings::find_preset(preset)), hz, kRate);
}

const std::vector<float>& song(std::uint32_t seed) {
    static const std::vector<std::vector<float>> songs{test_music(kRate, 6.0, 1), test_music(kRate, 4.0, 2),
                                                       test_music(kRate, 5.0, 3)};
    return songs.at(seed - 1);
}

std::vector<Played> two() {
    return {{.song = song(1), .preset = "bass-boost", .lag = 30011},
            {.song = song(2), .preset = "vocal", .lag = 31547}};
}

std::vector<float> tone(double hz, double seconds) {
    std::vector<float> samples;
    for (int n = 0; n < static_cast<int>(seconds * kRate); ++n) {
        samples.insert(samples.end(), 2,
                       static_cast<float>(0.2 * std::sin(2.0 * std::numbers::pi * hz * n / kRate)));
    }
    return samples;
}

TEST(MixAlignment, EachPartIsFoundToTheFrameWhoeverBegins) {
    for (const std::int64_t second : {31547, 30011, 20000, 30012, 90000}) {
        auto all = two();
        all[1].lag = second;
        const auto parts = expected(all);
        EXPECT_EQ(find_lags(audio(parts), {.samples = recorded(all), .rate = kRate}), lags_of(all)) << second;
    }
}

TEST(MixAlignment, TheSameSongThroughTwoPresetsIsFoundTwice) {
    for (const std::int64_t second : {30523, 30011, 29499}) {
        auto all = two();
        all[1] = {.song = song(1), .preset = "podcast", .lag = second};
        const auto parts = expected(all);
        EXPECT_EQ(find_lags(audio(parts), {.samples = recorded(all), .rate = kRate}), lags_of(all)) << second;
    }
}

TEST(MixAlignment, TonesAreFoundWhereOneBeginsAfterTheOtherOrWithIt) {
    for (const std::int64_t second : {5512, 5000}) {
        const std::vector<Played> all{{.song = tone(440.0, 3.0), .preset = "rock", .lag = 5000},
                                      {.song = tone(1000.0, 2.0), .preset = "vocal", .lag = second}};
        const auto parts = expected(all);
        EXPECT_EQ(find_lags(audio(parts), {.samples = recorded(all), .rate = kRate}), lags_of(all)) << second;
    }
}

TEST(MixAlignment, SixteenPartsAreFound) {
    std::vector<Played> all;
    for (std::uint32_t i = 0; i < 16; ++i) {
        all.push_back({.song = test_music(kRate, 2.0, 10 + i),
                       .preset = settings::kPresets[i % settings::kPresets.size()].name,
                       .lag = 10000 + 512 * (i / 3)});
    }
    EXPECT_TRUE(check(all, recorded(all)).intact());
}

TEST(MixAlignment, APartThatIsNotThereIsNotFound) {
    auto all = two();
    const auto parts = expected(all);
    all[1].song.assign(all[1].song.size(), 0.0F);
    const auto lags = find_lags(audio(parts), {.samples = recorded(all), .rate = kRate});
    EXPECT_EQ(lags[0], 30011);
    EXPECT_EQ(lags[1], std::nullopt);
    const std::vector<float> nothing(400000);
    EXPECT_EQ(find_lags(audio(parts), {.samples = nothing, .rate = kRate}),
              (std::vector<std::optional<std::int64_t>>(2)));
}

TEST(MixIntegrity, ASumOfEqualisedPartsIsIntactToTheRounding) {
    const MixIntegrity result = check(two(), recorded(two()));
    EXPECT_TRUE(result.intact());
    EXPECT_LT(result.residual_peak, 1e-7);
    EXPECT_EQ(result.wrong_frames, 0);
}

TEST(MixIntegrity, OfFlatPartsItIsTheSumBitForBit) {
    auto all = two();
    all[0].preset = all[1].preset = "flat";
    auto recording = recorded(all);
    EXPECT_TRUE(check(all, recording).identical());
    float& sample = recording[2 * 100000];
    sample = std::nextafter(sample, 1.0F);
    EXPECT_FALSE(check(all, recording).identical());
}

TEST(MixIntegrity, AWrongPresetIsNoSum) {
    auto played = two();
    const auto recording = recorded(played);
    played[1].preset = "podcast";
    const MixIntegrity result = check(played, recording);
    EXPECT_FALSE(result.intact());
    EXPECT_GT(result.residual_peak, 1e-3);
}

TEST(MixIntegrity, SwappedPresetsAreNoSum) {
    const auto played = two();
    auto swapped = played;
    std::swap(swapped[0].preset, swapped[1].preset);
    EXPECT_FALSE(check(swapped, recorded(played)).intact());
}

TEST(MixIntegrity, FramesThatOneApplicationLostAreItsOwn) {
    auto all = two();
    for (const std::size_t whose : {0U, 1U}) {
        for (const bool lost : {true, false}) {
            // Ahead of the equaliser, as a ring loses frames: its memory disturbs some more.
            auto faulty = all;
            auto& samples = faulty[whose].song;
            const auto at = samples.begin() + 2 * 60000;
            if (lost) {
                samples.erase(at, at + 2 * 64);
            } else {
                const std::vector<float> again(at, at + 2 * 64);
                samples.insert(at, again.begin(), again.end());
            }
            const MixIntegrity result = check(all, recorded(faulty));
            EXPECT_FALSE(result.intact());
            EXPECT_TRUE(result.followed);
            EXPECT_EQ(result.lost(whose), lost ? 64 : 0);
            EXPECT_EQ(result.repeated(whose), lost ? 0 : 64);
            EXPECT_EQ(result.lost(1 - whose) + result.repeated(1 - whose), 0);
            ASSERT_EQ(result.breaks.size(), 1U) << words(result);
            // Frames that come twice are right the first time.
            const std::int64_t at_frame = all[whose].lag + 60000 + (lost ? 0 : 64);
            EXPECT_NEAR(static_cast<double>(result.breaks[0].at), static_cast<double>(at_frame), 2.0);
        }
    }
}

TEST(MixIntegrity, FramesThatTheOutputLostAreLostByAll) {
    auto recording = recorded(two());
    recording.erase(recording.begin() + 2 * 100000, recording.begin() + 2 * 100512);
    const MixIntegrity result = check(two(), recording);
    ASSERT_EQ(result.breaks.size(), 1U) << words(result);
    EXPECT_EQ(result.breaks[0].part, std::nullopt);
    EXPECT_EQ(result.lost(0), 512);
    EXPECT_EQ(result.lost(1), 512);
}

TEST(MixIntegrity, SilencedFramesAreCounted) {
    auto recording = recorded(two());
    std::fill(recording.begin() + 2 * 100000, recording.begin() + 2 * 100512, 0.0F);
    const MixIntegrity result = check(two(), recording);
    ASSERT_EQ(result.breaks.size(), 1U) << words(result);
    EXPECT_EQ(result.damaged(), 512);
    EXPECT_EQ(result.lost(0) + result.lost(1), 0);
    EXPECT_FALSE(result.intact());
}

TEST(MixIntegrity, AnApplicationThatFallsSilentIsNotFollowed) {
    auto all = two();
    const auto whole = all;
    std::fill(all[0].song.begin() + 2 * 100000, all[0].song.end(), 0.0F);
    EXPECT_FALSE(check(whole, recorded(all)).followed);
}

TEST(MixResponse, OfEachApplicationFollowsItsPresetsDesign) {
    std::vector<Played> all = two();
    all.push_back({.song = song(3), .preset = "rock", .lag = 30011});
    const auto points = responses(all, recorded(all));
    for (std::size_t i = 0; i < all.size(); ++i) {
        int measured = 0;
        for (const ResponsePoint& point : points[i]) {
            if (!point.measured) continue;
            ++measured;
            EXPECT_NEAR(point.gain_db, asked(all[i].preset, point.frequency_hz), 0.1)
                << point.wanted_hz << " Hz of part " << i;
        }
        EXPECT_GE(measured, 15) << "part " << i;
    }
}

TEST(MixResponse, OfSwappedPresetsIsTheOthersDesign) {
    const auto played = two();
    const auto points = responses(played, recorded(played));
    for (std::size_t i = 0; i < 2; ++i) {
        double farthest = 0.0;
        for (const ResponsePoint& point : points[i]) {
            if (point.measured) {
                farthest = std::max(
                    farthest, std::abs(point.gain_db - asked(played[1 - i].preset, point.frequency_hz)));
            }
        }
        EXPECT_GT(farthest, 3.0);
    }
}

TEST(MixResponse, IsNotMeasuredOrIsRightWhereTheOthersHoldTheSame) {
    for (const std::int64_t later : {0, 512, 1024, 4096, 30000, 96000}) {
        auto all = two();
        all[1] = {.song = all[0].song, .preset = "vocal", .lag = all[0].lag + later};
        const auto points = responses(all, recorded(all));
        for (std::size_t i = 0; i < 2; ++i) {
            for (const ResponsePoint& point : points[i]) {
                if (!point.measured) continue;
                EXPECT_GT(later, 512) << point.wanted_hz;
                EXPECT_NEAR(point.gain_db, asked(all[i].preset, point.frequency_hz), 0.25)
                    << point.wanted_hz << " Hz of part " << i << ", " << later << " frames later, own share "
                    << point.own_share << ", coherence " << point.coherence;
            }
        }
    }
}

TEST(MixResponse, IsNotMeasuredWhereAnApplicationHasNoEnergy) {
    auto all = two();
    all[1].song = tone(1000.0, 5.0);
    const auto points = responses(all, recorded(all));
    for (const ResponsePoint& point : points[1])
        EXPECT_EQ(point.measured, point.wanted_hz == 1000.0) << point.wanted_hz;
    all[1].song.assign(all[1].song.size(), 0.0F);
    for (const ResponsePoint& point : responses(all, recorded(all))[1]) EXPECT_FALSE(point.measured);
}

TEST(MixResponse, IsNotMeasuredWhereOtherSoundIsRecorded) {
    const auto all = two();
    auto recording = recorded(all);
    const auto other = test_music(kRate, 6.0, 99);
    for (std::size_t i = 0; i < other.size(); ++i) recording[60000 + i] += other[i];
    for (const auto& points : responses(all, recording)) {
        for (const ResponsePoint& point : points) EXPECT_FALSE(point.measured) << point.wanted_hz;
    }
}

}  // namespace
}  // namespace gecko::measure::mix_test
