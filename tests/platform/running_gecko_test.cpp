// What a gecko that runs writes of itself is what others read.
#include "platform/running_gecko.hpp"

#include <gtest/gtest.h>

namespace gecko::platform {
namespace {

TEST(RunningGeckos, AreReadAsTheyWereWritten) {
    for (const RunningGecko& gecko :
         {RunningGecko{.process = 4711, .takes_default = true, .source = "", .output = ""},
          RunningGecko{
              .process = 1, .takes_default = false, .source = "BlackHole2ch_UID", .output = "Größe 1"}})
        EXPECT_EQ(parse_running_gecko(to_text(gecko)), gecko);
}

TEST(RunningGeckos, OfWhichOnlyAPartIsThereAreNone) {
    const std::string whole =
        to_text({.process = 4711, .takes_default = false, .source = "a", .output = "b"});
    for (std::size_t size = 0; size + 1 < whole.size(); ++size)
        EXPECT_EQ(parse_running_gecko(whole.substr(0, size)), std::nullopt) << size;
    // A longer text that it took the place of.
    EXPECT_NE(parse_running_gecko(whole + "nd\n"), std::nullopt);
    for (const char* other : {"4711", "x\ntakes the default output\n\n\nend\n", "4711\nx\n\n\nend\n"})
        EXPECT_EQ(parse_running_gecko(other), std::nullopt) << other;
    const auto odd = parse_running_gecko(
        to_text({.process = 4711, .takes_default = false, .source = "a\nb", .output = "c"}));
    EXPECT_EQ(odd, (RunningGecko{.process = 4711, .takes_default = false, .source = "", .output = "c"}));
}

}  // namespace
}  // namespace gecko::platform
