#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <random>
#include <vector>

#include "dsp/denormals.hpp"
#include "dsp/equaliser.hpp"

// Ten bands, stereo, 48 kHz, blocks of 512 frames. ns_per_frame is the cost of a stereo frame; realtime says how many
// such streams one core could run.

namespace {

using gecko::dsp::BandGains;
using gecko::dsp::Biquad;
using gecko::dsp::FlushDenormals;
using gecko::dsp::kBandCount;
using gecko::dsp::TenBandEqualiser;

constexpr double kRate = 48000.0;
constexpr std::size_t kFrames = 512;
constexpr BandGains kAllOn{6, -4, 3, -2, 1, -1, 2, -3, 4, 5};
constexpr BandGains kAllOnOtherwise{-6, 4, -3, 2, -1, 1, -2, 3, -4, -5};

const std::vector<float>& music() {
    static const std::vector<float> audio = [] {
        std::mt19937 random(1);  // NOLINT(bugprone-random-generator-seed): the same in each run
        std::uniform_real_distribution<float> value(-0.1F, 0.1F);
        std::vector<float> noise(2 * kFrames);
        for (float& sample : noise) sample = value(random);
        return noise;
    }();
    return audio;
}

using Clock = std::chrono::steady_clock;

void report(benchmark::State& state, Clock::duration elapsed) {
    const double seconds = std::chrono::duration<double>(elapsed).count();
    const auto frames = static_cast<double>(state.iterations()) * static_cast<double>(kFrames);
    state.counters["ns_per_frame"] = seconds * 1e9 / frames;
    state.counters["realtime"] = frames / kRate / seconds;
}

void equalise(benchmark::State& state, const BandGains& even, const BandGains& odd) {
    const FlushDenormals guard;
    TenBandEqualiser equaliser;
    equaliser.set_target(even);
    equaliser.prepare(kRate);
    std::vector<float> audio(2 * kFrames);
    bool is_even = true;
    const auto start = Clock::now();
    for ([[maybe_unused]] auto _ : state) {
        audio = music();
        equaliser.set_target(is_even ? even : odd);
        is_even = !is_even;
        equaliser.process(audio);
        benchmark::DoNotOptimize(audio.data());
    }
    report(state, Clock::now() - start);
}

void flat(benchmark::State& state) {
    equalise(state, {}, {});
}
void one_band(benchmark::State& state) {
    equalise(state, {0, 0, 3}, {0, 0, 3});
}
void all_bands(benchmark::State& state) {
    equalise(state, kAllOn, kAllOn);
}
void all_bands_moving(benchmark::State& state) {
    equalise(state, kAllOn, kAllOnOtherwise);
}

/// What one would write first: each band over the whole block, one channel after the other.
class PlainLoop {
  public:
    PlainLoop() {
        for (std::size_t band = 0; band < kBandCount; ++band) {
            filters_[band] = gecko::dsp::design_band(band, kAllOn[band], kRate);
        }
    }

    void process(std::vector<float>& audio) {
        for (std::size_t channel = 0; channel < 2; ++channel) {
            for (std::size_t i = 0; i < kFrames; ++i) work_[i] = static_cast<double>(audio[2 * i + channel]);
            for (std::size_t band = 0; band < kBandCount; ++band) {
                const Biquad f = filters_[band];
                auto [s1, s2] = state_[channel][band];
                for (double& x : work_) {
                    const double y = f.b0 * x + s1;
                    s1 = f.b1 * x - f.a1 * y + s2;
                    s2 = f.b2 * x - f.a2 * y;
                    x = y;
                }
                state_[channel][band] = {s1, s2};
            }
            for (std::size_t i = 0; i < kFrames; ++i) audio[2 * i + channel] = static_cast<float>(work_[i]);
        }
    }

  private:
    std::array<Biquad, kBandCount> filters_;
    std::array<std::array<std::array<double, 2>, kBandCount>, 2> state_{};
    std::array<double, kFrames> work_{};
};

/// Both in turn, block by block, so that whatever else the machine does meets both: times_faster is what counts.
void all_bands_against_plain_loop(benchmark::State& state) {
    const FlushDenormals guard;
    TenBandEqualiser equaliser;
    equaliser.set_target(kAllOn);
    equaliser.prepare(kRate);
    PlainLoop plain;
    std::vector<float> ours(2 * kFrames);
    std::vector<float> theirs(2 * kFrames);
    Clock::duration our_time{};
    Clock::duration plain_time{};
    for ([[maybe_unused]] auto _ : state) {
        ours = music();
        theirs = music();
        const auto start = Clock::now();
        equaliser.process(ours);
        benchmark::DoNotOptimize(ours.data());
        const auto middle = Clock::now();
        plain.process(theirs);
        benchmark::DoNotOptimize(theirs.data());
        our_time += middle - start;
        plain_time += Clock::now() - middle;
    }
    state.counters["times_faster"] =
        std::chrono::duration<double>(plain_time) / std::chrono::duration<double>(our_time);
}

}  // namespace

BENCHMARK(flat);
BENCHMARK(one_band);
BENCHMARK(all_bands);
BENCHMARK(all_bands_moving);
BENCHMARK(all_bands_against_plain_loop);
