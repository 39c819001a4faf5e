// Speakers whose crystal is off, for real: programs started by hand.
#include <gtest/gtest.h>
#include <sndfile.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "by_hand.hpp"

namespace gecko::testing {
namespace {

using Drift = ByHand;

TEST_F(Drift, OnSpeakersThatRunFastGeckoSinkIsSteeredAndTheSongArrivesBitForBit) {
    const Audio song = broadband(21, 48'000, 2, 25.0);
    write_audio(file_, song, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
    start_server(kHal, {"--speakers-ppm", "300"});
    start_gecko({"--json"});
    ASSERT_TRUE(gecko_->wait_for("\"state\":\"running\""));
    start_player();
    EXPECT_EQ(player_->finish().exit_code, 0);
    player_.reset();
    gecko_->signal(SIGINT);
    const Outcome said = gecko_->finish();
    gecko_.reset();
    end_all();

    double steering = 0;
    double farthest = 0;  // frames
    std::istringstream lines(said.out);
    for (std::string line; std::getline(lines, line);) {
        const auto status = nlohmann::json::parse(line);
        if (!status["playing"].get<bool>()) continue;
        steering = status["steering_ppm"].get<double>();
        farthest = std::max(
            farthest, std::abs(status["fill_frames"].get<double>() - status["target_frames"].get<double>()));
        EXPECT_EQ(status["underrun_frames"], 0);
        EXPECT_EQ(status["overtaken_frames"], 0);
    }
    // The loop overshoots by an eighth on its way (docs/clock.md).
    EXPECT_GT(steering, 270);
    EXPECT_LT(steering, 345);
    EXPECT_GT(farthest, 20);
    EXPECT_LT(farthest, 0.0012 * 48'000);

    EXPECT_TRUE(std::ranges::any_of(heard(), [&](const Line& line) {
        return !std::ranges::search(line.audio.samples, song.samples).empty();
    }));
}

}  // namespace
}  // namespace gecko::testing
