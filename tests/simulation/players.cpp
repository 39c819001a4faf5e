#include "players.hpp"

#include <algorithm>

#include "signal.hpp"

namespace gecko::simulation {
namespace {

constexpr UInt32 kIds = 40;  // that the host gives out; more than ever play at once

/// What a client plays at a frame: whole numbers, not negative, so that no sum on the way to the frame leaves what Float32 counts exactly.
constexpr float own_sample(pid_t pid, std::uint64_t frame) {
    const std::uint32_t hash =
        (static_cast<std::uint32_t>(frame) + 7919u * static_cast<std::uint32_t>(pid)) * 2'654'435'761u;
    return static_cast<float>(hash >> 20);
}

}  // namespace

std::string application_name(std::uint32_t application) {
    return "com.example.player" + std::to_string(application);
}

Players::Player Players::next_player() {
    if (!known_.empty() && random_.chance(0.5)) {
        const auto again = known_.begin() + static_cast<std::ptrdiff_t>(random_.below(known_.size()));
        Player player = std::move(*again);
        known_.erase(again);
        return player;
    }
    UInt32 id = 0;
    const auto has_it = [&](const Player& player) { return player.client.id == id; };
    do {
        id = 1 + static_cast<UInt32>(random_.below(kIds));
    } while (std::ranges::any_of(playing_, has_it) || std::ranges::any_of(known_, has_it));
    return {.client = {.id = id, .pid = 0, .bundle_id = {}}, .crashed = false, .pcm = {}};
}

bool Players::start(SinkHost& host) {
    Player player = next_player();
    if (player.crashed || player.client.pid == 0) {
        player.client.pid = ++pid_;
        player.client.bundle_id =
            application_name(static_cast<std::uint32_t>(random_.below(kPlayerApplications)));
        player.crashed = false;
        host.add_client(player.client);
    }
    const UInt32 id = player.client.id;
    playing_.insert(std::ranges::upper_bound(playing_, id, {}, [](const Player& p) { return p.client.id; }),
                    std::move(player));
    return host.start_client(id);
}

bool Players::stop(SinkHost& host) {
    if (playing_.empty()) return false;
    const auto which = playing_.begin() + static_cast<std::ptrdiff_t>(random_.below(playing_.size()));
    Player player = std::move(*which);
    playing_.erase(which);
    const bool ends = host.stop_client(player.client.id);
    player.crashed = random_.chance(0.3);
    // No more are kept than there are IDs for.
    if (player.crashed ? known_.size() < 8 : known_.size() < 8 && random_.chance(0.4)) {
        known_.push_back(std::move(player));
    } else {
        host.remove_client(player.client.id);
    }
    return ends;
}

void Players::forget() {
    playing_.clear();
    known_.clear();
}

std::span<const Part> Players::play(std::uint64_t first, std::uint32_t frames, bool rest) {
    parts_.clear();
    for (Player& player : playing_) {
        player.pcm.resize(2 * std::size_t{frames});
        if (rest) std::ranges::fill(player.pcm, 0.0f);
        parts_.push_back({.client = &player.client, .pcm = player.pcm});
    }
    if (rest || parts_.empty()) return parts_;
    const std::span<float> rest_of_it = parts_.front().pcm;
    count_into(first, rest_of_it);
    for (const Part& part : std::span(parts_).subspan(1)) {
        for (std::size_t i = 0; i < frames; ++i) {
            const float sample = own_sample(part.client->pid, first + i);
            part.pcm[2 * i] = sample;
            part.pcm[2 * i + 1] = -sample;
            rest_of_it[2 * i] -= sample;
            rest_of_it[2 * i + 1] += sample;
        }
    }
    return parts_;
}

}  // namespace gecko::simulation
