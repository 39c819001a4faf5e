// What README.md says of commands, held to what there is.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "tests/end_to_end/command.hpp"

namespace gecko::testing {
namespace {

std::string text_of(const std::string& name) {
    std::ifstream in(GECKO_SOURCES "/" + name);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// All that matches the pattern's first group.
std::set<std::string> all_of(const std::string& text, const char* pattern) {
    const std::regex wanted(pattern);
    std::set<std::string> found;
    for (auto at = std::sregex_iterator(text.begin(), text.end(), wanted); at != std::sregex_iterator(); ++at)
        found.insert((*at)[1]);
    return found;
}

/// From `start` up to the next `end`.
std::string part(const std::string& text, const std::string& start, const std::string& end) {
    const auto begin = text.find(start);
    return begin == std::string::npos ? "" : text.substr(begin, text.find(end, begin) - begin);
}

TEST(Readme, NamesEachOptionOfGeckoRunAndNoOther) {
    std::set<std::string> options = all_of(run({GECKO_PROGRAM, "run", "--help"}).out, "(--[a-z-]+)");
    options.erase("--help");
    ASSERT_GT(options.size(), 10U);
    EXPECT_EQ(all_of(part(text_of("README.md"), "| `gecko run` |", "\n"), "(--[a-z-]+)"), options);
}

TEST(Readme, SaysOfExitCodesWhatGeckoDoes) {
    const auto words = [](const std::string& text) { return all_of(text, "([A-Za-z0-9]+)"); };
    const std::string help = part(run({GECKO_PROGRAM, "--help"}).out, "0 ok;", "does not end.");
    ASSERT_NE(help, "");
    EXPECT_EQ(words(part(text_of("README.md"), "0 ok;", "does not end.")), words(help));
}

TEST(Readme, ByHandUsesWhatMakeRunBuilds) {
    const std::string built = part(text_of("Makefile"), "PROGRAMS := ", "\n");
    const auto used =
        all_of(part(text_of("README.md"), "export PATH=", "```"), "\n(minihal[a-z-]*|gecko[a-z-]*) ");
    EXPECT_EQ(used.size(), 4U);
    for (const std::string& program : used)
        EXPECT_NE((built + " ").find(" " + program + " "), std::string::npos) << program;
}

}  // namespace
}  // namespace gecko::testing
