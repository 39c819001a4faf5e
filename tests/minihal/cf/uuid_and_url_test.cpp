#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string>

#include "minihal/cf/live_objects.hpp"
#include "tests/minihal/cf/cf_owner.hpp"

namespace {

// The type of audio server plug-ins.
constexpr const char* kText = "443ABAB8-E7B3-491A-B985-BEB9187030DB";

CFUUIDRef constant() {
    return CFUUIDGetConstantUUIDWithBytes(nullptr, 0x44, 0x3A, 0xBA, 0xB8, 0xE7, 0xB3, 0x49, 0x1A, 0xB9, 0x85,
                                          0xBE, 0xB9, 0x18, 0x70, 0x30, 0xDB);
}

TEST(Uuid, TextAndBytesAreTwoFormsOfOne) {
    const Owner parsed(CFUUIDCreateFromString(nullptr, *make_string(kText)));
    ASSERT_TRUE(parsed);
    EXPECT_TRUE(CFEqual(*parsed, constant()));
    EXPECT_EQ(CFHash(*parsed), CFHash(constant()));
    const Owner text(CFUUIDCreateString(nullptr, *parsed));
    EXPECT_EQ(text_of(*text), kText);

    const CFUUIDBytes bytes = CFUUIDGetUUIDBytes(*parsed);
    EXPECT_EQ(bytes.byte0, 0x44);
    EXPECT_EQ(bytes.byte15, 0xDB);
    const Owner again(CFUUIDCreateFromUUIDBytes(nullptr, bytes));
    EXPECT_TRUE(CFEqual(*again, constant()));
}

TEST(Uuid, SmallLettersAreTheSame) {
    const Owner small(CFUUIDCreateFromString(nullptr, *make_string("443abab8-e7b3-491a-b985-beb9187030db")));
    ASSERT_TRUE(small);
    EXPECT_TRUE(CFEqual(*small, constant()));
}

TEST(Uuid, OtherTextIsNone) {
    for (const char* text :
         {"", "443ABAB8-E7B3-491A-B985-BEB9187030D", "443ABAB8-E7B3-491A-B985-BEB9187030DB0",
          "443ABAB8E7B3-491A-B985-BEB9187030DB--", "443ABAB8-E7B3-491A-B985-BEB9187030DG",
          "443ABAB8+E7B3-491A-B985-BEB9187030DB", "{443ABAB8-E7B3-491A-B985-BEB9187030D"}) {
        EXPECT_EQ(CFUUIDCreateFromString(nullptr, *make_string(text)), nullptr) << text;
    }
    EXPECT_EQ(CFUUIDCreateFromString(nullptr, nullptr), nullptr);
}

TEST(Uuid, ConstantsAreOneObjectForTheSameBytes) {
    const int64_t before = minihal::live_object_count();
    EXPECT_EQ(constant(), constant());
    EXPECT_EQ(minihal::live_object_count(), before);
    const Owner unknown(CFUUIDCreateString(nullptr, IUnknownUUID));
    EXPECT_EQ(text_of(*unknown), "00000000-0000-0000-C000-000000000046");
}

Owner<CFURLRef> url(const std::string& path, bool is_directory) {
    return Owner(CFURLCreateFromFileSystemRepresentation(nullptr, reinterpret_cast<const UInt8*>(path.data()),
                                                         static_cast<CFIndex>(path.size()), is_directory));
}

std::string path_of(CFURLRef url) {
    std::array<UInt8, 4096> buffer{};
    if (!CFURLGetFileSystemRepresentation(url, TRUE, buffer.data(), buffer.size())) return "(no path)";
    return reinterpret_cast<const char*>(buffer.data());
}

TEST(Url, OfAFileEscapesWhatAPathMayHoldAndAUrlMayNot) {
    const auto file = url("/Library/50% \u00e4/a.driver", false);
    EXPECT_EQ(text_of(CFURLGetString(*file)), "file:///Library/50%25%20%C3%A4/a.driver");
    EXPECT_EQ(path_of(*file), "/Library/50% \u00e4/a.driver");
}

TEST(Url, OfADirectoryEndsWithASlashItsPathDoesNot) {
    const auto directory = url("/Library/", true);
    EXPECT_EQ(text_of(CFURLGetString(*directory)), "file:///Library/");
    EXPECT_EQ(path_of(*directory), "/Library");
    EXPECT_TRUE(CFEqual(*directory, *url("/Library", true)));
    EXPECT_FALSE(CFEqual(*directory, *url("/Library", false)));
    EXPECT_EQ(path_of(*url("/", true)), "/");
}

TEST(Url, OfARelativePathStartsAtTheCurrentDirectory) {
    std::array<char, 4096> here{};
    ASSERT_NE(getcwd(here.data(), here.size()), nullptr);
    EXPECT_EQ(path_of(*url("a.driver", true)), std::string(here.data()) + "/a.driver");
}

TEST(Url, NeedsAPathAndABufferThatHoldsIt) {
    EXPECT_FALSE(url("", false));
    EXPECT_FALSE(url("/\xFF", false));
    EXPECT_FALSE(url(std::string("/a\0b", 4), false));
    std::array<UInt8, 4> buffer{};
    EXPECT_FALSE(CFURLGetFileSystemRepresentation(*url("/tmp", true), TRUE, buffer.data(), 4));
    EXPECT_TRUE(CFURLGetFileSystemRepresentation(*url("/ab", true), TRUE, buffer.data(), 4));
}

}  // namespace
