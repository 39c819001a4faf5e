// The file of the host clock: when it is made, kept, replaced and removed.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <mach/mach_time.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "minihal/system/clock_page.hpp"
#include "minihal/system/host_clock.hpp"
#include "tests/minihal/cf/clock_test_tools.hpp"
#include "tests/minihal/cf/run_directory_fixture.hpp"

namespace {

using minihal::ClockPage;
using minihal::HostClockWriter;

class ClockFile : public RunDirectory {
  protected:
    std::filesystem::path file() const { return path_ / "clock"; }

    ino_t inode() const {
        struct stat status{};
        return fstatat(AT_FDCWD, file().c_str(), &status, 0) == 0 ? status.st_ino : 0;
    }

    ClockPage* map() const {
        const int descriptor = open(file().c_str(), O_RDWR);
        auto* page = static_cast<ClockPage*>(
            mmap(nullptr, sizeof(ClockPage), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0));
        close(descriptor);
        return page;
    }
};

TEST_F(ClockFile, GoesWithItsServerWhenNobodyElseHasIt) {
    {
        const auto writer = HostClockWriter::open();
        ASSERT_TRUE(writer) << writer.error();
        EXPECT_TRUE(std::filesystem::exists(file()));
    }
    EXPECT_TRUE(std::filesystem::is_empty(path_));
}

TEST_F(ClockFile, StaysForTheClientsThatAreLeft) {
    const Shared<std::atomic<int>> step;
    Child client([&step] {
        while (step->load() < 1) usleep(100);
        minihal::host_clock_follow();
        step->store(2);
        while (step->load() < 3) usleep(100);
        // Not followed by anybody: nothing is due, and time goes on.
        const uint64_t first = mach_absolute_time();
        pass_real_time(kMillisecond);
        return mach_absolute_time() > first ? 0 : 1;
    });
    ino_t before = 0;
    {
        auto writer = HostClockWriter::open();
        ASSERT_TRUE(writer) << writer.error();
        before = inode();
        step->store(1);
        while (step->load() < 2) usleep(100);
        writer->set_due(mach_absolute_time());
    }
    EXPECT_EQ(inode(), before);
    const auto next = HostClockWriter::open();
    EXPECT_EQ(inode(), before);
    step->store(3);
    EXPECT_EQ(client.result(), 0);
}

TEST_F(ClockFile, ThatIsNoPageIsReplaced) {
    for (const std::string& content : {std::string("not a clock"), std::string(4096, 'x'), std::string()}) {
        std::ofstream(file()) << content;
        minihal::host_clock_follow();  // does not follow that
        EXPECT_GT(mach_absolute_time(), 0U);
        const auto writer = HostClockWriter::open();
        ASSERT_TRUE(writer) << writer.error();
        const uint64_t first = mach_absolute_time();
        pass_real_time(kMillisecond);
        EXPECT_GT(mach_absolute_time(), first);
    }
}

TEST_F(ClockFile, ThatCannotBeMadeIsAnErrorThatSaysWhat) {
    std::filesystem::create_directories(file() / "in the way");
    const auto writer = HostClockWriter::open();
    ASSERT_FALSE(writer);
    EXPECT_NE(writer.error().find("cannot make the clock page " + file().string()), std::string::npos);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(path_), {}), 1) << "no draft is left";
}

TEST_F(ClockFile, OfAServerKilledInTheMiddleOfAChangeIsReadAndRepaired) {
    auto writer = HostClockWriter::open();
    ASSERT_TRUE(writer) << writer.error();
    ClockPage* page = map();
    page->sequence.fetch_add(1);  // odd for ever
    uint64_t last = mach_absolute_time();
    for (int i = 0; i < 1000; ++i) {
        const uint64_t now = mach_absolute_time();
        ASSERT_GE(now, last);
        last = now;
    }
    const auto next = HostClockWriter::open();
    ASSERT_TRUE(next);
    EXPECT_EQ(page->sequence.load() % 2, 0U);
    EXPECT_GE(mach_absolute_time(), last);
    munmap(page, sizeof(ClockPage));
}

TEST_F(ClockFile, FromBeforeARestartOfTheMachineStartsAnew) {
    {
        ASSERT_TRUE(minihal::HostClockWriter::open());
    }
    Child client([this] {
        const auto writer = HostClockWriter::open();
        if (!writer) return 1;
        ClockPage* page = map();
        page->offset.store(real_ticks() + 1000 * minihal::kTicksPerSecond);
        _exit(0);  // as if it had been killed
    });
    ASSERT_EQ(client.result(), 0);
    Child next([] {
        const auto writer = HostClockWriter::open();
        if (!writer) return 1;
        const uint64_t first = mach_absolute_time();
        pass_real_time(kMillisecond);
        return mach_absolute_time() > first ? 0 : 2;
    });
    EXPECT_EQ(next.result(), 0);
}

}  // namespace
