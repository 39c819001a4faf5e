#include "shm/segment.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace gecko::shm {
namespace {

using Step = SegmentError::Step;

class SegmentTest : public ::testing::Test {
  protected:
    void TearDown() override { unlink_segment(name_.c_str()); }

    [[nodiscard]] SegmentError::Step refused(const Geometry& announced) const {
        const auto found = FoundSegment::open(name_.c_str());
        if (!found) return found.error().step;
        const auto mapped = found->map(announced);
        EXPECT_FALSE(mapped);
        return mapped ? Step::open : mapped.error().step;
    }

    std::string name_ = "/GeckoSegmentTest." + std::to_string(::getpid());
    Geometry geometry_ = *Geometry::of(1024, 2);
};

TEST_F(SegmentTest, WhoOpensItSeesTheHeaderAndSharesTheMemory) {
    auto made = Segment::create(name_.c_str(), geometry_, 44'100, 0600);
    ASSERT_TRUE(made);
    const auto found = FoundSegment::open(name_.c_str());
    ASSERT_TRUE(found);
    EXPECT_EQ(found->owner(), ::geteuid());
    const auto mapped = found->map(geometry_);
    ASSERT_TRUE(mapped);
    EXPECT_EQ(mapped->view().header->buffer_size, 2048u);
    EXPECT_EQ(mapped->view().header->channels, 2u);
    EXPECT_EQ(mapped->view().header->sample_rate.load(), 44'100u);
    EXPECT_EQ(mapped->view().control->producer.complete_from.load(), kNever);
    made->view().mix[7] = 0.5f;
    EXPECT_EQ(mapped->view().mix[7], 0.5f);
}

TEST_F(SegmentTest, TheModeIsWhatWasAskedWhateverTheUmask) {
    const mode_t before = ::umask(0077);
    const auto made = Segment::create(name_.c_str(), geometry_, 48'000, 0606);
    ::umask(before);
    ASSERT_TRUE(made);
    const int descriptor = ::shm_open(name_.c_str(), O_RDONLY, 0);
    ASSERT_GE(descriptor, 0);
    struct stat status{};
    ASSERT_EQ(::fstat(descriptor, &status), 0);
    ::close(descriptor);
    EXPECT_EQ(status.st_mode & 0777, 0606u);
}

TEST_F(SegmentTest, ANameThatIsTakenIsNotAdopted) {
    const auto first = Segment::create(name_.c_str(), geometry_, 48'000, 0600);
    ASSERT_TRUE(first);
    const auto second = Segment::create(name_.c_str(), geometry_, 48'000, 0600);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().step, Step::open);
    EXPECT_EQ(second.error().error_number, EEXIST);
}

TEST_F(SegmentTest, ANameThatIsNotThereIsNotCreated) {
    const auto found = FoundSegment::open(name_.c_str());
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().step, Step::open);
    EXPECT_EQ(found.error().error_number, ENOENT);
}

TEST_F(SegmentTest, ASegmentSmallerThanAnnouncedIsRefused) {
    const auto made = Segment::create(name_.c_str(), geometry_, 48'000, 0600);
    EXPECT_EQ(refused(*Geometry::of(1 << 16, 2)), Step::too_small);
}

TEST_F(SegmentTest, ASegmentOfOtherDimensionsThanAnnouncedIsRefused) {
    const auto made = Segment::create(name_.c_str(), *Geometry::of(4096, 2), 48'000, 0600);
    EXPECT_EQ(refused(*Geometry::of(1024, 2)), Step::foreign);
}

TEST_F(SegmentTest, AForeignSegmentIsRefused) {
    const int descriptor = ::shm_open(name_.c_str(), O_CREAT | O_EXCL | O_RDWR, 0600);
    ASSERT_GE(descriptor, 0);
    ASSERT_EQ(::ftruncate(descriptor, 64 << 20), 0);
    ::close(descriptor);
    EXPECT_EQ(refused(geometry_), Step::foreign);
}

TEST_F(SegmentTest, AnotherProtocolVersionIsToldApart) {
    auto made = Segment::create(name_.c_str(), geometry_, 48'000, 0600);
    ASSERT_TRUE(made);
    made->view().control->identity.version = kProtocolVersion + 1;
    EXPECT_EQ(refused(geometry_), Step::version);
}

TEST_F(SegmentTest, TheMemoryOutlivesItsName) {
    auto made = Segment::create(name_.c_str(), geometry_, 48'000, 0600);
    ASSERT_TRUE(made);
    const auto mapped = FoundSegment::open(name_.c_str())->map(geometry_);
    ASSERT_TRUE(mapped);
    EXPECT_EQ(unlink_segment(name_.c_str()), 0);
    EXPECT_FALSE(FoundSegment::open(name_.c_str()));
    made->view().mix[0] = 1.0f;
    EXPECT_EQ(mapped->view().mix[0], 1.0f);
}

}  // namespace
}  // namespace gecko::shm
