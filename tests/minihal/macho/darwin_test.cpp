// What a program for macOS sees of this system. Numbers are Darwin's where they stand as such.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <random>

#include "minihal/system/host_clock.hpp"
#include "minihal/system/ticks.hpp"
#include "tests/minihal/macho/fixtures.hpp"

namespace {

using namespace minihal_test::macho;

constexpr int kNotPermitted = 1;
constexpr int kNoSuchFile = 2;
constexpr int kExists = 17;
constexpr int kInvalid = 22;
constexpr int kOutOfRange = 34;
constexpr int kAgain = 35;
constexpr int kTooLong = 63;

template <typename T>
T* of_system(const std::string& name) {
    return found<T>("system", name);
}
template <typename T>
T* of_threads(const std::string& name) {
    return found<T>("threads", name);
}

TEST(DarwinErrors, HaveDarwinsNumbers) {
    auto* const error_of_open = of_system<int(const char*, int)>("error_of_open");
    EXPECT_EQ(error_of_open("/nowhere/at/all", 0), kNoSuchFile);
    EXPECT_EQ(error_of_open(std::string(5000, 'x').c_str(), 0), kTooLong);
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_NONBLOCK), 0);
    EXPECT_EQ(of_system<int(int)>("error_of_read")(ends[0]), kAgain);
    close(ends[0]);
    close(ends[1]);
}

TEST(DarwinErrors, OfFunctionsThatAreTheSameAreSeenToo) {
    auto* const error_of_number = of_system<int(const char*)>("error_of_number");
    EXPECT_EQ(error_of_number("12"), 0);
    EXPECT_EQ(error_of_number("99999999999999999999"), kOutOfRange);
}

TEST(DarwinErrors, StayWhenNothingFails) {
    EXPECT_EQ(of_system<int()>("error_that_stays")(), kAgain);
}

TEST(DarwinErrors, AreSaidInWords) {
    auto* const words_of = of_system<const char*(int)>("words_of");
    EXPECT_STREQ(words_of(kTooLong), std::strerror(ENAMETOOLONG));
    EXPECT_STREQ(words_of(kNoSuchFile), std::strerror(ENOENT));
    EXPECT_STREQ(words_of(5), std::strerror(EIO));
    EXPECT_STREQ(words_of(99), "Unknown error: 99");
}

TEST(DarwinErrors, OfUnknownFlagsAreInvalid) {
    EXPECT_EQ(of_system<int(const char*, int)>("error_of_open")("/dev/null", 0x40000000), kInvalid);
    EXPECT_EQ(of_system<int()>("map_strangely")(), kInvalid);
}

struct DarwinStat {
    std::int32_t device;
    std::uint16_t mode, links;
    std::uint64_t inode;
    std::uint32_t user, group;
    std::int32_t special;
    struct {
        std::int64_t seconds, nanoseconds;
    } accessed, modified, changed, born;
    std::int64_t size, blocks;
    std::int32_t block_size;
    std::uint32_t rest[7];
};
static_assert(sizeof(DarwinStat) == 144);

TEST(DarwinStatus, OfAFileIsWhatLinuxSays) {
    struct stat here{};
    ASSERT_EQ(stat("/proc/self/exe", &here), 0);
    DarwinStat there{};
    ASSERT_EQ(of_system<int(const char*, DarwinStat*)>("look_at")("/proc/self/exe", &there), 0);
    EXPECT_EQ(there.mode, here.st_mode);
    EXPECT_EQ(there.inode, here.st_ino);
    EXPECT_EQ(there.user, here.st_uid);
    EXPECT_EQ(there.group, here.st_gid);
    EXPECT_EQ(there.size, here.st_size);
    EXPECT_EQ(there.blocks, here.st_blocks);
    EXPECT_EQ(there.modified.seconds, here.st_mtim.tv_sec);
    EXPECT_EQ(there.modified.nanoseconds, here.st_mtim.tv_nsec);
    EXPECT_EQ(of_system<int(const char*, DarwinStat*)>("look_at")("/nowhere", &there), kNoSuchFile);
}

