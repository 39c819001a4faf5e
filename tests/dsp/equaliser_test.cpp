#include "dsp/equaliser.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <random>
#include <vector>

#include "tests/dsp/signals.hpp"

namespace gecko::dsp {
namespace {

constexpr BandGains kAllDifferent{6, -4, 12, -24, 3, 0, -2.5, 8, -12, 10};
constexpr BandGains kOthers{-3, 0, 0.1, 12, 0, 7, 5, -24, 1, -1};

/// What happens to an equaliser, by the frame before which it happens.
using Script = std::map<std::size_t, std::function<void(TenBandEqualiser&)>>;

/// Plays `script` over `audio`, in blocks of at most `next_block()` frames.
void play(const Script& script, std::vector<float>& audio, const std::function<std::size_t()>& next_block) {
    TenBandEqualiser equaliser;
    equaliser.prepare(48000.0);
    const std::size_t frames = audio.size() / 2;
    std::size_t at = 0;
    while (at < frames) {
        if (const auto event = script.find(at); event != script.end()) event->second(equaliser);
        const auto next = script.upper_bound(at);
        const std::size_t end =
            std::min(next == script.end() ? frames : std::min(next->first, frames), at + next_block());
        equaliser.process(std::span(audio).subspan(2 * at, 2 * (end - at)));
        at = end;
    }
}

Script eventful_script() {
    return {
        {0, [](TenBandEqualiser& e) { e.set_target(kAllDifferent); }},
        {701, [](TenBandEqualiser& e) { e.set_target(kOthers); }},
        {5000, [](TenBandEqualiser& e) { e.set_bypass(true); }},
        {5300, [](TenBandEqualiser& e) { e.set_target(kAllDifferent); }},
        {5301, [](TenBandEqualiser& e) { e.set_bypass(false); }},
        {9000, [](TenBandEqualiser& e) { e.set_bypass(true); }},
        {11111, [](TenBandEqualiser& e) { e.set_target(kOthers); }},
        {12000, [](TenBandEqualiser& e) { e.set_bypass(false); }},
        {15000, [](TenBandEqualiser& e) { e.set_target({}); }},
        {40000, [](TenBandEqualiser& e) { e.set_target({0, 0, 0, 0, 0, 3}); }},
    };
}

testing::AssertionResult identical(std::span<const float> a, std::span<const float> b) {
    if (a.size() != b.size())
        return testing::AssertionFailure() << a.size() << " and " << b.size() << " samples";
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (std::bit_cast<std::uint32_t>(a[i]) != std::bit_cast<std::uint32_t>(b[i])) {
            return testing::AssertionFailure() << "sample " << i << ": " << a[i] << " and " << b[i];
        }
    }
    return testing::AssertionSuccess();
}

TEST(Equaliser, WithAllBandsAtZeroDecibelsLeavesEverySampleUntouched) {
    std::vector<float> audio = test::noise(20000, 1.0F, test::seed());
    audio[10] = -0.0F;
    audio[11] = std::numeric_limits<float>::denorm_min();
    audio[12] = std::numeric_limits<float>::max();
    audio[13] = std::numeric_limits<float>::lowest();
    const std::vector<float> input = audio;
    TenBandEqualiser equaliser;
    equaliser.prepare(48000.0);
    equaliser.set_target({});
    test::in_blocks(audio, 512, [&](std::span<float> block) { equaliser.process(block); });
    EXPECT_TRUE(identical(audio, input));
    EXPECT_TRUE(equaliser.is_identity());
}

TEST(Equaliser, ReturnsToBitIdentityAfterAllBandsMovedBackToZeroDecibels) {
    for (const double rate : test::kRates) {
        TenBandEqualiser equaliser;
        equaliser.prepare(rate);
        equaliser.set_target(kAllDifferent);
        std::vector<float> audio = test::noise(static_cast<std::size_t>(rate) / 2, 1.0F, test::seed());
        equaliser.process(audio);
        EXPECT_FALSE(equaliser.is_identity());
        equaliser.set_target({});
        audio = test::noise(static_cast<std::size_t>(rate), 1.0F, 1);
        const std::vector<float> input = audio;
        equaliser.process(audio);
        EXPECT_TRUE(equaliser.is_identity()) << "a second was not enough at " << rate;
        const auto last_tenth = static_cast<std::size_t>(2.0 * 0.9 * rate);
        EXPECT_TRUE(identical(std::span(audio).subspan(last_tenth), std::span(input).subspan(last_tenth)));
    }
}

TEST(Equaliser, ABandThatIsAloneInActionFiltersExactlyAsAmongSkippedOnes) {
    // A band that moved and came to rest at 0 dB must not leave traces: the others go on as if it had never been.
    const BandGains only{0, 0, 0, 0, 0, 6};
    TenBandEqualiser plain;
    plain.set_target(only);
    plain.prepare(48000.0);
    TenBandEqualiser moved;
    moved.set_target(only);
    moved.prepare(48000.0);

    std::vector<float> a(std::size_t{2} * 96000, 0.0F);
    std::vector<float> b(std::size_t{2} * 96000, 0.0F);
    moved.set_target({12, 0, 0, 0, 0, 6});
    moved.process(std::span(b).first(9600));
    moved.set_target(only);
    moved.process(std::span(b).subspan(9600));
    plain.process(a);

    a = b = test::noise(4096, 1.0F, test::seed());
    plain.process(a);
    moved.process(b);
    EXPECT_TRUE(identical(a, b));
}

TEST(Equaliser, GivesTheSameBitsHoweverTheAudioIsCutIntoBlocks) {
    const std::uint64_t seed = test::seed();
    const std::vector<float> input = test::noise(60000, 1.0F, seed);
    std::vector<float> expected = input;
    play(eventful_script(), expected, [] { return std::size_t{1000000}; });
    ASSERT_FALSE(identical(expected, input));
    for (const std::size_t block : {1U, 7U, 31U, 32U, 33U, 64U, 512U, 8192U}) {
        std::vector<float> audio = input;
        play(eventful_script(), audio, [block] { return block; });
        EXPECT_TRUE(identical(audio, expected)) << "blocks of " << block;
    }
    std::mt19937_64 random(seed);
    std::uniform_int_distribution<std::size_t> size(1, 100);
    std::vector<float> audio = input;
    play(eventful_script(), audio, [&] { return size(random); });
    EXPECT_TRUE(identical(audio, expected)) << "blocks of random sizes";
}

TEST(Equaliser, TakesNanAndInfinityAsSilenceAndRemembersNothingOfThem) {
    const std::uint64_t seed = test::seed();
    std::vector<float> poisoned = test::noise(60000, 1.0F, seed);
    std::vector<float> silenced = poisoned;
    constexpr float kBad[] = {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                              -std::numeric_limits<float>::infinity(),
                              std::numeric_limits<float>::signaling_NaN()};
    std::mt19937_64 random(seed);
    std::uniform_int_distribution<std::size_t> place(0, poisoned.size() - 1);
    for (int i = 0; i < 2000; ++i) {
        const std::size_t at = place(random);
        poisoned[at] = kBad[i % 4];
        silenced[at] = 0.0F;
    }
    play(eventful_script(), poisoned, [] { return std::size_t{512}; });
    play(eventful_script(), silenced, [] { return std::size_t{512}; });
    EXPECT_TRUE(identical(poisoned, silenced));
}

TEST(Equaliser, SilencesNanAlsoWhereItLeavesSamplesUntouched) {
    TenBandEqualiser equaliser;
    std::vector<float> audio{0.5F, std::numeric_limits<float>::quiet_NaN(),
                             std::numeric_limits<float>::infinity(), 0.25F};
    equaliser.process(audio);
    EXPECT_EQ(audio, (std::vector<float>{0.5F, 0.0F, 0.0F, 0.25F}));
}

TEST(Equaliser, OutputIsFiniteForTheLargestInput) {
    TenBandEqualiser equaliser;
    equaliser.set_target({12, 12, 12, 12, 12, 12, 12, 12, 12, 12});
    equaliser.prepare(48000.0);
    std::vector<float> audio(9600, std::numeric_limits<float>::max());
    equaliser.process(audio);
    EXPECT_TRUE(std::all_of(audio.begin(), audio.end(), [](float x) { return std::isfinite(x); }));
}

TEST(Equaliser, ANanGainLeavesItsBandAndOutOfRangeGainsAreClamped) {
    const std::vector<float> input = test::noise(9600, 1.0F, test::seed());
    std::vector<float> expected = input;
    std::vector<float> audio = input;
    TenBandEqualiser plain;
    plain.set_target({3, 12, -24});
    plain.process(expected);
    TenBandEqualiser odd;
    odd.set_target({3, 0, 0});
    odd.set_target({std::numeric_limits<double>::quiet_NaN(), 40, -100});
    odd.process(audio);
    EXPECT_TRUE(identical(audio, expected));
}

TEST(Equaliser, StaysBoundedUnderAHundredThousandRandomJumps) {
    const std::uint64_t seed = test::seed();
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> gain(kMinBandGainDb, kMaxBandGainDb);
    std::uniform_int_distribution<std::size_t> frames(1, 48);
    std::bernoulli_distribution to_the_end(0.3);
    const std::vector<float> input = test::noise(4096, 1.0F, seed);
    TenBandEqualiser equaliser;
    equaliser.prepare(44100.0);
    float highest = 0.0F;
    std::vector<float> block;
    for (int jump = 0; jump < 100000; ++jump) {
        BandGains gains{};
        for (double& g : gains) {
            g = to_the_end(random) ? (gain(random) > -6.0 ? kMaxBandGainDb : kMinBandGainDb) : gain(random);
        }
        equaliser.set_target(gains);
        if (jump % 1000 == 0) equaliser.set_bypass(jump % 2000 == 0);
        const std::size_t count = frames(random);
        const std::size_t from = random() % (4096 - 48);
        block.assign(input.begin() + static_cast<std::ptrdiff_t>(2 * from),
                     input.begin() + static_cast<std::ptrdiff_t>(2 * (from + count)));
        equaliser.process(block);
        for (const float sample : block) {
            ASSERT_TRUE(std::isfinite(sample)) << "jump " << jump;
            highest = std::max(highest, std::abs(sample));
        }
    }
    // All bands at +12 dB make about +18 dB; noise peaks higher than its spectrum.
    EXPECT_LT(highest, 60.0F);
    equaliser.set_bypass(false);
    equaliser.set_target({});
    std::vector<float> silence(std::size_t{2} * 88200, 0.0F);
    equaliser.process(silence);
    EXPECT_TRUE(equaliser.is_identity());
}

TEST(Equaliser, BypassEndsInBitIdentityAndBack) {
    TenBandEqualiser equaliser;
    equaliser.set_target(kAllDifferent);
    equaliser.prepare(48000.0);
    const std::vector<float> input = test::noise(4800, 1.0F, test::seed());
    std::vector<float> audio = input;
    equaliser.process(audio);

    equaliser.set_bypass(true);
    audio = input;
    equaliser.process(audio);
    EXPECT_TRUE(equaliser.is_identity());
    const std::size_t faded = 2 * static_cast<std::size_t>(kLongestMoveSeconds * 48000.0);
    EXPECT_FALSE(identical(std::span(audio).first(faded), std::span(input).first(faded)));
    EXPECT_TRUE(identical(std::span(audio).subspan(faded), std::span(input).subspan(faded)));

    equaliser.set_bypass(false);
    audio = input;
    equaliser.process(audio);
    EXPECT_FALSE(equaliser.is_identity());
}

TEST(Equaliser, AppliesWhatWasChosenWhileBypassed) {
    TenBandEqualiser equaliser;
    equaliser.prepare(48000.0);
    equaliser.set_bypass(true);
    std::vector<float> audio(9600, 0.0F);
    equaliser.process(audio);
    equaliser.set_target(kAllDifferent);
    equaliser.process(audio);
    equaliser.set_bypass(false);
    equaliser.process(audio);

    TenBandEqualiser plain;
    plain.set_target(kAllDifferent);
    plain.prepare(48000.0);
    audio = test::noise(4800, 1.0F, test::seed());
    std::vector<float> expected = audio;
    equaliser.process(audio);
    plain.process(expected);
    EXPECT_TRUE(identical(audio, expected));
}

TEST(Equaliser, PrepareForgetsPastAudioAndKeepsWhatWasChosen) {
    TenBandEqualiser used;
    used.set_target(kAllDifferent);
    std::vector<float> audio = test::noise(1000, 1.0F, test::seed());
    used.process(audio);
    used.prepare(96000.0);
    TenBandEqualiser fresh;
    fresh.set_target(kAllDifferent);
    fresh.prepare(96000.0);
    audio = test::noise(1000, 1.0F, 7);
    std::vector<float> expected = audio;
    used.process(audio);
    fresh.process(expected);
    EXPECT_TRUE(identical(audio, expected));
}

TEST(Equaliser, ABoostFollowedByTheSameCutGivesBackTheInput) {
    BandGains boost{6, 4, 12, 11, 3, 0, 2.5, 8, 12, 10};
    BandGains cut{};
    std::transform(boost.begin(), boost.end(), cut.begin(), [](double g) { return -g; });
    TenBandEqualiser up;
    TenBandEqualiser down;
    up.set_target(boost);
    down.set_target(cut);
    up.prepare(48000.0);
    down.prepare(48000.0);
    const std::vector<float> input = test::noise(9600, 0.1F, test::seed());
    std::vector<float> audio = input;
    up.process(audio);
    down.process(audio);
    for (std::size_t i = 0; i < audio.size(); ++i) ASSERT_NEAR(audio[i], input[i], 2e-6F) << "sample " << i;
}

}  // namespace
}  // namespace gecko::dsp
