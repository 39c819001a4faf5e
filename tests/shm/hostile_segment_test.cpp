// What may stand behind a segment's name: anything. It is mapped only if it is what was announced, whole.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>
#include <vector>

#include "shm/segment.hpp"

namespace gecko::shm {
namespace {

using Step = SegmentError::Step;

class HostileSegment : public ::testing::Test {
  protected:
    void TearDown() override {
        ::shm_unlink(name_.c_str());
        ::rmdir(path().c_str());
    }
    /// Where Linux keeps the object.
    [[nodiscard]] std::string path() const { return "/dev/shm" + name_; }

    void make() {
        auto made = Segment::create(name_.c_str(), geometry_, 48'000, 0600);
        ASSERT_TRUE(made);
        made_.emplace(*std::move(made));
    }
    void resize(std::size_t bytes) const {
        const int descriptor = ::shm_open(name_.c_str(), O_RDWR, 0);
        ASSERT_GE(descriptor, 0);
        ASSERT_EQ(::ftruncate(descriptor, static_cast<off_t>(bytes)), 0);
        ::close(descriptor);
    }
    /// Why it is not mapped; nothing if it is.
    [[nodiscard]] std::optional<Step> refusal() const {
        const auto found = FoundSegment::open(name_.c_str());
        if (!found) return found.error().step;
        const auto mapped = found->map(geometry_);
        if (!mapped) return mapped.error().step;
        return std::nullopt;
    }

    std::string name_ = "/GeckoHostileTest." + std::to_string(::getpid());
    Geometry geometry_ = *Geometry::of(1'024, 2, 2);
    std::optional<Segment> made_;
};

TEST_F(HostileSegment, OneThatIsTooSmallIsRefusedHoweverLittleIsMissing) {
    make();
    for (const std::size_t bytes :
         {std::size_t{0}, std::size_t{1}, std::size_t{19}, std::size_t{20}, std::size_t{4'096},
          geometry_.control_offset(), geometry_.client_ring_offset(0), geometry_.segment_bytes() - 4'096,
          geometry_.segment_bytes() - 1}) {
        resize(bytes);
        EXPECT_EQ(refusal(), Step::too_small) << bytes;
    }
}

TEST_F(HostileSegment, OneThatIsLargerOrNoMultipleOfAnythingServes) {
    make();
    for (const std::size_t more :
         {std::size_t{1}, std::size_t{127}, std::size_t{4'095}, std::size_t{1} << 40}) {
        resize(geometry_.segment_bytes() + more);
        EXPECT_EQ(refusal(), std::nullopt) << more;
    }
}

TEST_F(HostileSegment, OneThatIsCutBetweenOpeningAndMappingIsRefused) {
    make();
    for (const std::size_t bytes :
         {std::size_t{0}, std::size_t{20}, geometry_.control_offset(), geometry_.segment_bytes() - 1}) {
        resize(geometry_.segment_bytes());
        const auto found = FoundSegment::open(name_.c_str());
        ASSERT_TRUE(found);
        resize(bytes);
        const auto mapped = found->map(geometry_);
        ASSERT_FALSE(mapped);
        EXPECT_EQ(mapped.error().step, Step::too_small) << bytes;
    }
}

TEST_F(HostileSegment, OlderAndNewerVersionsAreToldFromForeignOnes) {
    make();
    for (const std::uint32_t version :
         {0u, kProtocolVersion - 1, kProtocolVersion + 1, 0x7FFF'FFFFu, 0xFFFF'FFFFu}) {
        made_->view().control->identity.version = version;
        EXPECT_EQ(refusal(), Step::version) << version;
    }
    made_->view().control->identity.version = kProtocolVersion;
    EXPECT_EQ(refusal(), std::nullopt);
}

TEST_F(HostileSegment, DimensionsThatAreNotTheAnnouncedAreRefusedWhateverTheyAre) {
    make();
    const View view = made_->view();
    const std::vector<std::uint32_t*> fields = {
        &view.header->buffer_size, &view.header->channels, &view.control->identity.frames,
        &view.control->identity.channels, &view.control->identity.client_rings};
    for (std::uint32_t* field : fields) {
        const std::uint32_t right = *field;
        for (const std::uint32_t wrong : {0u, 1u, 17u, 1'000u, 65'536u, 1u << 20, 1u << 31, 0xFFFF'FFFFu}) {
            *field = wrong;
            EXPECT_EQ(refusal(), Step::foreign) << field - fields[0] << ": " << wrong;
        }
        *field = right;
    }
    EXPECT_EQ(refusal(), std::nullopt);
}

#ifdef __linux__
// The folder is there for all to write into.

TEST_F(HostileSegment, ASymbolicLinkIsNotFollowed) {
    make();
    const std::string link = name_ + ".link";
    ASSERT_EQ(::symlink(path().c_str(), ("/dev/shm" + link).c_str()), 0);
    const auto found = FoundSegment::open(link.c_str());
    EXPECT_FALSE(found);
    EXPECT_EQ(found.error().error_number, ELOOP);
    const auto created = Segment::create(link.c_str(), geometry_, 48'000, 0600);
    EXPECT_FALSE(created);
    EXPECT_EQ(created.error().error_number, EEXIST);
    ::unlink(("/dev/shm" + link).c_str());
}

TEST_F(HostileSegment, APipeOrAFolderUnderTheNameIsRefusedAndKeepsNobodyWaiting) {
    ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
    EXPECT_EQ(refusal(), Step::too_small);
    EXPECT_FALSE(Segment::create(name_.c_str(), geometry_, 48'000, 0600));
    ASSERT_EQ(::unlink(path().c_str()), 0);
    ASSERT_EQ(::mkdir(path().c_str(), 0700), 0);
    EXPECT_EQ(refusal(), Step::open);
    EXPECT_FALSE(Segment::create(name_.c_str(), geometry_, 48'000, 0600));
}
#endif

}  // namespace
}  // namespace gecko::shm
