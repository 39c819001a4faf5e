#include <gtest/gtest.h>

#include <limits>

#include "rig.hpp"
#include "settings/presets.hpp"

namespace gecko::engine::testing {
namespace {

class EngineTest : public ::testing::Test {
  protected:
    void SetUp() override {
        rig_.engine.prepare(48'000);
        rig_.engine.attach(rig_.ring.reader);
    }

    /// What the output plays of `song` once the fade-in is over and settings have moved.
    std::vector<float> play(const std::vector<float>& song) {
        rig_.run(4864);
        rig_.start_sink();
        return rig_.run(song.size() / 2 + 4096 - song.size() / 2 % 256, song);
    }

    Rig rig_;
};

TEST_F(EngineTest, WithoutARingItPlaysSilence) {
    Engine engine;
    engine.prepare(48'000);
    std::vector<float> out(512, 9.0f);
    engine.render({.sample_time = 0, .now = 1}, out);
    EXPECT_EQ(peak(out), 0.0);
}

TEST_F(EngineTest, AVolumeOfTwoHundredPercentDoublesEverySample) {
    rig_.engine.set({.eq = {}, .volume = 2.0});
    auto song = noise(1, 4096);
    const auto played = play(song);
    for (float& sample : song) sample *= 2.0f;
    EXPECT_LT(find(played, song), played.size() / 2);
}

TEST_F(EngineTest, SettingsOutOfRangeAreClampedAndNaNChangesNothing) {
    rig_.engine.set({.eq = {}, .volume = 1000.0});
    rig_.engine.set({.eq = {}, .volume = std::numeric_limits<double>::quiet_NaN()});
    auto song = noise(2, 4096);
    const auto played = play(song);
    for (float& sample : song) sample *= 2.0f;
    EXPECT_LT(find(played, song), played.size() / 2);
}

TEST_F(EngineTest, TheDevicesVolumeAndMuteAreAppliedLast) {
    rig_.ring.writer.set_volume(0.25f, false);
    auto song = noise(3, 4096);
    const auto played = play(song);
    for (float& sample : song) sample *= 0.25f;
    EXPECT_LT(find(played, song), played.size() / 2);

    rig_.ring.writer.set_volume(1.0f, true);
    rig_.run(2560, noise(4, 2560));
    EXPECT_EQ(peak(rig_.run(2560, noise(5, 2560))), 0.0);
}

TEST_F(EngineTest, APresetChangesTheSoundAndFlatGivesItBackBitForBit) {
    rig_.engine.set({.eq = settings::eq_settings(*settings::find_preset("rock")), .volume = 1.0});
    const auto song = noise(6, 8192);
    EXPECT_EQ(find(play(song), song), 2 * (song.size() / 2 + 4096));
    rig_.engine.set({});
    rig_.run(48'128, noise(7, 4096));
    rig_.stop_sink();
    const auto played = play(song);
    EXPECT_LT(find(played, song), played.size() / 2);
}

TEST_F(EngineTest, BypassPlaysTheMixBitForBitWhateverThePreset) {
    dsp::EqSettings eq = settings::eq_settings(*settings::find_preset("bass-boost"));
    eq.bypass = true;
    rig_.engine.set({.eq = eq, .volume = 1.0});
    const auto song = noise(8, 4096);
    const auto played = play(song);
    EXPECT_LT(find(played, song), played.size() / 2);
}

TEST_F(EngineTest, AttachingToMusicThatPlaysFadesIn) {
    Rig rig;
    rig.start_sink();
    std::vector<float> ones(2 * 20'000, 0.5f);
    rig.run(4096, ones);
    rig.engine.prepare(48'000);
    rig.engine.attach(rig.ring.reader);
    EXPECT_FALSE(rig.engine.faded_in());
    const auto played = rig.run(4096, ones);
    double before = 0;
    double largest_step = 0;
    for (std::size_t i = 0; i < played.size(); i += 2) {
        const auto sample = static_cast<double>(played[i]);
        ASSERT_GE(sample, before - 1e-6);
        largest_step = std::max(largest_step, sample - before);
        before = sample;
    }
    EXPECT_EQ(before, 0.5);
    EXPECT_TRUE(rig.engine.faded_in());
    EXPECT_LT(largest_step, 0.5 / 400);  // 20 ms and more, without a corner
}

TEST_F(EngineTest, FadingOutEndsInSilenceWithoutAStep) {
    std::vector<float> ones(2 * 20'000, 0.5f);
    rig_.run(4864);
    rig_.start_sink();
    rig_.run(4096, ones);
    EXPECT_FALSE(rig_.engine.faded_out());
    rig_.engine.fade_out();
    const auto played = rig_.run(4096, ones);
    for (std::size_t i = 2; i < played.size(); i += 2)
        ASSERT_LT(std::abs(played[i] - played[i - 2]), 0.5 / 400);
    EXPECT_TRUE(rig_.engine.faded_out());
    EXPECT_EQ(played.back(), 0.0f);
}

TEST_F(EngineTest, PeaksAreThoseOfTheOutputSinceTheyWereLastAsked) {
    std::vector<float> song(2 * 4096, 0.0f);
    song[2 * 100] = 0.75f;
    song[2 * 200 + 1] = -0.5f;
    play(song);
    const Status status = rig_.engine.status();
    EXPECT_FLOAT_EQ(status.peak[0], 0.75f);
    EXPECT_FLOAT_EQ(status.peak[1], 0.5f);
    EXPECT_EQ(rig_.engine.status().peak[0], 0.0f);
}

TEST_F(EngineTest, AtAnotherRateThanTheOutputsItPlaysSilenceUntilBothHaveTheSame) {
    rig_.start_sink();
    rig_.run(4096, noise(6, 4096));
    rig_.ring.writer.set_rate(44'100);
    EXPECT_EQ(peak(rig_.run(2048, noise(7, 2048))), 0.0);
    rig_.ring.writer.set_rate(48'000);
    EXPECT_GT(peak(rig_.run(2048, noise(8, 2048))), 0.0);
}

TEST_F(EngineTest, ABrokenProducerIsAnsweredWithSilence) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    rig_.start_sink();
    rig_.run(2048, noise(9, 2048));
    auto& producer = rig_.ring.view().control->producer;
    for (int i = 0; i < 20'000; ++i) {
        producer.position.store(random());
        producer.reserved.store(random());
        producer.time_line.start.store(random());
        producer.generation.store(static_cast<std::uint32_t>(random() % 3));
        producer.time_line.anchor_position.store(static_cast<std::int64_t>(random()));
        producer.time_line.anchor_host_time.store(std::bit_cast<double>(random()));
        producer.time_line.ticks_per_frame.store(std::bit_cast<double>(random()));
        producer.time_line.lead.store(static_cast<std::uint32_t>(random()));
        producer.volume.store(std::bit_cast<float>(static_cast<std::uint32_t>(random())));
        const auto played = rig_.pull(1 + random() % 700);
        for (const float sample : played) ASSERT_TRUE(std::isfinite(sample));
    }
}

}  // namespace
}  // namespace gecko::engine::testing
