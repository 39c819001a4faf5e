#include "environment.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>

#include "minihal/system/host_clock.hpp"

namespace gecko::driver::test {
namespace {

std::atomic<std::uint64_t> the_time{1'000'000'000};

std::uint64_t read_time() {
    return the_time.load();
}

std::string directory;

class Surroundings : public ::testing::Environment {
  public:
    void SetUp() override {
        std::string pattern = ::testing::TempDir() + "gecko-driver-XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        directory = pattern;
        ASSERT_EQ(::setenv("MINIHAL_RUN_DIR", directory.c_str(), 1), 0);
        minihal::set_virtual_clock(&read_time);
        set_console(Console::ours);
    }
    void TearDown() override { std::filesystem::remove_all(directory); }
};

// NOLINTNEXTLINE(bugprone-throwing-static-initialization): GoogleTest's own way
[[maybe_unused]] ::testing::Environment* const surroundings =
    ::testing::AddGlobalTestEnvironment(new Surroundings);

}  // namespace

void set_now(std::uint64_t ticks) {
    the_time.store(ticks);
}

std::uint64_t now() {
    return the_time.load();
}

void set_console(Console console) {
    const std::string path = directory + "/console";
    ::unlink(path.c_str());
    if (console == Console::none) return;
    if (console == Console::foreign && ::geteuid() != 0) {
        ASSERT_EQ(::symlink("/", path.c_str()), 0);  // root's
        return;
    }
    const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    ASSERT_GE(file, 0);
    ::close(file);
    if (console == Console::foreign) {
        ASSERT_EQ(::chown(path.c_str(), 65'534, 65'534), 0);
    }
}

}  // namespace gecko::driver::test
