// Statements about each client's way: from ProcessOutput to what an app reads from the client's ring.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "driver_fixture.hpp"
#include "segment_of_test.hpp"

namespace gecko::driver::test {
namespace {

constexpr std::uint64_t kRingFrames = SegmentOfTest::kFrames;

/// The sample that a client has at a frame of the device's time: another one for each, never silence.
float sample_of(UInt32 client, std::int64_t time) {
    std::uint64_t hash = (static_cast<std::uint64_t>(time) << 16 ^ client) * 0x9e37'79b9'7f4a'7c15;
    hash ^= hash >> 29;
    return (static_cast<float>(hash % 16'000'000) + 1.0f) * 0x1p-26f;
}

std::vector<float> audio_of(UInt32 client, std::int64_t time, std::size_t frames) {
    std::vector<float> pcm;
    for (std::size_t i = 0; i < frames; ++i) {
        const float sample = sample_of(client, time + static_cast<std::int64_t>(i));
        pcm.insert(pcm.end(), {sample, -sample});
    }
    return pcm;
}

class DeviceClients : public DriverTest {
  protected:
    void SetUp() override {
        DriverTest::SetUp();
        attach();
        ASSERT_EQ(interface().StartIO(ref(), kDeviceId, 1), 0);
    }
    void attach() { ASSERT_EQ(set(kDeviceId, global("gshm"_cc), app_.request(), 100), 0); }

    void add(UInt32 client, pid_t pid = 500, const std::string& bundle_id = "com.example.player") {
        const CfOwned text(create_string(bundle_id.c_str()));
        const AudioServerPlugInClientInfo info{client, pid, true, text.get()};
        ASSERT_EQ(interface().AddDeviceClient(ref(), kDeviceId, &info), 0);
    }
    void remove(UInt32 client) {
        const AudioServerPlugInClientInfo info{client, 0, true, nullptr};
        ASSERT_EQ(interface().RemoveDeviceClient(ref(), kDeviceId, &info), 0);
    }
    OSStatus process(UInt32 client, std::int64_t time, std::size_t frames) {
        AudioServerPlugInIOCycleInfo cycle{};
        cycle.mOutputTime.mSampleTime = static_cast<double>(time);
        cycle.mOutputTime.mFlags = kAudioTimeStampSampleTimeValid;
        auto pcm = audio_of(client, time, frames);
        return interface().DoIOOperation(ref(), kDeviceId, kStreamId, client,
                                         kAudioServerPlugInIOOperationProcessOutput,
                                         static_cast<UInt32>(frames), &cycle, pcm.data(), nullptr);
    }
    /// A cycle as a host runs it: each client's part, and then all of them added up.
    void cycle(std::int64_t time, std::size_t frames, const std::vector<UInt32>& clients) {
        std::vector<float> mix(2 * frames, 0.0f);
        for (const UInt32 client : clients) {
            ASSERT_EQ(process(client, time, frames), 0);
            const auto pcm = audio_of(client, time, frames);
            std::transform(pcm.begin(), pcm.end(), mix.begin(), mix.begin(), std::plus<>());
        }
        ASSERT_EQ(write_mix(static_cast<double>(time), mix), 0);
    }

    shm::RingReader reader() { return app_.reader(); }
    std::uint64_t position() { return reader().state().position; }
    std::uint64_t complete_from() { return reader().complete_from(); }
    std::vector<float> mix(std::uint64_t first, std::size_t frames) {
        std::vector<float> pcm(frames * 2, 99.0f);
        (void)reader().copy(first, pcm);
        return pcm;
    }
    /// The ring that a client has, if it has one now.
    std::optional<std::uint32_t> ring_of(UInt32 client) {
        std::optional<std::uint32_t> found;
        std::uint64_t end = 0;
        for (std::uint32_t i = 0; i < shm::kClientRings; ++i) {
            const auto entry = reader().client(i);
            if (entry && entry->sequence != 0 && entry->client_id == client &&
                reader().client_end(i) >= end) {
                found = i;
                end = reader().client_end(i);
            }
        }
        return found;
    }
    /// What is in a ring, silence where there is nothing.
    std::vector<float> in_ring(std::uint32_t ring, std::uint64_t first, std::size_t frames) {
        std::vector<float> pcm(frames * 2, 99.0f);
        const auto got = reader().copy_client(ring, first, pcm);
        std::fill_n(pcm.begin(), 2 * got.begin, 0.0f);
        std::fill(pcm.begin() + static_cast<std::ptrdiff_t>(2 * got.end), pcm.end(), 0.0f);
        return pcm;
    }
    std::vector<float> in_ring_of(UInt32 client, std::uint64_t first, std::size_t frames) {
        const auto ring = ring_of(client);
        return ring ? in_ring(*ring, first, frames) : std::vector<float>{};
    }
    /// All rings, added in the order of the client IDs.
    std::vector<float> sum(std::uint64_t first, std::size_t frames) {
        std::multimap<UInt32, std::uint32_t> rings;
        for (std::uint32_t i = 0; i < shm::kClientRings; ++i)
            if (const auto entry = reader().client(i)) rings.emplace(entry->client_id, i);
        std::vector<float> total(2 * frames, 0.0f);
        for (const auto& [client, ring] : rings) {
            const auto pcm = in_ring(ring, first, frames);
            std::transform(pcm.begin(), pcm.end(), total.begin(), total.begin(), std::plus<>());
        }
        return total;
    }

