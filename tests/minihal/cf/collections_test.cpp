#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

#include "minihal/cf/live_objects.hpp"
#include "tests/minihal/cf/cf_owner.hpp"

namespace {

TEST(Arrays, KeepTheirValuesAliveAndInOrder) {
    const int64_t before = minihal::live_object_count();
    {
        const auto array = [] {
            const auto first = make_string("first");
            const auto second = make_integer(2);
            std::array<const void*, 2> values = {*first, *second};
            return Owner(CFArrayCreate(nullptr, values.data(), 2, &kCFTypeArrayCallBacks));
        }();
        ASSERT_EQ(CFArrayGetCount(*array), 2);
        EXPECT_TRUE(CFEqual(CFArrayGetValueAtIndex(*array, 0), CFSTR("first")));
        EXPECT_TRUE(CFEqual(CFArrayGetValueAtIndex(*array, 1), *make_integer(2)));
        EXPECT_TRUE(CFArrayContainsValue(*array, CFRangeMake(0, 2), *make_string("first")));
        EXPECT_FALSE(CFArrayContainsValue(*array, CFRangeMake(1, 1), *make_string("first")));
    }
    EXPECT_EQ(minihal::live_object_count(), before);
}

TEST(Arrays, AreEqualByTheirValues) {
    const auto a = new_array();
    const auto b = new_array();
    CFArrayAppendValue(*a, *make_string("x"));
    EXPECT_FALSE(CFEqual(*a, *b));
    CFArrayAppendValue(*b, *make_string("x"));
    EXPECT_TRUE(CFEqual(*a, *b));
    EXPECT_EQ(CFHash(*a), CFHash(*b));
    CFArrayRemoveAllValues(*a);
    EXPECT_EQ(CFArrayGetCount(*a), 0);
}

TEST(Arrays, WithoutCallbacksHoldPlainPointers) {
    int number = 0;
    const Owner array(CFArrayCreateMutable(nullptr, 0, nullptr));
    CFArrayAppendValue(*array, &number);
    EXPECT_EQ(CFArrayGetValueAtIndex(*array, 0), &number);
}

TEST(ArraysDeathTest, AWrongIndexAndAChangeOfAnImmutableOneAbort) {
    const Owner array(CFArrayCreate(nullptr, nullptr, 0, &kCFTypeArrayCallBacks));
    // NOLINTNEXTLINE(clang-analyzer-osx.*): what is tested
    EXPECT_DEATH(CFArrayGetValueAtIndex(*array, 0), "outside of the array");
    EXPECT_DEATH(CFArrayAppendValue(const_cast<CFMutableArrayRef>(*array), CFSTR("x")), "immutable");
}

TEST(Dictionaries, FindByEqualKeysNotBySameObjects) {
    const int64_t before = minihal::live_object_count();
    {
        const auto dictionary = new_dictionary();
        CFDictionarySetValue(*dictionary, *make_string("frames"), *make_integer(65'536));
        EXPECT_TRUE(
            CFEqual(CFDictionaryGetValue(*dictionary, *make_string("frames")), *make_integer(65'536)));
        EXPECT_TRUE(CFDictionaryContainsKey(*dictionary, CFSTR("frames")));
        EXPECT_EQ(CFDictionaryGetValue(*dictionary, CFSTR("channels")), nullptr);
        const void* value = nullptr;
        EXPECT_FALSE(CFDictionaryGetValueIfPresent(*dictionary, CFSTR("channels"), &value));
        EXPECT_TRUE(CFDictionaryGetValueIfPresent(*dictionary, CFSTR("frames"), nullptr));
    }
    EXPECT_EQ(minihal::live_object_count(), before);
}

TEST(Dictionaries, SetReplacesAddKeepsRemoveForgets) {
    const int64_t before = minihal::live_object_count();
    {
        const auto dictionary = new_dictionary();
        CFDictionarySetValue(*dictionary, CFSTR("abi"), *make_integer(1));
        CFDictionaryAddValue(*dictionary, CFSTR("abi"), *make_integer(2));
        EXPECT_TRUE(CFEqual(CFDictionaryGetValue(*dictionary, CFSTR("abi")), *make_integer(1)));
        CFDictionarySetValue(*dictionary, CFSTR("abi"), *make_integer(3));
        EXPECT_TRUE(CFEqual(CFDictionaryGetValue(*dictionary, CFSTR("abi")), *make_integer(3)));
        EXPECT_EQ(CFDictionaryGetCount(*dictionary), 1);
        CFDictionaryRemoveValue(*dictionary, CFSTR("abi"));
        CFDictionaryRemoveValue(*dictionary, CFSTR("abi"));
        EXPECT_EQ(CFDictionaryGetCount(*dictionary), 0);
    }
    EXPECT_EQ(minihal::live_object_count(), before);
}

TEST(Dictionaries, ListTheirEntriesInOneOrder) {
    std::array<const void*, 3> keys = {CFSTR("a"), CFSTR("b"), CFSTR("a")};
    std::array<const void*, 3> values = {CFSTR("1"), CFSTR("2"), CFSTR("3")};
    const Owner dictionary(CFDictionaryCreate(nullptr, keys.data(), values.data(), 3,
                                              &kCFTypeDictionaryKeyCallBacks,
                                              &kCFTypeDictionaryValueCallBacks));
    ASSERT_EQ(CFDictionaryGetCount(*dictionary), 2);
    std::array<const void*, 2> found_keys{};
    std::array<const void*, 2> found_values{};
    CFDictionaryGetKeysAndValues(*dictionary, found_keys.data(), found_values.data());
    std::set<std::string> entries;
    for (size_t i = 0; i < 2; ++i) {
        entries.insert(text_of(static_cast<CFStringRef>(found_keys[i])) +
                       text_of(static_cast<CFStringRef>(found_values[i])));
    }
    EXPECT_EQ(entries, (std::set<std::string>{"a1", "b2"}));
}

TEST(Dictionaries, CopiesAreEqualAndIndependent) {
    const auto original = new_dictionary();
    CFDictionarySetValue(*original, CFSTR("name"), CFSTR("ring"));
    const Owner copy(CFDictionaryCreateCopy(nullptr, *original));
    const Owner changeable(CFDictionaryCreateMutableCopy(nullptr, 0, *original));
    EXPECT_TRUE(CFEqual(*copy, *original));
    CFDictionarySetValue(*changeable, CFSTR("name"), CFSTR("other"));
    EXPECT_FALSE(CFEqual(*changeable, *original));
    EXPECT_TRUE(CFEqual(CFDictionaryGetValue(*original, CFSTR("name")), CFSTR("ring")));
}

TEST(DictionariesDeathTest, AChangeOfAnImmutableOneAborts) {
    const Owner copy(CFDictionaryCreateCopy(nullptr, *new_dictionary()));
    EXPECT_DEATH(CFDictionarySetValue(const_cast<CFMutableDictionaryRef>(*copy), CFSTR("a"), CFSTR("b")),
                 "CFDictionarySetValue: the dictionary is immutable");
}

TEST(Data, KeepsItsOwnBytes) {
    std::string bytes("a\0b", 3);
    const auto object = make_data(bytes);
    bytes[0] = 'x';
    ASSERT_EQ(CFDataGetLength(*object), 3);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(CFDataGetBytePtr(*object)), 3),
              std::string("a\0b", 3));
    EXPECT_TRUE(CFEqual(*object, *make_data(std::string("a\0b", 3))));
    EXPECT_FALSE(CFEqual(*object, *make_data("a")));
    EXPECT_EQ(CFDataCreate(nullptr, nullptr, -1), nullptr);
}

}  // namespace
