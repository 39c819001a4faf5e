// Gecko Sink as applications and the system's settings use it: rates and controls, changed while something plays.
#include <gtest/gtest.h>
#include <sndfile.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <thread>

#include "by_hand.hpp"
#include "tests/simulation/sanitizer.hpp"

namespace gecko::testing {
namespace {

constexpr const char* kSink = "GeckoSink_UID";
constexpr const char* kSpeakers = "SimulatedSpeakers_UID";

class SinkDevice : public ByHand {
  protected:
    Outcome application(const std::vector<std::string>& arguments) {
        std::vector<std::string> command{program("end_to_end_application")};
        command.insert(command.end(), arguments.begin(), arguments.end());
        return run(command, environment());
    }
    void start_application(const std::vector<std::string>& arguments) {
        std::vector<std::string> command{program("end_to_end_application"), kSink};
        command.insert(command.end(), arguments.begin(), arguments.end());
        player_.emplace(command, environment());
        ASSERT_TRUE(player_->wait_for("playing")) << player_->finish().out;
    }
    void start_all(const std::vector<std::string>& arguments) {
        start_server();
        start_gecko();
        ASSERT_TRUE(gecko_->wait_for("ready: play into Gecko Sink")) << gecko_->finish().out;
        start_application(arguments);
    }
    /// Looks at what the speakers have recorded last until `wanted` is true of it; false after a minute.
    template <class Wanted>
    bool comes_to_hear(Wanted wanted) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
        while (std::chrono::steady_clock::now() < deadline) {
            const auto lines = heard();
            if (!lines.empty() && wanted(lines)) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        return false;
    }
};

/// How many frames at the end of a line count on without a break, one by one.
std::size_t counted(const Line& line) {
    const auto& samples = line.audio.samples;
    const auto number = [&](std::size_t frame) {
        const auto left = static_cast<double>(samples[2 * frame]) * 0x1p24;
        return samples[2 * frame + 1] == -samples[2 * frame] && left > 0 && left == std::floor(left) ? left
                                                                                                     : -1;
    };
    std::size_t frames = 0;
    for (std::size_t frame = line.audio.frames(); frame-- > 1; ++frames) {
        const double here = number(frame);
        if (here < 0 || number(frame - 1) != here - 1) break;
    }
    return frames;
}

TEST_F(SinkDevice, AtEveryRateInTurnTheSongGoesOnBitForBitAndGeckoIsTheSame) {
    start_all({"count"});
    std::size_t lines_before = 0;
    const auto follows = [&](const char* device, int hz) {
        // Within 2 s of a change of Gecko Sink's rate another one is taken back: then it is asked for again.
        return comes_to_hear([&](const std::vector<Line>& lines) {
            if (application({device, "print"}).out.find("rate " + std::to_string(hz) + " ") ==
                std::string::npos)
                application({device, "rate", std::to_string(hz)});
            return lines.size() > lines_before && counted(lines.back()) >= static_cast<std::size_t>(hz) / 10;
        });
    };
    const auto step = [&](const char* device, int hz) {
        lines_before = heard().size();
        gecko_->mark();
        ASSERT_TRUE(follows(device, hz)) << hz;
        for (const char* either : {kSink, kSpeakers})
            EXPECT_NE(application({either, "print"}).out.find("rate " + std::to_string(hz) + " "),
                      std::string::npos)
                << hz;
    };
    ASSERT_TRUE(comes_to_hear([](const auto& lines) { return counted(lines.back()) >= 4'800; }));
    // Somebody changes Gecko Sink, and the output follows; or the output, and Gecko Sink follows.
    step(kSink, 8'000);
    // With ThreadSanitizer a machine does not keep up with the highest ones.
    const int highest = simulation::kThreadSanitized ? 96'000 : 384'000;
    for (const int hz : {16'000, 24'000, 32'000, 44'100, 48'000, 88'200, 96'000, 176'400, 192'000, 352'800})
        if (hz < highest) step(kSpeakers, hz);
    step(kSink, highest);
    EXPECT_FALSE(gecko_->said("attached")) << "the app began anew";
    end_all();
}

/// Levels of both channels over the level that is played, from a frame on; nothing if they differ.
double gain_at(const Line& line, std::size_t frame, float level) {
    return static_cast<double>(line.audio.samples[2 * frame]) / static_cast<double>(level);
}

TEST_F(SinkDevice, AVolumeSetWhilePlayingIsHeardAsExactlySoManyDecibelsWithoutAClickAndMuteIsDigitalSilence) {
    constexpr float kLevel = 0.5f;
    start_all({"level", "0.5"});
    const auto comes_to = [&](double gain, std::size_t frames) {
        return comes_to_hear([&](const std::vector<Line>& lines) {
            const Line& line = lines.back();
            const std::size_t all = line.audio.frames();
            if (all < frames) return false;
            for (std::size_t frame = all - frames; frame < all; ++frame)
                if (std::abs(gain_at(line, frame, kLevel) - gain) > 1e-4 * gain) return false;
            return true;
        });
    };
    constexpr std::size_t kStays = 9'600;  // frames; nothing takes longer to get there
    ASSERT_TRUE(comes_to(1.0, kStays));
    const std::size_t full = heard().back().audio.frames();

    std::vector<double> levels = {1.0};
    for (const double decibels : {-6.0, -20.0, -0.5, -63.0, -12.0}) {
        ASSERT_EQ(application({kSink, "decibels", std::to_string(decibels)}).exit_code, 0);
        // 0.01 dB is 1.15e-3 of the gain; this is a tenth of it.
        EXPECT_TRUE(comes_to(std::pow(10.0, decibels / 20), kStays)) << decibels;
        levels.push_back(std::pow(10.0, decibels / 20));
    }
    ASSERT_EQ(application({kSink, "mute", "1"}).exit_code, 0);
    EXPECT_TRUE(comes_to(0.0, kStays));
    levels.push_back(0.0);
    ASSERT_EQ(application({kSink, "mute", "0"}).exit_code, 0);
    EXPECT_TRUE(comes_to(levels[levels.size() - 2], kStays));
    ASSERT_EQ(application({kSink, "volume", "0"}).exit_code, 0);
    EXPECT_TRUE(comes_to(0.0, kStays)) << "the slider at its lowest";
    ASSERT_EQ(application({kSink, "volume", "1"}).exit_code, 0);
    EXPECT_TRUE(comes_to(1.0, kStays));
    const auto lines = heard();  // before the application ends, which is a step
    end_all();

    // One line, and in it no step that the ramp does not make: 0.0023 of the way in a frame at 48 kHz at most (dsp/smoother.hpp:
    // four averages of 2 ms, e^-3 27/6 of a time constant at their steepest), and no kink: between frames it bends by 3e-5 at most.
    ASSERT_EQ(lines.size(), 1u);
    double step = 0;
    double bend = 0;
    for (std::size_t frame = full; frame + 2 < lines[0].audio.frames(); ++frame) {
        const double here = gain_at(lines[0], frame, kLevel);
        const double next = gain_at(lines[0], frame + 1, kLevel);
        const double last = gain_at(lines[0], frame + 2, kLevel);
        step = std::max(step, std::abs(next - here));
        bend = std::max(bend, std::abs(last - 2 * next + here));
    }
    std::printf("largest step %.5f, largest bend %.6f of full scale\n", step, bend);
    EXPECT_LT(step, 0.0024);
    EXPECT_LT(bend, 3e-5);
}

TEST_F(SinkDevice, VolumeMuteAndRateAreWhatTheyWereAfterTheAudioServerWasKilledAndStartedAgain) {
    const auto set = [&](const char* what, const char* value) {
        ASSERT_EQ(application({kSink, what, value}).exit_code, 0) << what;
    };
    const auto kept = [&](const std::string& text) {
        const fs::path file = scratch_ / "run" / "storage" / "com.gecko.driver.AudioDevice.plist";
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (std::chrono::steady_clock::now() < deadline) {
            std::ifstream in(file);
            if (std::string{std::istreambuf_iterator<char>(in), {}}.find(text) != std::string::npos)
                return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        return false;
    };
    start_server();
    EXPECT_EQ(application({kSink, "print"}).out, "rate 48000 volume 1 decibels 0 mute 0\n");
    set("volume", "0.375");
    set("mute", "1");
    set("rate", "96000");
    // What a setter has been answered the driver writes a moment later.
    ASSERT_TRUE(kept("rate"));
    ASSERT_TRUE(kept("mute"));
    ASSERT_TRUE(kept("volume"));
    kill_it(server_);
    start_server();
    EXPECT_EQ(application({kSink, "print"}).out, "rate 96000 volume 0.375 decibels -40 mute 1\n");
    set("volume", "0.5");
    end_all();
    std::ofstream(scratch_ / "run" / "storage" / "com.gecko.driver.AudioDevice.plist") << "<plist>half a fi";
    start_server();
    EXPECT_EQ(application({kSink, "print"}).out, "rate 48000 volume 1 decibels 0 mute 0\n");
    end_all();
}

}  // namespace
}  // namespace gecko::testing
