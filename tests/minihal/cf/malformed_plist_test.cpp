#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "minihal/cf/live_objects.hpp"
#include "tests/minihal/cf/cf_owner.hpp"

namespace {

using std::string_literals::operator""s;

std::string joined(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (const std::string_view part : parts) text += part;
    return text;
}

bool is_read(std::string_view bytes) {
    const auto input = make_data(bytes);
    CFErrorRef error = nullptr;
    return static_cast<bool>(Owner(CFPropertyListCreateWithData(nullptr, *input, 0, nullptr, &error)));
}

std::string repeated(std::string_view part, size_t times) {
    std::string text;
    for (size_t i = 0; i < times; ++i) text += part;
    return text;
}

// A binary list of raw objects; references and offsets of two bytes. Object 0 is the root.
std::string binary(const std::vector<std::string>& objects) {
    std::string bytes = "bplist00";
    std::string offsets;
    const auto put = [](std::string& to, uint64_t value, int width) {
        for (int shift = 8 * (width - 1); shift >= 0; shift -= 8)
            to += static_cast<char>(value >> shift & 0xFF);
    };
    for (const std::string& object : objects) {
        put(offsets, bytes.size(), 2);
        bytes += object;
    }
    const uint64_t table = bytes.size();
    bytes += offsets + "\0\0\0\0\0\0\x02\x02"s;
    put(bytes, objects.size(), 8);
    put(bytes, 0, 8);
    put(bytes, table, 8);
    return bytes;
}

void put_reference(std::string& to, size_t object) {
    to += static_cast<char>(object >> 8);
    to += static_cast<char>(object & 0xFF);
}

// Up to 14 values.
std::string array_of(std::initializer_list<size_t> values) {
    std::string object(1, static_cast<char>(0xA0 + values.size()));
    for (const size_t value : values) put_reference(object, value);
    return object;
}

std::string dictionary_of(size_t key, size_t value) {
    std::string object = "\xD1";
    put_reference(object, key);
    put_reference(object, value);
    return object;
}

TEST(MalformedPropertyLists, AreNone) {
    for (const std::string_view bytes :
         {std::string_view(), std::string_view("x"), std::string_view("bplist00"),
          std::string_view("<plist>"), std::string_view("<plist></plist>"),
          std::string_view("<plist><dict></plist>"), std::string_view("<plist><string>\xFF</string></plist>"),
          std::string_view("<plist><array>"), std::string_view("<plist><dict><key>a</key></array></plist>"),
          std::string_view("<plist><string>&unknown;</string></plist>"),
          std::string_view("<plist><string>&#xD800;</string></plist>"),
          std::string_view("<plist><string>a\0b</string></plist>", 35),
          std::string_view("<plist><date>2026-01-01T00:00:00Z</date></plist>"),
          std::string_view("<!-- only a comment -->"), std::string_view("{ openstep = 1; }")}) {
        EXPECT_FALSE(is_read(bytes)) << bytes;
    }
}

TEST(MalformedPropertyLists, TheFactoryOfTheseTestsMakesGoodOnes) {
    EXPECT_TRUE(is_read(binary({"\x52ok"s})));
    EXPECT_TRUE(is_read(binary({array_of({1, 1}), "\x52ok"s})));
    EXPECT_TRUE(is_read(binary({dictionary_of(1, 1), "\x52ok"s})));
}

TEST(MalformedPropertyLists, OfBinaryFormAreNone) {
    EXPECT_FALSE(is_read(binary({})));
    EXPECT_FALSE(is_read(binary({"\x5Fxxxx"s})));  // a size that is no integer
    EXPECT_FALSE(is_read(binary({"\x5F\x13\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"s})));  // of 2^64 - 1 bytes
    EXPECT_FALSE(is_read(binary({"\x6F\x13\x80\0\0\0\0\0\0\x01"s})));              // whose doubled size is 2
    EXPECT_FALSE(
        is_read(binary({"\x54"
                        "a\0bc"s})));                                   // a string with a zero
    EXPECT_FALSE(is_read(binary({array_of({7})})));                     // of an object that is not there
    EXPECT_FALSE(is_read(binary({dictionary_of(1, 1), "\x10\x01"s})));  // a number for a key
    EXPECT_FALSE(is_read(binary({"\x14"s})));
    EXPECT_FALSE(is_read(binary({"\x33\0\0\0\0\0\0\0\0"s})));  // a date
}

TEST(MalformedPropertyLists, ThatContainThemselvesAreNone) {
    EXPECT_FALSE(is_read(binary({array_of({0})})));
    EXPECT_FALSE(is_read(binary({array_of({1, 1}), array_of({0})})));
}

TEST(MalformedPropertyLists, ThatExpandWithoutEndAreNone) {
    // Sixty arrays of twice the next: 2^60 strings in a few hundred bytes.
    std::vector<std::string> objects;
    for (size_t i = 1; i <= 60; ++i) objects.push_back(array_of({i, i}));
    objects.push_back("\x52ok"s);
    EXPECT_FALSE(is_read(binary(objects)));

    // One string of 30 kB, ten thousand times.
    std::string array = "\xAF\x11\x27\x10";
    for (int i = 0; i < 10'000; ++i) put_reference(array, 1);
    std::string text = "\x5F\x11\x75\x30";
    text.append(30'000, 'x');
    EXPECT_FALSE(is_read(binary({array, text})));
}

TEST(MalformedPropertyLists, OfHugeDepthAreNone) {
    constexpr size_t kLevels = 200'000;  // no stack holds a call for each
    const std::string open = repeated("<array>", kLevels);
    EXPECT_FALSE(is_read(joined({"<plist>", open})));
    EXPECT_FALSE(is_read(joined({"<plist>", open, repeated("</array>", kLevels), "</plist>"})));
    EXPECT_FALSE(is_read(joined({"<plist>", repeated("<dict><key>a</key>", kLevels)})));

    std::vector<std::string> objects;
    for (size_t i = 1; i < 20'000; ++i) objects.push_back(array_of({i}));
    objects.push_back("\x52ok"s);
    EXPECT_FALSE(is_read(binary(objects)));
}

TEST(MalformedPropertyLists, CannotHideTheirDepth) {
    constexpr size_t kLevels = 100'000;
    for (const char* level :
         {"<array><!--</array>-->", "<array><![CDATA[</array>]]>", "<array \"></array>\">",
          "<array><?</array>?>", "<array\t>", "<array ><plist \"</array>\">"}) {
        EXPECT_FALSE(is_read(joined({"<plist>", repeated(level, kLevels)}))) << level;
    }
}

TEST(MalformedPropertyLists, WideOnesAreNotDeep) {
    EXPECT_TRUE(
        is_read(joined({"<plist><array>", repeated("<array></array><dict/>", 100'000), "</array></plist>"})));
    EXPECT_TRUE(is_read(
        joined({"<plist><array><!-- few -->", repeated("<array></array>", 1000), "</array></plist>"})));
}

TEST(MalformedPropertyLists, ObjectsThatAreSharedCountAtTheirDeepestPlace) {
    // 100 levels reached directly, and once more below 60 others.
    std::vector<std::string> objects = {array_of({1, 101})};
    for (size_t i = 1; i < 100; ++i) objects.push_back(array_of({i + 1}));
    objects.push_back("\xA0"s);
    for (size_t i = 101; i < 160; ++i) objects.push_back(array_of({i + 1}));
    objects.push_back(array_of({1}));
    EXPECT_FALSE(is_read(binary(objects)));
    objects.back() = array_of({60});
    EXPECT_TRUE(is_read(binary(objects)));
}

TEST(MalformedPropertyLists, RandomDamageNeitherCrashesNorLeaks) {
    const auto seed = std::random_device()();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const auto list = new_dictionary();
    const auto array = new_array();
    for (int64_t i = 0; i < 20; ++i) CFArrayAppendValue(*array, *make_integer(i * 1000));
    CFArrayAppendValue(*array, *make_string("Gerät \U0001f3b5"));
    CFArrayAppendValue(*array, *make_data("\x01\x02\x03 some bytes that are longer than fifteen"));
    CFArrayAppendValue(*array, *make_real(0.1));
    CFArrayAppendValue(*array, kCFBooleanTrue);
    CFDictionarySetValue(*list, CFSTR("numbers"), *array);
    CFDictionarySetValue(*list, CFSTR("a key that is longer than fifteen"), *array);

    for (const auto format : {kCFPropertyListXMLFormat_v1_0, kCFPropertyListBinaryFormat_v1_0}) {
        const Owner good(CFPropertyListCreateData(nullptr, *list, format, 0, nullptr));
        const std::string original(reinterpret_cast<const char*>(CFDataGetBytePtr(*good)),
                                   static_cast<size_t>(CFDataGetLength(*good)));
        const int64_t before = minihal::live_object_count();
        for (int round = 0; round < 5000; ++round) {
            std::string damaged = original;
            for (unsigned hits = 1 + random() % 4; hits > 0; --hits) {
                const size_t at = random() % damaged.size();
                switch (random() % 4) {
                    case 0:
                        damaged[at] = static_cast<char>(random());
                        break;
                    case 1:
                        damaged.erase(at, 1 + random() % 8);
                        break;
                    case 2:
                        damaged.insert(at, original, random() % original.size(), random() % 16);
                        break;
                    default:
                        damaged[damaged.size() - 1 - random() % std::min<size_t>(40, damaged.size())] =
                            static_cast<char>(random());
                        break;
                }
                if (damaged.empty()) damaged = original;
            }
            is_read(damaged);
        }
        EXPECT_EQ(minihal::live_object_count(), before);
    }
}

}  // namespace
