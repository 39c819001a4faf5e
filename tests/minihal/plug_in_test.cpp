#include <CoreFoundation/CoreFoundation.h>

#include <cstring>

#include "tests/minihal/client_fixture.hpp"
#include "tests/minihal/player.hpp"

namespace {

using namespace minihal_test;

class PlugIns : public ClientTest {};

// What the plug-in TwoStreams says that it was given.
struct HeardByPlugIn {
    std::vector<float> stereo;
    std::vector<float> mono;
    std::string clients;
    std::string operations;
};

std::vector<float> samples(CFDictionaryRef list, CFStringRef key) {
    const auto data = static_cast<CFDataRef>(CFDictionaryGetValue(list, key));
    std::vector<float> values(static_cast<size_t>(CFDataGetLength(data)) / sizeof(float));
    if (!values.empty()) std::memcpy(values.data(), CFDataGetBytePtr(data), values.size() * sizeof(float));
    return values;
}

HeardByPlugIn heard_by(AudioObjectID device) {
    const auto list = get<CFDictionaryRef>(device, at(two_streams::kHeard)).value_or(nullptr);
    if (list == nullptr) return {};
    HeardByPlugIn heard{.stereo = samples(list, CFSTR("stereo")),
                        .mono = samples(list, CFSTR("mono")),
                        .clients = text(CFRetain(CFDictionaryGetValue(list, CFSTR("clients")))),
                        .operations = text(CFRetain(CFDictionaryGetValue(list, CFSTR("operations"))))};
    CFRelease(list);
    return heard;
}

TEST_F(PlugIns, APlugInWithTwoStreamsGetsEverySampleOfBoth) {
    constexpr uint64_t kFrames = 5000;
    const auto device = device_with_uid(kTwoStreamsUid);
    const Player player(device, 7, kFrames);
    ASSERT_EQ(player.start(), 0);
    ASSERT_TRUE(eventually([&] { return player.done(); }));
    EXPECT_EQ(player.stop(), 0);
    const auto heard = heard_by(device);
    ASSERT_GE(heard.mono.size(), kFrames);
    ASSERT_EQ(heard.stereo.size(), 2 * heard.mono.size());
    for (uint64_t frame = 0; frame < kFrames; ++frame) {
        ASSERT_EQ(heard.stereo[2 * frame], noise(7, 3 * frame)) << "frame " << frame;
        ASSERT_EQ(heard.stereo[2 * frame + 1], noise(7, 3 * frame + 1)) << "frame " << frame;
        ASSERT_EQ(heard.mono[frame], noise(7, 3 * frame + 2)) << "frame " << frame;
    }
    EXPECT_EQ(heard.clients, "minihal_test ");
}

TEST_F(PlugIns, AProgramInABundleIsKnownByTheBundlesIdentifierAndAnyOtherByItsName) {
    const auto contents = sandbox().folder() / "An Application.app" / "Contents";
    std::filesystem::create_directories(contents / "MacOS");
    std::filesystem::copy(MINIHAL_TEST_CLIENT, contents / "MacOS" / "client");
    std::ofstream(contents / "Info.plist") << "<plist version=\"1.0\"><dict><key>CFBundleIdentifier</key>"
                                              "<string>org.example.application</string></dict></plist>";
    ChildProcess bundled(contents / "MacOS" / "client", {kTwoStreamsUid, "1", "1000"}, sandbox().folder());
    EXPECT_EQ(bundled.wait(), 0) << bundled.errors();
    EXPECT_EQ(client(kTwoStreamsUid, 2, 1000)->wait(), 0);
    const auto clients = heard_by(device_with_uid(kTwoStreamsUid)).clients;
    EXPECT_NE(clients.find("org.example.application "), std::string::npos) << clients;
    EXPECT_NE(clients.find("minihal_test_c"), std::string::npos) << clients;
}

TEST_F(PlugIns, OperationsComeInTheirOrderOnEveryStream) {
    const auto device = device_with_uid(kTwoStreamsUid);
    const Player player(device, 1, 1);
    ASSERT_EQ(player.start(), 0);
    ASSERT_TRUE(eventually([&] { return player.done(); }));
    EXPECT_EQ(player.stop(), 0);
    EXPECT_EQ(heard_by(device).operations, "+cycl +pout .pout .pout -pout +rite .rite .rite -rite -cycl ");
}

TEST_F(PlugIns, ANotificationFromThePlugInsIoThreadReachesListeners) {
    const auto device = device_with_uid(kTwoStreamsUid);
    const Heard heard(device, at(two_streams::kHeard));
    const Player player(device, 1, 2000);
    ASSERT_EQ(player.start(), 0);
    EXPECT_TRUE(eventually([&] { return heard.count() > 0; }));
    EXPECT_EQ(player.stop(), 0);
}

TEST_F(PlugIns, OutputTimesAreABufferAndTheSafetyOffsetAheadOfNowAndFollowOneAnother) {
    const auto device = device_with_uid(kTwoStreamsUid);
    Player player(device, 1, 20000);
    std::vector<AudioTimeStamp> nows;
    std::vector<AudioTimeStamp> outputs;
    std::vector<uint64_t> clock;
    player.each_cycle([&](const AudioTimeStamp& now, const AudioTimeStamp& output) {
        nows.push_back(now);
        outputs.push_back(output);
        clock.push_back(AudioGetCurrentHostTime());
    });
    ASSERT_EQ(player.start(), 0);
    ASSERT_TRUE(eventually([&] { return player.done(); }));
    EXPECT_EQ(player.stop(), 0);
    constexpr auto kAll =
        kAudioTimeStampSampleTimeValid | kAudioTimeStampHostTimeValid | kAudioTimeStampRateScalarValid;
    ASSERT_GT(nows.size(), 30U);
    for (size_t i = 0; i < nows.size(); ++i) {
        EXPECT_EQ(outputs[i].mSampleTime - nows[i].mSampleTime, 512 + two_streams::kSafetyOffset);
        EXPECT_EQ(outputs[i].mFlags, UInt32{kAll});
        // The host clock stands still at the cycle's time while the cycle is played.
        EXPECT_EQ(clock[i], nows[i].mHostTime);
        EXPECT_NEAR(outputs[i].mRateScalar, 1.0, 1e-6);
        if (i > 0) {
            EXPECT_EQ(outputs[i].mSampleTime - outputs[i - 1].mSampleTime, 512);
        }
    }
}

TEST_F(PlugIns, ANewRateWhileItPlaysBeginsANewTimeLineAndTheClientsGoOn) {
    const auto device = device_with_uid(kTwoStreamsUid);
    const Player player(device, 3, 1U << 30);
    ASSERT_EQ(player.start(), 0);
    ASSERT_TRUE(eventually([&] { return player.position() > 4000; }));
    EXPECT_EQ(set(device, at(kAudioDevicePropertyNominalSampleRate), Float64{44100}), 0);
    ASSERT_TRUE(eventually(
        [&] { return get<Float64>(device, at(kAudioDevicePropertyNominalSampleRate)) == 44100.0; }));
    const auto position = player.position();
    ASSERT_TRUE(eventually([&] { return player.position() > position + 4000; }));
    EXPECT_EQ(player.stop(), 0);
    EXPECT_EQ(get<UInt32>(device, at(kAudioDevicePropertyDeviceIsRunning)), 0U);
    const auto lines = recordings();
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].entry.at("rate"), 48000);
    EXPECT_EQ(lines[1].entry.at("rate"), 44100);
    // Nothing is lost between them: the second goes on with the frame behind the first.
    const auto next = static_cast<uint64_t>(lines[0].frames());
    EXPECT_EQ(lines[1].sample(lines[1].first_sample_time(), 0), noise(3, 3 * next));
}

}  // namespace
