#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "random.hpp"
#include "sink_host.hpp"

namespace gecko::simulation {

/// Applications there are; several clients can be of one.
inline constexpr std::uint32_t kPlayerApplications = 5;
/// The bundle ID of one of them.
std::string application_name(std::uint32_t application);

/// The clients of Gecko Sink: who plays, under which client ID, and what.
///
/// Together they play the frames that a Checker wants: the first, by client ID, plays what is missing of them to what the others play,
/// each its own whole numbers. They come and go as clients do: some are removed, some stay and play again, and some crash, whose ID the
/// host gives to another without a word.
class Players {
  public:
    explicit Players(std::uint64_t seed) : random_(seed) {}

    /// One starts; true if IO begins with it.
    bool start(SinkHost& host);
    /// One of those that play stops; true if IO ends with it.
    bool stop(SinkHost& host);
    /// The host is gone, and with it who was known to it.
    void forget();

    [[nodiscard]] std::size_t playing() const { return playing_.size(); }
    /// Who plays, in the order of client IDs, each with its frames `first`, `first` + 1, ...; or all with zeroes.
    std::span<const Part> play(std::uint64_t first, std::uint32_t frames, bool rest);

  private:
    struct Player {
        Client client;
        bool crashed = false;
        std::vector<float> pcm;
    };
    Player next_player();

    Random random_;
    pid_t pid_ = 1'000;
    std::vector<Player> playing_;  // by client ID
    std::vector<Player> known_;    // to the host, though they do not play
    std::vector<Part> parts_;
};

}  // namespace gecko::simulation