TEST(DarwinStatus, OfTheConsoleIsThatOfTheRunDirectorysFile) {
    auto folder = (std::filesystem::temp_directory_path() / "macho.XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    std::ofstream(folder + "/console") << "4711\n";
    setenv("MINIHAL_RUN_DIR", folder.c_str(), 1);
    DarwinStat there{};
    EXPECT_EQ(of_system<int(const char*, DarwinStat*)>("look_at")("/dev/console", &there), 0);
    EXPECT_EQ(there.user, 4711U);
    unsetenv("MINIHAL_RUN_DIR");
    std::filesystem::remove_all(folder);
}

// A shared memory object that a program for macOS has made.
class DarwinShared : public testing::Test {
  protected:
    void SetUp() override {
        std::random_device random;
        name_ = "/macho." + std::to_string(random()) + std::to_string(getpid());
        name_.resize(31, 'x');
        const auto before = umask(0077);
        descriptor_ = make_(name_.c_str(), 0606);
        umask(before);
        ASSERT_GE(descriptor_, 0);
    }
    void TearDown() override {
        close(descriptor_);
        of_system<int(const char*)>("remove_shared")(name_.c_str());
    }
    std::int64_t size() const { return of_system<std::int64_t(int)>("size_of")(descriptor_); }
    int resize(std::int64_t size) const {
        return of_system<int(int, std::int64_t)>("size_shared")(descriptor_, size);
    }
    int map(std::size_t size, bool private_copy = false) const {
        return of_system<int(int, std::size_t, int)>("map_shared")(descriptor_, size, private_copy ? 1 : 0);
    }

    int (*make_)(const char*, unsigned) = of_system<int(const char*, unsigned)>("make_shared");
    std::string name_;
    int descriptor_ = -1;
    std::int64_t page_ = of_system<int()>("page_size")();
};

TEST_F(DarwinShared, HasNamesOf31CharactersAtMost) {
    EXPECT_EQ(name_.size(), 31U);
    EXPECT_EQ(make_((name_ + "x").c_str(), 0600), -kTooLong);
    EXPECT_EQ(of_system<int(const char*)>("remove_shared")((name_ + "x").c_str()), kInvalid);
}

TEST_F(DarwinShared, IsThereOnce) {
    EXPECT_EQ(make_(name_.c_str(), 0600), -kExists);
    const int again = of_system<int(const char*)>("open_shared")(name_.c_str());
    EXPECT_GE(again, 0);
    close(again);
    EXPECT_EQ(of_system<int(const char*)>("open_shared")("/macho.nowhere"), -kNoSuchFile);
}

TEST_F(DarwinShared, HasTheModeThatItWasMadeWith) {
    struct stat here{};
    ASSERT_EQ(fstat(descriptor_, &here), 0);
    EXPECT_EQ(here.st_mode & 0777U, 0606U);
    EXPECT_EQ(of_system<int(int)>("change_mode")(descriptor_), kInvalid);
}

TEST_F(DarwinShared, IsSizedOnceAndInWholePages) {
    EXPECT_EQ(resize(page_ + 1), 0);
    EXPECT_EQ(size(), 2 * page_);
    EXPECT_EQ(resize(page_ + 1), kInvalid);
    EXPECT_EQ(resize(3 * page_), kInvalid);
    EXPECT_EQ(size(), 2 * page_);
}

TEST_F(DarwinShared, IsSizedOnceEvenIfToNothing) {
    EXPECT_EQ(resize(-1), kInvalid);
    EXPECT_EQ(resize(0), 0);
    EXPECT_EQ(size(), 0);
    EXPECT_EQ(resize(page_), kInvalid);
    EXPECT_EQ(resize(0), kInvalid);
    EXPECT_EQ(map(1), kInvalid);
    const int again = of_system<int(const char*)>("open_shared")(name_.c_str());
    ASSERT_GE(again, 0);
    EXPECT_EQ(of_system<int(int, std::int64_t)>("size_shared")(again, page_), kInvalid);
    close(again);
}

TEST_F(DarwinShared, KnowsItsModeItsOwnerAndItsSizeAndNothingElse) {
    ASSERT_EQ(resize(page_), 0);
    DarwinStat expected{};
    expected.mode = 0606;  // without the bits that say what sort of file it is
    expected.user = geteuid();
    expected.group = getegid();
    expected.size = page_;
    DarwinStat status;
    std::memset(&status, 0x55, sizeof status);
    ASSERT_EQ(of_system<int(int, DarwinStat*)>("look_at_opened")(descriptor_, &status), 0);
    EXPECT_EQ(status.mode, expected.mode);
    EXPECT_EQ(status.user, expected.user);
    EXPECT_EQ(status.group, expected.group);
    EXPECT_EQ(status.size, expected.size);
    EXPECT_EQ(std::memcmp(&status, &expected, sizeof status), 0);
}

TEST_F(DarwinShared, OpenedToReadIsNotMappedToWrite) {
    ASSERT_EQ(resize(page_), 0);
    const auto size = static_cast<std::size_t>(page_);
    const int reader = of_system<int(const char*)>("open_shared_to_read")(name_.c_str());
    ASSERT_GE(reader, 0);
    auto* const map_shared = of_system<int(int, std::size_t, int)>("map_shared");
    EXPECT_EQ(map_shared(reader, size, 0), kNotPermitted);
    EXPECT_EQ(map_shared(reader, size + 1, 0), kNotPermitted);
    EXPECT_EQ(map_shared(reader, size, 1), kInvalid);
    EXPECT_EQ(of_system<int(int, std::size_t)>("map_to_read")(reader, size), 0);
    close(reader);
}

TEST_F(DarwinShared, ThatLinuxSizedIsOfWholePagesToo) {
    ASSERT_EQ(ftruncate(descriptor_, 100), 0);
    EXPECT_EQ(size(), page_);
}

TEST_F(DarwinShared, IsMappedWithinItsSizeAndShared) {
    EXPECT_EQ(map(1), kInvalid);
    EXPECT_EQ(resize(page_), 0);
    EXPECT_EQ(map(static_cast<std::size_t>(page_)), 0);
    EXPECT_EQ(map(static_cast<std::size_t>(page_) + 1), kInvalid);
    EXPECT_EQ(map(1, true), kInvalid);
    EXPECT_EQ(of_system<int(std::size_t)>("map_memory")(100'000), 0);
}

TEST(DarwinClock, OfUptimeIsThatOfMachTicks) {
    minihal::set_virtual_clock([]() -> std::uint64_t { return 24'000'000; });
    EXPECT_EQ(of_system<std::uint64_t()>("ticks")(), 24'000'000U);
    EXPECT_EQ(of_system<std::uint64_t()>("uptime_ns")(), 1'000'000'000U);
    minihal::set_virtual_clock(nullptr);
}

TEST(DarwinText, IsFilledAndCopied) {
    char to[20] = {};
    of_system<void(void*, const void*, std::size_t)>("fill")(to, "0123456789abcdef", 19);
    EXPECT_STREQ(to, "0123456789abcdef012");
    EXPECT_EQ(of_system<std::size_t(char*, const char*, std::size_t)>("copy")(to, "longer", 4), 6U);
    EXPECT_STREQ(to, "lon");
}

TEST(DarwinThreads, TakeTurnsByLocksWithStaticInitialisers) {
    constexpr int kTurns = 5000;
    long expected = 0;
    for (int i = 0; i < kTurns; ++i) expected = expected * 3 % 1000003 + i % 2;
    EXPECT_EQ(of_threads<long(int)>("take_turns")(kTurns), expected);
}

TEST(DarwinThreads, TakeALockOnceAndARecursiveOneAgain) {
    EXPECT_EQ(of_threads<int()>("times_taken")(), 21);
    constexpr int kBusy = 16;
    EXPECT_EQ(of_threads<int()>("error_of_a_busy_lock")(), kBusy);
    EXPECT_EQ(of_threads<int()>("error_of_a_destroyed_lock")(), kInvalid);
}

TEST(DarwinThreads, RunAFunctionOnce) {
    EXPECT_EQ(of_threads<int()>("runs_of_once")(), 1);
}

TEST(DarwinThreads, HaveValuesOfTheirOwn) {
    const int value = 0;
    EXPECT_EQ(of_threads<const void*(const void*)>("through_a_key")(&value), &value);
}

}  // namespace
