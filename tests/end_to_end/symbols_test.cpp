// Who carries whose code: the app nothing of the driver, the player nothing of the shared memory.
#include <gtest/gtest.h>

#include "house.hpp"

namespace gecko::testing {
namespace {

std::string symbols_of(const std::string& file, const char* which = "--demangle") {
    const Outcome outcome = run({"/usr/bin/nm", which, file});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome.out;
}

TEST(Symbols, TheAppHasNoneOfTheDriver) {
    const std::string symbols = symbols_of(program("gecko"));
    EXPECT_NE(symbols.find("gecko::engine::"), std::string::npos);
    EXPECT_EQ(symbols.find("gecko::driver::"), std::string::npos);
    EXPECT_EQ(symbols.find("GeckoAudioDevice_Create"), std::string::npos);
}

TEST(Symbols, ThePlayerHasNoneOfTheSharedMemory) {
    const std::string symbols = symbols_of(program("gecko-play"));
    EXPECT_NE(symbols.find("AudioDeviceStart"), std::string::npos);
    EXPECT_EQ(symbols.find("gecko::shm::"), std::string::npos);
    // What it takes from the system: a sanitizer's runtime brings a shm_open of its own along.
    EXPECT_EQ(symbols_of(program("gecko-play"), "--undefined-only").find("shm_open"), std::string::npos);
}

}  // namespace
}  // namespace gecko::testing
