// Input streams: what IO procs hear, and that nothing listens unless it is asked to.
#include <array>
#include <cstddef>
#include <limits>

#include "tests/minihal/player.hpp"
#include "tests/minihal/simulated.hpp"

namespace {

using namespace minihal_test;

constexpr auto kIn = kAudioObjectPropertyScopeInput;
constexpr auto kOut = kAudioObjectPropertyScopeOutput;

// The layout of AudioHardwareIOProcStreamUsage for one stream.
struct StreamUsage {
    AudioDeviceIOProcID proc = nullptr;
    UInt32 streams = 1;
    UInt32 on = 0;
};
static_assert(sizeof(StreamUsage) == sizeof(AudioHardwareIOProcStreamUsage));

// An IO proc that keeps what it hears of the first input stream, and may play.
class Ear {
  public:
    explicit Ear(AudioObjectID device) : device_(device) {
        status_ = AudioDeviceCreateIOProcID(device, render, this, &id_);
    }
    ~Ear() { AudioDeviceDestroyIOProcID(device_, id_); }
    Ear(const Ear&) = delete;
    Ear& operator=(const Ear&) = delete;

    OSStatus start() const { return status_ != 0 ? status_ : AudioDeviceStart(device_, id_); }
    OSStatus stop() const { return AudioDeviceStop(device_, id_); }
    OSStatus use(AudioObjectPropertyScope scope, UInt32 on) const {
        return set(device_, at(kAudioDevicePropertyIOProcStreamUsage, scope),
                   StreamUsage{.proc = id_, .on = on});
    }
    UInt32 used(AudioObjectPropertyScope scope) const {
        StreamUsage usage{.proc = id_};
        UInt32 size = sizeof usage;
        const auto address = at(kAudioDevicePropertyIOProcStreamUsage, scope);
        EXPECT_EQ(AudioObjectGetPropertyData(device_, &address, 0, nullptr, &size, &usage), 0);
        EXPECT_EQ(usage.streams, 1U);
        return usage.on;
    }
    bool ran(uint64_t frames) const {
        return eventually([&, from = frames_.load()] { return frames_ > from + frames; });
    }
    // Stopped.
    const std::vector<float>& heard() const { return heard_; }
    const std::vector<int64_t>& times() const { return times_; }
    UInt32 buffers() const { return buffers_; }
    UInt32 channels() const { return channels_; }
    uint64_t cycles_without_data() const { return without_data_; }
    uint64_t cycles_without_output() const { return without_output_; }

  private:
    static OSStatus render(AudioObjectID, const AudioTimeStamp*, const AudioBufferList* input,
                           const AudioTimeStamp* input_time, AudioBufferList* output, const AudioTimeStamp*,
                           void* self) {
        auto& ear = *static_cast<Ear*>(self);
        ear.buffers_ = input->mNumberBuffers;
        UInt32 frames = 512;
        if (input->mNumberBuffers > 0) {
            const auto& buffer = input->mBuffers[0];
            ear.channels_ = buffer.mNumberChannels;
            frames = buffer.mDataByteSize / 4 / buffer.mNumberChannels;
            if (const auto* const samples = static_cast<const float*>(buffer.mData)) {
                const auto time = static_cast<int64_t>(input_time->mSampleTime);
                for (UInt32 i = 0; i < frames; ++i) ear.times_.push_back(time + i);
                ear.heard_.insert(ear.heard_.end(), samples, samples + size_t{frames} * ear.channels_);
            } else {
                ++ear.without_data_;
            }
        }
        if (output->mNumberBuffers > 0 && output->mBuffers[0].mData == nullptr) ++ear.without_output_;
        ear.frames_ += frames;
        return 0;
    }

