#pragma once

#include <CoreAudio/AudioServerPlugIn.h>
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "driver/object_ids.hpp"
#include "driver/plug_in.hpp"
#include "environment.hpp"
#include "fake_host.hpp"

namespace gecko::driver::test {

using Address = AudioObjectPropertyAddress;
using Scope = AudioObjectPropertyScope;
using Selector = AudioObjectPropertySelector;

constexpr Address global(Selector selector) {
    return {selector, kAudioObjectPropertyScopeGlobal, kAudioObjectPropertyElementMain};
}
constexpr Address output(Selector selector) {
    return {selector, kAudioObjectPropertyScopeOutput, kAudioObjectPropertyElementMain};
}
constexpr Address input(Selector selector) {
    return {selector, kAudioObjectPropertyScopeInput, kAudioObjectPropertyElementMain};
}

/// A four-character code.
consteval UInt32 operator""_cc(const char* text, std::size_t) {
    UInt32 code = 0;
    for (int i = 0; i < 4; ++i) code = code << 8 | static_cast<unsigned char>(text[i]);
    return code;
}

/// A four-character code as text, for messages.
inline std::string text_of(UInt32 code) {
    std::string text;
    for (int shift = 24; shift >= 0; shift -= 8) text.push_back(static_cast<char>(code >> shift & 0xff));
    return text;
}

/// A driver of its own, initialised by a fake host, called only through its function table. Its control queue
/// stands still until `drain`.
class DriverTest : public ::testing::Test {
  protected:
    void SetUp() override { ASSERT_EQ(interface().Initialize(ref(), host_.ref()), 0); }

    AudioServerPlugInDriverRef ref() { return plug_in_.ref(); }
    AudioServerPlugInDriverInterface& interface() { return **ref(); }
    bool drain() { return plug_in_.device().control_queue().drain(); }

    bool has(AudioObjectID object, const Address& address) {
        return interface().HasProperty(ref(), object, 0, &address) != 0;
    }
    template <class T>
    T get(AudioObjectID object, const Address& address) {
        T value{};
        UInt32 written = 0;
        EXPECT_EQ(interface().GetPropertyData(ref(), object, 0, &address, 0, nullptr, sizeof value, &written,
                                              &value),
                  0)
            << text_of(address.mSelector);
        EXPECT_EQ(written, sizeof value) << text_of(address.mSelector);
        return value;
    }
    template <class T>
    std::vector<T> get_list(AudioObjectID object, const Address& address,
                            const std::vector<AudioClassID>& classes = {}) {
        const auto qualifier_size = static_cast<UInt32>(classes.size() * sizeof(AudioClassID));
        UInt32 size = 0;
        EXPECT_EQ(interface().GetPropertyDataSize(ref(), object, 0, &address, qualifier_size, classes.data(),
                                                  &size),
                  0);
        std::vector<T> items(size / sizeof(T) + 1);
        UInt32 written = 0;
        EXPECT_EQ(interface().GetPropertyData(ref(), object, 0, &address, qualifier_size, classes.data(),
                                              static_cast<UInt32>(items.size() * sizeof(T)), &written,
                                              items.data()),
                  0);
        EXPECT_EQ(written, size);
        items.resize(written / sizeof(T));
        return items;
    }
    template <class T>
    OSStatus set(AudioObjectID object, const Address& address, const T& value, pid_t client = 0) {
        return interface().SetPropertyData(ref(), object, client, &address, 0, nullptr, sizeof value, &value);
    }

    /// One WriteMix of stereo frames at a sample time.
    OSStatus write_mix(double sample_time, const std::vector<float>& pcm, double current_time = 0,
                       AudioTimeStampFlags current_flags = kAudioTimeStampSampleTimeValid) {
        AudioServerPlugInIOCycleInfo cycle{};
        cycle.mCurrentTime.mSampleTime = current_time;
        cycle.mCurrentTime.mFlags = current_flags;
        cycle.mOutputTime.mSampleTime = sample_time;
        cycle.mOutputTime.mFlags = kAudioTimeStampSampleTimeValid;
        auto copy = pcm;
        return interface().DoIOOperation(ref(), kDeviceId, kStreamId, 0,
                                         kAudioServerPlugInIOOperationWriteMix,
                                         static_cast<UInt32>(pcm.size() / 2), &cycle, copy.data(), nullptr);
    }

    FakeHost host_;
    PlugIn plug_in_{ControlCalls::drained};
};

}  // namespace gecko::driver::test
