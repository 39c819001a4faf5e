// What plug-ins written elsewhere call beside the basics: sets, formats, arrays that are changed in the middle.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "minihal/cf/live_objects.hpp"
#include "tests/minihal/cf/cf_owner.hpp"

namespace {

TEST(Sets, HoldEqualValuesOnceAndKeepThemAlive) {
    const int64_t before = minihal::live_object_count();
    {
        const Owner set(CFSetCreateMutable(nullptr, 0, &kCFTypeSetCallBacks));
        CFSetAddValue(*set, *make_integer(44100));
        CFSetAddValue(*set, *make_integer(44100));
        CFSetAddValue(*set, *make_integer(48000));
        EXPECT_EQ(CFSetGetCount(*set), 2);
        EXPECT_TRUE(CFSetContainsValue(*set, *make_integer(48000)));
        EXPECT_FALSE(CFSetContainsValue(*set, *make_integer(96000)));
        CFSetRemoveValue(*set, *make_integer(44100));
        ASSERT_EQ(CFSetGetCount(*set), 1);
        const void* only = nullptr;
        CFSetGetValues(*set, &only);
        EXPECT_TRUE(CFEqual(only, *make_integer(48000)));
        EXPECT_EQ(CFSetGetValue(*set, *make_integer(48000)), only);
    }
    EXPECT_EQ(minihal::live_object_count(), before);
}

TEST(Sets, AreEqualWhateverTheirOrder) {
    const auto first = make_string("a");
    const auto second = make_string("b");
    const void* forwards[] = {*first, *second};
    const void* backwards[] = {*second, *first};
    const Owner a(CFSetCreate(nullptr, forwards, 2, &kCFTypeSetCallBacks));
    const Owner b(CFSetCreate(nullptr, backwards, 2, &kCFTypeSetCallBacks));
    EXPECT_TRUE(CFEqual(*a, *b));
    EXPECT_EQ(CFHash(*a), CFHash(*b));
    int count = 0;
    CFSetApplyFunction(*a, [](const void*, void* counter) { ++*static_cast<int*>(counter); }, &count);
    EXPECT_EQ(count, 2);
}

TEST(Sets, DoNotChangeWhenImmutable) {
    const Owner set(CFSetCreate(nullptr, nullptr, 0, &kCFTypeSetCallBacks));
    EXPECT_DEATH(CFSetAddValue(const_cast<CFMutableSetRef>(*set), CFSTR("x")), "the set is immutable");
}

TEST(Formats, PrintAsPrintfDoesAndObjectsByTheirText) {
    const auto formatted = [](CFStringRef text) { return text_of(*Owner(text)); };
    EXPECT_EQ(
        formatted(CFStringCreateWithFormat(nullptr, nullptr, CFSTR("%@ %d of %u"), CFSTR("stream"), -1, 7U)),
        "stream -1 of 7");
    EXPECT_EQ(formatted(CFStringCreateWithFormat(nullptr, nullptr, CFSTR("%08lx|%-4s|%.2f|%c|100%%"), 0xBEEFL,
                                                 "ab", 1.5, 'x')),
              "0000beef|ab  |1.50|x|100%");
    EXPECT_EQ(formatted(CFStringCreateWithFormat(nullptr, nullptr, CFSTR("%lld %llu"),
                                                 static_cast<long long>(-1), ~0ULL)),
              "-1 18446744073709551615");
    EXPECT_EQ(formatted(CFStringCreateWithFormat(nullptr, nullptr, CFSTR("%@ %@ %@"), *make_integer(5),
                                                 *make_real(0.25), kCFBooleanTrue)),
              "5 0.25 true");
}

TEST(Strings, HavePrefixesAndCanBeReadInPlace) {
    EXPECT_TRUE(CFStringHasPrefix(CFSTR("com.apple.coreaudio"), CFSTR("com.apple.")));
    EXPECT_FALSE(CFStringHasPrefix(CFSTR("com"), CFSTR("com.apple.")));
    EXPECT_TRUE(CFStringHasSuffix(CFSTR("a.driver"), CFSTR(".driver")));
    EXPECT_STREQ(CFStringGetCStringPtr(CFSTR("Straße"), kCFStringEncodingUTF8), "Straße");
    EXPECT_EQ(CFStringGetCStringPtr(CFSTR("Straße"), kCFStringEncodingASCII), nullptr);
}

TEST(Arrays, AreChangedInTheMiddle) {
    const int64_t before = minihal::live_object_count();
    {
        const auto array = new_array();
        CFArrayAppendValue(*array, *make_integer(1));
        CFArrayAppendValue(*array, *make_integer(3));
        CFArrayInsertValueAtIndex(*array, 1, *make_integer(2));
        CFArraySetValueAtIndex(*array, 0, *make_integer(0));
        CFArraySetValueAtIndex(*array, 3, *make_integer(4));
        const Owner copy(CFArrayCreateCopy(nullptr, *array));
        CFArrayRemoveValueAtIndex(*array, 2);
        const auto index_of = [](CFArrayRef values, int64_t value) {
            return CFArrayGetFirstIndexOfValue(values, CFRangeMake(0, CFArrayGetCount(values)),
                                               *make_integer(value));
        };
        EXPECT_EQ(index_of(*array, 0), 0);
        EXPECT_EQ(index_of(*array, 2), 1);
        EXPECT_EQ(index_of(*array, 4), 2);
        EXPECT_EQ(index_of(*array, 3), kCFNotFound);
        EXPECT_EQ(index_of(*copy, 3), 2);
        EXPECT_EQ(CFArrayGetCount(*copy), 4);
    }
    EXPECT_EQ(minihal::live_object_count(), before);
}

TEST(Dictionaries, CanBeEmptied) {
    const int64_t before = minihal::live_object_count();
    const auto dictionary = new_dictionary();
    CFDictionarySetValue(*dictionary, *make_string("volume"), *make_integer(1));
    CFDictionaryRemoveAllValues(*dictionary);
    EXPECT_EQ(CFDictionaryGetCount(*dictionary), 0);
    EXPECT_EQ(minihal::live_object_count(), before + 1);
}

TEST(Urls, AreReadFromTheirText) {
    const auto url_of = [](const std::string& text) {
        return Owner(CFURLCreateWithBytes(nullptr, reinterpret_cast<const UInt8*>(text.data()),
                                          static_cast<CFIndex>(text.size()), kCFStringEncodingUTF8, nullptr));
    };
    EXPECT_EQ(text_of(CFURLGetString(*url_of("file:///Library/a%20b/"))), "file:///Library/a%20b/");
    for (const char* text : {"http://example.org/", "file://host/x", "file:///a%2", "file:///a%zz", "/plain"})
        EXPECT_FALSE(url_of(text)) << text;
}

TEST(PropertyLists, AreCopiedWithAllThatIsInThem) {
    const auto dictionary = new_dictionary();
    const auto inner = new_array();
    CFArrayAppendValue(*inner, *make_integer(7));
    CFDictionarySetValue(*dictionary, CFSTR("inner"), *inner);
    const Owner copy(CFPropertyListCreateDeepCopy(nullptr, *dictionary, kCFPropertyListImmutable));
    EXPECT_TRUE(CFEqual(*copy, *dictionary));
    CFArrayAppendValue(*inner, *make_integer(8));
    EXPECT_FALSE(CFEqual(*copy, *dictionary));
}

TEST(Urls, AreMadeOfPaths) {
    const Owner url(
        CFURLCreateWithFileSystemPath(nullptr, CFSTR("/Library/a b.icns"), kCFURLPOSIXPathStyle, FALSE));
    EXPECT_EQ(text_of(CFURLGetString(*url)), "file:///Library/a%20b.icns");
}

}  // namespace
