// Every check finds its fault, and no other check takes it for its own.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "tests/bundle_under_test.hpp"
#include "tests/halval/defects.hpp"
#include "tests/halval/halval_program.hpp"

namespace {

using namespace halval_test;

nlohmann::json checks_of(const std::string& output) {
    return nlohmann::json::parse(output).at("checks");
}

std::set<std::string> names_of(const nlohmann::json& checks, const std::string& result) {
    std::set<std::string> names;
    for (const auto& check : checks)
        if (check.at("result") == result) names.insert(check.at("name").get<std::string>());
    return names;
}

class Defects : public testing::TestWithParam<Defect> {};

TEST_P(Defects, AreFoundByTheirCheckAndByNoOther) {
    const Folder folder;
    BundleShape shape;
    shape.defect = GetParam().name;
    if (shape.defect == "no-version") shape.version.clear();
    // A wait for what never comes and an end of what hangs: neither has to be long.
    std::vector<std::string> arguments = {make_bundle(folder, shape),
                                          "--strictness",
                                          "10",
                                          "--json",
                                          "--patience",
                                          "3",
                                          "--timeout",
                                          shape.defect.starts_with("hangs") ? "6" : "100"};
#ifdef HALVAL_SANITIZED
    // A process a check is slow under a sanitizer, so each defect meets its own check only.
    arguments.insert(arguments.end(), {"--check", GetParam().check});
#endif
    const auto ended = run_halval(arguments);
    ASSERT_EQ(ended.status, 1) << ended.output << ended.errors;
    const auto checks = checks_of(ended.output);
    EXPECT_EQ(names_of(checks, "failed"), std::set<std::string>{GetParam().check}) << ended.output;
}

INSTANTIATE_TEST_SUITE_P(Each, Defects, testing::ValuesIn(kDefects), [](const auto& defect) {
    std::string name;
    for (const char character : std::string(defect.param.name)) name += character == '-' ? '_' : character;
    return name;
});

TEST(Reference, PassesEverythingAtTheStrictestLevel) {
    const Folder folder;
    const auto ended = run_halval({make_bundle(folder, {}), "--strictness", "10", "--json"});
    EXPECT_EQ(ended.status, 0) << ended.output << ended.errors;
    const auto checks = checks_of(ended.output);
    // It has something for each check: what nothing shows right shows nothing wrong.
    EXPECT_EQ(names_of(checks, "skipped"), std::set<std::string>{});
    EXPECT_EQ(names_of(checks, "passed").size(), checks.size());
    std::set<std::string> all = names_of(checks, "passed");
    std::set<std::string> broken;
    for (const auto& defect : kDefects) broken.insert(defect.check);
    EXPECT_EQ(all, broken) << "each check has a plug-in that fails it";
}

TEST(Gecko, PassesEverythingAtTheStrictestLevel) {
    const auto ended =
        run_halval({gecko::testing::hal_under_test() / "GeckoAudioDevice.driver", "--strictness", "10"});
    EXPECT_EQ(ended.status, 0) << ended.output << ended.errors;
}

}  // namespace
