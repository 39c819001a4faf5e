#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "minihal/cf/live_objects.hpp"
#include "tests/minihal/cf/cf_owner.hpp"

namespace {

std::string bytes_of(CFDataRef data) {
    return {reinterpret_cast<const char*>(CFDataGetBytePtr(data)),
            static_cast<size_t>(CFDataGetLength(data))};
}

// Arrays and dictionaries in each other, with every type.
Owner<CFMutableDictionaryRef> everything() {
    auto root = new_dictionary();
    CFDictionarySetValue(*root, CFSTR("name"), *make_string("<Gerät & \"\U0001f3b5\"> 'x'"));
    CFDictionarySetValue(*root, CFSTR(""), CFSTR(""));
    CFDictionarySetValue(*root, *make_string("Schlüssel"), kCFBooleanTrue);
    CFDictionarySetValue(*root, CFSTR("off"), kCFBooleanFalse);
    CFDictionarySetValue(*root, CFSTR("data"), *make_data(std::string("\0\x01\xFF ring", 8)));
    CFDictionarySetValue(*root, CFSTR("no data"), *make_data(""));
    const auto numbers = new_array();
    for (const int64_t value :
         {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{255}, int64_t{256}, int64_t{-70'000}, int64_t{1} << 31,
          int64_t{1} << 32, std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::min()}) {
        CFArrayAppendValue(*numbers, *make_integer(value));
    }
    for (const double value : {0.5, -44'100.25, 1e300, 5e-324, 0.1})
        CFArrayAppendValue(*numbers, *make_real(value));
    CFDictionarySetValue(*root, CFSTR("numbers"), *numbers);
    const auto inner = new_dictionary();
    CFDictionarySetValue(*inner, CFSTR("empty array"), *new_array());
    CFDictionarySetValue(*inner, CFSTR("empty dictionary"), *new_dictionary());
    CFDictionarySetValue(*inner, CFSTR("numbers again"), *numbers);
    CFDictionarySetValue(*root, CFSTR("inner"), *inner);
    const auto many = new_array();
    for (int i = 0; i < 1000; ++i) CFArrayAppendValue(*many, *make_string(std::to_string(i % 300).c_str()));
    CFDictionarySetValue(*root, CFSTR("many"), *many);
    return root;
}

// `levels` arrays, each the only value of the one before.
Owner<CFMutableArrayRef> nested(int levels) {
    auto array = new_array();
    if (levels > 1) CFArrayAppendValue(*array, *nested(levels - 1));
    return array;
}

class PropertyLists : public testing::TestWithParam<CFPropertyListFormat> {};

TEST_P(PropertyLists, ComeBackAsTheyWere) {
    const int64_t before = minihal::live_object_count();
    {
        const auto original = everything();
        EXPECT_TRUE(CFPropertyListIsValid(*original, GetParam()));
        const Owner bytes(CFPropertyListCreateData(nullptr, *original, GetParam(), 0, nullptr));
        ASSERT_TRUE(bytes);
        CFPropertyListFormat format = kCFPropertyListOpenStepFormat;
        const Owner back(
            CFPropertyListCreateWithData(nullptr, *bytes, kCFPropertyListImmutable, &format, nullptr));
        ASSERT_TRUE(back);
        EXPECT_EQ(format, GetParam());
        EXPECT_TRUE(CFEqual(*back, *original));
    }
    EXPECT_EQ(minihal::live_object_count(), before);
}

TEST_P(PropertyLists, MayBeASingleValue) {
    const auto number = make_integer(-5);
    for (const CFTypeRef value : {CFTypeRef{CFSTR("gshm")}, CFTypeRef{kCFBooleanTrue}, CFTypeRef{*number}}) {
        const Owner bytes(CFPropertyListCreateData(nullptr, value, GetParam(), 0, nullptr));
        const Owner back(CFPropertyListCreateWithData(nullptr, *bytes, 0, nullptr, nullptr));
        ASSERT_TRUE(back);
        EXPECT_TRUE(CFEqual(*back, value));
    }
}

TEST_P(PropertyLists, AreReadAndWrittenDownTo128Levels) {
    for (const int levels : {128, 129}) {
        const auto inner = nested(levels);
        EXPECT_EQ(CFPropertyListIsValid(*inner, GetParam()), levels == 128);
        const Owner bytes(CFPropertyListCreateData(nullptr, *inner, GetParam(), 0, nullptr));
        EXPECT_EQ(static_cast<bool>(bytes), levels == 128);
        if (!bytes) continue;
        const Owner back(CFPropertyListCreateWithData(nullptr, *bytes, 0, nullptr, nullptr));
        ASSERT_TRUE(back);
        EXPECT_TRUE(CFEqual(*back, *inner));
    }
}

TEST_P(PropertyLists, HoldNothingElse) {
    CFErrorRef error = nullptr;
    const auto list = new_array();
    CFArrayAppendValue(*list, IUnknownUUID);
    EXPECT_FALSE(CFPropertyListIsValid(*list, GetParam()));
    EXPECT_EQ(CFPropertyListCreateData(nullptr, *list, GetParam(), 0, &error), nullptr);
    EXPECT_EQ(error, nullptr);

    const auto keys = new_dictionary();
    CFDictionarySetValue(*keys, *make_integer(1), CFSTR("a number for a key"));
    EXPECT_FALSE(CFPropertyListIsValid(*keys, GetParam()));

    const Owner pointers(CFArrayCreateMutable(nullptr, 0, nullptr));
    CFArrayAppendValue(*pointers, &error);
    EXPECT_FALSE(CFPropertyListIsValid(*pointers, GetParam()));

    const Owner zero(CFStringCreateWithBytes(nullptr, reinterpret_cast<const UInt8*>("a\0b"), 3,
                                             kCFStringEncodingUTF8, FALSE));
    EXPECT_FALSE(CFPropertyListIsValid(*zero, GetParam()));
    EXPECT_FALSE(CFPropertyListIsValid(nullptr, GetParam()));
    EXPECT_FALSE(CFPropertyListIsValid(CFSTR("x"), kCFPropertyListOpenStepFormat));
}

TEST_P(PropertyLists, MayNotContainThemselves) {
    const auto list = new_array();
    CFArrayAppendValue(*list, *list);
    CFArrayAppendValue(*list, *list);
    EXPECT_FALSE(CFPropertyListIsValid(*list, GetParam()));
    CFArrayRemoveAllValues(*list);
}

INSTANTIATE_TEST_SUITE_P(BothFormats, PropertyLists,
                         testing::Values(kCFPropertyListXMLFormat_v1_0, kCFPropertyListBinaryFormat_v1_0),
                         [](const auto& test) {
                             return test.param == kCFPropertyListXMLFormat_v1_0 ? "Xml" : "Binary";
                         });

TEST(PropertyListText, IsReadAsPeopleWriteIt) {
    const auto text = make_data(R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- What the host reads. -->
<plist version="1.0">
<dict>
    <key>CFPlugInFactories</key> <!-- <array> of factories </array> -->
    <dict><key>B9E2</key><string>A&amp;B &#x266b;<![CDATA[<C>]]></string></dict>
    <key>Types</key>
    <array><string/><integer> -12 </integer><true/><real>0.25</real><array/><dict/>
        <data> AP8= </data></array>
</dict>
</plist>
)");
    const Owner list(CFPropertyListCreateWithData(nullptr, *text, 0, nullptr, nullptr));
    ASSERT_TRUE(list);
    const auto* root = static_cast<CFDictionaryRef>(*list);
    const auto* factories =
        static_cast<CFDictionaryRef>(CFDictionaryGetValue(root, CFSTR("CFPlugInFactories")));
    EXPECT_EQ(text_of(static_cast<CFStringRef>(CFDictionaryGetValue(factories, CFSTR("B9E2")))),
              "A&B \u266b<C>");
    const auto* types = static_cast<CFArrayRef>(CFDictionaryGetValue(root, CFSTR("Types")));
    ASSERT_EQ(CFArrayGetCount(types), 7);
    EXPECT_TRUE(CFEqual(CFArrayGetValueAtIndex(types, 0), CFSTR("")));
    EXPECT_TRUE(CFEqual(CFArrayGetValueAtIndex(types, 1), *make_integer(-12)));
    EXPECT_TRUE(CFEqual(CFArrayGetValueAtIndex(types, 2), kCFBooleanTrue));
    EXPECT_TRUE(CFEqual(CFArrayGetValueAtIndex(types, 3), *make_real(0.25)));
    EXPECT_EQ(bytes_of(static_cast<CFDataRef>(CFArrayGetValueAtIndex(types, 6))), std::string("\0\xFF", 2));
}

}  // namespace
