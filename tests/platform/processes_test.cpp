// Whose application a process is, with real processes out of made-up bundles.
#include "platform/coreaudio/processes.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "tests/settings/temporary_folder.hpp"

namespace gecko::platform::coreaudio {
namespace {

namespace fs = std::filesystem;

class RunningPrograms : public ::testing::Test {
  protected:
    void TearDown() override {
        for (const pid_t process : started_) {
            ::kill(process, SIGKILL);
            ::waitpid(process, nullptr, 0);
        }
    }

    /// An application's bundle with a copy of a program that waits.
    fs::path make_program(const fs::path& program) {
        const fs::path file = folder_.path() / program;
        fs::create_directories(file.parent_path());
        fs::copy_file(kWaiting, file);
        return file;
    }
    void make_info(const fs::path& bundle, const std::string& entries) {
        fs::create_directories(folder_.path() / bundle / "Contents" / "Resources");
        std::ofstream(folder_.path() / bundle / "Contents" / "Info.plist")
            << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\"><dict>\n"
            << entries << "</dict></plist>\n";
    }
    std::uint32_t start(const fs::path& program) {
        std::array<int, 2> executed{};
        if (::pipe2(executed.data(), O_CLOEXEC) != 0) return 0;
        const pid_t process = ::fork();
        if (process == 0) {
            ::execl(program.c_str(), program.c_str(), "1000", nullptr);
            ::_exit(127);
        }
        ::close(executed[1]);
        char nothing = 0;
        (void)!::read(executed[0], &nothing, 1);  // ends when it runs: the pipe is closed on exec
        ::close(executed[0]);
        started_.push_back(process);
        return static_cast<std::uint32_t>(process);
    }

    static constexpr const char* kWaiting = "/bin/sleep";
    gecko::settings::TemporaryFolder folder_;
    std::vector<pid_t> started_;
    SystemProcesses processes_;
};

TEST_F(RunningPrograms, OutOfABundleAreItsApplication) {
    make_info("Größe.app",
              "<key>CFBundleIdentifier</key><string>com.example.size</string>\n"
              "<key>CFBundleName</key><string>Size</string>\n"
              "<key>CFBundleDisplayName</key><string>Größe &amp; Maß</string>\n"
              "<key>CFBundleIconFile</key><string>AppIcon</string>\n");
    const fs::path icon = folder_.path() / "Größe.app/Contents/Resources/AppIcon.icns";
    std::ofstream(icon) << "icns";
    for (const char* program : {"Größe.app/Contents/MacOS/main",
                                "Größe.app/Contents/Frameworks/Helper.app/Contents/MacOS/helper"}) {
        const std::uint32_t process = start(make_program(program));
        const NamedApplication named = name_application(processes_, process, "seen");
        EXPECT_EQ(named, (NamedApplication{.process_id = process,
                                           .name = "Größe & Maß",
                                           .bundle_id = "com.example.size",
                                           .bundle = folder_.path() / "Größe.app",
                                           .icon = icon}))
            << named.name;
    }
}

TEST_F(RunningPrograms, OutOfABundleWhoseInfoIsBrokenAreCalledAsTheFolder) {
    make_info("Broken.app", "<key>CFBundleName</key>");
    const NamedApplication named =
        name_application(processes_, start(make_program("Broken.app/Contents/MacOS/x")), "seen");
    EXPECT_EQ(named.name, "Broken");
    EXPECT_EQ(named.bundle_id, "seen");
    EXPECT_EQ(named.icon, "");
}

TEST_F(RunningPrograms, WithoutABundleAreThemselves) {
    const std::uint32_t process = start(make_program("player"));
    EXPECT_EQ(name_application(processes_, process, ""),
              (NamedApplication{
                  .process_id = process, .name = "player", .bundle_id = "", .bundle = {}, .icon = {}}));
    EXPECT_EQ(processes_.parent(process), static_cast<std::uint32_t>(::getpid()));
}

TEST_F(RunningPrograms, AnIconOutsideTheBundleIsNone) {
    make_info("Sly.app", "<key>CFBundleIconFile</key><string>../../../../etc/passwd</string>");
    EXPECT_EQ(processes_.bundle(folder_.path() / "Sly.app")->icon, "");
}

TEST_F(RunningPrograms, ThatHaveEndedAreUnknown) {
    const std::uint32_t process = start(make_program("player"));
    TearDown();
    started_.clear();
    EXPECT_EQ(processes_.executable(process), std::nullopt);
    EXPECT_EQ(processes_.parent(process), std::nullopt);
    EXPECT_EQ(name_application(processes_, process, "").name, "process " + std::to_string(process));
}

}  // namespace
}  // namespace gecko::platform::coreaudio
