// Statements about whose application a process is, in made-up process tables.
#include "platform/applications.hpp"

#include <gtest/gtest.h>

#include <map>

namespace gecko::platform {
namespace {

namespace fs = std::filesystem;

class Table final : public Processes {
  public:
    struct Row {
        std::string executable;
        std::uint32_t parent = 1;
        std::uint32_t responsible = 0;
    };

    std::optional<fs::path> executable(std::uint32_t process) const override {
        const auto row = rows.find(process);
        if (row == rows.end()) return std::nullopt;
        return row->second.executable;
    }
    std::optional<std::uint32_t> parent(std::uint32_t process) const override {
        const auto row = rows.find(process);
        if (row == rows.end()) return std::nullopt;
        return row->second.parent;
    }
    std::optional<std::uint32_t> responsible(std::uint32_t process) const override {
        const auto row = rows.find(process);
        if (row == rows.end() || row->second.responsible == 0) return std::nullopt;
        return row->second.responsible;
    }
    std::optional<BundleInfo> bundle(const fs::path& folder) const override {
        const auto found = bundles.find(folder.string());
        if (found == bundles.end()) return std::nullopt;
        return found->second;
    }

    std::map<std::uint32_t, Row> rows{{1, {"/sbin/launchd", 0}}};
    std::map<std::string, BundleInfo> bundles{
        {"/Applications/Google Chrome.app", {"com.google.Chrome", "Google Chrome", "/icons/app.icns"}},
        {"/Applications/Safari.app", {"com.apple.Safari", "Safari", {}}},
        {"/System/Applications/Utilities/Terminal.app", {"com.apple.Terminal", "Terminal", {}}},
        {"/Applications/Bare.app", {}}};
};

constexpr const char* kChrome = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
constexpr const char* kChromeHelper =
    "/Applications/Google Chrome.app/Contents/Frameworks/Google Chrome "
    "Framework.framework/Versions/1/Helpers/"
    "Google Chrome Helper.app/Contents/MacOS/Google Chrome Helper";
constexpr const char* kWebKit =
    "/System/Library/Frameworks/WebKit.framework/Versions/A/XPCServices/com.apple.WebKit.GPU.xpc/Contents/"
    "MacOS/"
    "com.apple.WebKit.GPU";

TEST(Applications, ABrowsersHelperIsTheBrowser) {
    Table table;
    table.rows[100] = {kChrome};
    table.rows[101] = {kChromeHelper, 100};
    table.rows[102] = {kChromeHelper, 101};
    const NamedApplication chrome{.process_id = 100,
                                  .name = "Google Chrome",
                                  .bundle_id = "com.google.Chrome",
                                  .bundle = "/Applications/Google Chrome.app",
                                  .icon = "/icons/app.icns"};
    for (const std::uint32_t process : {100U, 101U, 102U})
        EXPECT_EQ(name_application(table, process, "com.google.Chrome.helper"), chrome) << process;
}

TEST(Applications, AnApplicationStartedByAnotherIsItself) {
    Table table;
    table.rows[50] = {"/System/Applications/Utilities/Terminal.app/Contents/MacOS/Terminal"};
    table.rows[100] = {kChrome, 50, 50};
    EXPECT_EQ(name_application(table, 100, "").process_id, 100U);
    EXPECT_EQ(name_application(table, 100, "").name, "Google Chrome");
}

TEST(Applications, ASystemServiceIsWhomItWorksFor) {
    Table table;
    table.rows[200] = {"/Applications/Safari.app/Contents/MacOS/Safari"};
    table.rows[201] = {kWebKit, 1, 200};
    const auto named = name_application(table, 201, "com.apple.WebKit.GPU");
    EXPECT_EQ(named.process_id, 200U);
    EXPECT_EQ(named.name, "Safari");
    EXPECT_EQ(named.bundle_id, "com.apple.Safari");
}

TEST(Applications, WhereTheSystemDoesNotSayItIsTheNearestAncestorsApplication) {
    Table table;
    table.rows[200] = {"/Applications/Safari.app/Contents/MacOS/Safari"};
    table.rows[201] = {"/usr/libexec/broker", 200};
    table.rows[202] = {kWebKit, 201};
    EXPECT_EQ(name_application(table, 202, "").name, "Safari");
    table.rows[202].parent = 1;
    EXPECT_EQ(name_application(table, 202, "x").name, "com.apple.WebKit.GPU");
    table.rows[202].responsible = 202;  // responsible for itself
    EXPECT_EQ(name_application(table, 202, "x").name, "com.apple.WebKit.GPU");
}

TEST(Applications, APlainProgramIsItselfInATerminalToo) {
    Table table;
    table.rows[50] = {"/System/Applications/Utilities/Terminal.app/Contents/MacOS/Terminal"};
    table.rows[51] = {"/bin/zsh", 50, 50};
    table.rows[52] = {"/opt/homebrew/bin/mpv", 51, 50};
    const auto named = name_application(table, 52, "");
    EXPECT_EQ(named,
              (NamedApplication{.process_id = 52, .name = "mpv", .bundle_id = "", .bundle = {}, .icon = {}}));
}

TEST(Applications, ABundleThatSaysNothingIsCalledAsItsFolder) {
    Table table;
    table.rows[10] = {"/Applications/Bare.app/Contents/MacOS/run"};
    table.rows[11] = {"/Applications/Größe 日本.app/Contents/MacOS/run"};
    EXPECT_EQ(name_application(table, 10, "seen.by.driver").name, "Bare");
    EXPECT_EQ(name_application(table, 10, "seen.by.driver").bundle_id, "seen.by.driver");
    EXPECT_EQ(name_application(table, 11, "").name, "Größe 日本");
}

TEST(Applications, AProcessThatIsGoneIsWhatTheDriverSaw) {
    const Table table;
    EXPECT_EQ(name_application(table, 77, "com.apple.Music").name, "com.apple.Music");
    EXPECT_EQ(name_application(table, 77, "").name, "process 77");
    EXPECT_EQ(name_application(table, 77, "").process_id, 77U);
}

TEST(Applications, ALoopOfParentsEnds) {
    Table table;
    table.rows[100] = {kChrome, 101};
    table.rows[101] = {kChromeHelper, 100};
    table.rows[300] = {kWebKit, 301};
    table.rows[301] = {"/bin/a", 300};
    EXPECT_EQ(name_application(table, 100, "").name, "Google Chrome");
    EXPECT_EQ(name_application(table, 300, "").name, "com.apple.WebKit.GPU");
}

TEST(Applications, TheOutermostBundleCountsAndOnlyOneWithContents) {
    EXPECT_EQ(outermost_application(kChromeHelper), "/Applications/Google Chrome.app");
    EXPECT_EQ(outermost_application("/Users/x/My.app/notes/Tool.app/Contents/MacOS/t"),
              "/Users/x/My.app/notes/Tool.app");
    EXPECT_EQ(outermost_application("/usr/bin/run.app"), "");
    EXPECT_EQ(outermost_application(""), "");
}

}  // namespace
}  // namespace gecko::platform
