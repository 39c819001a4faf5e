// Statements about who gets the driver's audio, and about what is told to who does not.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <optional>

#include "driver_fixture.hpp"
#include "segment_of_test.hpp"

namespace gecko::driver::test {
namespace {

constexpr std::int64_t kVersion = shm::kProtocolVersion;

constexpr pid_t kApp = 100;
constexpr pid_t kOtherApp = 200;

class Attach : public DriverTest {
  protected:
    struct State {
        bool attached;
        std::optional<std::uint32_t> uid, pid;
        std::string version, error, step;
        std::uint32_t protocol, error_number;
    };

    void TearDown() override { set_console(Console::ours); }

    OSStatus attach(SegmentOfTest& app, pid_t pid = kApp) {
        return set(kDeviceId, global("gshm"_cc), app.request(), pid);
    }
    OSStatus send(const DictionaryBuilder&& builder, pid_t pid = kApp) {
        const CfOwned<CFPropertyListRef> request(const_cast<DictionaryBuilder&>(builder).release());
        return set(kDeviceId, global("gshm"_cc), request.get(), pid);
    }
    OSStatus detach(pid_t pid = kApp) {
        DictionaryBuilder builder;
        builder.add(shm::key::kDetach, true);
        return send(std::move(builder), pid);
    }
    static DictionaryBuilder request_with(const char* name, std::int64_t abi, std::int64_t channels,
                                          std::int64_t frames) {
        DictionaryBuilder builder;
        builder.add(shm::key::kName, name);
        builder.add(shm::key::kAbi, abi);
        builder.add(shm::key::kChannels, channels);
        builder.add(shm::key::kFrames, frames);
        return builder;
    }
    State state() {
        const CfOwned dictionary(get<CFDictionaryRef>(kDeviceId, global("gsta"_cc)));
        const auto text = [&](const char* key) -> std::string {
            std::array<char, 256> copy{};
            return find_text(dictionary.get(), key, copy.data(), copy.size()) ? copy.data() : "(none)";
        };
        const auto attached = static_cast<CFBooleanRef>(
            find_value(dictionary.get(), shm::key::kAttached, ::CFBooleanGetTypeID()));
        return {.attached = attached != nullptr && ::CFBooleanGetValue(attached),
                .uid = find_number(dictionary.get(), shm::key::kOwnerUid),
                .pid = find_number(dictionary.get(), shm::key::kOwnerPid),
                .version = text(shm::key::kDriverVersion),
                .error = text(shm::key::kLastError),
                .step = text(shm::key::kLastStep),
                .protocol = find_number(dictionary.get(), shm::key::kProtocol).value_or(0),
                .error_number = find_number(dictionary.get(), shm::key::kLastErrno).value_or(9'999)};
    }
};

TEST_F(Attach, StateIsReadableWithoutAnOwner) {
    const State now = state();
    EXPECT_FALSE(now.attached);
    EXPECT_FALSE(now.uid);
    EXPECT_FALSE(now.pid);
    EXPECT_EQ(now.version, GECKO_TEST_VERSION);
    EXPECT_EQ(now.protocol, shm::kProtocolVersion);
    EXPECT_EQ(now.error, "");
    EXPECT_EQ(now.error_number, 0u);
}

TEST_F(Attach, GivesTheDriverAnOwnerAndNotifies) {
    SegmentOfTest app;
    EXPECT_EQ(attach(app), 0);
    EXPECT_TRUE(state().attached);
    EXPECT_EQ(state().uid, ::geteuid());
    EXPECT_EQ(state().pid, std::uint32_t{kApp});
    drain();
    EXPECT_EQ(host_.take_changes(),
              (std::vector<FakeHost::Change>{{kDeviceId, "gshm"_cc}, {kDeviceId, "gsta"_cc}}));
}

TEST_F(Attach, NeedsTheNameNoLongerOnceItSucceeded) {
    SegmentOfTest app;
    ASSERT_EQ(attach(app), 0);
    ASSERT_EQ(shm::unlink_segment(app.name().c_str()), 0);
    ASSERT_EQ(interface().StartIO(ref(), kDeviceId, 1), 0);
    ASSERT_EQ(write_mix(0, {0.5f, -0.5f}), 0);
    EXPECT_EQ(app.reader().state().position, 1u);
}

TEST_F(Attach, ReadsBackAsTheGeometryInUse) {
    SegmentOfTest app(2'048);
    const auto number = [&](const char* key) {
        const CfOwned dictionary(get<CFDictionaryRef>(kDeviceId, global("gshm"_cc)));
        return find_number(dictionary.get(), key);
    };
    EXPECT_FALSE(number(shm::key::kFrames));
    ASSERT_EQ(attach(app), 0);
    EXPECT_EQ(number(shm::key::kFrames), 2'048u);
    EXPECT_EQ(number(shm::key::kChannels), 2u);
}

TEST_F(Attach, OfASegmentThatIsNotThereSaysSoWithErrno) {
    EXPECT_EQ(send(request_with(SegmentOfTest::new_name().c_str(), kVersion, 2, 1'024)),
              kAudioHardwareUnspecifiedError);
    EXPECT_EQ(state().error, "open: shm_open refused: No such file or directory");
    EXPECT_EQ(state().step, "open");
    EXPECT_EQ(state().error_number, static_cast<std::uint32_t>(ENOENT));
    EXPECT_FALSE(state().attached);
}

TEST_F(Attach, CreatesNoSegment) {
    const std::string name = SegmentOfTest::new_name();
    EXPECT_NE(send(request_with(name.c_str(), kVersion, 2, 1'024)), 0);
    EXPECT_EQ(::shm_open(name.c_str(), O_RDWR, 0), -1);
}

TEST_F(Attach, SucceedingClearsTheLastError) {
    EXPECT_NE(send(request_with(SegmentOfTest::new_name().c_str(), kVersion, 2, 1'024)), 0);
    SegmentOfTest app;
    EXPECT_EQ(attach(app), 0);
    EXPECT_EQ(state().error, "");
    EXPECT_EQ(state().step, "");
    EXPECT_EQ(state().error_number, 0u);
}

TEST_F(Attach, RefusesASegmentSmallerThanItsGeometry) {
    SegmentOfTest app;
    EXPECT_EQ(send(request_with(app.name().c_str(), kVersion, 2, 65'536)),
              kAudioHardwareBadPropertySizeError);
    EXPECT_EQ(state().error, "size: the segment is smaller than its geometry");
}

TEST_F(Attach, RefusesASegmentThatIsNotWhatWasAnnounced) {
    using Spoil = void (*)(const shm::View&);
    for (const Spoil spoil : {Spoil{[](const shm::View& v) { v.control->identity.magic.store(0); }},
                              Spoil{[](const shm::View& v) { v.control->identity.frames = 2'048; }},
                              Spoil{[](const shm::View& v) { v.control->identity.frames = 0; }},
                              Spoil{[](const shm::View& v) { v.control->identity.channels = 1; }},
                              Spoil{[](const shm::View& v) { v.control->identity.client_rings = 17; }},
                              Spoil{[](const shm::View& v) { v.control->identity.client_rings = 0; }},
                              Spoil{[](const shm::View& v) { v.header->buffer_size = 1; }},
                              Spoil{[](const shm::View& v) { v.header->channels = 9; }}}) {
        SegmentOfTest app;
        spoil(app.view());
        EXPECT_EQ(attach(app), kAudioDeviceUnsupportedFormatError);
        EXPECT_EQ(state().error, "format: the segment is not what was announced");
        EXPECT_FALSE(state().attached);
    }
}

TEST_F(Attach, RefusesAnotherProtocolVersionOnEitherSide) {
    SegmentOfTest app;
    const auto says = [](std::uint32_t theirs, const char* older) {
        return "version: driver " GECKO_TEST_VERSION " speaks protocol " + std::to_string(kVersion) +
               ", the app protocol " + std::to_string(theirs) + ". The " + older;
    };
    EXPECT_EQ(send(request_with(app.name().c_str(), kVersion + 1, 2, 1'024)),
              kAudioHardwareUnsupportedOperationError);
    EXPECT_EQ(state().error,
              says(kVersion + 1, "driver is older: install the app's driver and restart the audio server"));
    EXPECT_EQ(send(request_with(app.name().c_str(), kVersion - 1, 2, 1'024)),
              kAudioHardwareUnsupportedOperationError);
    EXPECT_EQ(state().error, says(kVersion - 1, "app is older: update Gecko"));
    EXPECT_EQ(state().step, "version");
    app.view().control->identity.version = 7;
    EXPECT_EQ(attach(app), kAudioHardwareUnsupportedOperationError);
    EXPECT_EQ(state().error, "version: the segment has another protocol version");
}

TEST_F(Attach, RefusesASegmentThatIsNotTheConsoleUsers) {
    SegmentOfTest app;
    for (const Console console : {Console::foreign, Console::none}) {
        set_console(console);
        EXPECT_EQ(attach(app), kAudioDevicePermissionsError);
        EXPECT_EQ(state().error, "user: the segment does not belong to the console user");
        EXPECT_FALSE(state().attached);
    }
    set_console(Console::ours);
    EXPECT_EQ(attach(app), 0);
}

TEST_F(Attach, RefusesRequestsThatAreNotWhatTheyShouldBe) {
    const std::string name = SegmentOfTest::new_name();
    const char* good = name.c_str();
    const auto malformed = [&](DictionaryBuilder&& request) {
        EXPECT_EQ(send(std::move(request)), kAudioHardwareUnspecifiedError);
        EXPECT_TRUE(state().error.starts_with("request: ")) << state().error;
    };
    malformed(DictionaryBuilder());
    malformed(request_with("", kVersion, 2, 1'024));
    malformed(request_with("/GeckoAudioShm", kVersion, 2, 1'024));
    malformed(request_with("/GeckoAudioShm.", kVersion, 2, 1'024));
    malformed(request_with("/GeckoAudioShm.aaaaaaaaaaaaaaa", kVersion, 2, 1'024));
    malformed(request_with("/GeckoAudioShm.aaaaaaaaaaaaaaaaa", kVersion, 2, 1'024));
    malformed(request_with("/GeckoAudioShm.aaaaaaaa/aaaaaaa", kVersion, 2, 1'024));
    malformed(request_with("/GeckoAudioShm.aaaaaaaa.aaaaaaa", kVersion, 2, 1'024));
    malformed(request_with("/GeckoAudioShm.aaaaaaaa1aaaaaaa", kVersion, 2, 1'024));
    malformed(request_with("/geckoAudioShm.aaaaaaaaaaaaaaaa", kVersion, 2, 1'024));
    malformed(request_with("/etc/passwd", kVersion, 2, 1'024));
    malformed(request_with(std::string(5'000, 'a').c_str(), kVersion, 2, 1'024));
    malformed(request_with(good, -1, 2, 1'024));
    malformed(request_with(good, kVersion, -2, 1'024));
    malformed(request_with(good, kVersion, 2, std::int64_t{1} << 33));
    for (const char* key : {shm::key::kName, shm::key::kAbi, shm::key::kChannels, shm::key::kFrames}) {
        DictionaryBuilder wrong_type = request_with(good, kVersion, 2, 1'024);
        wrong_type.add(key, true);
        malformed(std::move(wrong_type));
    }
    DictionaryBuilder number_for_name = request_with(good, kVersion, 2, 1'024);
    number_for_name.add(shm::key::kName, std::int64_t{7});
    malformed(std::move(number_for_name));
    DictionaryBuilder no_detach;
    no_detach.add(shm::key::kDetach, false);
    malformed(std::move(no_detach));
    DictionaryBuilder detach_text;
    detach_text.add(shm::key::kDetach, "yes");
    malformed(std::move(detach_text));
}

TEST_F(Attach, RefusesAFractionForANumber) {
    SegmentOfTest app;
    const CfOwned request(
        ::CFDictionaryCreateMutableCopy(nullptr, 0, static_cast<CFDictionaryRef>(app.request())));
    const double frames = 1'024.5;
    const CfOwned number(::CFNumberCreate(nullptr, kCFNumberFloat64Type, &frames));
    ::CFDictionarySetValue(request.get(), CFSTR("frames"), number.get());
    EXPECT_EQ(set(kDeviceId, global("gshm"_cc), request.get(), kApp), kAudioHardwareUnspecifiedError);
}

TEST_F(Attach, RefusesGeometryThatTheDriverHasNot) {
    const std::string name = SegmentOfTest::new_name();
    struct Case {
        std::int64_t channels, frames;
    };
    for (const Case& c : {Case{0, 1'024}, Case{1, 1'024}, Case{3, 1'024}, Case{2, 0}, Case{2, 1'000},
                          Case{2, 512}, Case{2, 1 << 21}, Case{2, 0xFFFF'FFFF}, Case{0xFFFF'FFFF, 1'024}}) {
        EXPECT_EQ(send(request_with(name.c_str(), kVersion, c.channels, c.frames)),
                  kAudioDeviceUnsupportedFormatError);
        EXPECT_TRUE(state().error.starts_with("format: ")) << state().error;
    }
}

TEST_F(Attach, RefusesWhatIsNoDictionary) {
    const CfOwned text(create_string("name"));
    for (const CFTypeRef value : {CFTypeRef{nullptr}, CFTypeRef{kCFBooleanTrue}, CFTypeRef{text.get()}}) {
        EXPECT_EQ(set(kDeviceId, global("gshm"_cc), value, kApp), kAudioHardwareUnspecifiedError);
        EXPECT_EQ(state().error, "request: the value is not a dictionary");
    }
}

TEST_F(Attach, IsRefusedToASecondAppWhileTheFirstIsAlive) {
    SegmentOfTest first;
    SegmentOfTest second;
    ASSERT_EQ(attach(first), 0);
    first.beat();
    EXPECT_EQ(attach(second, kOtherApp), kAudioHardwareIllegalOperationError);
    EXPECT_EQ(attach(second, 0), kAudioHardwareIllegalOperationError) << "an unknown process is another";
    EXPECT_EQ(state().pid, std::uint32_t{kApp}) << "the refused one learns whose it is";
    EXPECT_EQ(state().uid, ::geteuid());
    EXPECT_EQ(state().error, "owner: another process is attached and alive");

    ASSERT_EQ(interface().StartIO(ref(), kDeviceId, 1), 0);
    ASSERT_EQ(write_mix(0, {1, 1}), 0);
    EXPECT_EQ(first.reader().state().position, 1u);
    EXPECT_EQ(second.reader().state().position, 0u);
}

TEST_F(Attach, PassesToASecondAppWhenTheFirstsHeartbeatIsStale) {
    SegmentOfTest first;
    ASSERT_EQ(attach(first), 0);
    first.beat();
    advance_seconds(2.9);
    SegmentOfTest second;
    EXPECT_EQ(attach(second, kOtherApp), kAudioHardwareIllegalOperationError);
    advance_seconds(0.2);
    EXPECT_EQ(attach(second, kOtherApp), 0);
    EXPECT_EQ(state().pid, std::uint32_t{kOtherApp});
}

TEST_F(Attach, TakesAHeartbeatFromTheFutureOrNoneAtAllForStale) {
    const std::uint64_t later = now();
    for (const std::uint64_t time : {std::uint64_t{1'000}, later}) {  // just booted, and long after
        set_now(time);
        for (const std::uint64_t alive : {std::uint64_t{0}, time + 1, time + (std::uint64_t{1} << 40),
                                          ~std::uint64_t{0}, ~std::uint64_t{0} - 5'000}) {
            SegmentOfTest first;
            SegmentOfTest second;
            ASSERT_EQ(attach(first, kApp), 0);
            first.view().control->consumer.alive.store(alive);
            EXPECT_EQ(attach(second, kOtherApp), 0) << alive << " at " << time;
            EXPECT_EQ(detach(kOtherApp), 0);
        }
    }
}

TEST_F(Attach, TheOwnerMayReplaceItsSegment) {
    SegmentOfTest first;
    SegmentOfTest second;
    ASSERT_EQ(attach(first), 0);
    first.beat();
    ASSERT_EQ(interface().StartIO(ref(), kDeviceId, 1), 0);
    EXPECT_EQ(attach(second), 0);
    ASSERT_EQ(write_mix(0, {1, 1}), 0);
    EXPECT_EQ(first.reader().state().position, 0u);
    EXPECT_FALSE(first.reader().state().running) << "the last word in a segment that is given up";
    EXPECT_EQ(second.reader().state().position, 1u);
    EXPECT_TRUE(second.reader().state().running);
}

TEST_F(Attach, ThatFailsLeavesTheOneBeforeInPlace) {
    SegmentOfTest app;
    ASSERT_EQ(attach(app), 0);
    app.beat();
    EXPECT_NE(send(request_with(SegmentOfTest::new_name().c_str(), kVersion, 2, 1'024)), 0);
    EXPECT_TRUE(state().attached);
    ASSERT_EQ(interface().StartIO(ref(), kDeviceId, 1), 0);
    ASSERT_EQ(write_mix(0, {1, 1}), 0);
    EXPECT_EQ(app.reader().state().position, 1u);
}

TEST_F(Attach, EndsWithADetachOfTheOwner) {
    SegmentOfTest app;
    ASSERT_EQ(attach(app), 0);
    app.beat();
    EXPECT_EQ(detach(kOtherApp), kAudioHardwareIllegalOperationError);
    EXPECT_TRUE(state().attached);
    EXPECT_EQ(detach(kApp), 0);
    EXPECT_FALSE(state().attached);
    EXPECT_FALSE(state().pid);
    EXPECT_EQ(detach(kOtherApp), 0) << "there is nobody to detach";
    ASSERT_EQ(interface().StartIO(ref(), kDeviceId, 1), 0);
    EXPECT_EQ(write_mix(0, {1, 1}), 0);
    EXPECT_EQ(app.reader().state().position, 0u);
}

TEST_F(Attach, OfADeadOwnerMayBeEndedByAnybody) {
    SegmentOfTest app;
    ASSERT_EQ(attach(app), 0);
    app.beat();
    advance_seconds(3.5);
    EXPECT_EQ(detach(kOtherApp), 0);
    EXPECT_FALSE(state().attached);
}

}  // namespace
}  // namespace gecko::driver::test
