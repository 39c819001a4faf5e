// What people are told when something is missing, broken or refused, and what is left behind: nothing.
#include <gtest/gtest.h>
#include <sndfile.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "audio_files.hpp"
#include "house.hpp"
#include "shm/layout.hpp"

namespace gecko::testing {
namespace {

class Errors : public ::testing::Test {
  protected:
    void SetUp() override {
        fs::create_directory(scratch_ / "tmp");
        write_audio(song_, broadband(1, 48'000, 2, 6.0), SF_FORMAT_WAV | SF_FORMAT_PCM_16);
    }

    [[nodiscard]] Command::Environment environment() const {
        return {{"TMPDIR", (scratch_ / "tmp").string()}, {"GECKO_HOME", (scratch_ / "home").string()}};
    }
    /// For minihald and gecko by themselves.
    [[nodiscard]] Command::Environment house() const {
        return {{"MINIHAL_RUN_DIR", (scratch_ / "run").string()},
                {"GECKO_HOME", (scratch_ / "home").string()}};
    }

    Outcome song(const std::vector<std::string>& arguments, const fs::path& hal = kHal,
                 Command::Environment more = {}) {
        more.merge(environment());
        return run(song_command(arguments, hal), more);
    }
    /// With everything right but the plug-ins folder.
    Outcome song_with(const fs::path& hal) {
        return song({"--out", (scratch_ / "out.wav").string(), song_.string()}, hal);
    }

    Outcome song_refused(const char* what, const char* program) {
        return song({"--out", (scratch_ / "out.wav").string(), song_.string()}, kHal,
                    {{"LD_PRELOAD", GECKO_REFUSE_MEMORY},
                     {"REFUSE", what},
                     {"REFUSE_IN", program},
                     {"ASAN_OPTIONS", "verify_asan_link_order=0"}});
    }

    void expect_said(const Outcome& outcome, int exit_code, const std::vector<std::string>& words) {
        EXPECT_EQ(outcome.exit_code, exit_code) << outcome.out;
        for (const auto& word : words)
            EXPECT_NE(outcome.out.find(word), std::string::npos) << word << "\n" << outcome.out;
        EXPECT_EQ(leftovers(), std::vector<std::string>());
    }

    /// A copy of the plug-ins folder whose bundle a test may break.
    fs::path broken_hal() {
        const fs::path hal = scratch_ / "HAL";
        fs::create_directory(hal);
        fs::copy(kHal, hal, fs::copy_options::recursive);
        return hal;
    }
    static fs::path contents(const fs::path& hal) { return hal / "GeckoAudioDevice.driver" / "Contents"; }
    static void replace_in_plist(const fs::path& hal, const std::string& from, const std::string& to) {
        const fs::path plist = contents(hal) / "Info.plist";
        std::ifstream in(plist);
        std::string text{std::istreambuf_iterator<char>(in), {}};
        ASSERT_NE(text.find(from), std::string::npos) << from;
        for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
            text.replace(at, from.size(), to);
        std::ofstream(plist) << text;
    }

    /// What a run left in shared memory or in $TMPDIR. Segments of other programs come and go; ours would stay.
    [[nodiscard]] std::vector<std::string> leftovers() const {
        std::set<std::string> left = segments();
        for (int look = 0; look < 20 && left != before_; ++look) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            std::erase_if(left, [now = segments()](const auto& name) { return !now.contains(name); });
        }
        std::erase_if(left, [&](const auto& name) { return before_.contains(name); });
        std::vector<std::string> all(left.begin(), left.end());
        for (const auto& entry : fs::directory_iterator(scratch_ / "tmp"))
            all.push_back(entry.path().string());
        return all;
    }

    Scratch scratch_;
    std::set<std::string> before_ = segments();
    fs::path song_ = scratch_ / "song.wav";
};

TEST_F(Errors, NoSuchFile) {
    expect_said(song({"--out", (scratch_ / "out.wav").string(), (scratch_ / "nowhere.flac").string()}), 3,
                {"nowhere.flac", "no such file"});
}

TEST_F(Errors, NotAnAudioFile) {
    std::ofstream(scratch_ / "letter.txt") << "Dear listener, this is no song.";
    expect_said(song({"--out", (scratch_ / "out.wav").string(), (scratch_ / "letter.txt").string()}), 3,
                {"letter.txt"});
}

TEST_F(Errors, AnUnknownPresetNamesTheNearOnes) {
    expect_said(song({"--preset", "bas-bost", "--out", (scratch_ / "out.wav").string(), song_.string()}), 3,
                {"bas-bost", "bass-boost"});
    const Outcome gecko = run({program("gecko"), "run", "--preset", "bas-bost"});
    expect_said(gecko, 3, {"bas-bost", "bass-boost"});
}

TEST_F(Errors, AnOutputThatCannotBeWrittenIsNoticedBeforeTheSongIsPlayed) {
    expect_said(song({"--out", (scratch_ / "no such folder" / "out.wav").string(), song_.string()}), 3,
                {"out.wav"});
    expect_said(song({"--out", scratch_.path().string(), song_.string()}), 3, {scratch_.path().string()});
}

TEST_F(Errors, AMissingBundleIsAPluginThatIsNotInstalled) {
    fs::create_directory(scratch_ / "empty");
    expect_said(song_with(scratch_ / "empty"), 2, {"HAL plugin not installed"});
}

TEST_F(Errors, ABundleWithoutAPlist) {
    const fs::path hal = broken_hal();
    fs::remove(contents(hal) / "Info.plist");
    expect_said(song_with(hal), 2, {"GeckoAudioDevice.driver", "Info.plist", "HAL plugin not installed"});
}

TEST_F(Errors, ABundleWithoutTheFactoryThatItsPlistNames) {
    const fs::path hal = broken_hal();
    replace_in_plist(hal, "GeckoAudioDevice_Create", "Nobody_Create");
    expect_said(song_with(hal), 2, {"GeckoAudioDevice.driver", "Nobody_Create", "HAL plugin not installed"});
}

TEST_F(Errors, ABundleThatIsNoAudioServerPlugIn) {
    const fs::path hal = broken_hal();
    replace_in_plist(hal, "443ABAB8-E7B3-491A-B985-BEB9187030DB", "443ABAB8-E7B3-491A-B985-BEB918703000");
    expect_said(song_with(hal), 2, {"GeckoAudioDevice.driver", "HAL plugin not installed"});
}

TEST_F(Errors, ABundleWhoseExecutableIsNoModule) {
    const fs::path hal = broken_hal();
    std::ofstream(contents(hal) / "MacOS" / "GeckoAudioDevice") << "not a module";
    expect_said(song_with(hal), 2, {"GeckoAudioDevice.driver", "HAL plugin not installed"});
}

TEST_F(Errors, ABundleWhoseInitializeFails) {
    expect_said(song_with(GECKO_FAILING_INITIALIZE_HAL), 2,
                {"GeckoAudioDevice.driver", "Initialize", "HAL plugin not installed"});
}

TEST_F(Errors, SharedMemoryThatTheSystemRefusesToTheApp) {
    expect_said(song_refused("open", "gecko"), 2, {"Failed to open shared memory: Permission denied"});
    expect_said(song_refused("map", "gecko"), 2, {"Failed to map shared memory: Cannot allocate memory"});
    expect_said(song_refused("space", "gecko"), 2,
                {"Failed to open shared memory: setting its size: No space left on device", "/dev/shm"});
}

TEST_F(Errors, SharedMemoryThatTheSystemRefusesToTheDriver) {
    expect_said(song_refused("open", "minihald"), 2,
                {"Failed to open shared memory: the driver says", "Permission denied"});
    expect_said(song_refused("map", "minihald"), 2,
                {"Failed to map shared memory: the driver says", "Cannot allocate memory"});
}

TEST_F(Errors, ADriverOfAnotherVersionAndWhatToDoAboutIt) {
    const auto ours = std::to_string(shm::kProtocolVersion);
    const auto meets = [&](const char* which) {
        const Command::Environment house{{"MINIHAL_RUN_DIR", (scratch_ / "tmp").string()},
                                         {"OTHER_VERSION", which}};
        Command server({program("minihald"), "--plugins", GECKO_OTHER_VERSION_HAL}, house);
        EXPECT_TRUE(server.wait_for("ready"));
        const Outcome outcome = run({program("gecko"), "run"}, house);
        server.signal(SIGTERM);
        server.finish();
        fs::remove_all(scratch_ / "tmp");
        fs::create_directory(scratch_ / "tmp");
        return outcome;
    };
    expect_said(meets("older"), 2,
                {"Audio daemon restart required", "a driver that is older than this gecko",
                 "driver 0.0.1 speaks protocol " + std::to_string(shm::kProtocolVersion - 1) +
                     ", gecko " GECKO_VERSION " speaks protocol " + ours,
                 "Install the driver", "restart the audio server"});
    expect_said(meets("newer"), 2,
                {"Gecko is older than its driver",
                 "driver 99.0.0 speaks protocol " + std::to_string(shm::kProtocolVersion + 1) +
                     ", gecko " GECKO_VERSION " speaks protocol " + ours,
                 "Update gecko"});
}

TEST_F(Errors, DevicesSayWhatIsMissingForWhatAndWhatWouldGiveIt) {
    fs::create_directory(scratch_ / "empty");
    Command server({program("minihald"), "--plugins", (scratch_ / "empty").string()}, house());
    ASSERT_TRUE(server.wait_for("ready"));
    const Outcome text = run({program("gecko"), "devices"}, house());
    EXPECT_EQ(text.exit_code, 0) << text.out;
    EXPECT_NE(text.out.find("apart from the others: no. HAL plugin not installed"), std::string::npos)
        << text.out;
    const Outcome outcome = run({program("gecko"), "devices", "--json"}, house());
    const auto json = nlohmann::json::parse(outcome.out, nullptr, false);
    ASSERT_TRUE(json.is_object()) << outcome.out;
    EXPECT_EQ(json.at("virtual_devices").at("there"), false);
    EXPECT_EQ(json.at("virtual_devices").at("missing"), "HAL plugin not installed");
    EXPECT_NE(json.at("per_app_capture").at("remedy").get<std::string>().find("gecko driver install"),
              std::string::npos);
    ASSERT_EQ(json.at("devices").size(), 1U);
    EXPECT_EQ(json.at("devices")[0].at("is_default"), true);
    EXPECT_EQ(json.at("devices")[0].at("can_be_played_on"), true);
    EXPECT_EQ(json.at("default_output"), json.at("devices")[0].at("uid"));
}

TEST_F(Errors, NoAudioServer) {
    Command::Environment nobody = environment();
    nobody["MINIHAL_RUN_DIR"] = (scratch_ / "tmp").string();
    expect_said(run({program("gecko"), "run"}, nobody), 2, {"The audio server is not running", "minihald"});
    expect_said(run({program("gecko-play"), song_.string()}, nobody), 2, {"not running"});
}

TEST_F(Errors, WhenOneProcessDiesTheRestEndsAndItIsNamed) {
    for (const std::string victim : {"minihald", "gecko", "gecko-play"}) {
        SCOPED_TRACE(victim);
        Command command(song_command({"--out", (scratch_ / "out.wav").string(), song_.string()}),
                        environment());
        ASSERT_TRUE(command.wait_for("ring   4.0 ms")) << command.finish().out;  // the song plays
        for (const pid_t child : children_of(command.pid())) {
            if (fs::read_symlink("/proc/" + std::to_string(child) + "/exe").filename() == victim)
                ::kill(child, SIGKILL);
        }
        const Outcome outcome = command.finish();
        expect_said(outcome, 2, {victim});
    }
}

TEST_F(Errors, CtrlCEndsEverything) {
    Command command(song_command({"--out", (scratch_ / "out.wav").string(), song_.string()}), environment());
    ASSERT_TRUE(command.wait_for("ring   4.0 ms")) << command.finish().out;
    const std::vector<pid_t> children = children_of(command.pid());
    ASSERT_EQ(children.size(), 3u);
    command.signal(SIGINT);
    const Outcome outcome = command.finish();
    EXPECT_EQ(outcome.exit_code, 130) << outcome.out;
    EXPECT_EQ(leftovers(), std::vector<std::string>());
    for (const pid_t child : children) EXPECT_NE(::kill(child, 0), 0) << child << " lives";
}

TEST_F(Errors, AGeckoThatWasKilledIsFollowedByTheNextOne) {
    Command server({program("minihald"), "--plugins", kHal.string()}, house());
    ASSERT_TRUE(server.wait_for("ready"));
    {
        Command first({program("gecko"), "run"}, house());
        ASSERT_TRUE(first.wait_for("ready: play into Gecko Sink")) << first.finish().out;
        Command other({program("gecko"), "run"}, house());  // one owner, as long as it lives
        const Outcome refused = other.finish();
        EXPECT_EQ(refused.exit_code, 2);
        EXPECT_NE(refused.out.find("Another gecko of this user runs already (process " +
                                   std::to_string(first.pid())),
                  std::string::npos)
            << refused.out;
        first.signal(SIGKILL);
        first.finish();
    }
    Command second({program("gecko"), "run"}, house());
    EXPECT_TRUE(second.wait_for("ready: play into Gecko Sink")) << second.finish().out;
    second.signal(SIGINT);
    EXPECT_EQ(second.finish().exit_code, 0);
}

TEST_F(Errors, WhenNobodyReadsTheStatusGeckoEndsAndLetsTheDriverGo) {
    Command server({program("minihald"), "--plugins", kHal.string()}, house());
    ASSERT_TRUE(server.wait_for("ready"));
    const Outcome outcome = run({"/bin/sh", "-c", program("gecko") + " run --json | head -n 1"}, house());
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_NE(outcome.out.find("\"state\":\"running\""), std::string::npos) << outcome.out;
}

}  // namespace
}  // namespace gecko::testing
