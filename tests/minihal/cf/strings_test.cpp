#include <gtest/gtest.h>

#include <array>

#include "tests/minihal/cf/cf_owner.hpp"

namespace {

// One character each of one to four UTF-8 bytes: 6 UTF-16 code units in all.
constexpr const char* kMixed = "a\u00e4\u266b\U0001f3b5b";

TEST(Strings, LengthCountsUtf16CodeUnits) {
    EXPECT_EQ(CFStringGetLength(*make_string("")), 0);
    EXPECT_EQ(CFStringGetLength(*make_string("Gerät")), 5);
    EXPECT_EQ(CFStringGetLength(*make_string(kMixed)), 6);
}

TEST(Strings, CopyOutOnlyIntoABufferWithRoomForTheZero) {
    const auto name = make_string("Gerät");  // 6 bytes
    std::array<char, 8> buffer{};
    EXPECT_FALSE(CFStringGetCString(*name, buffer.data(), 6, kCFStringEncodingUTF8));
    EXPECT_TRUE(CFStringGetCString(*name, buffer.data(), 7, kCFStringEncodingUTF8));
    EXPECT_STREQ(buffer.data(), "Gerät");
    EXPECT_FALSE(CFStringGetCString(*name, buffer.data(), 0, kCFStringEncodingUTF8));
    EXPECT_FALSE(CFStringGetCString(*name, nullptr, 8, kCFStringEncodingUTF8));
}

TEST(Strings, AsciiTakesAndGivesNothingElse) {
    std::array<char, 16> buffer{};
    EXPECT_EQ(CFStringCreateWithCString(nullptr, "Gerät", kCFStringEncodingASCII), nullptr);
    EXPECT_FALSE(CFStringGetCString(*make_string("Gerät"), buffer.data(), 16, kCFStringEncodingASCII));
    EXPECT_TRUE(CFStringGetCString(*make_string("Sink"), buffer.data(), 16, kCFStringEncodingASCII));
}

TEST(Strings, MaximumSizeHoldsEveryStringOfThatLength) {
    EXPECT_EQ(CFStringGetMaximumSizeForEncoding(5, kCFStringEncodingASCII), 5);
    EXPECT_EQ(CFStringGetMaximumSizeForEncoding(5, kCFStringEncodingUTF8), 15);
    EXPECT_EQ(CFStringGetMaximumSizeForEncoding(5, 0x0100), kCFNotFound);
    EXPECT_EQ(text_of(*make_string(kMixed)), kMixed);
}

TEST(Strings, BytesThatAreNotUtf8MakeNone) {
    for (const char* bytes : {"\x80", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                              "\xE2\x82", "a\xFF", "\xF0\x9F\x8E"}) {
        EXPECT_EQ(CFStringCreateWithCString(nullptr, bytes, kCFStringEncodingUTF8), nullptr) << bytes;
    }
    EXPECT_EQ(CFStringCreateWithCString(nullptr, "x", 0x0100), nullptr);
    EXPECT_EQ(CFStringCreateWithCString(nullptr, nullptr, kCFStringEncodingUTF8), nullptr);
}

TEST(Strings, AreMadeOfCountedBytesWithoutTheByteOrderMark) {
    const auto* bytes = reinterpret_cast<const UInt8*>("\xEF\xBB\xBFSink and more");
    const Owner external(CFStringCreateWithBytes(nullptr, bytes, 7, kCFStringEncodingUTF8, TRUE));
    const Owner internal(CFStringCreateWithBytes(nullptr, bytes, 7, kCFStringEncodingUTF8, FALSE));
    EXPECT_EQ(text_of(*external), "Sink");
    EXPECT_EQ(CFStringGetLength(*internal), 5);
}

TEST(Strings, AreEqualByTheirText) {
    const auto made = make_string("lnam");
    EXPECT_TRUE(CFEqual(*made, CFSTR("lnam")));
    EXPECT_EQ(CFHash(*made), CFHash(CFSTR("lnam")));
    EXPECT_FALSE(CFEqual(*made, CFSTR("lname")));
    const Owner copy(CFStringCreateCopy(nullptr, *made));
    EXPECT_TRUE(CFEqual(*copy, *made));
}

TEST(Strings, EqualLiteralsAreOneObject) {
    EXPECT_EQ(CFSTR("device"), CFSTR("device"));
    EXPECT_NE(CFSTR("device"), CFSTR("stream"));
}

TEST(Strings, CompareByUtf16CodeUnits) {
    EXPECT_EQ(CFStringCompare(CFSTR("a"), CFSTR("b"), 0), kCFCompareLessThan);
    EXPECT_EQ(CFStringCompare(CFSTR("b"), CFSTR("a"), 0), kCFCompareGreaterThan);
    EXPECT_EQ(CFStringCompare(CFSTR("a"), CFSTR("a"), 0), kCFCompareEqualTo);
    EXPECT_EQ(CFStringCompare(CFSTR("a"), CFSTR("ab"), 0), kCFCompareLessThan);
    // A note sign is two surrogates, which come before the last of the first plane's characters.
    EXPECT_EQ(CFStringCompare(CFSTR("\U0001f3b5"), CFSTR("\uff5e"), 0), kCFCompareLessThan);
    EXPECT_EQ(CFStringCompare(CFSTR("\U0001f3b5"), CFSTR("\u266b"), 0), kCFCompareGreaterThan);
}

}  // namespace
