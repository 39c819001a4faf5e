// A segment is replaced and dropped while the IO thread writes; nothing is unmapped under it.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstring>
#include <string_view>
#include <thread>
#include <vector>

#include "driver/property_table.hpp"
#include "driver/rates.hpp"
#include "driver_fixture.hpp"
#include "segment_of_test.hpp"

namespace gecko::driver::test {
namespace {

class AttachThreads : public DriverTest {
  protected:
    /// Runs `control` while IO threads write cycles and ask for timestamps as fast as they can.
    template <class Control>
    void while_io_runs(Control control) {
        ASSERT_EQ(interface().StartIO(ref(), kDeviceId, 1), 0);
        std::atomic<bool> done{false};
        std::atomic<std::uint64_t> cycles{0};
        std::thread writer([&] {
            const std::vector<float> pcm(256, 0.5f);
            for (double time = 0; !done; time += 128) {
                EXPECT_EQ(write_mix(time, pcm), 0);
                cycles.fetch_add(1);
            }
        });
        std::thread asker([&] {
            for (; !done; std::this_thread::yield()) {
                Float64 sample_time = 0;
                UInt64 host_time = 0;
                UInt64 seed = 0;
                EXPECT_EQ(interface().GetZeroTimeStamp(ref(), kDeviceId, 1, &sample_time, &host_time, &seed),
                          0);
            }
        });
        while (cycles.load() == 0) std::this_thread::yield();
        control();
        done = true;
        writer.join();
        asker.join();
    }
    OSStatus detach() {
        DictionaryBuilder builder;
        builder.add(shm::key::kDetach, true);
        const CfOwned<CFPropertyListRef> request(builder.release());
        return set(kDeviceId, global("gshm"_cc), request.get(), 100);
    }
};

TEST_F(AttachThreads, ReplacingWhileTheIoThreadWritesNeverPullsASegmentFromUnderIt) {
    while_io_runs([&] {
        for (int i = 0; i < 1'000; ++i) {
            SegmentOfTest app;
            ASSERT_EQ(set(kDeviceId, global("gshm"_cc), app.request(), 100), 0);
            // Audio arrives in the new one; a frozen writer would never get here.
            while (i % 16 == 0 && app.reader().state().position == 0) std::this_thread::yield();
        }
    });
}

TEST_F(AttachThreads, DroppingWhileTheIoThreadWritesNeverPullsASegmentFromUnderIt) {
    while_io_runs([&] {
        for (int i = 0; i < 300; ++i) {
            SegmentOfTest app;
            ASSERT_EQ(set(kDeviceId, global("gshm"_cc), app.request(), 100), 0);
            ASSERT_EQ(detach(), 0);
            const std::uint64_t position = app.reader().state().position;
            std::this_thread::yield();
            ASSERT_EQ(app.reader().state().position, position) << "written after the driver let go";
        }
    });
}

TEST_F(AttachThreads, VolumeAndStateMayBeAskedForMeanwhile) {
    SegmentOfTest app;
    ASSERT_EQ(set(kDeviceId, global("gshm"_cc), app.request(), 100), 0);
    while_io_runs([&] {
        std::thread other([&] {
            for (int i = 0; i < 500; ++i) ::CFRelease(get<CFDictionaryRef>(kDeviceId, global("gsta"_cc)));
        });
        for (int i = 0; i < 500; ++i) {
            EXPECT_EQ(set(kVolumeId, global("lcsv"_cc), static_cast<float>(i % 100) / 100.0f), 0);
            EXPECT_EQ(set(kMuteId, global("bcvl"_cc), UInt32{i % 2 == 0}), 0);
            drain();
        }
        other.join();
    });
    EXPECT_GT(app.reader().state().position, 0u);
}

/// A host with a thread for each thing that it may do, all at once and as fast as they can, though a real one stops IO before it
/// performs a change. ThreadSanitizer looks on.
class AllAtOnce : public AttachThreads {
  protected:
    /// All that there is to read, in every scope.
    void read_everything() {
        for (const Property& row : property_table())
            for (const ObjectInfo& object : kObjects) {
                const Address address = output(row.selector);
                if ((row.objects & (1u << object.id)) == 0 || row.qualifier == Qualifier::string) continue;
                std::array<std::byte, 1024> bytes{};
                UInt32 written = 0;
                EXPECT_EQ(interface().GetPropertyData(ref(), object.id, 0, &address, 0, nullptr, bytes.size(),
                                                      &written, bytes.data()),
                          0);
                if (std::string_view(row.type) != "CFString" &&
                    std::string_view(row.type) != "CFPropertyList")
                    continue;
                CFTypeRef value = nullptr;
                std::memcpy(&value, bytes.data(), sizeof value);
                ::CFRelease(value);
            }
    }
    void process_output(UInt32 client, double time, std::vector<float>& pcm) {
        AudioServerPlugInIOCycleInfo cycle{};
        cycle.mOutputTime.mSampleTime = time;
        cycle.mOutputTime.mFlags = kAudioTimeStampSampleTimeValid;
        EXPECT_EQ(interface().DoIOOperation(ref(), kDeviceId, kStreamId, client,
                                            kAudioServerPlugInIOOperationProcessOutput,
                                            static_cast<UInt32>(pcm.size() / 2), &cycle, pcm.data(), nullptr),
                  0);
    }
};

TEST_F(AllAtOnce, IoPropertiesChangesClientsAttachingAndDetachingDisturbNobody) {
    constexpr int kAttachments = 200;
    constexpr UInt32 kClients = 4;
    ASSERT_EQ(interface().StartIO(ref(), kDeviceId, 1), 0);
    std::atomic<bool> done{false};
    std::atomic<std::uint64_t> cycles{0};
    std::atomic<int> performed{0};
    std::vector<std::thread> threads;
    const auto repeat = [&](auto work) {
        threads.emplace_back([&, work]() mutable {
            for (std::uint32_t turn = 0; !done; ++turn) {
                work(turn);
                std::this_thread::yield();
            }
        });
    };
    repeat([&, pcm = std::vector<float>(256, 0.5f), time = 0.0](std::uint32_t) mutable {
        for (UInt32 client = 1; client <= kClients; ++client) process_output(client, time, pcm);
        EXPECT_EQ(write_mix(time, pcm), 0);
        time += 128;
        cycles.fetch_add(1);
    });
    repeat([&](std::uint32_t) {
        Float64 sample_time = 0;
        UInt64 host_time = 0;
        UInt64 seed = 0;
        EXPECT_EQ(interface().GetZeroTimeStamp(ref(), kDeviceId, 1, &sample_time, &host_time, &seed), 0);
    });
    repeat([&](std::uint32_t turn) {
        read_everything();
        EXPECT_EQ(set(kVolumeId, global("lcsv"_cc), static_cast<float>(turn % 100) / 100.0f), 0);
        EXPECT_EQ(set(kMuteId, global("bcvl"_cc), UInt32{turn % 2}), 0);
        EXPECT_EQ(set(kStreamId, global("sact"_cc), UInt32{turn % 7 != 0}), 0);
    });
    repeat([&](std::uint32_t turn) {
        EXPECT_EQ(set(kDeviceId, global("nsrt"_cc), static_cast<double>(kRates[turn % kRates.size()])), 0);
    });
    // The control thread, and the host that answers what it asks.
    repeat([&](std::uint32_t turn) {
        drain();
        (void)host_.take_changes();
        for (const UInt64 action : host_.take_requests()) {
            const bool aborted = turn % 3 == 0;
            EXPECT_EQ(aborted
                          ? interface().AbortDeviceConfigurationChange(ref(), kDeviceId, action, nullptr)
                          : interface().PerformDeviceConfigurationChange(ref(), kDeviceId, action, nullptr),
                      0);
            if (!aborted) performed.fetch_add(1);
        }
    });
    repeat([&](std::uint32_t turn) {
        const CFStringRef bundle = CFSTR("org.example.player");
        const AudioServerPlugInClientInfo info{.mClientID = 1 + turn % kClients,
                                               .mProcessID = static_cast<pid_t>(turn),
                                               .mIsNativeEndian = true,
                                               .mBundleID = bundle};
        EXPECT_EQ(interface().AddDeviceClient(ref(), kDeviceId, &info), 0);
        EXPECT_EQ(interface().StartIO(ref(), kDeviceId, info.mClientID), 0);
        EXPECT_EQ(interface().StopIO(ref(), kDeviceId, info.mClientID), 0);
        if (turn % 2 == 0) {
            EXPECT_EQ(interface().RemoveDeviceClient(ref(), kDeviceId, &info), 0);
        }
    });
    for (int i = 0; i < kAttachments || performed.load() < 10 || cycles.load() < 100; ++i) {
        SegmentOfTest app;
        ASSERT_EQ(set(kDeviceId, global("gshm"_cc), app.request(), 100), 0);
        if (i % 3 == 0) {
            EXPECT_EQ(detach(), 0);
        }
    }
    done = true;
    for (std::thread& thread : threads) thread.join();
    while (drain()) {
    }

    // Whatever it was, the device is whole: it attaches, and what is played arrives.
    EXPECT_EQ(set(kStreamId, global("sact"_cc), UInt32{1}), 0);
    SegmentOfTest app;
    ASSERT_EQ(set(kDeviceId, global("gshm"_cc), app.request(), 100), 0);
    ASSERT_EQ(write_mix(1e6, std::vector<float>(256, 0.5f)), 0);
    EXPECT_EQ(app.reader().state().position, 128u);
    EXPECT_EQ(static_cast<double>(app.reader().state().rate), get<Float64>(kDeviceId, global("nsrt"_cc)));
}

}  // namespace
}  // namespace gecko::driver::test
