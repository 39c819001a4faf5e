#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace gecko::bench {

/// Something that is timed: `run` does it once.
struct Contender {
    std::string name;
    std::function<void()> run;
};

/// Median over the rounds of what one call of each costs, in ns.
///
/// In each round every contender runs `calls` times, one contender after the other, in an order that is drawn anew: whatever else
/// the machine does, and whatever one leaves in the caches for the next, meets them all, and the median leaves out the extremes.
inline std::vector<double> interleaved_medians(const std::vector<Contender>& contenders, int rounds,
                                               int calls) {
    using Clock = std::chrono::steady_clock;
    std::vector<std::vector<double>> times(contenders.size());
    std::vector<std::size_t> order(contenders.size());
    std::iota(order.begin(), order.end(), 0);
    std::mt19937 random(1);  // NOLINT(bugprone-random-generator-seed): the same in each run
    for (int round = -2; round < rounds; ++round) {  // two to warm up
        std::shuffle(order.begin(), order.end(), random);
        for (const std::size_t i : order) {
            const auto start = Clock::now();
            for (int call = 0; call < calls; ++call) contenders[i].run();
            const std::chrono::duration<double, std::nano> took = Clock::now() - start;
            if (round >= 0) times[i].push_back(took.count() / calls);
        }
    }
    std::vector<double> medians;
    for (auto& of_one : times) {
        const auto middle = of_one.begin() + static_cast<std::ptrdiff_t>(of_one.size() / 2);
        std::nth_element(of_one.begin(), middle, of_one.end());
        medians.push_back(*middle);
    }
    return medians;
}

}  // namespace gecko::bench
