// Statements about what outlives the host: volume, mute and rate, and nothing else that its storage may hold.
#include "driver/storage.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "driver/cf.hpp"
#include "driver/volume.hpp"
#include "driver_fixture.hpp"
#include "segment_of_test.hpp"

namespace gecko::driver::test {
namespace {

using Value = CfOwned<CFPropertyListRef>;

Value stored_number(double value) {
    return Value(::CFNumberCreate(nullptr, kCFNumberFloat64Type, &value));
}
Value integer(std::int64_t value) {
    return Value(::CFNumberCreate(nullptr, kCFNumberSInt64Type, &value));
}
Value stored_text(const std::string& value) {
    return Value(create_string(value.c_str()));
}
Value boolean(bool value) {
    return Value(::CFRetain(value ? kCFBooleanTrue : kCFBooleanFalse));
}
Value list() {
    return Value(::CFArrayCreate(nullptr, nullptr, 0, &kCFTypeArrayCallBacks));
}
Value dictionary() {
    DictionaryBuilder builder;
    builder.add("volume", 0.5 < 1.0);
    return Value(builder.release());
}
Value data() {
    constexpr std::array<UInt8, 8> bytes{};
    return Value(::CFDataCreate(nullptr, bytes.data(), bytes.size()));
}

/// A host that is restarted: its storage stays, its driver is another one.
class StorageTest : public DriverTest {
  protected:
    void SetUp() override { start(); }

    AudioServerPlugInDriverRef driver() { return plug_in_again_->ref(); }
    void start() {
        plug_in_again_ = std::make_unique<PlugIn>(ControlCalls::drained);
        ASSERT_EQ((*driver())->Initialize(driver(), host_.ref()), 0);
    }
    template <class T>
    T read(AudioObjectID object, Selector selector) {
        const Address address = global(selector);
        T value{};
        UInt32 written = 0;
        EXPECT_EQ((*driver())->GetPropertyData(driver(), object, 0, &address, 0, nullptr, sizeof value,
                                               &written, &value),
                  0);
        return value;
    }
    template <class T>
    void write(AudioObjectID object, Selector selector, const T& value) {
        const Address address = global(selector);
        EXPECT_EQ(
            (*driver())->SetPropertyData(driver(), object, 0, &address, 0, nullptr, sizeof value, &value), 0);
    }
    void work() {
        auto& queue = plug_in_again_->device().control_queue();
        do {
            (void)queue.drain();
            for (const UInt64 action : host_.take_requests())
                EXPECT_EQ((*driver())->PerformDeviceConfigurationChange(driver(), kDeviceId, action, nullptr),
                          0);
        } while (queue.drain());
    }
    Kept values() {
        return {.volume = read<Float32>(kVolumeId, "lcsv"_cc),
                .muted = read<UInt32>(kMuteId, "bcvl"_cc) != 0,
                .rate = static_cast<std::uint32_t>(read<Float64>(kDeviceId, "nsrt"_cc))};
    }

