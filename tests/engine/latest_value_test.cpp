#include "engine/latest_value.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace gecko::engine {
namespace {

struct Pair {
    std::uint64_t a = 0;
    std::uint64_t b = 0;
};

TEST(LatestValue, IsTakenOnceAndOnlyTheNewest) {
    LatestValue<Pair> value;
    EXPECT_EQ(value.take(), nullptr);
    value.set({1, 1});
    value.set({2, 2});
    const Pair* taken = value.take();
    ASSERT_NE(taken, nullptr);
    EXPECT_EQ(taken->a, 2u);
    EXPECT_EQ(value.take(), nullptr);
}

TEST(LatestValue, IsNeverTornAndNeverGoesBackAcrossThreads) {
    constexpr std::uint64_t kLast = 300'000;
    LatestValue<Pair> value;
    std::thread writer([&] {
        for (std::uint64_t i = 1; i <= kLast; ++i) value.set({i, ~i});
    });
    std::uint64_t last = 0;
    while (last < kLast) {
        const Pair* taken = value.take();
        if (taken == nullptr) continue;
        ASSERT_EQ(taken->b, ~taken->a);
        ASSERT_GT(taken->a, last);
        last = taken->a;
    }
    writer.join();
}

}  // namespace
}  // namespace gecko::engine
