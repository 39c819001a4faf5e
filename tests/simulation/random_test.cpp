// Statements about whatever happens: faults of all kinds, drawn from a seed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "sanitizer.hpp"
#include "world.hpp"

namespace gecko::simulation {
namespace {

constexpr std::array<std::uint32_t, 8> kBuffers = {32, 64, 128, 256, 480, 512, 1024, 2048};

/// Of the run itself; GECKO_SEED gives another.
std::uint64_t first_seed() {
    const char* given = std::getenv("GECKO_SEED");
    return given != nullptr ? std::strtoull(given, nullptr, 0) : 1;
}

/// A world of its own for each seed: buffers, crystal, jitter and faults.
struct Result {
    std::string verdict;
    std::uint64_t digest;
    Counts counts;
};
Result play(std::uint64_t seed, double seconds) {
    Random random(seed ^ 0x5eed);
    World world({.seed = seed,
                 .rate = random.one_of(driver::kRates),
                 .sink_frames = random.one_of(kBuffers),
                 .output_frames = random.one_of(kBuffers),
                 .ppm = random.between(-300, 300),
                 .jitter = random.between(0, 0.0015),
                 .chains = static_cast<std::uint32_t>(random.below(1 << kPlayerApplications))});
    world.add(random_script(seed, 1, seconds - 8, 1.0));
    world.run_until(seconds);
    world.finish();
    return {
        .verdict = world.verdict(), .digest = world.checker().digest(), .counts = world.checker().counts()};
}

TEST(Random, FaultsExplainAllThatIsNotHeard) {
    const std::uint64_t first = first_seed();
    std::uint64_t played = 0;
    for (std::uint64_t seed = first; seed < first + (kSanitized ? 12 : 100); ++seed) {
        SCOPED_TRACE("GECKO_SEED=" + std::to_string(seed));
        const Result result = play(seed, 40);
        ASSERT_EQ(result.verdict, "");
        played += result.counts.played;
    }
    EXPECT_GT(played, 0u);
}

TEST(Random, TheSameSeedGivesTheSameOutput) {
    const std::uint64_t seed = first_seed();
    const Result first = play(seed, 30);
    const Result second = play(seed, 30);
    const Result other = play(seed + 1, 30);
    EXPECT_EQ(first.digest, second.digest);
    EXPECT_EQ(first.counts.played, second.counts.played);
    EXPECT_NE(first.digest, other.digest);
}

}  // namespace
}  // namespace gecko::simulation
