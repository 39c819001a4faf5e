#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <random>
#include <utility>
#include <vector>

#include "engine/engine.hpp"
#include "tests/shm/counting.hpp"

namespace gecko::engine::testing {

using shm::testing::PrivateRing;

inline constexpr double kTicksPerFrame = 500;  // 24 MHz at 48 kHz

/// Noise in -0.5..0.5 that depends on the frame's number alone.
inline std::vector<float> noise(std::uint32_t seed, std::size_t frames) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> level(-0.5f, 0.5f);
    std::vector<float> pcm(frames * 2);
    for (float& sample : pcm) sample = level(random);
    return pcm;
}

/// A driver and an output on one clock, cycle by cycle: what the host mixes goes into the ring, what the output pulls comes
/// out of the engine. Sink cycles of 512 frames are written 512 frames ahead, output pulls have 256.
class Rig {
  public:
    static constexpr std::uint32_t kCycle = 512;
    static constexpr std::uint32_t kPull = 256;

    explicit Rig(std::uint32_t client_rings = 0) : ring(1 << 14, client_rings) {
        ring.writer.set_rate(48'000);
        ring.writer.set_volume(1.0f, false);
    }

    void start_sink() {
        ring.writer.set_running(true);
        ring.writer.expect_new_time_line();
        line_ = {.anchor_frame = 0, .anchor_host_time = now_, .ticks_per_frame = kTicksPerFrame};
        sink_frame_ = 0;
        sink_runs_ = true;
    }
    void stop_sink() {
        ring.writer.set_running(false);
        sink_runs_ = false;
    }

    /// Runs for `frames` of the clock (a multiple of kPull), the sink fed from `pcm` first and then from silence. Gives what
    /// the output played; an overloaded output misses its pulls.
    std::vector<float> run(std::size_t frames, const std::vector<float>& pcm = {}, bool overloaded = false) {
        std::vector<float> played;
        std::size_t fed = 0;
        for (std::size_t done = 0; done < frames; done += kPull) {
            if (sink_runs_ &&
                static_cast<double>(sink_frame_) * kTicksPerFrame + line_.anchor_host_time <= now_) {
                std::vector<float> cycle(2 * kCycle, 0.0f);
                if (clients) clients(sink_frame_ + lead_, fed / 2);
                for (std::size_t i = 0; i < cycle.size() && fed < pcm.size(); ++i) cycle[i] = pcm[fed++];
                write(cycle);
            }
            if (overloaded) {
                output_frame_ += kPull;
            } else {
                const auto pulled = pull(kPull);
                played.insert(played.end(), pulled.begin(), pulled.end());
            }
            now_ += kPull * kTicksPerFrame;
        }
        return played;
    }

    void write(const std::vector<float>& cycle) {
        ring.writer.write_mix({.sample_time = sink_frame_ + lead_,
                               .pcm = cycle.data(),
                               .frames = static_cast<std::uint32_t>(cycle.size() / 2),
                               .lead = lead_,
                               .clock = line_});
        sink_frame_ += kCycle;
    }

    std::vector<float> pull(std::size_t frames) {
        std::vector<float> out(2 * frames, 9.0f);
        const double plays = now_ + 2.0 * kPull * kTicksPerFrame;
        engine.render(
            {.sample_time = output_frame_,
             .host_time = static_cast<std::uint64_t>(plays),
             .now = static_cast<std::uint64_t>(now_ + std::exchange(late_ms_, 0.0) * 48 * kTicksPerFrame)},
            out);
        output_frame_ += static_cast<double>(frames);
        return out;
    }

    /// Time goes on, and nothing is mixed or pulled.
    void skip(std::size_t frames) {
        output_frame_ += static_cast<double>(frames);
        now_ += static_cast<double>(frames) * kTicksPerFrame;
    }

    /// Nothing is mixed for so many frames, which a multiple of a cycle is; the output goes on.
    void skip_sink(std::size_t frames) {
        for (std::size_t done = 0; done < frames; done += kPull) {
            pull(kPull);
            now_ += kPull * kTicksPerFrame;
        }
        sink_frame_ += static_cast<std::int64_t>(frames / kCycle * kCycle);
    }
    /// The next callback comes this late, ms.
    void next_pull_late(double ms) { late_ms_ = ms; }
    /// How far ahead the host mixes from now on, frames.
    void set_lead(std::uint32_t frames) { lead_ = frames; }

    PrivateRing ring;
    Engine engine;
    /// Called before each cycle is mixed: its sample time, and the frame of what the sink is fed from that it begins with.
    std::function<void(std::int64_t, std::size_t)> clients;

  private:
    double now_ = 1e9;
    double output_frame_ = 77;
    shm::ClockLine line_;
    std::int64_t sink_frame_ = 0;
    bool sink_runs_ = false;
    double late_ms_ = 0;
    std::uint32_t lead_ = kCycle;
};

/// The frame of `played` at which `pcm` begins, sample for sample; played.size() if nowhere.
inline std::size_t find(const std::vector<float>& played, const std::vector<float>& pcm) {
    for (std::size_t at = 0; at + pcm.size() <= played.size(); at += 2) {
        if (played[at] == pcm[0] &&
            std::equal(pcm.begin(), pcm.end(), played.begin() + static_cast<std::ptrdiff_t>(at))) {
            return at / 2;
        }
    }
    return played.size();
}

inline double peak(const std::vector<float>& pcm) {
    double peak = 0;
    for (const float sample : pcm) peak = std::max(peak, std::abs(static_cast<double>(sample)));
    return peak;
}

}  // namespace gecko::engine::testing
