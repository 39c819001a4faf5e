#include <fmt/format.h>

#include <csignal>
#include <random>

#include "minihal/wire/protocol.hpp"
#include "minihal/wire/socket.hpp"
#include "tests/minihal/client_fixture.hpp"
#include "tests/minihal/player.hpp"

namespace {

using namespace minihal_test;

class Server : public ClientTest {};

TEST_F(Server, ASecondServerForTheDirectoryIsRefusedAndNamesTheFirst) {
    MinihaldProcess second(MINIHALD_PROGRAM, sandbox(), {});
    EXPECT_FALSE(second.serving());
    EXPECT_EQ(second.wait(), 2);
    EXPECT_NE(second.errors().find("(process " + std::to_string(server().pid()) + ")"), std::string::npos)
        << second.errors();
    EXPECT_NE(device_with_uid(kSpeakersUid), kAudioObjectUnknown) << "the first still serves";
}

TEST_F(Server, AfterTheEndNothingIsLeft) {
    const auto run = sandbox().run_directory();
    for (const auto* const file : {"hal.sock", "lock", "console"})
        EXPECT_TRUE(std::filesystem::exists(run / file));
    EXPECT_EQ(server().terminate(), 0);
    for (const auto* const file : {"hal.sock", "lock", "console"})
        EXPECT_FALSE(std::filesystem::exists(run / file));
}

TEST_F(Server, AnInterruptEndsItWhileAClientPlaysAndTheRecordingIsWhole) {
    const Player player(device_with_uid(kSpeakersUid), 5, 1U << 30);
    ASSERT_EQ(player.start(), 0);
    ASSERT_TRUE(eventually([&] { return player.position() > 10000; }));
    const auto lines = recordings();
    ASSERT_EQ(lines.size(), 1U);
    ASSERT_GE(lines[0].frames(), 9000);
    for (uint64_t i = 0; i < 18000; ++i) ASSERT_EQ(lines[0].samples.at(i), noise(5, i));
}

TEST_F(Server, AnInterruptEndsItWhileAClientIsStalled) {
    const auto other = client(kSpeakersUid, 2, 1U << 30);
    ASSERT_TRUE(other->read_line().starts_with("playing "));
    other->signal(SIGSTOP);
    EXPECT_EQ(server().terminate(), 0);
}

TEST_F(Server, WhatAKilledServerLeavesIsTakenOver) {
    server().kill();
    EXPECT_TRUE(std::filesystem::exists(sandbox().run_directory() / "hal.sock"));
    start_server();
    ASSERT_TRUE(server().serving()) << server().errors();
    EXPECT_NE(device_with_uid(kSpeakersUid), kAudioObjectUnknown);
}

TEST_F(Server, WithoutAServerCallsSayThatNothingIsRunning) {
    const auto speakers = device_with_uid(kSpeakersUid);
    const Player player(speakers, 1, 1U << 30);
    server().kill();
    const auto name = at(kAudioObjectPropertyName);
    UInt32 size = 0;
    EXPECT_TRUE(eventually([&] {
        return AudioObjectGetPropertyDataSize(speakers, &name, 0, nullptr, &size) ==
               kAudioHardwareNotRunningError;
    }));
    EXPECT_EQ(player.start(), kAudioHardwareNotRunningError);
    EXPECT_EQ(AudioObjectHasProperty(kAudioObjectSystemObject, &name), 0);
}

TEST_F(Server, ARestartIsHeardOfAndOldObjectsAreGone) {
    const Heard restarted(kAudioObjectSystemObject, at(kAudioHardwarePropertyServiceRestarted));
    const Heard defaults(kAudioObjectSystemObject, at(kAudioHardwarePropertyDefaultOutputDevice));
    ASSERT_EQ(restarted.status(), 0);
    const auto old = device_with_uid(kSpeakersUid);
    const Player player(old, 1, 1U << 30);
    ASSERT_EQ(player.start(), 0);
    ASSERT_TRUE(eventually([&] { return player.position() > 0; }));
    server().kill();
    start_server();
    EXPECT_TRUE(eventually([&] { return restarted.count() == 1; }));
    const auto name = at(kAudioObjectPropertyName);
    UInt32 size = 0;
    EXPECT_EQ(AudioObjectGetPropertyDataSize(old, &name, 0, nullptr, &size), kAudioHardwareBadObjectError);
    // Listeners of the system object are still there.
    const auto two_streams = device_with_uid(kTwoStreamsUid);
    EXPECT_EQ(set(kAudioObjectSystemObject, at(kAudioHardwarePropertyDefaultOutputDevice), two_streams), 0);
    EXPECT_TRUE(eventually([&] { return defaults.count() == 1; }));
    // And it plays again.
    const Player again(device_with_uid(kSpeakersUid), 1, 2000);
    ASSERT_EQ(again.start(), 0);
    EXPECT_TRUE(eventually([&] { return again.done(); }));
}

TEST_F(Server, TheHostClockGoesOnThroughTheServersDeath) {
    const Player player(device_with_uid(kSpeakersUid), 1, 1U << 30);
    ASSERT_EQ(player.start(), 0);
    ASSERT_TRUE(eventually([&] { return player.position() > 4000; }));
    const auto before = AudioGetCurrentHostTime();
    server().kill();
    EXPECT_TRUE(eventually([&] { return AudioGetCurrentHostTime() > before + 24'000'000 / 10; }));
}

TEST_F(Server, BytesThatAreNoProtocolCloseTheConnectionAndDoNoHarm) {
    const auto seed = std::random_device{}();
    RecordProperty("seed", static_cast<int>(seed));
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    const auto any_below = [&random](uint32_t end) { return static_cast<uint32_t>(random() % end); };
    const auto socket = (sandbox().run_directory() / "hal.sock").string();
    for (int round = 0; round < 300; ++round) {
        auto connection = minihal::wire::connect_to(socket);
        ASSERT_TRUE(connection);
        std::vector<uint8_t> bytes;
        if (round % 2 == 0) {
            // A proper greeting first, so that the rest is looked at as requests.
            bytes = packed(minihal::wire::MessageType::kHelloControl, 1,
                           encode(minihal::wire::HelloControl{.bundle_id = "nonsense"}));
        }
        for (int message = 0; message < 5; ++message) {
            const minihal::wire::MessageHeader header{.size = any_below(64), .type = any_below(20), .id = 1};
            minihal::wire::Writer writer;
            writer.put(header);
            for (uint32_t i = 0; i < header.size; ++i) writer.put(static_cast<uint8_t>(random() % 4));
            const auto more = writer.take();
            bytes.insert(bytes.end(), more.begin(), more.end());
        }
        // Cut off anywhere.
        bytes.resize(random() % bytes.size() + 1);
        minihal::wire::send_all(connection->get(), bytes);
    }
    const Player player(device_with_uid(kSpeakersUid), 1, 5000);
    ASSERT_EQ(player.start(), 0);
    EXPECT_TRUE(eventually([&] { return player.done(); }));
    EXPECT_EQ(player.stop(), 0);
}

TEST_F(Server, AClientOfAnotherVersionIsToldSo) {
    auto connection = minihal::wire::connect_to((sandbox().run_directory() / "hal.sock").string());
    ASSERT_TRUE(connection);
    minihal::wire::Writer writer;
    writer.put(minihal::wire::kMagic);
    writer.put(minihal::wire::kVersion + 1);
    writer.put_text("from the future");
    minihal::wire::send_all(connection->get(),
                            packed(minihal::wire::MessageType::kHelloControl, 1, writer.take()));
    minihal::wire::MessageParser parser;
    const auto append = [&](std::span<const uint8_t> bytes) { parser.append(bytes); };
    while (minihal::wire::receive(connection->get(), append) == minihal::wire::Received::kBytes) {
    }
    const auto message = parser.next();
    ASSERT_TRUE(message && *message);
    EXPECT_EQ((*message)->type, minihal::wire::MessageType::kGoodbye);
    minihal::wire::Reader reader((*message)->payload);
    EXPECT_NE(reader.text().find(fmt::format("version {} where {} is spoken", minihal::wire::kVersion + 1,
                                             minihal::wire::kVersion)),
              std::string::npos);
}

TEST(Options, ARecordFolderThatCannotBeWrittenIsNamed) {
    const Sandbox sandbox;
    MinihaldProcess server(MINIHALD_PROGRAM, sandbox, {"--record-dir", "/proc/nowhere"});
    EXPECT_FALSE(server.serving());
    EXPECT_EQ(server.wait(), 2);
    EXPECT_NE(server.errors().find("cannot record into /proc/nowhere"), std::string::npos) << server.errors();
}

TEST(Options, APlugInFolderThatIsNotThereIsReportedAndTheHardwareServes) {
    const Sandbox sandbox;
    const MinihaldProcess server(MINIHALD_PROGRAM, sandbox, {"--plugins", "/nowhere"});
    EXPECT_TRUE(server.serving());
    EXPECT_NE(server.errors().find("cannot read the plug-in folder /nowhere"), std::string::npos)
        << server.errors();
}

}  // namespace
