// Who plays, for people: named once, helpers together.
#include "platform/application_names.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace gecko::platform {
namespace {

constexpr const char* kBrowser = "/Applications/Browser.app/Contents/MacOS/Browser";
constexpr const char* kHelper =
    "/Applications/Browser.app/Contents/Frameworks/Helper.app/Contents/MacOS/Helper";

/// Counts how often it is asked; processes from 10 to 19 are a browser (10) and its helpers.
class CountingProcesses final : public Processes {
  public:
    explicit CountingProcesses(int& asked) : asked_(asked) {}
    std::optional<std::filesystem::path> executable(std::uint32_t process) const override {
        ++asked_;
        if (process == 10) return kBrowser;
        if (process > 10 && process < 20) return kHelper;
        if (process >= 20) return "/usr/bin/player";
        return std::nullopt;
    }
    std::optional<std::uint32_t> parent(std::uint32_t process) const override {
        return process > 10 && process < 20 ? 10 : 1;
    }
    std::optional<std::uint32_t> responsible(std::uint32_t) const override { return std::nullopt; }
    std::optional<BundleInfo> bundle(const std::filesystem::path&) const override {
        return BundleInfo{.id = "com.example.browser", .name = "Browser", .icon = {}};
    }

  private:
    int& asked_;
};

engine::ApplicationStatus playing(std::uint32_t process, std::string_view bundle_id = "") {
    engine::ApplicationStatus status;
    status.process_id = process;
    std::ranges::copy(bundle_id, status.bundle_id.begin());
    return status;
}

class PlayingApplications : public ::testing::Test {
  protected:
    int asked_ = 0;
    ApplicationNames names_{std::make_unique<CountingProcesses>(asked_)};
};

TEST_F(PlayingApplications, HelpersOfOneApplicationAreOneApplication) {
    const std::vector<engine::ApplicationStatus> all{playing(12, "com.example.browser.helper"), playing(20),
                                                     playing(14, "com.example.browser.helper"), playing(21)};
    const auto applications = names_.name(all);
    ASSERT_EQ(applications.size(), 3U);
    EXPECT_EQ(applications[0].application.name, "Browser");
    EXPECT_EQ(applications[0].application.process_id, 10U);
    ASSERT_EQ(applications[0].processes.size(), 2U);
    EXPECT_EQ(applications[0].processes[1].process_id, 14U);
    EXPECT_EQ(applications[1].application.name, "player");
    EXPECT_EQ(applications[2].application.process_id, 21U) << "two of one program are two";
}

TEST_F(PlayingApplications, AreLookedUpOnceWhileTheyPlay) {
    const std::vector<engine::ApplicationStatus> all{playing(12), playing(20), playing(20)};
    (void)names_.name(all);
    const int first = asked_;
    for (int look = 0; look < 100; ++look) EXPECT_EQ(names_.name(all).size(), 2U);
    EXPECT_EQ(asked_, first);
    EXPECT_TRUE(names_.name({}).empty());
    (void)names_.name(all);
    EXPECT_EQ(asked_, 2 * first) << "another process may have the ID by now";
}

TEST_F(PlayingApplications, OfWhichTheHostTellsNoProcessAreToldApartByTheirBundleIds) {
    const std::vector<engine::ApplicationStatus> all{playing(0, "a.b"), playing(0, "c.d"), playing(0, "a.b")};
    const auto applications = names_.name(all);
    ASSERT_EQ(applications.size(), 2U);
    EXPECT_EQ(applications[0].application.name, "a.b");
    EXPECT_EQ(applications[0].processes.size(), 2U);
}

}  // namespace
}  // namespace gecko::platform
