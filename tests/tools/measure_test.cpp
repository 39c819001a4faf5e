// The measurement against recordings whose faults and filters are known.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>

#include "dsp/equaliser.hpp"
#include "dsp/response.hpp"
#include "settings/presets.hpp"
#include "tests/tools/test_music.hpp"
#include "tools/measure/alignment.hpp"
#include "tools/measure/integrity.hpp"
#include "tools/measure/levels.hpp"
#include "tools/measure/response.hpp"
#include "tools/measure/time_lines.hpp"

namespace gecko::measure {
namespace {

constexpr std::uint32_t kRate = 48000;
constexpr std::int64_t kLead = 30011;
constexpr std::int64_t kFault = 100000;  // frame of the reference at which tests break the recording

const std::vector<float>& music() {
    static const std::vector<float> samples = test_music(kRate, 5.0);
    return samples;
}

std::vector<float> equalised(std::vector<float> samples, std::string_view preset, double rate = kRate) {
    const settings::Preset* found = settings::find_preset(preset);
    EXPECT_NE(found, nullptr);
    dsp::TenBandEqualiser equaliser;
    equaliser.set_target(found->gains_db);
    equaliser.prepare(rate);
    const double preamp = dsp::from_db(found->preamp_db);
    for (float& sample : samples) sample = static_cast<float>(preamp * static_cast<double>(sample));
    equaliser.process(samples);
    return samples;
}

using Frames = std::vector<float>;
auto frame(Frames& samples, std::int64_t n) {
    return samples.begin() + 2 * n;
}
void cut(Frames& samples, std::int64_t at, std::int64_t count) {
    samples.erase(frame(samples, at), frame(samples, at + count));
}
void repeat(Frames& samples, std::int64_t at, std::int64_t count) {
    const Frames again(frame(samples, at), frame(samples, at + count));
    samples.insert(frame(samples, at), again.begin(), again.end());
}
void silence(Frames& samples, std::int64_t at, std::int64_t count) {
    std::fill(frame(samples, at), frame(samples, at + count), 0.0F);
}

Integrity check(const Frames& recording) {
    const Audio reference{music(), kRate};
    const Audio heard{recording, kRate};
    const auto lag = find_lag(reference, heard);
    EXPECT_EQ(lag, kLead);
    return check_integrity(reference, heard, lag.value_or(0));
}

TEST(Alignment, FindsTheSongInARecordingToTheFrame) {
    for (const std::int64_t lead : {0, 1, 511, 48000, 400000}) {
        const Frames recording = between_silence(music(), static_cast<std::size_t>(lead), 20000);
        EXPECT_EQ(find_lag({music(), kRate}, {recording, kRate}), lead);
    }
}

TEST(Alignment, FindsTheSongThroughEveryPresetToTheFrame) {
    for (const settings::Preset& preset : settings::kPresets) {
        const Frames recording = equalised(between_silence(music(), kLead, 20000), preset.name);
        EXPECT_EQ(find_lag({music(), kRate}, {recording, kRate}), kLead) << preset.name;
    }
}

/// Two or three seconds of what a correlation finds no one peak in, from silence to an abrupt end.
struct Tonal {
    const char* name;
    std::int64_t frames;
    double (*at)(double seconds);
};
constexpr double kTurn = 2.0 * std::numbers::pi;

double harmonics(double hz, double t) {
    double sum = 0.0;
    for (int k = 1; k <= 3; ++k) sum += std::sin(kTurn * k * hz * t) / (k * k);
    return sum;
}
/// The note of its time, four a second.
double arpeggio_hz(double t) {
    constexpr std::array kNotes{330.0, 415.0, 495.0, 660.0};
    return kNotes[static_cast<std::size_t>(4.0 * t) % kNotes.size()];
}
constexpr std::array<Tonal, 4> kTonal{{
    {"arpeggio", 3 * kRate,
     [](double t) { return 0.25 * std::min(t / 0.02, 1.0) * harmonics(arpeggio_hz(t), t); }},
    {"tone of 440 Hz", 2 * kRate, [](double t) { return 0.25 * std::sin(kTurn * 440.0 * t); }},
    {"sweep", 3 * kRate, [](double t) { return 0.25 * std::sin(kTurn * (100.0 * t + 150.0 * t * t)); }},
    {"plucks", 2 * kRate,
     [](double t) {
         const double since = std::fmod(t, 0.25);
         return 0.25 * std::exp(-12.0 * since) * harmonics(arpeggio_hz(t), since);
     }},
}};

/// As a file of 16-bit samples holds it.
Frames samples_of(const Tonal& tonal) {
    Frames samples;
    for (std::int64_t n = 0; n < tonal.frames; ++n) {
        const double sample = tonal.at(static_cast<double>(n) / kRate);
        samples.insert(samples.end(), 2, static_cast<float>(std::round(32768.0 * sample) / 32768.0));
    }
    return samples;
}

class Tones : public testing::TestWithParam<Tonal> {};
INSTANTIATE_TEST_SUITE_P(Sounds, Tones, testing::ValuesIn(kTonal),
                         [](const auto& sound) { return std::to_string(sound.index); });

TEST_P(Tones, AreFoundToTheFrameAndFoundIntactThroughEveryPreset) {
    const Frames song = samples_of(GetParam());
    const Audio reference{song, kRate};
    for (const settings::Preset& preset : settings::kPresets) {
        const Frames recording = equalised(between_silence(song, kLead, 20000), preset.name);
        const auto lag = find_lag(reference, {recording, kRate});
        ASSERT_EQ(lag, kLead) << GetParam().name << ", " << preset.name;
        const Integrity result = check_integrity(reference, {recording, kRate}, *lag);
        EXPECT_TRUE(result.intact()) << GetParam().name << ", " << preset.name << ": " << result.lost
                                     << " lost, " << result.repeated << " repeated, " << result.damaged
                                     << " damaged";
        EXPECT_EQ(result.arrived, GetParam().frames);
    }
}

TEST_P(Tones, ThatLackFramesAreNotFoundIntact) {
    const Frames song = samples_of(GetParam());
    for (const std::int64_t at : {1000, 50003}) {
        Frames recording = between_silence(song, kLead, 20000);
        cut(recording, kLead + at, 64);
        recording = equalised(recording, "rock");
        const auto lag = find_lag({song, kRate}, {recording, kRate});
        const Integrity result = check_integrity({song, kRate}, {recording, kRate}, lag.value_or(0));
        EXPECT_FALSE(result.intact()) << GetParam().name << ", " << at;
    }
}

TEST(Alignment, SoundAheadOfAnEqualisedSongDoesNotHideIt) {
    Frames recording = between_silence(music(), kLead, 20000);
    *frame(recording, 7000) = 0.5F;
    const auto lag = find_lag({music(), kRate}, {equalised(recording, "bass-boost"), kRate});
    ASSERT_TRUE(lag.has_value());
    EXPECT_NEAR(static_cast<double>(*lag), kLead, 8.0);
}

TEST(Alignment, ARecordingOfSomethingElseHoldsNoSong) {
    const Frames other = test_music(kRate, 5.0, 77);
    EXPECT_EQ(find_lag({music(), kRate}, {other, kRate}), std::nullopt);
    const Frames nothing(music().size());
    EXPECT_EQ(find_lag({music(), kRate}, {nothing, kRate}), std::nullopt);
    EXPECT_EQ(find_lag({nothing, kRate}, {music(), kRate}), std::nullopt);
}

TEST(Alignment, ASongWhoseBeginningWasLostIsStillFound) {
    Frames recording = between_silence(music(), 1000, 20000);
    cut(recording, 0, 6000);
    EXPECT_EQ(find_lag({music(), kRate}, {recording, kRate}), -5000);
}

TEST(Integrity, ARecordingOfEverySampleIsIdentical) {
    const Integrity result = check(between_silence(music(), kLead, 20000));
    EXPECT_TRUE(result.identical);
    EXPECT_TRUE(result.intact());
    EXPECT_EQ(result.arrived, static_cast<std::int64_t>(music().size() / 2));
}

TEST(Integrity, OneWrongSampleIsNotIdentical) {
    for (const std::int64_t at :
         {std::int64_t{480}, kFault, static_cast<std::int64_t>(music().size() / 2) - 481}) {
        Frames recording = between_silence(music(), kLead, 20000);
        float& sample = *frame(recording, kLead + at);
        sample = std::nextafter(sample, 1.0F);
        const Integrity result = check(recording);
        EXPECT_FALSE(result.identical);
        EXPECT_EQ(result.damaged, 1);
        ASSERT_EQ(result.breaks.size(), 1U);
        EXPECT_EQ(result.breaks[0].at, at);
    }
}

TEST(Integrity, SoundAheadOfOrBehindTheSongIsNoPartOfIt) {
    Frames recording = between_silence(music(), kLead, 20000);
    recording.back() = 0.5F;
    EXPECT_TRUE(check(recording).identical);
}

class Faults : public testing::TestWithParam<std::int64_t> {};
INSTANTIATE_TEST_SUITE_P(Frames, Faults, testing::Values(1, 64, 512));

TEST_P(Faults, MissingFramesAreCountedExactlyWhereSamplesAreCompared) {
    Frames recording = between_silence(music(), kLead, 20000);
    cut(recording, kLead + kFault, GetParam());
    const Integrity result = check(recording);
    EXPECT_EQ(result.lost, GetParam());
    EXPECT_EQ(result.repeated, 0);
    EXPECT_EQ(result.damaged, 0);
    ASSERT_EQ(result.breaks.size(), 1U);
    EXPECT_EQ(result.breaks[0].at, kFault);
}

TEST_P(Faults, RepeatedFramesAreCountedExactlyWhereSamplesAreCompared) {
    Frames recording = between_silence(music(), kLead, 20000);
    repeat(recording, kLead + kFault, GetParam());
    const Integrity result = check(recording);
    EXPECT_EQ(result.repeated, GetParam());
    EXPECT_EQ(result.lost + result.damaged, 0);
    EXPECT_EQ(result.arrived, static_cast<std::int64_t>(music().size() / 2));
}

TEST_P(Faults, SilencedFramesAreCountedExactlyWhereSamplesAreCompared) {
    Frames recording = between_silence(music(), kLead, 20000);
    silence(recording, kLead + kFault, GetParam());
    const Integrity result = check(recording);
    EXPECT_EQ(result.damaged, GetParam());
    EXPECT_EQ(result.lost + result.repeated, 0);
}

TEST_P(Faults, MissingFramesAreCountedExactlyThroughAnEqualiserWhereverTheyAreLost) {
    for (const bool ahead_of_it : {true, false}) {
        Frames recording = between_silence(music(), kLead, 20000);
        if (ahead_of_it) cut(recording, kLead + kFault, GetParam());
        recording = equalised(recording, ahead_of_it ? "podcast" : "bass-boost");
        if (!ahead_of_it) cut(recording, kLead + kFault, GetParam());
        const Integrity result = check(recording);
        EXPECT_EQ(result.comparison, Comparison::filtered);
        EXPECT_EQ(result.lost, GetParam());
        EXPECT_EQ(result.repeated, 0);
        ASSERT_EQ(result.breaks.size(), 1U);
        EXPECT_NEAR(static_cast<double>(result.breaks[0].at), kFault, 2.0);
    }
}

TEST_P(Faults, RepeatedFramesAreCountedExactlyThroughAnEqualiser) {
    Frames recording = between_silence(music(), kLead, 20000);
    repeat(recording, kLead + kFault, GetParam());
    const Integrity result = check(equalised(recording, "rock"));
    EXPECT_EQ(result.repeated, GetParam());
    EXPECT_EQ(result.lost, 0);
    EXPECT_EQ(result.breaks.size(), 1U);
}

TEST_P(Faults, SilencedFramesAreCountedToTheFiltersLengthThroughAnEqualiser) {
    Frames recording = between_silence(music(), kLead, 20000);
    silence(recording, kLead + kFault, GetParam());
    const Integrity result = check(equalised(recording, "rock"));
    EXPECT_NEAR(static_cast<double>(result.damaged), static_cast<double>(GetParam()), 20.0);
    EXPECT_GE(result.damaged, 1);
    EXPECT_EQ(result.lost + result.repeated, 0);
}

TEST(Integrity, EveryPresetAloneBreaksNothing) {
    for (const std::uint32_t rate : {44100U, 192000U}) {
        const Frames song = test_music(rate, 2.0);
        for (const settings::Preset& preset : settings::kPresets) {
            if (rate != 44100 && preset.name != "podcast") continue;
            const Frames recording = equalised(between_silence(song, kLead, 20000), preset.name, rate);
            const Audio reference{song, rate};
            const Audio heard{recording, rate};
            const Integrity result =
                check_integrity(reference, heard, find_lag(reference, heard).value_or(0));
            EXPECT_TRUE(result.intact()) << preset.name << " at " << rate << ": " << result.breaks.size();
        }
    }
}

TEST(Integrity, SeveralFaultsOfSeveralKindsAreToldApart) {
    for (const bool filtered : {false, true}) {
        Frames recording = between_silence(music(), kLead, 20000);
        cut(recording, kLead + 180000, 3);
        silence(recording, kLead + 120000, 128);
        repeat(recording, kLead + 60000, 17);
        const Integrity result = check(filtered ? equalised(recording, "vocal") : recording);
        ASSERT_EQ(result.breaks.size(), 3U);
        EXPECT_EQ(result.breaks[0].repeated, 17);
        EXPECT_NEAR(static_cast<double>(result.breaks[1].damaged), 128.0, filtered ? 20.0 : 0.0);
        EXPECT_EQ(result.breaks[2].lost, 3);
    }
}

TEST(Integrity, ASongThatStopsHalfWayHasLostTheRest) {
    Frames recording = between_silence(music(), kLead, 0);
    recording.resize(2 * (kLead + kFault));
    const Integrity result = check(recording);
    // The reference's own silence at the end is no audio that can be missed.
    EXPECT_NEAR(static_cast<double>(result.lost + result.damaged),
                static_cast<double>(static_cast<std::int64_t>(music().size() / 2) - kFault), 500.0);
}

TEST(Integrity, ADistortedPathIsReportedAsNotFollowed) {
    Frames recording = between_silence(music(), kLead, 20000);
    for (float& sample : recording) sample = std::tanh(3.0F * sample);
    const Integrity result = check_integrity({music(), kRate}, {recording, kRate}, kLead);
    EXPECT_EQ(result.comparison, Comparison::failed);
    EXPECT_FALSE(result.intact());
}

TEST(Response, FollowsTheClosedFormOfEveryPresetWithinFiveHundredthsOfADecibel) {
    for (const std::uint32_t rate : {44100U, 48000U, 192000U}) {
        const Frames song = test_music(rate, 6.0);
        for (const settings::Preset& preset : settings::kPresets) {
            if (rate != 48000 && preset.name != "rock") continue;
            const Frames recording = equalised(between_silence(song, 5000, 20000), preset.name, rate);
            const Response response = measure_response({song, rate}, {recording, rate}, 5000);
            for (const ResponsePoint& point : response.points) {
                ASSERT_TRUE(point.measured) << point.wanted_hz << " Hz, " << preset.name << " at " << rate
                                            << ", coherence " << point.coherence;
                EXPECT_NEAR(point.gain_db, dsp::response_db(eq_settings(preset), point.frequency_hz, rate),
                            0.05)
                    << point.wanted_hz << " Hz, " << preset.name << " at " << rate;
                EXPECT_NEAR(std::log2(point.frequency_hz / point.wanted_hz), 0.0, 0.2);
            }
        }
    }
}

TEST(Response, IsNotMeasuredWhereTheSongHasNoEnergy) {
    // Band-limited to below 4 kHz or so: a one-second echo of sines.
    Frames song(std::size_t{20} * kRate);
    for (std::size_t n = 0; n < song.size() / 2; ++n) {
        const double t = static_cast<double>(n) / kRate;
        double sum = 0.0;
        for (const double hz : {62.0, 125.0, 250.0, 500.0, 1000.0})
            sum += 0.1 * std::sin(2.0 * std::numbers::pi * hz * t);
        song[2 * n] = song[2 * n + 1] = static_cast<float>(sum * std::sin(std::numbers::pi * t / 10.0));
    }
    const Response response = measure_response({song, kRate}, {song, kRate}, 0);
    for (const ResponsePoint& point : response.points) {
        if (point.wanted_hz >= 2000.0) {
            EXPECT_FALSE(point.measured) << point.wanted_hz;
        }
        if (point.wanted_hz == 1000.0 || point.wanted_hz == 125.0) {
            EXPECT_TRUE(point.measured) << point.wanted_hz;
        }
    }
}

TEST(Response, IsNotMeasuredWhereTheRecordingHoldsOtherSound) {
    Frames recording = music();
    const Frames other = test_music(kRate, 5.0, 5);
    for (std::size_t i = 0; i < recording.size(); ++i) recording[i] += other[i];
    for (const ResponsePoint& point : measure_response({music(), kRate}, {recording, kRate}, 0).points) {
        EXPECT_FALSE(point.measured) << point.wanted_hz;
    }
}

TEST(Levels, AreThoseOfASine) {
    Frames sine(std::size_t{2} * kRate);
    for (std::size_t n = 0; n < sine.size() / 2; ++n) {
        sine[2 * n] =
            static_cast<float>(0.5 * std::sin(2.0 * std::numbers::pi * static_cast<double>(n) / 48.0));
    }
    const Levels levels = measure_levels({sine, kRate}, 0, kRate);
    EXPECT_NEAR(levels.peak_db[0], -6.02, 0.01);
    EXPECT_NEAR(levels.rms_db[0], -9.03, 0.01);
    EXPECT_EQ(levels.peak_db[1], -HUGE_VAL);
}

TEST(TimeLines, AreReadWithTheTimesAtWhichFramesArePresented) {
    const auto folder =
        std::filesystem::temp_directory_path() / ("gecko-time-lines-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    const auto write = [&](const char* text) { std::ofstream(folder / "recordings.jsonl") << text; };
    EXPECT_NE(read_time_lines(folder).error().find("missing"), std::string::npos);
    write(
        R"({"device":"Simulated Speakers","uid":"u","file":"Simulated Speakers.1.wav","rate":48000,"channels":2,)"
        R"("frames":4800,"first_sample_time":512,"first_host_time_ns":1000,"buffer_frames":512})"
        "\n");
    const auto lines = read_time_lines(folder);
    ASSERT_TRUE(lines.has_value()) << lines.error();
    ASSERT_EQ(lines->size(), 1U);
    EXPECT_EQ(lines->front().device, "Simulated Speakers");
    EXPECT_DOUBLE_EQ(lines->front().host_time_ns(48), 1001000.0);
    write("{\"device\":\"Sim\"");
    EXPECT_NE(read_time_lines(folder).error().find("line 1"), std::string::npos);
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace gecko::measure