    std::unique_ptr<PlugIn> plug_in_again_;
};

TEST_F(StorageTest, VolumeMuteAndRateAreThereAgainInTheNextHost) {
    write(kVolumeId, "lcsv"_cc, 0.3f);
    write(kMuteId, "bcvl"_cc, UInt32{1});
    write(kDeviceId, "nsrt"_cc, 352'800.0);
    work();
    start();
    EXPECT_EQ(values(), (Kept{.volume = 0.3f, .muted = true, .rate = 352'800}));
    EXPECT_EQ(read<AudioStreamBasicDescription>(kStreamId, "sfmt"_cc).mSampleRate, 352'800.0);
    EXPECT_EQ(read<Float32>(kVolumeId, "lcdv"_cc), decibels_of(0.3f));
}

TEST_F(StorageTest, EveryRateAndEveryHundredthOfTheSliderComesBackExactly) {
    for (int i = 0; i <= 100; ++i) {
        const float scalar = static_cast<float>(i) / 100.0f;
        const std::uint32_t rate = kRates[static_cast<std::size_t>(i) % kRates.size()];
        write(kVolumeId, "lcsv"_cc, scalar);
        write(kDeviceId, "nsrt"_cc, static_cast<double>(rate));
        work();
        start();
        EXPECT_EQ(values(), (Kept{.volume = scalar, .muted = false, .rate = rate}));
    }
}

TEST_F(StorageTest, ReachesTheAppThatAttachesFirst) {
    write(kVolumeId, "lcsv"_cc, 0.5f);
    write(kDeviceId, "nsrt"_cc, 96'000.0);
    work();
    start();
    SegmentOfTest app;
    write(kDeviceId, "gshm"_cc, app.request());
    EXPECT_EQ(app.reader().state().volume, gain_of(0.5f));
    EXPECT_EQ(app.reader().state().rate, 96'000u);
}

TEST_F(StorageTest, HoldsNothingThatIsAsAtFirst) {
    write(kVolumeId, "lcsv"_cc, 0.3f);
    write(kMuteId, "bcvl"_cc, UInt32{1});
    write(kDeviceId, "nsrt"_cc, 8'000.0);
    work();
    for (const char* key : {"volume", "mute", "rate"}) EXPECT_NE(host_.kept(key), nullptr) << key;
    write(kVolumeId, "lcsv"_cc, 1.0f);
    write(kMuteId, "bcvl"_cc, UInt32{0});
    write(kDeviceId, "nsrt"_cc, 48'000.0);
    work();
    for (const char* key : {"volume", "mute", "rate"}) EXPECT_EQ(host_.kept(key), nullptr) << key;
}

TEST_F(StorageTest, IsWrittenFromTheQueueAloneAndOnceForManyChanges) {
    for (int i = 0; i < 100; ++i) {
        write(kVolumeId, "lcsv"_cc, static_cast<float>(i) / 100.0f);
        write(kMuteId, "bcvl"_cc, UInt32{i % 2 == 0});
    }
    EXPECT_EQ(host_.take_writes(), 0) << "on the caller's stack";
    work();
    EXPECT_EQ(host_.take_writes(), 1) << "the volume; the mute is where it was";
}

TEST_F(StorageTest, KeepsARateOnlyOnceItIsInForce) {
    write(kDeviceId, "nsrt"_cc, 96'000.0);
    (void)plug_in_again_->device().control_queue().drain();
    EXPECT_EQ(host_.take_writes(), 0);
    (*driver())->AbortDeviceConfigurationChange(driver(), kDeviceId, 96'000, nullptr);
    (void)host_.take_requests();
    work();
    EXPECT_EQ(host_.kept("rate"), nullptr);
}

TEST_F(StorageTest, WhatTheHostCouldNotWriteIsWrittenWithTheNextChange) {
    host_.answer_writes_with(kAudioHardwareUnspecifiedError);
    write(kVolumeId, "lcsv"_cc, 0.3f);
    work();
    EXPECT_EQ(read<Float32>(kVolumeId, "lcsv"_cc), 0.3f);
    host_.answer_writes_with(0);
    write(kMuteId, "bcvl"_cc, UInt32{1});
    work();
    start();
    EXPECT_EQ(values(), (Kept{.volume = 0.3f, .muted = true}));
}

TEST_F(StorageTest, ASecondInitializeChangesNothing) {
    write(kVolumeId, "lcsv"_cc, 0.3f);
    host_.keep("volume", stored_number(0.9).get());
    EXPECT_EQ((*driver())->Initialize(driver(), host_.ref()), 0);
    EXPECT_EQ(read<Float32>(kVolumeId, "lcsv"_cc), 0.3f);
}

TEST_F(StorageTest, WhatIsCorruptOrForeignFallsBackToTheFirstValueEachByItself) {
    const auto unusable = [](const char* key) {
        constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
        constexpr double kInfinity = std::numeric_limits<double>::infinity();
        std::vector<Value> all;
        all.push_back(stored_text("0.5"));
        all.push_back(stored_text(std::string(1 << 20, 'x')));
        all.push_back(list());
        all.push_back(dictionary());
        all.push_back(data());
        for (const double value : {kNaN, kInfinity, -kInfinity, -0.001, 1e300, -1e300, 47'999.0, 48'000.5})
            all.push_back(stored_number(value));
        for (const std::int64_t value : {INT64_MIN, std::int64_t{-1}, std::int64_t{2}, INT64_MAX})
            all.push_back(integer(value));
        if (std::string(key) != "mute") all.push_back(boolean(true));
        if (std::string(key) == "mute") all.push_back(integer(1));
        if (std::string(key) == "volume") all.push_back(stored_number(1.0000001));
        return all;
    };
    for (const char* key : {"volume", "mute", "rate"}) {
        for (const Value& value : unusable(key)) {
            host_.keep("volume", stored_number(0.25).get());
            host_.keep("mute", boolean(true).get());
            host_.keep("rate", integer(96'000).get());
            host_.keep(key, value.get());
            start();
            Kept expected{.volume = 0.25f, .muted = true, .rate = 96'000};
            if (std::string(key) == "volume") expected.volume = 1.0f;
            if (std::string(key) == "mute") expected.muted = false;
            if (std::string(key) == "rate") expected.rate = 48'000;
            EXPECT_EQ(values(), expected) << key;
            // The next change cleans up.
            write(kVolumeId, "lcsv"_cc, 0.75f);
            write(kMuteId, "bcvl"_cc, UInt32{!expected.muted});
            write(kDeviceId, "nsrt"_cc, 8'000.0);
            work();
            start();
            EXPECT_EQ(values(), (Kept{.volume = 0.75f, .muted = !expected.muted, .rate = 8'000})) << key;
        }
    }
}

}  // namespace
}  // namespace gecko::driver::test
