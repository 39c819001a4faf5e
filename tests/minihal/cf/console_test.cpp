#include <dlfcn.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <mach/mach_time.h>
#include <sys/stat.h>

#include <cerrno>
#include <fstream>

#include "tests/minihal/cf/run_directory_fixture.hpp"

#ifdef __linux__

namespace {

using Stat = int (*)(const char*, struct stat*);

class Console : public RunDirectory, public testing::WithParamInterface<bool> {
  protected:
    Console() {
        if (!GetParam()) return;
        plug_in_ = dlopen(CONSOLE_PLUG_IN, RTLD_NOW | RTLD_LOCAL);
        if (plug_in_ != nullptr) ask_ = reinterpret_cast<Stat>(dlsym(plug_in_, "plug_in_stat"));
    }
    ~Console() override {
        if (plug_in_ != nullptr) dlclose(plug_in_);
    }

    void* plug_in_ = nullptr;
    Stat ask_ = [](const char* path, struct stat* status) { return stat(path, status); };
};

TEST_P(Console, IsAFileOfTheRunDirectory) {
    ASSERT_EQ(plug_in_ != nullptr, GetParam()) << dlerror();
    std::ofstream(path_ / "console") << "four";
    struct stat console{};
    struct stat file{};
    ASSERT_EQ(ask_("/dev/console", &console), 0);
    ASSERT_EQ(fstatat(AT_FDCWD, (path_ / "console").c_str(), &file, 0), 0);
    EXPECT_EQ(console.st_ino, file.st_ino);
    EXPECT_EQ(console.st_size, 4);
    EXPECT_EQ(console.st_uid, getuid());
}

TEST_P(Console, BelongsToTheUserWhoseNumberIsInTheFile) {
    ASSERT_EQ(plug_in_ != nullptr, GetParam()) << dlerror();
    std::ofstream(path_ / "console") << "54321\n";
    struct stat console{};
    ASSERT_EQ(ask_("/dev/console", &console), 0);
    EXPECT_EQ(console.st_uid, 54321u);
}

TEST_P(Console, DoesNotExistWithoutThatFile) {
    struct stat console{};
    EXPECT_EQ(ask_("/dev/console", &console), -1);
    EXPECT_EQ(errno, ENOENT);
}

TEST_P(Console, OtherPathsAreWhatTheyAre) {
    struct stat asked{};
    struct stat real{};
    ASSERT_EQ(ask_("/dev/null", &asked), 0);
    ASSERT_EQ(fstatat(AT_FDCWD, "/dev/null", &real, 0), 0);
    EXPECT_EQ(asked.st_rdev, real.st_rdev);
    EXPECT_EQ(ask_((path_ / "missing").c_str(), &asked), -1);
    EXPECT_EQ(errno, ENOENT);
}

INSTANTIATE_TEST_SUITE_P(Seen, Console, testing::Bool(),
                         [](const auto& test) { return test.param ? "ByAPlugIn" : "ByTheProgram"; });

TEST(PlugIns, ReadTheClockOfTheirProgram) {
    void* plug_in = dlopen(CONSOLE_PLUG_IN, RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(plug_in, nullptr) << dlerror();
    auto* time = reinterpret_cast<uint64_t (*)()>(dlsym(plug_in, "plug_in_time"));
    const uint64_t before = mach_absolute_time();
    const uint64_t theirs = time();
    const uint64_t after = mach_absolute_time();
    EXPECT_LE(before, theirs);
    EXPECT_LE(theirs, after);
    dlclose(plug_in);
}

}  // namespace

#endif
