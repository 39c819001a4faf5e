// Statements about publishing: a second segment under a name that everybody knows, if the bundle's key asks for it.
#include "driver/publish.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <numeric>

#include "driver/cf.hpp"
#include "driver_fixture.hpp"
#include "segment_of_test.hpp"
#include "tests/fixed_name.hpp"

namespace gecko::driver::test {
namespace {

constexpr WriterState kState{.rate = 44'100, .gain = 0.5f, .muted = false, .running = false};

/// What some program sees that opens the name for reading.
class Listener {
  public:
    explicit Listener(const std::string& name) {
        const int descriptor = ::shm_open(name.c_str(), O_RDONLY, 0);
        if (descriptor < 0) return;
        EXPECT_EQ(::fstat(descriptor, &status_), 0);
        bytes_ = static_cast<std::size_t>(status_.st_size);
        memory_ = ::mmap(nullptr, bytes_, PROT_READ, MAP_SHARED, descriptor, 0);
        ::close(descriptor);
    }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    ~Listener() {
        if (there()) ::munmap(memory_, bytes_);
    }
    [[nodiscard]] bool there() const { return memory_ != MAP_FAILED; }
    [[nodiscard]] shm::View view() const {
        return shm::View::of(static_cast<std::byte*>(memory_), *shm::Geometry::of(shm::kDefaultFrames, 2, 0));
    }
    [[nodiscard]] std::vector<float> samples(std::size_t count) const {
        return {view().mix, view().mix + count};
    }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    [[nodiscard]] mode_t mode() const { return status_.st_mode & 07777; }

  private:
    struct stat status_{};
    std::size_t bytes_ = 0;
    void* memory_ = MAP_FAILED;
};

class Publishing : public ::testing::Test {
  protected:
    void TearDown() override { ::shm_unlink(name_.c_str()); }
    std::string name_ = "/GeckoPublishTest." + std::to_string(::getpid());
    Publisher publisher_;
};

TEST_F(Publishing, MakesASegmentOfTheMixAloneWithExactlyTheModeThatIsAskedFor) {
    for (const auto& [text, mode] : {std::pair("0644", mode_t{0644}), std::pair("0666", mode_t{0666})}) {
        const mode_t before = ::umask(077);
        Publisher publisher;
        publisher.publish(name_.c_str(), text, kState);
        ::umask(before);
        ASSERT_NE(publisher.writer(), nullptr) << publisher.error();
        EXPECT_STREQ(publisher.error(), "");
        const Listener listener(name_);
        ASSERT_TRUE(listener.there());
        EXPECT_EQ(listener.mode(), mode);
        EXPECT_GE(listener.bytes(), shm::Geometry::of(65'536, 2, 0)->segment_bytes());
        EXPECT_EQ(listener.view().header->sample_rate.load(), 44'100u);
        EXPECT_EQ(listener.view().header->buffer_size, 131'072u);
        EXPECT_EQ(listener.view().header->channels, 2u);
        EXPECT_EQ(listener.view().control->identity.client_rings, 0u);
        EXPECT_EQ(listener.view().control->producer.volume.load(), 0.5f);
    }
}

TEST_F(Publishing, ReplacesWhatAnEarlierDriverOfThisUserLeft) {
    const int stale = ::shm_open(name_.c_str(), O_CREAT | O_RDWR, 0644);
    ASSERT_GE(stale, 0);
    ::close(stale);
    publisher_.publish(name_.c_str(), "0644", kState);
    EXPECT_NE(publisher_.writer(), nullptr) << publisher_.error();
    EXPECT_GT(Listener(name_).bytes(), 0u);
}

TEST_F(Publishing, LeavesSomebodyElsesObjectAloneAndSaysWhose) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give an object away";
    const int foreign = ::shm_open(name_.c_str(), O_CREAT | O_RDWR, 0666);
    ASSERT_GE(foreign, 0);
    ASSERT_EQ(::fchown(foreign, 54'321, 54'321), 0);
    publisher_.publish(name_.c_str(), "0644", kState);
    EXPECT_EQ(publisher_.writer(), nullptr);
    EXPECT_EQ(publisher_.error(), name_ + " belongs to user 54321, who must remove it");
    struct stat by_descriptor{};
    ASSERT_EQ(::fstat(foreign, &by_descriptor), 0);
    EXPECT_EQ(by_descriptor.st_nlink, 1u) << "still there";
    ::close(foreign);
}

TEST_F(Publishing, SaysWhyANameCannotBeMade) {
    publisher_.publish("/no/such/name", "0644", kState);
    EXPECT_EQ(publisher_.writer(), nullptr);
    EXPECT_TRUE(std::string(publisher_.error()).starts_with("/no/such/name cannot be made: "))
        << publisher_.error();
}

TEST_F(Publishing, TakesNoOtherMode) {
    for (const char* mode : {"", "644", "0600", "0777", "0666 "}) {
        Publisher publisher;
        publisher.publish(name_.c_str(), mode, kState);
        EXPECT_EQ(publisher.writer(), nullptr) << mode;
        EXPECT_STREQ(publisher.error(), "GeckoPublish is neither 0644 nor 0666");
        EXPECT_FALSE(Listener(name_).there());
    }
}

/// A bundle with the driver's identifier, as the host keeps it, and a driver that finds it.
class PublishingDriver : public DriverTest {
  protected:
    void SetUp() override {}
    void start(const std::string& key_and_value) {
        const std::filesystem::path contents = std::filesystem::path(folder_) / "Contents";
        std::filesystem::create_directories(contents);
        std::ofstream(contents / "Info.plist")
            << R"(<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict>)"
               "<key>CFBundleIdentifier</key><string>com.gecko.driver.AudioDevice</string>"
            << key_and_value << "</dict></plist>";
        const CfOwned url(::CFURLCreateFromFileSystemRepresentation(
            nullptr, reinterpret_cast<const UInt8*>(folder_.c_str()), static_cast<CFIndex>(folder_.size()),
            true));
        bundle_ = ::CFBundleCreate(nullptr, url.get());
        ASSERT_NE(bundle_, nullptr);
        DriverTest::SetUp();
    }
    void TearDown() override {
        if (bundle_ != nullptr) ::CFRelease(bundle_);
        std::filesystem::remove_all(folder_);
    }
    struct State {
        bool published;
        std::string error;
    };
    State state() {
        const CfOwned dictionary(get<CFDictionaryRef>(kDeviceId, global("gsta"_cc)));
        std::array<char, 200> text{};
        EXPECT_TRUE(find_text(dictionary.get(), shm::key::kPublishError, text.data(), text.size()));
        const auto published = static_cast<CFBooleanRef>(
            find_value(dictionary.get(), shm::key::kPublished, ::CFBooleanGetTypeID()));
        return {.published = published != nullptr && ::CFBooleanGetValue(published) != 0,
                .error = text.data()};
    }
    static std::vector<float> counting(float first, std::size_t frames) {
        std::vector<float> samples(2 * frames);
        std::iota(samples.begin(), samples.end(), first);
        return samples;
    }

    gecko::testing::FixedNameTurn turn_;
    std::string folder_ = ::testing::TempDir() + "gecko-publish-" + std::to_string(::getpid());
    CFBundleRef bundle_ = nullptr;
};

TEST_F(PublishingDriver, WithoutTheKeyPublishesNothing) {
    start("");
    EXPECT_FALSE(Listener("/GeckoAudioShm").there());
    EXPECT_FALSE(state().published);
    EXPECT_EQ(state().error, "");
}

TEST_F(PublishingDriver, WithAKeyThatMakesNoSensePublishesNothingSaysSoAndPlays) {
    start("<key>GeckoPublish</key><true/>");
    EXPECT_FALSE(Listener("/GeckoAudioShm").there());
    EXPECT_FALSE(state().published);
    EXPECT_EQ(state().error, "GeckoPublish is neither 0644 nor 0666");
    EXPECT_EQ(interface().StartIO(ref(), kDeviceId, 0), 0);
    EXPECT_EQ(write_mix(0, counting(1, 512)), 0);
}

TEST_F(PublishingDriver, WhatIsPlayedIsInBothSegmentsAndWithoutAnAppInThePublishedOne) {
    start("<key>GeckoPublish</key><string>0644</string>");
    EXPECT_TRUE(state().published);
    EXPECT_EQ(state().error, "");
    const Listener listener("/GeckoAudioShm");
    ASSERT_TRUE(listener.there());
    EXPECT_EQ(listener.view().control->producer.running.load(), 0u);
    ASSERT_EQ(interface().StartIO(ref(), kDeviceId, 0), 0);
    EXPECT_EQ(listener.view().control->producer.running.load(), 1u);
    const auto alone = counting(1, 512);
    EXPECT_EQ(write_mix(1000, alone), 0);
    EXPECT_EQ(listener.samples(alone.size()), alone);
    EXPECT_EQ(listener.view().header->write_head.load(), 1024u);

    SegmentOfTest app;
    app.beat();
    ASSERT_EQ(set(kDeviceId, global("gshm"_cc), app.request(), 7), 0);
    const auto both = counting(2000, 512);
    EXPECT_EQ(write_mix(1512, both), 0);
    EXPECT_EQ(listener.view().control->producer.position.load(), 1024u);
    EXPECT_EQ(std::vector<float>(listener.view().mix + 1024, listener.view().mix + 2048), both);
    EXPECT_EQ(app.view().control->producer.position.load(), 512u);
    EXPECT_EQ(std::vector<float>(app.view().mix, app.view().mix + 1024), both);
    EXPECT_EQ(interface().StopIO(ref(), kDeviceId, 0), 0);
    EXPECT_EQ(listener.view().control->producer.running.load(), 0u);
}

TEST_F(PublishingDriver, TheListenerIsToldOfVolumeMuteAndRate) {
    start("<key>GeckoPublish</key><string>0644</string>");
    const Listener listener("/GeckoAudioShm");
    ASSERT_TRUE(listener.there());
    const auto& producer = listener.view().control->producer;
    EXPECT_EQ(set(kVolumeId, global("lcsv"_cc), Float32{0}), 0);
    EXPECT_EQ(producer.volume.load(), 0.0f);
    EXPECT_EQ(set(kMuteId, global("bcvl"_cc), UInt32{1}), 0);
    EXPECT_EQ(producer.mute.load(), 1u);
    ASSERT_EQ(interface().PerformDeviceConfigurationChange(ref(), kDeviceId, 96'000, nullptr), 0);
    EXPECT_EQ(listener.view().header->sample_rate.load(), 96'000u);
    EXPECT_EQ(producer.generation.load(), 1u);
}

TEST_F(PublishingDriver, NothingThatAListenerWithWriteAccessStoresChangesWhatIsWritten) {
    start("<key>GeckoPublish</key><string>0666</string>");
    const int descriptor = ::shm_open("/GeckoAudioShm", O_RDWR, 0);
    ASSERT_GE(descriptor, 0);
    const auto geometry = *shm::Geometry::of(shm::kDefaultFrames, 2, 0);
    void* memory =
        ::mmap(nullptr, geometry.segment_bytes(), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    ::close(descriptor);
    ASSERT_NE(memory, MAP_FAILED);
    ASSERT_EQ(interface().StartIO(ref(), kDeviceId, 0), 0);
    std::memset(memory, 0xff, geometry.segment_bytes());
    const auto pcm = counting(1, 512);
    EXPECT_EQ(write_mix(0, pcm), 0);
    const Listener listener("/GeckoAudioShm");
    EXPECT_EQ(listener.samples(pcm.size()), pcm);
    EXPECT_EQ(listener.view().header->write_head.load(), 1024u);
    EXPECT_EQ(listener.view().control->producer.position.load(), 512u);
    ::munmap(memory, geometry.segment_bytes());
}

}  // namespace
}  // namespace gecko::driver::test
