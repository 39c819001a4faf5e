// Clients come and go while the IO thread plays for them, an app reads their rings, and attaching happens at any moment.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "driver_fixture.hpp"
#include "segment_of_test.hpp"

namespace gecko::driver::test {
namespace {

constexpr UInt32 kClients = 6;
constexpr std::size_t kFrames = 64;

/// What a client plays at a frame: whole numbers whose sums are exact, and that say whose they are.
float sample_of(UInt32 client, std::uint64_t frame) {
    return static_cast<float>(client * 1'000 + frame % 1'000);
}

class ClientThreads : public DriverTest {
  protected:
    void SetUp() override {
        DriverTest::SetUp();
        ASSERT_EQ(interface().StartIO(ref(), kDeviceId, 1), 0);
    }
    void attach(SegmentOfTest& app) { ASSERT_EQ(set(kDeviceId, global("gshm"_cc), app.request(), 100), 0); }
    /// A client's process is its ID, its bundle ID says the same.
    void add(UInt32 client) {
        const CfOwned text(create_string(("com.example." + std::to_string(client)).c_str()));
        const AudioServerPlugInClientInfo info{client, static_cast<pid_t>(client), true, text.get()};
        EXPECT_EQ(interface().AddDeviceClient(ref(), kDeviceId, &info), 0);
    }
    void remove(UInt32 client) {
        const AudioServerPlugInClientInfo info{client, 0, true, nullptr};
        EXPECT_EQ(interface().RemoveDeviceClient(ref(), kDeviceId, &info), 0);
    }
    void process(UInt32 client, std::uint64_t time) {
        std::vector<float> pcm;
        for (std::size_t i = 0; i < kFrames; ++i) pcm.insert(pcm.end(), 2, sample_of(client, time + i));
        AudioServerPlugInIOCycleInfo cycle{};
        cycle.mOutputTime.mSampleTime = static_cast<double>(time);
        cycle.mOutputTime.mFlags = kAudioTimeStampSampleTimeValid;
        EXPECT_EQ(interface().DoIOOperation(ref(), kDeviceId, kStreamId, client,
                                            kAudioServerPlugInIOOperationProcessOutput, kFrames, &cycle,
                                            pcm.data(), nullptr),
                  0);
    }
    void mix(const std::vector<UInt32>& clients, std::uint64_t time) {
        std::vector<float> pcm;
        for (std::size_t i = 0; i < kFrames; ++i) {
            float sum = 0;
            for (const UInt32 client : clients) sum += sample_of(client, time + i);
            pcm.insert(pcm.end(), 2, sum);
        }
        EXPECT_EQ(write_mix(static_cast<double>(time), pcm), 0);
    }
    void cycle(const std::vector<UInt32>& clients, std::uint64_t time) {
        for (const UInt32 client : clients) process(client, time);
        mix(clients, time);
    }
};

/// Reads all rings behind a copy of the mix, as an app does.
class Listener {
  public:
    explicit Listener(const shm::RingReader& ring) : ring_(ring) {}