    SegmentOfTest app_;
};

TEST_F(DeviceClients, EachHasItsAudioToItselfWithItsIdAndProcessAndBundle) {
    add(7, 501, "com.example.one");
    add(9, 502, "com.example.two");
    cycle(0, 300, {7, 9});
    const auto one = reader().client(*ring_of(7));
    EXPECT_EQ(one->process_id, 501u);
    EXPECT_STREQ(one->bundle_id.data(), "com.example.one");
    const auto two = reader().client(*ring_of(9));
    EXPECT_EQ(two->process_id, 502u);
    EXPECT_STREQ(two->bundle_id.data(), "com.example.two");
    EXPECT_EQ(in_ring_of(7, 0, 300), audio_of(7, 0, 300));
    EXPECT_EQ(in_ring_of(9, 0, 300), audio_of(9, 0, 300));
}

TEST_F(DeviceClients, HaveNoRingBeforeTheyPlay) {
    add(7);
    EXPECT_EQ(ring_of(7), std::nullopt);
    EXPECT_EQ(complete_from(), shm::kNever);
}

TEST_F(DeviceClients, ABundleIdThatIsTooLongIsCutBetweenCharacters) {
    add(7, 1, std::string(102, 'a') + "\u00e4" + std::string(40, 'b'));
    cycle(0, 10, {7});
    EXPECT_STREQ(reader().client(*ring_of(7))->bundle_id.data(), std::string(102, 'a').c_str());
}

TEST_F(DeviceClients, WhatIsNotMixedIsNotHeard) {
    add(7);
    cycle(0, 100, {7});
    ASSERT_EQ(process(7, 100, 100), 0);  // its WriteMix never comes
    EXPECT_EQ(in_ring_of(7, 0, 200), [] {
        auto heard = audio_of(7, 0, 100);
        heard.resize(400, 0.0f);
        return heard;
    }());
    cycle(200, 100, {7});
    EXPECT_EQ(mix(100, 100), std::vector<float>(200, 0.0f));
    EXPECT_EQ(in_ring_of(7, 200, 100), audio_of(7, 200, 100));
    EXPECT_GE(complete_from(), 200u) << "in the hole the ring has what the mix has not";
}

TEST_F(DeviceClients, PartOfACycleThatGoesFurtherThanTheMixWaitsForTheNext) {
    add(7);
    ASSERT_EQ(process(7, 0, 256), 0);  // its buffer is twice as long as the mix's
    for (const std::int64_t time : {0, 128})
        ASSERT_EQ(write_mix(static_cast<double>(time), audio_of(7, time, 128)), 0);
    EXPECT_EQ(in_ring_of(7, 0, 256), audio_of(7, 0, 256));
}

TEST_F(DeviceClients, WithAWildSampleTimeLoseNothingThatComesInOrder) {
    add(7);
    add(8);
    cycle(0, 100, {7, 8});
    ASSERT_EQ(process(7, 1'000, 100), 0);  // never mixed, most of a ring ahead
    ASSERT_EQ(process(8, 5'000'000, 100), 0);
    cycle(100, 100, {7, 8});
    cycle(200, 100, {7, 8});
    EXPECT_EQ(complete_from(), 76u) << "what the wild one overwrote is whole in the mix only";
    EXPECT_EQ(mix(76, 224), sum(76, 224));
    EXPECT_EQ(in_ring_of(8, 0, 300), audio_of(8, 0, 300));
    EXPECT_EQ(in_ring_of(7, 76, 224), audio_of(7, 76, 224));
}

TEST_F(DeviceClients, AfterAPauseOfSeveralRingsAreWhereTheyBelong) {
    add(7);
    add(8);
    cycle(0, 100, {7, 8});
    std::int64_t time = 100;
    for (; time < 4'000; time += 100) cycle(time, 100, {8});
    cycle(time, 100, {7, 8});
    EXPECT_EQ(in_ring_of(7, 3'900, 100), std::vector<float>(200, 0.0f));
    EXPECT_EQ(in_ring_of(7, static_cast<std::uint64_t>(time), 100), audio_of(7, time, 100));
    EXPECT_EQ(complete_from(), 0u);
    EXPECT_EQ(sum(3'100, 1'000), mix(3'100, 1'000));
}

TEST_F(DeviceClients, ThatCrashedAndComeBackUnderTheSameIdAreSomebodyElse) {
    add(7, 501, "com.example.one");
    cycle(0, 100, {7});
    add(7, 777, "com.example.two");  // nobody removed the first
    cycle(100, 100, {7});
    const auto ring = ring_of(7);
    EXPECT_EQ(reader().client(*ring)->process_id, 777u);
    EXPECT_EQ(in_ring(*ring, 0, 200), [] {
        std::vector<float> heard(200, 0.0f);
        const auto second = audio_of(7, 100, 100);
        heard.insert(heard.end(), second.begin(), second.end());
        return heard;
    }());
    EXPECT_EQ(sum(0, 200), mix(0, 200)) << "the first one's last frames are still in its own ring";
}

TEST_F(DeviceClients, BeyondSixteenAreHeardInTheMixAndHaveARingOnceOneIsFree) {
    std::vector<UInt32> all;
    for (UInt32 client = 1; client <= 17; ++client) {
        add(client);
        all.push_back(client);
    }
    cycle(0, 100, all);
    EXPECT_EQ(complete_from(), shm::kNever);
    EXPECT_EQ(ring_of(17), std::nullopt);

    remove(5);
    std::erase(all, 5u);
    std::int64_t time = 100;
    for (; time < 1'100; time += 100) cycle(time, 100, all);
    EXPECT_EQ(ring_of(17), std::nullopt) << "the last frame of the one that went is not a ring behind P yet";
    cycle(time, 100, all);
    cycle(time + 100, 100, all);
    ASSERT_NE(ring_of(17), std::nullopt);
    EXPECT_LE(complete_from(), static_cast<std::uint64_t>(time) + 100);
    EXPECT_EQ(sum(position() - 100, 100), mix(position() - 100, 100));
}

TEST_F(DeviceClients, ThatOnlyWaitGiveTheirRingsToThoseThatPlay) {
    for (UInt32 client = 1; client <= 16; ++client) add(client);
    std::vector<UInt32> first;
    for (UInt32 client = 1; client <= 16; ++client) first.push_back(client);
    cycle(0, 100, first);
    add(17);
    std::int64_t time = 100;
    for (; time < 1'200; time += 100) cycle(time, 100, {1});
    cycle(time, 100, {1, 17});
    EXPECT_NE(ring_of(17), std::nullopt);
    EXPECT_NE(complete_from(), shm::kNever);
}

TEST_F(DeviceClients, OfWhichTheHostNeverToldAreInTheMixOnly) {
    add(7);
    cycle(0, 100, {7});
    EXPECT_EQ(complete_from(), 0u);
    cycle(100, 100, {7, 8});
    EXPECT_EQ(complete_from(), shm::kNever);
    EXPECT_EQ(ring_of(8), std::nullopt);
    cycle(200, 100, {7});
    EXPECT_EQ(complete_from(), 200u);
}

TEST_F(DeviceClients, AHostThatShowsNoneIsBelievedToMixSomeUnlessTheMixIsSilent) {
    ASSERT_EQ(write_mix(0, audio_of(1, 0, 100)), 0);
    EXPECT_EQ(complete_from(), shm::kNever);
    ASSERT_EQ(write_mix(100, std::vector<float>(200, 0.0f)), 0);
    EXPECT_EQ(complete_from(), 100u);
}

TEST_F(DeviceClients, MoreThanAnybodyKnowsOfAreNoReasonToFail) {
    for (UInt32 client = 1; client <= 1'000; ++client) add(client);
    cycle(0, 100, {3, 999});
    EXPECT_EQ(complete_from(), shm::kNever);
    for (UInt32 client = 1; client <= 1'000; ++client) remove(client);
    add(999);
    cycle(100, 100, {999});
    EXPECT_EQ(complete_from(), 100u);
}

TEST_F(DeviceClients, OfANewAppHaveTheirRingsAnew) {
    add(7);
    cycle(0, 100, {7});
    SegmentOfTest other;
    ASSERT_EQ(set(kDeviceId, global("gshm"_cc), other.request(), 100), 0);
    cycle(100, 100, {7});
    std::vector<float> pcm(200);
    const auto got = other.reader().copy_client(0, 0, pcm);
    EXPECT_EQ(got.end - got.begin, 100u);
    EXPECT_EQ(pcm, audio_of(7, 100, 100));
}

/// A host that does everything that a host may do, and some things that none should.
TEST_F(DeviceClients, AddUpToTheMixWhateverTheHostDoes) {
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const auto any = [&](std::uint32_t end) { return static_cast<std::uint32_t>(random() % end); };

    std::vector<UInt32> playing;
    std::int64_t time = 0;
    std::vector<std::int64_t> time_of;  // of each frame of P
    for (int step = 0; step < 1'000; ++step) {
        if (any(10) == 0) {  // one comes, under an ID that may have been somebody else's
            const UInt32 client = 1 + any(24);
            add(client, static_cast<pid_t>(1'000 + step), "com.example." + std::to_string(step));
            if (std::ranges::find(playing, client) == playing.end()) playing.push_back(client);
            std::ranges::sort(playing);
        }
        if (!playing.empty() && any(12) == 0) {
            const UInt32 client = playing[any(static_cast<std::uint32_t>(playing.size()))];
            if (any(3) != 0) remove(client);  // or it only stops
            std::erase(playing, client);
        }
        if (any(200) == 0) {
            ASSERT_EQ(interface().StopIO(ref(), kDeviceId, 1), 0);
            ASSERT_EQ(interface().StartIO(ref(), kDeviceId, 1), 0);
            time = any(1'000'000);
        }
        std::size_t frames = 1 + any(200);
        const std::uint32_t kind = any(24);
        if (kind == 0) time += 1 + any(2 * kRingFrames);            // cycles are skipped
        if (kind == 1) time -= any(300);                            // late, repeated, overlapping
        if (kind == 2) time = static_cast<std::int64_t>(random());  // wild
        if (kind == 3) frames = 1 + any(3 * kRingFrames);
        if (kind == 4 && !playing.empty()) {  // one is called for a time far off, and then for the right one
            (void)process(playing[any(static_cast<std::uint32_t>(playing.size()))],
                          time + any(4 * kRingFrames) - 500, 1 + any(200));
        }
        if (kind == 5) {  // a cycle breaks off before it is mixed
            for (const UInt32 client : playing) (void)process(client, time, frames);
            time += static_cast<std::int64_t>(frames);
        }

        const std::uint64_t before = position();
        cycle(time, frames, playing);
        const std::uint64_t after = position();
        ASSERT_LE(after - before, frames + kRingFrames);
        const std::int64_t end = time + static_cast<std::int64_t>(frames);
        for (std::uint64_t p = before; p < after; ++p)
            time_of.push_back(end - static_cast<std::int64_t>(after - p));
        time = std::max(time, end);

        // What a consumer can still read, all of it.
        const std::uint64_t oldest = after > kRingFrames ? after - kRingFrames : 0;
        const std::uint64_t complete = complete_from();
        if (complete < after) {
            const std::uint64_t first = std::max(oldest, complete);
            const auto count = static_cast<std::size_t>(after - first);
            const auto together = sum(first, count);
            const auto mixed = mix(first, count);
            for (std::size_t i = 0; i < together.size(); ++i)
                ASSERT_EQ(together[i], mixed[i]) << "frame " << first + i / 2 << " of [" << first << ", "
                                                 << after << "), step " << step << ", kind " << kind;
        }
        if (playing.size() <= 8) {
            for (const UInt32 client : playing) {
                const auto ring = ring_of(client);
                if (!ring) continue;
                const auto heard = in_ring(*ring, oldest, static_cast<std::size_t>(after - oldest));
                for (std::uint64_t p = oldest; p < after; ++p) {
                    const float sample = heard[2 * (p - oldest)];
                    if (sample == 0.0f) continue;
                    ASSERT_EQ(sample, sample_of(client, time_of[p]))
                        << "client " << client << ", frame " << p << ", step " << step;
                }
            }
        }
    }
}

}  // namespace
}  // namespace gecko::driver::test