    AudioObjectID device_;
    OSStatus status_;
    AudioDeviceIOProcID id_ = nullptr;
    std::atomic<uint64_t> frames_ = 0;
    std::vector<float> heard_;
    std::vector<int64_t> times_;
    std::atomic<UInt32> buffers_ = 0;
    std::atomic<UInt32> channels_ = 0;
    std::atomic<uint64_t> without_data_ = 0;
    std::atomic<uint64_t> without_output_ = 0;
};

class Inputs : public ClientTest {
  protected:
    static minihal::hardware::DeviceOptions headset() {
        auto options = described("Headset");
        options.transport = {kAudioDeviceTransportTypeBluetooth};
        options.inputs = 1;
        options.call_rate = 16000;
        return options;
    }
    static uint32_t opened() { return state_of<uint32_t>("Headset_UID", "input_opened"); }
    static std::optional<Float64> rate(AudioObjectID device) {
        return get<Float64>(device, at(kAudioDevicePropertyNominalSampleRate));
    }
};

TEST_F(Inputs, AMicrophoneIsHeard) {
    auto options = described("Mic");
    options.outputs = 0;
    options.inputs = 2;
    const Ear ear(plugged(options));
    ASSERT_EQ(ear.start(), 0);
    ASSERT_TRUE(ear.ran(5000));
    EXPECT_EQ(ear.stop(), 0);
    EXPECT_EQ(ear.channels(), 2U);
    ASSERT_EQ(ear.heard().size(), 2 * ear.times().size());
    float peak = 0;
    for (size_t i = 0; i < ear.times().size(); ++i) {
        for (uint32_t channel = 0; channel < 2; ++channel) {
            ASSERT_EQ(ear.heard()[2 * i + channel], minihal::microphone_sample(ear.times()[i], channel));
            peak = std::max(peak, ear.heard()[2 * i + channel]);
        }
    }
    EXPECT_NEAR(peak, 0.001, 1e-5);
}

TEST_F(Inputs, ADeviceWithoutInputsHasNoInputBuffers) {
    const Ear ear(device_with_uid(kSpeakersUid));
    ASSERT_EQ(ear.start(), 0);
    ASSERT_TRUE(ear.ran(1000));
    EXPECT_EQ(ear.buffers(), 0U);
    const auto usage = at(kAudioDevicePropertyIOProcStreamUsage, kIn);
    EXPECT_EQ(AudioObjectHasProperty(device_with_uid(kSpeakersUid), &usage), 0);
}

TEST_F(Inputs, ALoopbackHearsWhatIsPlayedBitForBit) {
    auto options = described("Loop");
    options.inputs = 2;
    options.loopback = true;
    const auto device = plugged(options);
    const Player player(device, 7, 20000);
    const Ear ear(device);
    ASSERT_EQ(player.start(), 0);
    ASSERT_EQ(ear.start(), 0);
    ASSERT_TRUE(eventually([&] { return player.done(); }));
    ASSERT_TRUE(ear.ran(2048));
    EXPECT_EQ(ear.stop(), 0);
    EXPECT_EQ(player.stop(), 0);
    size_t compared = 0;
    for (size_t i = 0; i < ear.times().size(); ++i) {
        const auto frame = ear.times()[i] - player.first_sample_time();
        const bool playing = frame >= 0 && frame < 20000;
        for (uint32_t channel = 0; channel < 2; ++channel) {
            ASSERT_EQ(ear.heard()[2 * i + channel],
                      playing ? noise(7, 2 * static_cast<uint64_t>(frame) + channel) : 0.0F)
                << "frame " << frame;
        }
        compared += playing ? 1 : 0;
    }
    EXPECT_GT(compared, 10000U);
}

TEST_F(Inputs, AllStreamsAreOnUntilOneIsSwitchedOff) {
    const auto device = plugged(headset());
    const Ear ear(device);
    EXPECT_EQ(ear.used(kIn), 1U);
    EXPECT_EQ(ear.used(kOut), 1U);
    EXPECT_EQ(ear.use(kIn, 0), 0);
    EXPECT_EQ(ear.used(kIn), 0U);
    EXPECT_EQ(ear.used(kOut), 1U);
    const Ear other(device);
    EXPECT_EQ(other.used(kIn), 1U) << "each IO proc has its own";
}

TEST_F(Inputs, AnInputThatIsOnWhileAnIoProcRunsIsOpened) {
    const Ear ear(plugged(headset()));
    EXPECT_EQ(opened(), 0U);
    ASSERT_EQ(ear.start(), 0);
    EXPECT_EQ(opened(), 1U);
    ASSERT_TRUE(ear.ran(1000));
    EXPECT_EQ(ear.stop(), 0);
    ASSERT_EQ(ear.start(), 0);
    EXPECT_EQ(opened(), 2U);
}

TEST_F(Inputs, AnInputThatIsOffIsNeverOpenedAndHasNoData) {
    const auto device = plugged(headset());
    const Ear ear(device);
    ASSERT_EQ(ear.use(kIn, 0), 0);
    ASSERT_EQ(ear.start(), 0);
    ASSERT_TRUE(ear.ran(10000));
    EXPECT_EQ(ear.stop(), 0);
    EXPECT_EQ(opened(), 0U);
    EXPECT_EQ(ear.buffers(), 1U);
    EXPECT_EQ(ear.channels(), 1U) << "its size is told all the same";
    EXPECT_TRUE(ear.heard().empty());
    EXPECT_EQ(rate(device), 48000.0);
}

TEST_F(Inputs, AStreamIsSwitchedWhileTheIoProcRuns) {
    const auto device = plugged(headset());
    const Ear ear(device);
    ASSERT_EQ(ear.use(kIn, 0), 0);
    ASSERT_EQ(ear.start(), 0);
    ASSERT_TRUE(ear.ran(1000));
    ASSERT_EQ(ear.use(kIn, 1), 0);
    EXPECT_TRUE(eventually([] { return opened() == 1; }));
    EXPECT_TRUE(eventually([&] { return rate(device) == 16000.0; }));
    ASSERT_TRUE(ear.ran(1000));
    ASSERT_EQ(ear.use(kIn, 0), 0);
    EXPECT_TRUE(eventually([&] { return rate(device) == 48000.0; }));
    ASSERT_TRUE(ear.ran(1000));
    EXPECT_EQ(ear.stop(), 0);
    EXPECT_FALSE(ear.heard().empty());
    EXPECT_GT(ear.cycles_without_data(), 0U);
}

TEST_F(Inputs, ACallLastsAsLongAsAnyIoProcHears) {
    const auto device = plugged(headset());
    const auto rates = at(kAudioDevicePropertyAvailableNominalSampleRates);
    const Heard heard(device, at(kAudioDevicePropertyNominalSampleRate));
    const Ear music(device);
    ASSERT_EQ(music.use(kIn, 0), 0);
    ASSERT_EQ(music.start(), 0);
    {
        const Ear call(device);
        ASSERT_EQ(call.start(), 0);
        EXPECT_TRUE(eventually([&] { return heard.count() == 1; }));
        EXPECT_EQ(rate(device), 16000.0);
        EXPECT_EQ(get_list<AudioValueRange>(device, rates).size(), 1U);
        EXPECT_EQ(set(device, at(kAudioDevicePropertyNominalSampleRate), Float64{48000}),
                  kAudioHardwareIllegalOperationError);
        ASSERT_TRUE(music.ran(4000));
    }
    EXPECT_TRUE(eventually([&] { return heard.count() == 2; }));
    EXPECT_EQ(rate(device), 48000.0);
    ASSERT_TRUE(music.ran(4000));
    EXPECT_EQ(music.stop(), 0);
    EXPECT_TRUE(music.heard().empty());
    EXPECT_EQ(opened(), 1U);
}

TEST_F(Inputs, AnOutputThatIsOffHasNoDataAndIsSilent) {
    const Ear ear(device_with_uid(kSpeakersUid));
    ASSERT_EQ(ear.use(kOut, 0), 0);
    ASSERT_EQ(ear.start(), 0);
    ASSERT_TRUE(ear.ran(2000));
    EXPECT_EQ(ear.stop(), 0);
    EXPECT_GT(ear.cycles_without_output(), 0U);
    const auto recorded = recordings();
    for (const auto sample : recorded.at(0).samples) ASSERT_EQ(sample, 0.0F);
}

TEST_F(Inputs, StreamsAreConfiguredOnEachSide) {
    const auto device = plugged(headset());
    const auto bytes = get_list<UInt8>(device, at(kAudioDevicePropertyStreamConfiguration, kIn));
    ASSERT_EQ(bytes.size(), sizeof(AudioBufferList));
    const auto* const list = reinterpret_cast<const AudioBufferList*>(bytes.data());
    EXPECT_EQ(list->mNumberBuffers, 1U);
    EXPECT_EQ(list->mBuffers[0].mNumberChannels, 1U);
}

TEST_F(Inputs, NonsenseAboutStreamsIsRefused) {
    const auto device = plugged(headset());
    const Ear ear(device);
    const auto address = at(kAudioDevicePropertyIOProcStreamUsage, kIn);
    EXPECT_EQ(set(device, address, StreamUsage{}), kAudioHardwareIllegalOperationError) << "no such IO proc";
    EXPECT_EQ(set(device, address, StreamUsage{.proc = nullptr, .streams = 2}),
              kAudioHardwareBadPropertySizeError);
    EXPECT_EQ(set(device, address, UInt32{0}), kAudioHardwareBadPropertySizeError);
    EXPECT_EQ(set(device_with_uid(kSpeakersUid), address, StreamUsage{}), kAudioHardwareUnknownPropertyError);
    UInt32 size = 0;
    EXPECT_EQ(AudioObjectGetPropertyDataSize(device, &address, 0, nullptr, &size), 0);
    EXPECT_EQ(size, sizeof(AudioHardwareIOProcStreamUsage));
}

}  // namespace
