#include "by_hand.hpp"

#include <sndfile.h>

#include <chrono>
#include <csignal>
#include <thread>

namespace gecko::testing {

void ByHand::start_server(const fs::path& hal, const std::vector<std::string>& more) {
    std::vector<std::string> command{program("minihald"), "--plugins", hal.string(), "--record-dir",
                                     (scratch_ / "recordings").string()};
    command.insert(command.end(), more.begin(), more.end());
    server_.emplace(command, environment(), server_user_);
    ASSERT_TRUE(server_->wait_for("ready")) << server_->finish().out;
}

void ByHand::start_gecko(const std::vector<std::string>& more) {
    std::vector<std::string> command{program("gecko"), "run"};
    command.insert(command.end(), more.begin(), more.end());
    gecko_.emplace(command, environment(), user_);
}

void ByHand::start_player() {
    if (!fs::exists(file_)) {
        write_audio(file_, broadband(11, rate_, 2, 30.0), SF_FORMAT_WAV | SF_FORMAT_PCM_24);
        finder_ = SongFinder(read_audio(file_));
    }
    player_.emplace(std::vector<std::string>{program("gecko-play"), file_.string()}, environment(), user_);
}

void ByHand::kill_it(std::optional<Command>& victim) {
    victim->signal(SIGKILL);
    EXPECT_EQ(victim->finish().signal, SIGKILL);
}

void ByHand::end_all() {
    for (auto* program : {&player_, &gecko_, &server_}) {
        if (!*program) continue;
        (*program)->signal(SIGTERM);
        EXPECT_EQ((*program)->finish(std::chrono::seconds(10)).signal, 0);
        program->reset();
    }
}

bool ByHand::hears_the_song(std::size_t frames) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        auto lines = heard();
        if (lines.empty()) continue;
        lines.erase(lines.begin(), lines.end() - 1);
        const auto stretches = finder_.find(lines);
        if (!stretches.empty() && stretches.back().frames >= frames) return true;
    }
    return false;
}

}  // namespace gecko::testing
