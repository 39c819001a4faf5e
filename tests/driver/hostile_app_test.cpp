// Apps that mean harm, or are broken: the driver refuses them with a reason, or plays on as if they were not there.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <bit>
#include <limits>
#include <random>
#include <thread>
#include <vector>

#include "driver_fixture.hpp"
#include "segment_of_test.hpp"

namespace gecko::driver::test {
namespace {

class HostileApp : public DriverTest {
  protected:
    OSStatus attach(SegmentOfTest& app, pid_t pid = 100) {
        return set(kDeviceId, global("gshm"_cc), app.request(), pid);
    }
    std::string last_error() {
        const CfOwned dictionary(get<CFDictionaryRef>(kDeviceId, global("gsta"_cc)));
        std::array<char, 256> copy{};
        return find_text(dictionary.get(), shm::key::kLastError, copy.data(), copy.size()) ? copy.data()
                                                                                           : "(none)";
    }
    static void resize(const SegmentOfTest& app, off_t bytes) {
        const int descriptor = ::shm_open(app.name().c_str(), O_RDWR, 0);
        ASSERT_GE(descriptor, 0);
        ASSERT_EQ(::ftruncate(descriptor, bytes), 0);
        ::close(descriptor);
    }
    static off_t right_size() {
        return static_cast<off_t>(shm::Geometry::of(SegmentOfTest::kFrames, 2)->segment_bytes());
    }
    /// Another app attaches, and hears what is played.
    void expect_another_app_is_served() {
        SegmentOfTest app;
        ASSERT_EQ(attach(app, 300), 0) << last_error();
        ASSERT_EQ(write_mix(1e6, {0.5f, -0.5f}), 0);
        std::vector<float> heard(2);
        EXPECT_EQ(app.reader().copy(0, heard).late, 0u);
        EXPECT_EQ(heard, (std::vector{0.5f, -0.5f}));
    }
};

TEST_F(HostileApp, ASegmentThatIsTooSmallIsRefusedWithAReason) {
    for (const off_t bytes : {off_t{0}, off_t{1}, off_t{20}, right_size() - 4'096, right_size() - 1}) {
        SegmentOfTest app;
        resize(app, bytes);
        EXPECT_EQ(attach(app), kAudioHardwareBadPropertySizeError) << bytes;
        EXPECT_EQ(last_error(), "size: the segment is smaller than its geometry");
    }
}

TEST_F(HostileApp, ASegmentThatIsTooLargeOrNoMultipleServesAndIsMappedNoFurtherThanItIsUsed) {
    ASSERT_EQ(interface().StartIO(ref(), kDeviceId, 1), 0);
    for (const off_t bytes : {right_size() + 1, right_size() + 4'097, off_t{1} << 40}) {
        SegmentOfTest app;
        resize(app, bytes);
        ASSERT_EQ(attach(app), 0) << bytes;
        ASSERT_EQ(write_mix(0, {1, 1}), 0);
        EXPECT_EQ(app.reader().state().position, 1u);
    }
}

TEST_F(HostileApp, ASegmentOfAnotherUserIsRefusedWithAReason) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give a segment away";
    SegmentOfTest app;
    const int descriptor = ::shm_open(app.name().c_str(), O_RDWR, 0);
    ASSERT_EQ(::fchown(descriptor, 65'534, 65'534), 0);
    ::close(descriptor);
    EXPECT_EQ(attach(app), kAudioDevicePermissionsError);
    EXPECT_EQ(last_error(), "user: the segment does not belong to the console user");
}

TEST_F(HostileApp, OlderAndNewerVersionsAreRefusedWithAReason) {
    for (const std::uint32_t version : {0u, shm::kProtocolVersion + 1, 0xFFFF'FFFFu}) {
        SegmentOfTest app;
        app.view().control->identity.version = version;
        EXPECT_EQ(attach(app), kAudioHardwareUnsupportedOperationError);
        EXPECT_EQ(last_error(), "version: the segment has another protocol version");
    }
}

TEST_F(HostileApp, OneThatDoesNotReadOrHasDiedIsWrittenForAndThenReplaced) {
    ASSERT_EQ(interface().StartIO(ref(), kDeviceId, 1), 0);
    SegmentOfTest app;
    app.beat();
    ASSERT_EQ(attach(app), 0);
    const std::vector<float> pcm(2 * 512, 0.25f);
    for (int cycle = 0; cycle < 2'000; ++cycle) {
        advance_seconds(512.0 / 48'000);
        ASSERT_EQ(write_mix(cycle * 512.0, pcm), 0);
    }
    EXPECT_EQ(app.reader().state().position, 2'000u * 512);
    expect_another_app_is_served();  // its heartbeat is 21 s old
}

TEST_F(HostileApp, OneThatClaimsToBeAliveForEverOwnsTheDriverNoLongerThanItsHeartbeatIsTrue) {
    ASSERT_EQ(interface().StartIO(ref(), kDeviceId, 1), 0);
    for (const std::uint64_t alive :
         {now() + 1, now() + 1'000'000'000'000, ~std::uint64_t{0}, std::uint64_t{1} << 63}) {
        SegmentOfTest app;
        ASSERT_EQ(attach(app), 0);
        app.view().control->consumer.alive.store(alive);
        expect_another_app_is_served();
        DictionaryBuilder detach;
        detach.add(shm::key::kDetach, true);
        const CfOwned<CFPropertyListRef> request(detach.release());
        ASSERT_EQ(set(kDeviceId, global("gshm"_cc), request.get(), pid_t{300}), 0);
    }
}

TEST_F(HostileApp, WhateverItWritesWhileTheIoThreadWritesTheClockKeepsWithinItsLimitsAndTheNextAppIsServed) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    ASSERT_EQ(interface().StartIO(ref(), kDeviceId, 1), 0);
    SegmentOfTest app;
    ASSERT_EQ(attach(app), 0);
    std::atomic<bool> done{false};
    std::atomic<std::uint64_t> scribbled{0};
    std::thread scribbler([&] {
        std::mt19937_64 random(seed);
        auto& control = *app.view().control;
        auto& header = *app.view().header;
        constexpr std::array kSteering = {std::numeric_limits<double>::quiet_NaN(),
                                          std::numeric_limits<double>::infinity(), -1e300, 1e300, 500.0};
        while (!done.load()) {
            control.consumer.steering.store(kSteering[random() % kSteering.size()],
                                            std::memory_order_relaxed);
            control.consumer.pulled.store(random() % 2 == 0 ? now() : random(), std::memory_order_relaxed);
            control.consumer.alive.store(random(), std::memory_order_relaxed);
            control.producer.position.store(random(), std::memory_order_relaxed);
            control.producer.reserved.store(random(), std::memory_order_relaxed);
            control.producer.time_line.sequence.store(static_cast<std::uint32_t>(random()),
                                                      std::memory_order_relaxed);
            header.write_head.store(static_cast<std::uint32_t>(random()), std::memory_order_relaxed);
            header.read_head.store(static_cast<std::uint32_t>(random()), std::memory_order_relaxed);
            control.identity.magic.store(0, std::memory_order_relaxed);
            scribbled.fetch_add(1);
        }
    });
    while (scribbled.load() == 0) std::this_thread::yield();
    const std::vector<float> pcm(2 * 512, 0.25f);
    double last_sample = 0;
    UInt64 last_host = 0;
    for (int cycle = 0; cycle < 4'000; ++cycle) {
        advance_seconds(512.0 / 48'000);
        EXPECT_EQ(write_mix(cycle * 512.0, pcm), 0);
        double sample = 0;
        UInt64 host = 0;
        UInt64 time_line = 0;
        EXPECT_EQ(interface().GetZeroTimeStamp(ref(), kDeviceId, 0, &sample, &host, &time_line), 0);
        if (last_host != 0 && sample != last_sample) {
            const double ticks = static_cast<double>(host - last_host);
            const double nominal = (sample - last_sample) * kTicksPerSecond / 48'000;
            EXPECT_NEAR(ticks / nominal, 1.0, 1'001e-6);
        }
        last_sample = sample;
        last_host = host;
    }
    done = true;
    scribbler.join();
    app.view().control->consumer.alive.store(0);
    expect_another_app_is_served();
}

}  // namespace
}  // namespace gecko::driver::test
