// The bundle on the disk, broken in one way at a time: what is seen of it.
#include "doctor/bundle.hpp"

#include <fcntl.h>

#include <array>
#include <tuple>

#include "tests/doctor/bundle_on_disk.hpp"

namespace gecko::doctor {
namespace {

namespace fs = std::filesystem;

class InstalledBundle : public ::testing::Test {
  protected:
    [[nodiscard]] Bundle found() const { return look_at_bundle(disk_.place()); }

    BundleOnDisk disk_;
};

TEST_F(InstalledBundle, ThatIsRightIsRight) {
    const Bundle bundle = found();
    EXPECT_TRUE(bundle.there);
    EXPECT_EQ(bundle.unseen, "");
    EXPECT_FALSE(bundle.through_link);
    EXPECT_EQ(bundle.wrong_folder, "");
    EXPECT_EQ(bundle.wrong_owner, "");
    EXPECT_EQ(bundle.wrong_mode, "");
    EXPECT_EQ(bundle.problem, "");
    EXPECT_EQ(bundle.version, "1.2.3");
    ASSERT_TRUE(bundle.signature);
    EXPECT_EQ(bundle.signature->problem + bundle.signature->unchecked, "");
    EXPECT_EQ(bundle.signature->signer, kAdHoc);
    EXPECT_EQ(bundle.restarted_since_install, std::nullopt);
}

TEST_F(InstalledBundle, ThatIsNotThereIsNot) {
    fs::remove_all(disk_.bundle());
    EXPECT_FALSE(found().there);
    std::ofstream(disk_.bundle()) << "a file";
    EXPECT_FALSE(found().there);
    fs::remove_all(disk_.hal());
    EXPECT_FALSE(found().there);
    EXPECT_EQ(found().unseen + found().wrong_folder, "");
}

TEST_F(InstalledBundle, OfSomebodyElseIsNamed) {
    BundlePlace place = disk_.place();
    ++place.group;
    EXPECT_EQ(look_at_bundle(place).wrong_owner, "GeckoAudioDevice.driver");
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
    ASSERT_EQ(::chown((disk_.bundle() / "Contents/Info.plist").c_str(), 65'534, 65'534), 0);
    EXPECT_EQ(found().wrong_owner, "Contents/Info.plist");
}

TEST_F(InstalledBundle, OtherPermissionsAreNamed) {
    for (const auto& [file, wrong, right] :
         {std::tuple{"Contents/Info.plist", mode_t{0600}, mode_t{0644}},
          std::tuple{"Contents/MacOS/GeckoAudioDevice", mode_t{0644}, mode_t{0755}},
          std::tuple{"Contents/MacOS", mode_t{0775}, mode_t{0755}}}) {
        disk_.mode(disk_.bundle() / file, wrong);
        EXPECT_EQ(found().wrong_mode, file);
        disk_.mode(disk_.bundle() / file, right);
        EXPECT_EQ(found().wrong_mode, "");
    }
}

TEST_F(InstalledBundle, InAFolderThatCoreaudiodCannotReadOrOthersCanChangeIsSaid) {
    for (const fs::path& folder : {disk_.hal(), disk_.top() / "Library"}) {
        for (const auto& [mode, words] : {std::pair{mode_t{0700}, " cannot be read by everybody"},
                                          std::pair{mode_t{0775}, " can be changed by others than root"}}) {
            disk_.mode(folder, mode);
            EXPECT_EQ(found().wrong_folder, folder.string() + words);
        }
        disk_.mode(folder, 01777);
        EXPECT_EQ(found().wrong_folder, "") << "in a sticky one nobody can put another's aside";
        disk_.mode(folder, 0755);
    }
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give a folder away";
    ASSERT_EQ(::chown(disk_.hal().c_str(), 12'345, 0), 0);
    disk_.mode(disk_.hal(), 0700);
    EXPECT_EQ(found().wrong_folder, disk_.hal().string() + " is not root's");
}

TEST_F(InstalledBundle, BehindALinkIsSaid) {
    fs::rename(disk_.bundle(), disk_.top() / "elsewhere");
    fs::create_directory_symlink(disk_.top() / "elsewhere", disk_.bundle());
    EXPECT_TRUE(found().through_link);
    EXPECT_EQ(found().problem, "");
    fs::remove(disk_.bundle());
    fs::rename(disk_.top() / "elsewhere", disk_.bundle());
    EXPECT_FALSE(found().through_link);
    fs::rename(disk_.hal(), disk_.top() / "real");
    fs::create_directory_symlink(disk_.top() / "real", disk_.hal());
    EXPECT_TRUE(found().through_link);
    EXPECT_EQ(found().wrong_folder, "");
}

TEST_F(InstalledBundle, ThatIsNoDriverForThisComputerIsNone) {
    const auto expect = [this](const char* words) {
        EXPECT_NE(found().problem.find(words), std::string::npos) << found().problem;
        EXPECT_EQ(found().version, "");
    };
    disk_.write("Contents/MacOS/GeckoAudioDevice", "garbage");
    expect("its program is no program");
    disk_.write("Contents/MacOS/GeckoAudioDevice", program_for_a_mac(0x0100'0012));  // PowerPC
    expect("it is for unknown, and this computer is");
    fs::remove(disk_.bundle() / "Contents/MacOS/GeckoAudioDevice");
    expect("its program cannot be read");
    disk_.write("Contents/Info.plist", BundleOnDisk::info("1.2.3", "com.example.other"));
    expect("com.example.other");
    disk_.write("Contents/Info.plist", "<plist");
    expect("Info.plist");
}

TEST_F(InstalledBundle, WhoseSignatureIsTold) {
    disk_.codesign(
        "case $1 in -dvv) printf 'Authority=Developer ID Application: A (B)\\nAuthority=Apple\\n' >&2 ;; "
        "esac");
    EXPECT_EQ(found().signature->signer, "Developer ID Application: A (B)");
    disk_.codesign("exit 1");
    EXPECT_NE(found().signature->problem, "");
    EXPECT_EQ(found().signature->signer, "");
}

TEST_F(InstalledBundle, WhoseSignatureCannotBeCheckedIsNotSaidToBeSigned) {
    for (const char* script : {"kill -9 $$", ""}) {
        disk_.codesign(script);
        if (*script == '\0') fs::remove(disk_.top() / "codesign");
        EXPECT_NE(found().signature->unchecked, "") << script;
        EXPECT_EQ(found().signature->problem, "") << script;
    }
}

TEST_F(InstalledBundle, WhoseInstallWaitsForARestartOfTheMachineIsKnown) {
    const fs::path staging = disk_.hal().parent_path() / ".gecko-staging.x1Y2z3";
    fs::create_directory(staging);
    disk_.mode(staging, 0755);
    EXPECT_EQ(found().restarted_since_install, std::nullopt) << "the scripts make none that others can read";
    disk_.mode(staging, 0700);
    EXPECT_EQ(found().restarted_since_install, false);
    // In 1970 no machine that runs this had been started.
    const timespec begin{.tv_sec = 1, .tv_nsec = 0};
    const std::array<timespec, 2> times{begin, begin};
    ASSERT_EQ(::utimensat(AT_FDCWD, staging.c_str(), times.data(), 0), 0);
    EXPECT_EQ(found().restarted_since_install, true);
    fs::create_directory(disk_.hal().parent_path() / ".gecko-staging.later1");
    disk_.mode(disk_.hal().parent_path() / ".gecko-staging.later1", 0700);
    EXPECT_EQ(found().restarted_since_install, false);
}

}  // namespace
}  // namespace gecko::doctor
