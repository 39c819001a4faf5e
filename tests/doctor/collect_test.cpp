// The bundle on the disk, broken in one way at a time.
#include "doctor/collect.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "shm/attach.hpp"
#include "tests/settings/temporary_folder.hpp"

namespace gecko::doctor {
namespace {

namespace fs = std::filesystem;

class BundleOnDisk : public ::testing::Test {
  protected:
    BundleOnDisk() {
        fs::create_directories(contents() / "MacOS");
        write("Info.plist",
              std::string("<?xml version=\"1.0\" encoding=\"UTF-8\"?><plist version=\"1.0\"><dict>"
                          "<key>CFBundleIdentifier</key><string>") +
                  shm::kDriverBundleId +
                  "</string><key>CFBundleShortVersionString</key><string>1.2.3</string>"
                  "<key>CFBundleExecutable</key><string>GeckoAudioDevice</string></dict></plist>");
        write("MacOS/GeckoAudioDevice", "program");
        for (const fs::path& file : {fs::path(), fs::path("Contents"), fs::path("Contents/MacOS"),
                                     fs::path("Contents/MacOS/GeckoAudioDevice")})
            mode(file, 0755);
        mode("Contents/Info.plist", 0644);
    }
    [[nodiscard]] fs::path bundle() const { return folder_.path() / "GeckoAudioDevice.driver"; }
    [[nodiscard]] fs::path contents() const { return bundle() / "Contents"; }
    void write(const char* file, const std::string& text) { std::ofstream(contents() / file) << text; }
    void mode(const fs::path& file, mode_t mode) { ASSERT_EQ(::chmod((bundle() / file).c_str(), mode), 0); }
    [[nodiscard]] Bundle found() const { return look_at_bundle(bundle(), ::geteuid(), ::getegid()); }

    settings::TemporaryFolder folder_;
};

TEST_F(BundleOnDisk, ThatIsRightIsRight) {
    const Bundle bundle = found();
    EXPECT_TRUE(bundle.there);
    EXPECT_FALSE(bundle.through_link);
    EXPECT_EQ(bundle.wrong_owner, "");
    EXPECT_EQ(bundle.wrong_mode, "");
    EXPECT_TRUE(bundle.info_readable);
    EXPECT_EQ(bundle.identifier, shm::kDriverBundleId);
    EXPECT_EQ(bundle.version, "1.2.3");
    EXPECT_TRUE(bundle.executable);
}

TEST_F(BundleOnDisk, ThatIsNotThereIsNot) {
    fs::remove_all(bundle());
    EXPECT_FALSE(found().there);
    std::ofstream(bundle()) << "a file";
    EXPECT_FALSE(found().there);
}

TEST_F(BundleOnDisk, OfSomebodyElseIsNamed) {
    EXPECT_EQ(look_at_bundle(bundle(), ::geteuid() + 1, ::getegid()).wrong_owner, "GeckoAudioDevice.driver");
    EXPECT_EQ(look_at_bundle(bundle(), ::geteuid(), ::getegid() + 1).wrong_owner, "GeckoAudioDevice.driver");
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
    ASSERT_EQ(::chown((contents() / "Info.plist").c_str(), 65'534, 65'534), 0);
    EXPECT_EQ(found().wrong_owner, "Contents/Info.plist");
}

TEST_F(BundleOnDisk, OtherPermissionsAreNamed) {
    for (const auto& [file, wrong, right] :
         {std::tuple{"Contents/Info.plist", mode_t{0600}, mode_t{0644}},
          std::tuple{"Contents/MacOS/GeckoAudioDevice", mode_t{0644}, mode_t{0755}},
          std::tuple{"Contents/MacOS", mode_t{0775}, mode_t{0755}}}) {
        mode(file, wrong);
        EXPECT_EQ(found().wrong_mode, file);
        mode(file, right);
        EXPECT_EQ(found().wrong_mode, "");
    }
}

TEST_F(BundleOnDisk, BehindALinkIsSaid) {
    fs::rename(bundle(), folder_.path() / "elsewhere");
    fs::create_directory_symlink("elsewhere", bundle());
    EXPECT_TRUE(found().through_link);
    fs::remove(bundle());
    fs::create_directory(folder_.path() / "real");
    fs::rename(folder_.path() / "elsewhere", folder_.path() / "real" / "GeckoAudioDevice.driver");
    fs::create_directory_symlink("real", folder_.path() / "HAL");
    EXPECT_TRUE(look_at_bundle(folder_.path() / "HAL" / "GeckoAudioDevice.driver").through_link);
}

TEST_F(BundleOnDisk, WithoutItsProgramOrInfoIsSaid) {
    fs::remove(contents() / "MacOS" / "GeckoAudioDevice");
    EXPECT_TRUE(found().info_readable);
    EXPECT_FALSE(found().executable);
    write("Info.plist", "<plist");
    EXPECT_FALSE(found().info_readable);
    fs::remove(contents() / "Info.plist");
    EXPECT_FALSE(found().info_readable);
}

}  // namespace
}  // namespace gecko::doctor
