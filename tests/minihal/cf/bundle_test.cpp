#include <CoreFoundation/CoreFoundation.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>

#include "minihal/cf/live_objects.hpp"
#include "tests/minihal/cf/cf_owner.hpp"

namespace {

class Bundles : public testing::Test {
  protected:
    Bundles() {
        std::string name = testing::TempDir() + "/minihal-bundle-XXXXXX";
        root_ = mkdtemp(name.data());
        std::filesystem::create_directories(contents() / "MacOS");
        std::filesystem::create_directories(contents() / "Resources/de.lproj");
    }
    ~Bundles() override { std::filesystem::remove_all(root_); }

    std::filesystem::path contents() const { return root_ / "Contents"; }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(contents() / name) << text;
    }
    void write_info(const std::string& entries) const {
        write("Info.plist", "<plist version=\"1.0\"><dict>" + entries + "</dict></plist>");
    }

    Owner<CFBundleRef> open() const {
        const std::string path = root_.string();
        const Owner url(CFURLCreateFromFileSystemRepresentation(
            nullptr, reinterpret_cast<const UInt8*>(path.data()), static_cast<CFIndex>(path.size()), TRUE));
        return Owner(CFBundleCreate(nullptr, *url));
    }

    static std::string path_of(const Owner<CFURLRef>& url) {
        if (!url) return "(none)";
        std::array<UInt8, 4096> buffer{};
        CFURLGetFileSystemRepresentation(*url, TRUE, buffer.data(), buffer.size());
        return reinterpret_cast<const char*>(buffer.data());
    }

    std::filesystem::path root_;
};

TEST_F(Bundles, TellWhatTheirInfoPlistSays) {
    const int64_t before = minihal::live_object_count();
    write_info(
        "<key>CFBundleIdentifier</key><string>org.example.plug</string>"
        "<key>CFBundleExecutable</key><string>Plug</string><key>Answer</key><integer>42</integer>");
    write("MacOS/Plug", "");
    write("Resources/icon.icns", "");
    write("Resources/de.lproj/text.strings", "");
    {
        const auto bundle = open();
        ASSERT_TRUE(bundle);
        EXPECT_EQ(text_of(CFBundleGetIdentifier(*bundle)), "org.example.plug");
        EXPECT_EQ(CFDictionaryGetCount(CFBundleGetInfoDictionary(*bundle)), 3);
        EXPECT_TRUE(
            CFEqual(CFBundleGetValueForInfoDictionaryKey(*bundle, CFSTR("Answer")), *make_integer(42)));
        EXPECT_EQ(path_of(Owner(CFBundleCopyBundleURL(*bundle))), root_.string());
        EXPECT_EQ(path_of(Owner(CFBundleCopyExecutableURL(*bundle))), (contents() / "MacOS/Plug").string());
        EXPECT_EQ(path_of(Owner(CFBundleCopyResourceURL(*bundle, CFSTR("icon"), CFSTR("icns"), nullptr))),
                  (contents() / "Resources/icon.icns").string());
        EXPECT_EQ(path_of(Owner(
                      CFBundleCopyResourceURL(*bundle, CFSTR("text.strings"), nullptr, CFSTR("de.lproj")))),
                  (contents() / "Resources/de.lproj/text.strings").string());
        EXPECT_EQ(CFBundleCopyResourceURL(*bundle, CFSTR("other"), CFSTR("icns"), nullptr), nullptr);
    }
    EXPECT_EQ(minihal::live_object_count(), before);
}

TEST_F(Bundles, AreFoundByIdentifierWhileTheyLive) {
    write_info("<key>CFBundleIdentifier</key><string>org.example.found</string>");
    EXPECT_EQ(CFBundleGetBundleWithIdentifier(CFSTR("org.example.found")), nullptr);
    {
        const auto bundle = open();
        EXPECT_EQ(CFBundleGetBundleWithIdentifier(CFSTR("org.example.found")), *bundle);
        EXPECT_EQ(CFBundleGetBundleWithIdentifier(CFSTR("org.example.other")), nullptr);
    }
    EXPECT_EQ(CFBundleGetBundleWithIdentifier(CFSTR("org.example.found")), nullptr);
}

TEST_F(Bundles, WithoutAGoodInfoPlistAreNone) {
    EXPECT_FALSE(open());
    write("Info.plist", "no property list");
    EXPECT_FALSE(open());
    write("Info.plist", "<plist><array></array></plist>");
    EXPECT_FALSE(open());
    write("Info.plist", "");
    EXPECT_FALSE(open());
}

TEST_F(Bundles, WithoutAnExecutableGiveNone) {
    write_info("<key>CFBundleExecutable</key><integer>1</integer>");
    EXPECT_EQ(CFBundleCopyExecutableURL(*open()), nullptr);
    EXPECT_EQ(CFBundleGetIdentifier(*open()), nullptr);
    write_info("<key>CFBundleExecutable</key><string>Missing</string>");
    EXPECT_EQ(CFBundleCopyExecutableURL(*open()), nullptr);
}

TEST_F(Bundles, TheMainOneOfAProgramInNoBundleIsItsFolderAndHasNoIdentifier) {
    const CFBundleRef main = CFBundleGetMainBundle();
    ASSERT_NE(main, nullptr);
    EXPECT_EQ(CFBundleGetMainBundle(), main);
    EXPECT_EQ(CFBundleGetIdentifier(main), nullptr);
    const std::filesystem::path folder = path_of(Owner(CFBundleCopyBundleURL(main)));
    EXPECT_TRUE(std::filesystem::exists(folder / "minihal_cf_test")) << folder;
}

}  // namespace
