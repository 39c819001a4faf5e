#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <thread>

#include "minihal/cf/live_objects.hpp"
#include "tests/minihal/cf/cf_owner.hpp"

extern "C" int c_program(void);

namespace {

TEST(Objects, TheHeadersServeAProgramInC) {
    EXPECT_EQ(c_program(), 1);
}

TEST(Objects, AnObjectLivesUntilItIsReleasedAsOftenAsRetained) {
    const int64_t before = minihal::live_object_count();
    const CFNumberRef number = CFNumberCreate(nullptr, kCFNumberSInt64Type, &before);
    EXPECT_EQ(CFGetRetainCount(number), 1);
    EXPECT_EQ(CFRetain(number), number);
    EXPECT_EQ(CFGetRetainCount(number), 2);
    EXPECT_EQ(minihal::live_object_count(), before + 1);
    CFRelease(number);
    EXPECT_EQ(minihal::live_object_count(), before + 1);
    CFRelease(number);
    EXPECT_EQ(minihal::live_object_count(), before);
}

TEST(Objects, ImmortalOnesIgnoreRetainAndRelease) {
    const int64_t before = minihal::live_object_count();
    for (CFTypeRef object : {CFTypeRef{CFSTR("immortal")}, CFTypeRef{kCFBooleanTrue}, CFTypeRef{IUnknownUUID},
                             CFTypeRef{kCFAllocatorSystemDefault}}) {
        CFRelease(object);
        CFRelease(object);
        CFRetain(object);
        EXPECT_EQ(CFGetRetainCount(object), std::numeric_limits<CFIndex>::max());
    }
    EXPECT_EQ(minihal::live_object_count(), before);
}

TEST(Objects, ThreadsMayShareOne) {
    const int64_t before = minihal::live_object_count();
    const auto shared = make_integer(7);
    {
        std::array<std::thread, 4> threads;
        for (auto& thread : threads) {
            thread = std::thread([&shared] {
                for (int i = 0; i < 10'000; ++i) CFRetain(*shared);
                for (int i = 0; i < 10'000; ++i) CFRelease(*shared);
            });
        }
        for (auto& thread : threads) thread.join();
    }
    EXPECT_EQ(CFGetRetainCount(*shared), 1);
    EXPECT_EQ(minihal::live_object_count(), before + 1);
}

TEST(Objects, OfDifferentTypesAreNeverEqual) {
    EXPECT_FALSE(CFEqual(*make_string("1"), *make_integer(1)));
    EXPECT_FALSE(CFEqual(kCFBooleanTrue, *make_integer(1)));
    EXPECT_NE(CFGetTypeID(kCFBooleanTrue), CFGetTypeID(*make_integer(1)));
}

using ObjectsDeathTest = testing::Test;

TEST(ObjectsDeathTest, ReleasingOneTooOftenAborts) {
    EXPECT_DEATH(
        {
            const CFStringRef doomed = CFStringCreateWithCString(nullptr, "doomed", kCFStringEncodingUTF8);
            CFRelease(doomed);
            CFRelease(doomed);  // NOLINT(clang-analyzer-osx.*): what is tested
        },
        // A sanitizer may be first to see that the memory is gone.
        "CFRelease: released more often than retained|heap-use-after-free");
}

TEST(ObjectsDeathTest, ReleasingNullAborts) {
    // NOLINTNEXTLINE(clang-analyzer-osx.*): what is tested
    EXPECT_DEATH(CFRelease(nullptr), "CFRelease: the object is NULL");
}

TEST(ObjectsDeathTest, AnObjectOfAnotherTypeAborts) {
    const auto number = make_integer(1);
    EXPECT_DEATH(CFStringGetLength(static_cast<CFStringRef>(CFTypeRef{*number})),
                 "CFStringGetLength: the object is NULL or of another type");
}

}  // namespace
