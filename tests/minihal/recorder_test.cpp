#include "minihal/host/recorder.hpp"

#include <gtest/gtest.h>

#include "tests/minihal/client_fixture.hpp"

namespace {

using minihal::Recorder;
using minihal::Recording;
using minihal_test::read_recordings;
using minihal_test::TemporaryFolder;

constexpr int64_t kTenMinutes = int64_t{44100} * 600;

Recording mono_at(int64_t sample_time) {
    return {.rate = 44100,
            .channels = 1,
            .buffer_frames = 4,
            .first_sample_time = sample_time,
            .first_host_time = 3};
}

TEST(Recorder, FramesArePlacedByTheirSampleTimesAndHolesAreSilent) {
    const TemporaryFolder folder;
    Recorder recorder(folder.path(), "A/B", "uid");
    recorder.write(mono_at(1000), 1000, std::vector{0.1F, 0.2F});
    recorder.write(mono_at(1005), 1005, std::vector{0.3F});
    recorder.write(mono_at(1004), 1004, std::vector{0.9F, 0.9F, 0.4F});  // two of them have been written
    recorder.end_line();
    const auto lines = read_recordings(folder.path());
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].samples, (std::vector{0.1F, 0.2F, 0.0F, 0.0F, 0.0F, 0.3F, 0.4F}));
    EXPECT_EQ(lines[0].entry, (nlohmann::json{{"device", "A/B"},
                                              {"uid", "uid"},
                                              {"file", "A-B.1.wav"},
                                              {"rate", 44100},
                                              {"channels", 1},
                                              {"frames", 7},
                                              {"first_sample_time", 1000},
                                              {"first_host_time_ns", 125},
                                              {"buffer_frames", 4}}));
}

TEST(Recorder, EachTimeLineIsAFileAndEarlierOnesAreKept) {
    const TemporaryFolder folder;
    for (const float value : {0.1F, 0.2F}) {
        Recorder recorder(folder.path(), "D", "uid");
        recorder.write(mono_at(0), 0, std::vector{value});
        recorder.end_line();
        recorder.write(mono_at(50), 50, std::vector{value});
    }
    const auto lines = read_recordings(folder.path());
    ASSERT_EQ(lines.size(), 4U);
    for (size_t i = 0; i < lines.size(); ++i) {
        EXPECT_EQ(lines[i].entry.at("file"), "D." + std::to_string(i + 1) + ".wav");
        EXPECT_EQ(lines[i].samples, std::vector{i < 2 ? 0.1F : 0.2F});
    }
}

TEST(Recorder, AJumpOfMinutesIsAnotherTimeLine) {
    const TemporaryFolder folder;
    {
        Recorder recorder(folder.path(), "D", "uid");
        recorder.write(mono_at(0), 0, std::vector{0.1F});
        recorder.write(mono_at(kTenMinutes), kTenMinutes, std::vector{0.2F});
    }
    const auto lines = read_recordings(folder.path());
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[1].first_sample_time(), kTenMinutes);
}

TEST(Recorder, SamplesKeepTheirBits) {
    const TemporaryFolder folder;
    const std::vector samples{-0.0F, 1.5F, -3.0F, 1e-40F};
    {
        Recorder recorder(folder.path(), "D", "uid");
        recorder.write(mono_at(0), 0, samples);
    }
    const auto read = read_recordings(folder.path()).at(0).samples;
    ASSERT_EQ(read.size(), samples.size());
    EXPECT_EQ(std::memcmp(read.data(), samples.data(), samples.size() * sizeof(float)), 0);
}

}  // namespace
