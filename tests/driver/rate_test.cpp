// Statements about the nominal rate: asked for at once, changed only when the host has stopped IO.
#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "driver_fixture.hpp"
#include "segment_of_test.hpp"

namespace gecko::driver::test {
namespace {

constexpr std::array<double, 12> kAllRates = {8'000,  16'000, 24'000,  32'000,  44'100,  48'000,
                                              88'200, 96'000, 176'400, 192'000, 352'800, 384'000};
using Requests = std::vector<UInt64>;

AudioStreamBasicDescription format(double rate) {
    return {rate, kAudioFormatLinearPCM, kAudioFormatFlagIsFloat | kAudioFormatFlagIsPacked, 8, 1, 8, 2, 32,
            0};
}

class Rate : public DriverTest {
  protected:
    OSStatus set_rate(double hz) { return set(kDeviceId, global("nsrt"_cc), hz); }
    double rate() { return get<Float64>(kDeviceId, global("nsrt"_cc)); }
    OSStatus perform(UInt64 action) {
        return interface().PerformDeviceConfigurationChange(ref(), kDeviceId, action, nullptr);
    }
    OSStatus abort(UInt64 action) {
        return interface().AbortDeviceConfigurationChange(ref(), kDeviceId, action, nullptr);
    }
};

TEST_F(Rate, IsOneOfTwelveAnd48000AtFirst) {
    EXPECT_EQ(rate(), 48'000.0);
    const auto ranges = get_list<AudioValueRange>(kDeviceId, global("nsr#"_cc));
    ASSERT_EQ(ranges.size(), kAllRates.size());
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        EXPECT_EQ(ranges[i].mMinimum, kAllRates[i]);
        EXPECT_EQ(ranges[i].mMaximum, kAllRates[i]);
    }
}

TEST_F(Rate, ComesIntoForceWhenTheHostPerformsTheChangeAndNotBefore) {
    std::vector<double> downwards(kAllRates.rbegin(), kAllRates.rend());
    downwards.push_back(48e3);
    for (const double hz : downwards) {
        const double before = rate();
        EXPECT_EQ(set_rate(hz), 0);
        EXPECT_EQ(host_.take_requests(), Requests{}) << "asked on the caller's stack";
        drain();
        const auto requests = host_.take_requests();
        ASSERT_EQ(requests.size(), 1u);
        EXPECT_EQ(rate(), before);
        EXPECT_EQ(perform(requests[0]), 0);
        EXPECT_EQ(rate(), hz);
        EXPECT_EQ(get<AudioStreamBasicDescription>(kStreamId, global("sfmt"_cc)).mSampleRate, hz);
        EXPECT_EQ(get<AudioStreamBasicDescription>(kStreamId, global("pft "_cc)).mSampleRate, hz);
    }
}

TEST_F(Rate, CanBeAskedForThroughEitherFormatOfTheStream) {
    for (const Selector selector : {"sfmt"_cc, "pft "_cc}) {
        for (const double hz : kAllRates) {
            EXPECT_EQ(set(kStreamId, global(selector), format(hz)), 0);
            drain();
            for (const UInt64 action : host_.take_requests()) EXPECT_EQ(perform(action), 0);
            EXPECT_EQ(rate(), hz);
        }
    }
}

TEST_F(Rate, InForceIsNoChange) {
    EXPECT_EQ(set_rate(48'000), 0);
    EXPECT_EQ(set(kStreamId, global("sfmt"_cc), format(48'000)), 0);
    EXPECT_FALSE(drain());
    EXPECT_EQ(host_.take_requests(), Requests{});
}

TEST_F(Rate, ThatTheDeviceHasNotIsRefused) {
    for (const double hz :
         {0.0, -48'000.0, 11'025.0, 22'050.0, 47'999.0, 48'000.5, 384'001.0, 768'000.0, 1e300,
          std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
        EXPECT_EQ(set_rate(hz), kAudioDeviceUnsupportedFormatError) << hz;
    EXPECT_FALSE(drain());
    EXPECT_EQ(perform(47'999), kAudioDeviceUnsupportedFormatError);
    EXPECT_EQ(rate(), 48'000.0);
}

TEST_F(Rate, OtherFormatsAreRefused) {
    const auto refused = [&](auto change) {
        AudioStreamBasicDescription wanted = format(96'000);
        change(wanted);
        for (const Selector selector : {"sfmt"_cc, "pft "_cc})
            EXPECT_EQ(set(kStreamId, global(selector), wanted), kAudioDeviceUnsupportedFormatError);
    };
    using Format = AudioStreamBasicDescription;
    refused([](Format& f) { f.mFormatID = "ac-3"_cc; });
    refused([](Format& f) { f.mFormatFlags |= kAudioFormatFlagIsNonInterleaved; });
    refused([](Format& f) { f.mFormatFlags |= kAudioFormatFlagIsBigEndian; });
    refused([](Format& f) { f.mFormatFlags = kAudioFormatFlagIsSignedInteger | kAudioFormatFlagIsPacked; });
    refused([](Format& f) { f.mBytesPerPacket = 4; });
    refused([](Format& f) { f.mFramesPerPacket = 2; });
    refused([](Format& f) { f.mBytesPerFrame = 16; });
    refused([](Format& f) { f.mChannelsPerFrame = 1; });
    refused([](Format& f) { f.mBitsPerChannel = 64; });
    refused([](Format& f) { f.mSampleRate = 11'025; });
    EXPECT_FALSE(drain());
}

TEST_F(Rate, FormatsOfferedAreThoseThatAreAccepted) {
    for (const Selector selector : {"sfma"_cc, "pfta"_cc}) {
        const auto offered = get_list<AudioStreamRangedDescription>(kStreamId, global(selector));
        ASSERT_EQ(offered.size(), kAllRates.size());
        for (std::size_t i = 0; i < offered.size(); ++i) {
            EXPECT_EQ(offered[i].mFormat.mSampleRate, kAllRates[i]);
            EXPECT_EQ(offered[i].mSampleRateRange.mMinimum, kAllRates[i]);
            EXPECT_EQ(offered[i].mSampleRateRange.mMaximum, kAllRates[i]);
            EXPECT_EQ(set(kStreamId, global("sfmt"_cc), offered[i].mFormat), 0);
        }
    }
}

TEST_F(Rate, AskedForLastIsTheOneThatCounts) {
    EXPECT_EQ(set_rate(96'000), 0);
    EXPECT_EQ(set_rate(44'100), 0);
    drain();
    EXPECT_EQ(host_.take_requests(), Requests{44'100});

    // 44.1 kHz is on its way; going back to 48 must not be taken for "nothing to do".
    EXPECT_EQ(set_rate(48'000), 0);
    EXPECT_EQ(perform(44'100), 0);
    drain();
    EXPECT_EQ(host_.take_requests(), Requests{48'000});
    EXPECT_EQ(perform(48'000), 0);
    EXPECT_EQ(rate(), 48'000.0);
}

TEST_F(Rate, StaysWhenTheHostAbortsAndCanBeAskedForAgain) {
    EXPECT_EQ(set_rate(96'000), 0);
    drain();
    EXPECT_EQ(host_.take_requests(), Requests{96'000});
    EXPECT_EQ(abort(96'000), 0);
    EXPECT_EQ(rate(), 48'000.0);
    EXPECT_EQ(set_rate(96'000), 0);
    drain();
    EXPECT_EQ(host_.take_requests(), Requests{96'000});
}

TEST_F(Rate, WhicheverItIsStaysWhenTheHostAbortsTheNext) {
    for (const double hz : kAllRates) {
        for (const double next : kAllRates) {
            if (next == hz) continue;
            EXPECT_EQ(perform(static_cast<UInt64>(hz)), 0);
            EXPECT_EQ(set_rate(next), 0);
            drain();
            EXPECT_EQ(abort(static_cast<UInt64>(next)), 0);
            EXPECT_EQ(rate(), hz);
        }
    }
}

TEST_F(Rate, CanBeAskedForAgainAfterTheHostRefusedTheRequest) {
    host_.answer_requests_with(kAudioHardwareUnspecifiedError);
    EXPECT_EQ(set_rate(96'000), 0);
    drain();
    EXPECT_EQ(host_.take_requests(), Requests{96'000});
    host_.answer_requests_with(0);
    EXPECT_EQ(set_rate(96'000), 0);
    drain();
    EXPECT_EQ(host_.take_requests(), Requests{96'000});
}

TEST_F(Rate, ChangedWhileAttachedBeginsAGenerationOfTheRing) {
    SegmentOfTest app;
    ASSERT_EQ(set(kDeviceId, global("gshm"_cc), app.request(), 100), 0);
    EXPECT_EQ(app.reader().state().rate, 48'000u);
    EXPECT_EQ(app.reader().state().generation, 0u);
    EXPECT_EQ(perform(96'000), 0);
    EXPECT_EQ(app.reader().state().rate, 96'000u);
    EXPECT_EQ(app.reader().state().generation, 1u);
    EXPECT_EQ(perform(96'000), 0);
    EXPECT_EQ(app.reader().state().generation, 1u) << "no change is no generation";
}

TEST_F(Rate, ChangedBeginsATimeLineWithTheTicksOfTheNewRate) {
    Float64 sample_time = 0;
    UInt64 host_time = 0;
    UInt64 seed = 0;
    UInt64 first_seed = 0;
    set_now(5'000'000);
    EXPECT_EQ(interface().StartIO(ref(), kDeviceId, 1), 0);
    EXPECT_EQ(interface().GetZeroTimeStamp(ref(), kDeviceId, 1, &sample_time, &host_time, &first_seed), 0);
    advance_seconds(1);
    EXPECT_EQ(perform(96'000), 0);
    const std::uint64_t changed_at = now();
    advance_seconds(1);
    EXPECT_EQ(interface().GetZeroTimeStamp(ref(), kDeviceId, 1, &sample_time, &host_time, &seed), 0);
    EXPECT_NE(seed, first_seed);
    EXPECT_EQ(sample_time, 5 * 16'384.0);  // of 96 000
    EXPECT_EQ(host_time, changed_at + std::uint64_t{5} * 16'384 * 250);
}

}  // namespace
}  // namespace gecko::driver::test
