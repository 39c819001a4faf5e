#pragma once

#include <gtest/gtest.h>

#include <optional>

#include "audio_files.hpp"
#include "house.hpp"
#include "recordings.hpp"

namespace gecko::testing {

/// minihald, gecko and gecko-play as people start them by hand: each on its own, in a house of the test's.
class ByHand : public ::testing::Test {
  protected:
    void start_server(const fs::path& hal = kHal, const std::vector<std::string>& more = {});
    void start_gecko(const std::vector<std::string>& more = {});
    void start_player();
    static void kill_it(std::optional<Command>& victim);
    /// Ends all there are, as people do, so that the recordings are whole.
    void end_all();

    /// Waits until this many frames of the song have been heard without a break in the newest line; false after a minute.
    bool hears_the_song(std::size_t frames = 48'000);
    [[nodiscard]] std::vector<Line> heard() const {
        return recorded_lines(scratch_ / "recordings", "Simulated Speakers");
    }
    [[nodiscard]] Command::Environment environment() const {
        return {{"MINIHAL_RUN_DIR", (scratch_ / "run").string()},
                {"GECKO_HOME", (scratch_ / "home").string()}};
    }

    // Whose the programs are; the tests' own user if nothing is said.
    std::optional<uid_t> server_user_;
    std::optional<uid_t> user_;

    Scratch scratch_;
    int rate_ = 48'000;  // of the song, Hz
    fs::path file_ = scratch_ / "song.wav";
    SongFinder finder_;
    std::optional<Command> server_;
    std::optional<Command> gecko_;
    std::optional<Command> player_;
};

}  // namespace gecko::testing