    void listen() {
        const std::uint64_t written = ring_.state().position;
        const std::uint64_t first = written - std::min<std::uint64_t>(written, 300);
        const auto frames = static_cast<std::size_t>(written - first);
        std::vector<float> mix(2 * frames), one(2 * frames);
        const shm::CopyResult mixed = ring_.copy(first, mix);
        const std::uint64_t complete_from = ring_.complete_from();
        std::vector<float> sum(2 * frames, 0.0f);
        std::size_t overtaken = mixed.overtaken;
        for (std::uint32_t i = 0; i < shm::kClientRings; ++i) {
            const auto client = ring_.client(i);
            if (!client) return;  // its next one is not to be heard in this pull, and so neither is the sum
            const shm::ClientCopy got = ring_.copy_client(i, first, one);
            // What is lost of a client is lost of the sum; all of it, if nothing is left.
            if (got.overtaken > 0) overtaken = got.end > 0 ? std::max(overtaken, got.begin) : frames;
            for (std::size_t k = got.begin; k < got.end; ++k) {
                for (std::size_t channel = 0; channel < 2; ++channel)
                    sum[2 * k + channel] += one[2 * k + channel];
                if (one[2 * k] == 0.0f) continue;
                ASSERT_EQ(static_cast<UInt32>(one[2 * k]) / 1'000, client->process_id);
                ASSERT_EQ(client->client_id, client->process_id);
                ASSERT_EQ("com.example." + std::to_string(client->client_id), client->bundle_id.data());
                ++heard_;
            }
        }
        // Rings that were taken over meanwhile have nothing of what is a ring old.
        if (ring_.state().position - first > SegmentOfTest::kFrames - 4 * kFrames) return;
        for (std::size_t k = overtaken; k < frames; ++k) {
            if (first + k < complete_from) continue;
            ASSERT_EQ(sum[2 * k], mix[2 * k]) << "frame " << first + k << " of P";
            ++complete_;
        }
    }
    [[nodiscard]] std::uint64_t heard() const { return heard_; }
    [[nodiscard]] std::uint64_t complete() const { return complete_; }

  private:
    shm::RingReader ring_;
    std::uint64_t heard_ = 0;
    std::uint64_t complete_ = 0;
};

TEST_F(ClientThreads, WhatIsReadIsEachClientsOwnAndTheSumIsTheMixWhileClientsComeAndGo) {
    SegmentOfTest app;
    attach(app);
    std::atomic<bool> done{false};
    std::atomic<std::uint64_t> listened{0};
    std::thread player([&] {
        for (std::uint64_t time = 0; !done; time += kFrames) {
            std::vector<UInt32> playing;
            for (UInt32 client = 1; client <= kClients; ++client)
                if ((time / kFrames / (7 * client) & 1) == 0) playing.push_back(client);
            if (playing.empty()) playing.push_back(1);
            cycle(playing, time);
            // Now as fast as it can, now no faster than somebody listens.
            while (time / 10'000 % 2 == 0 && time > listened + 200 && !done) std::this_thread::yield();
        }
    });
    std::thread host([&] {
        for (UInt32 i = 0; !done; ++i) {
            const UInt32 client = 1 + i % kClients;
            if (i % 3 == 0) remove(client);
            add(client);
            std::this_thread::yield();
        }
    });
    Listener listener(app.reader());
    while (listened < 200'000 && !HasFatalFailure()) {
        listener.listen();
        listened = app.reader().state().position;
    }
    done = true;
    host.join();
    player.join();
    EXPECT_GT(listener.heard(), 0u);
    EXPECT_GT(listener.complete(), 0u);
}

using ClientCycles = ClientThreads;

TEST_F(ClientCycles, AnAppThatAttachesInTheMiddleOfACycleIsNotToldThatItsRingsAreComplete) {
    add(1);
    add(2);
    cycle({1, 2}, 0);
    SegmentOfTest app;
    process(1, kFrames);
    attach(app);
    process(2, kFrames);
    mix({1, 2}, kFrames);
    EXPECT_EQ(app.reader().complete_from(), shm::kNever);
    cycle({1, 2}, 2 * kFrames);
    EXPECT_EQ(app.reader().complete_from(), kFrames);
}

TEST_F(ClientCycles, AStreamThatBecomesActiveInTheMiddleOfACycleHasNoCompleteRingsForThatOne) {
    SegmentOfTest app;
    attach(app);
    add(1);
    add(2);
    ASSERT_EQ(set(kStreamId, global("sact"_cc), UInt32{0}), 0);
    process(1, 0);
    ASSERT_EQ(set(kStreamId, global("sact"_cc), UInt32{1}), 0);
    process(2, 0);
    mix({1, 2}, 0);
    EXPECT_EQ(app.reader().complete_from(), shm::kNever);
    cycle({1, 2}, kFrames);
    EXPECT_EQ(app.reader().complete_from(), kFrames);
}

TEST_F(ClientCycles, WhatACycleThatNeverCameHasOverwrittenIsNotSaidToBeInTheRings) {
    SegmentOfTest app;
    attach(app);
    add(1);
    std::uint64_t time = 0;
    for (; time < 2 * SegmentOfTest::kFrames; time += kFrames) cycle({1}, time);
    process(1, time);  // over the oldest that the mix still has
    mix({}, 10'000'000);
    process(1, 10'000'000 + 4 * kFrames);
    mix({}, 20'000'000);
    EXPECT_EQ(app.reader().state().position, time + 2 * kFrames);
    EXPECT_GE(app.reader().complete_from(), time + 5 * kFrames - SegmentOfTest::kFrames);
}

TEST_F(ClientCycles, WhatWasPlayedForACycleThatNeverCameIsNotSaidToBeMixedWhereAnotherCameInItsPlace) {
    SegmentOfTest app;
    attach(app);
    add(1);
    cycle({1}, 0);
    process(1, kFrames);
    mix({}, kFrames / 2);  // half of what was meant for the cycle before, silent
    EXPECT_EQ(app.reader().state().position, kFrames * 3 / 2);
    EXPECT_GE(app.reader().complete_from(), kFrames * 3 / 2);
}

}  // namespace
}  // namespace gecko::driver::test
