// A segment is replaced and dropped while the IO thread writes; nothing is unmapped under it.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

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

}  // namespace
}  // namespace gecko::driver::test
