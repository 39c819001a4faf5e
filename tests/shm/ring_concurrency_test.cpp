#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <random>
#include <string>
#include <thread>

#include "counting.hpp"

namespace gecko::shm::testing {
namespace {

std::string unique_name() {
    return "/GeckoRingTest." + std::to_string(::getpid());
}

/// Writes counting frames in blocks of random size until `frames` are out.
void produce(RingWriter& writer, std::uint64_t frames, std::uint32_t seed, std::uint64_t most) {
    std::mt19937 random(seed);
    for (std::uint64_t position = 0; position < frames;) {
        const std::uint64_t block = std::min<std::uint64_t>(1 + random() % most, frames - position);
        writer.write_mix(cycle_of(static_cast<std::int64_t>(position), counting_frames(position, block)));
        position += block;
    }
}

struct Heard {
    std::uint64_t frames = 0;
    std::uint64_t overtaken = 0;
    std::uint64_t wrong = 0;
};

/// Reads blocks of random size behind the producer; every frame must be the right one, or silence that was
/// counted.
Heard consume(const RingReader& reader, std::uint64_t frames, std::uint32_t seed) {
    std::mt19937 random(seed);
    Heard heard;
    std::vector<float> out(2 * 997);
    std::uint64_t position = 0;
    while (position < frames) {
        const std::size_t block = 1 + random() % 997;
        const auto span = std::span(out).first(block * 2);
        const CopyResult result = reader.copy(position, span);
        const std::size_t there = block - result.late;
        for (std::size_t i = 0; i < there; ++i) {
            const float* frame = &out[2 * i];
            const bool right = i < result.overtaken ? is_silence(frame) : is_frame(frame, position + i);
            heard.wrong += right ? 0u : 1u;
        }
        heard.overtaken += result.overtaken;
        heard.frames += there - result.overtaken;
        position += there;
        if (there == 0) std::this_thread::yield();
    }
    return heard;
}

TEST(RingAcrossThreads, TheConsumerHearsEveryFrameInOrderOrKnowsThatItLostIt) {
    constexpr std::uint64_t kFrames = 3'000'000;
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    PrivateRing ring(4096);  // small, so that the producer, who waits for nobody, laps the consumer often
    std::thread producer([&] { produce(ring.writer, kFrames, seed, 1500); });
    const Heard heard = consume(ring.reader, kFrames, seed + 1);
    producer.join();
    EXPECT_EQ(heard.wrong, 0u);
    EXPECT_EQ(heard.frames + heard.overtaken, kFrames);
    EXPECT_GT(heard.frames, 0u);
}

TEST(RingAcrossProcesses, TheConsumerHearsEveryFrameInOrderOrKnowsThatItLostIt) {
    constexpr std::uint64_t kFrames = 3'000'000;
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    const std::string name = unique_name();
    const auto geometry = *Geometry::of(16'384, 2, 0);
    auto segment = Segment::create(name.c_str(), geometry, 48'000, 0600);
    ASSERT_TRUE(segment);

    const pid_t child = ::fork();
    if (child == 0) {  // the producer's process: finds the segment by name, as the driver does
        const auto found = FoundSegment::open(name.c_str());
        if (!found) ::_exit(2);
        const auto mapped = found->map(geometry);
        if (!mapped) ::_exit(3);
        RingWriter writer(mapped->base(), geometry);
        produce(writer, kFrames, seed, 1500);
        ::_exit(0);
    }
    const RingReader reader(segment->base(), geometry);
    const Heard heard = consume(reader, kFrames, seed + 1);
    int status = 0;
    ::waitpid(child, &status, 0);
    unlink_segment(name.c_str());
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT_EQ(heard.wrong, 0u);
    EXPECT_EQ(heard.frames + heard.overtaken, kFrames);
    EXPECT_GT(heard.frames, 0u);
}

// The litmus of the one copy that races (docs/racy-copy.md): cycles of a single frame, and a consumer that always reads
// the very frames that are being overwritten.
TEST(RingAcrossThreads, OfFramesThatAreOverwrittenWhileTheyAreCopiedNoneIsKept) {
    constexpr std::uint64_t kFrames = 2'000'000;
    constexpr std::uint64_t kRaces = 20'000;
    constexpr std::size_t kBlock = 64;
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    PrivateRing ring(1024);
    std::atomic<bool> enough{false};
    std::thread producer([&] {
        std::vector<float> frame(2);
        for (std::uint64_t n = 0; n < kFrames && !enough.load(std::memory_order_relaxed); ++n) {
            frame = {left_of(n), right_of(n)};
            ring.writer.write_mix(cycle_of(static_cast<std::int64_t>(n), frame));
        }
        enough.store(true);
    });
    std::mt19937 random(seed);
    std::array<float, 2 * kBlock> out{};
    std::uint64_t races = 0;
    std::uint64_t wrong = 0;
    while (races < kRaces && !enough.load(std::memory_order_relaxed)) {
        const std::uint64_t written = ring.reader.state().position;
        if (written < 1024) continue;
        const std::uint64_t oldest = written - 1024 + random() % 8;
        const CopyResult result = ring.reader.copy(oldest, out);
        races += result.overtaken > 0 ? 1u : 0u;
        for (std::size_t i = 0; i < kBlock; ++i) {
            const bool right =
                i < result.overtaken ? is_silence(&out[2 * i]) : is_frame(&out[2 * i], oldest + i);
            wrong += right ? 0u : 1u;
        }
    }
    enough.store(true);
    producer.join();
    EXPECT_EQ(wrong, 0u);
    RecordProperty("races", std::to_string(races));
}

TEST(RingAcrossThreads, ATimeLineIsNeverSeenWithTheClockOfAnother) {
    constexpr std::uint64_t kLines = 200'000;
    constexpr std::uint64_t kEnough = 100;  // lines that the reader caught
    PrivateRing ring(1024);
    std::atomic<bool> done{false};
    std::atomic<std::uint64_t> seen{0};
    std::uint64_t written = 0;
    std::thread producer([&] {
        const auto pcm = counting_frames(0, 2);
        for (; written < kLines || seen.load() < kEnough; ++written) {
            // Each line says in its clock at which P it begins.
            MixCycle cycle = cycle_of(static_cast<std::int64_t>(written * 1'000'000), pcm);
            cycle.clock.anchor_host_time = static_cast<double>(2 * written);
            ring.writer.write_mix(cycle);
        }
        done.store(true);
    });
    std::uint64_t torn = 0;
    std::uint64_t last = 0;
    while (!done.load()) {
        const auto line = ring.reader.time_line();
        if (!line) continue;
        torn += line->clock.anchor_host_time == static_cast<double>(line->start) ? 0u : 1u;
        seen += line->start != last ? 1u : 0u;
        last = line->start;
    }
    producer.join();
    EXPECT_EQ(torn, 0u);
    EXPECT_EQ(ring.reader.time_line()->start, 2 * (written - 1));
}

TEST(RingAcrossThreads, AConsumerThatKeepsUpLosesNothing) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    constexpr std::uint64_t kFrames = 2'000'000;
    PrivateRing ring(1024);
    std::atomic<std::uint64_t> read{0};
    std::thread producer([&] {
        std::mt19937 random(seed);
        for (std::uint64_t position = 0; position < kFrames;) {
            const std::uint64_t block = std::min<std::uint64_t>(1 + random() % 301, kFrames - position);
            // Stands in for the two clocks that run at one rate: never a ring ahead of the consumer.
            while (position + block - read.load(std::memory_order_acquire) > 1024) std::this_thread::yield();
            ring.writer.write_mix(
                cycle_of(static_cast<std::int64_t>(position), counting_frames(position, block)));
            position += block;
        }
    });
    std::vector<float> out(2 * 211);
    std::uint64_t wrong = 0;
    std::uint64_t overtaken = 0;
    for (std::uint64_t position = 0; position < kFrames;) {
        const CopyResult result = ring.reader.copy(position, out);
        const std::size_t there = 211 - result.late;
        overtaken += result.overtaken;
        for (std::size_t i = 0; i < there; ++i) wrong += is_frame(&out[2 * i], position + i) ? 0u : 1u;
        position += there;
        read.store(position, std::memory_order_release);
        if (there == 0) std::this_thread::yield();
    }
    producer.join();
    EXPECT_EQ(wrong, 0u);
    EXPECT_EQ(overtaken, 0u);
}

}  // namespace
}  // namespace gecko::shm::testing
