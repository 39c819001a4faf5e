// gecko doctor, as people call it, through minihald: what is right, what is wrong, and the exit code that says so.
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "by_hand.hpp"

namespace gecko::testing {
namespace {

class DoctorCommand : public ByHand {
  protected:
    void SetUp() override {
        fs::create_directory(home());
        write_settings(R"({"version": 1, "take_default": false})");
    }
    void write_settings(const std::string& text) { std::ofstream(home() / "settings.json") << text; }
    [[nodiscard]] fs::path home() const { return environment().at("GECKO_HOME"); }
    Outcome doctor(std::vector<std::string> more = {}) {
        more.insert(more.begin(), {program("gecko"), "doctor"});
        return run(more, environment());
    }
    void run_gecko() {
        gecko_.emplace(std::vector<std::string>{program("gecko"), "run", "--keep-default"}, environment());
        ASSERT_TRUE(gecko_->wait_for("ready: play into Gecko Sink")) << gecko_->finish().out;
    }
    /// States by the checks' IDs, and the exit code as "exit".
    std::map<std::string, std::string> states() {
        const Outcome outcome = doctor({"--json"});
        std::map<std::string, std::string> found{{"exit", std::to_string(outcome.exit_code)}};
        const auto json = nlohmann::json::parse(outcome.out, nullptr, false);
        EXPECT_FALSE(json.is_discarded()) << outcome.out;
        if (json.is_discarded()) return found;
        for (const auto& check : json["checks"]) found[check["id"]] = check["state"];
        return found;
    }
};

TEST_F(DoctorCommand, FindsNothingWrongWithGeckoRunning) {
    write_settings(R"({"version": 1, "take_default": true})");  // which --keep-default overrules
    start_server();
    run_gecko();
    auto found = states();
    EXPECT_EQ(found.at("exit"), "0");
    for (const char* id : {"system", "settings", "server", "loaded", "visible", "running-version", "console",
                           "attach", "owner-alive", "output", "others", "volume", "rate", "steering"})
        EXPECT_EQ(found.at(id), "right") << id;
    EXPECT_EQ(found.at("default"), "note");
    for (const char* id : {"installed", "owner", "modes", "signature", "version"})
        EXPECT_EQ(found.at(id), "not on this system") << id;
    // The driver refuses all that is tried while gecko has it, which does gecko no harm.
    run({program("gecko"), "driver", "--try"}, environment());
    found = states();
    EXPECT_EQ(found.at("attach"), "note");
    EXPECT_EQ(found.at("exit"), "0");
    EXPECT_NE(doctor().out.find("Nothing is wrong."), std::string::npos);
    end_all();
}

TEST_F(DoctorCommand, WithoutAServerSaysThatAndNotMore) {
    const auto found = states();
    EXPECT_EQ(found.at("exit"), "2");
    EXPECT_EQ(found.at("server"), "wrong");
    for (const char* id : {"loaded", "visible", "attach", "output", "default", "steering"})
        EXPECT_EQ(found.at(id), "cannot be said") << id;
    EXPECT_NE(doctor().out.find("-> "), std::string::npos);
}

TEST_F(DoctorCommand, WithoutADriverSaysThatAndNotMore) {
    fs::create_directory(scratch_ / "empty");
    start_server(scratch_ / "empty");
    const auto found = states();
    EXPECT_EQ(found.at("exit"), "2");
    EXPECT_EQ(found.at("server"), "right");
    EXPECT_EQ(found.at("loaded"), "wrong");
    EXPECT_EQ(found.at("output"), "right");
    end_all();
}

TEST_F(DoctorCommand, ADriverOfAnotherProtocolIsNamed) {
    start_server(GECKO_OTHER_VERSION_HAL);
    const auto found = states();
    EXPECT_EQ(found.at("exit"), "2");
    EXPECT_EQ(found.at("running-version"), "wrong");
    EXPECT_EQ(found.at("visible"), "right");
    end_all();
}

TEST_F(DoctorCommand, ASettingsFileThatCannotBeIsNamedAndStays) {
    start_server();
    write_settings("{\"version\": 1,\n\"preset\": 7}");
    const Outcome outcome = doctor();
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_NE(outcome.out.find("settings.json:2: preset"), std::string::npos) << outcome.out;
    write_settings("{");
    EXPECT_EQ(states().at("settings"), "wrong");
    EXPECT_TRUE(fs::exists(home() / "settings.json"));
    end_all();
}

TEST_F(DoctorCommand, WritesAReportWithoutHardwaresNames) {
    start_server();
    const fs::path file = scratch_ / "report.txt";
    EXPECT_EQ(doctor({"--report", file.string()}).exit_code, 0);
    std::ifstream in(file);
    const std::string report{std::istreambuf_iterator<char>(in), {}};
    for (const char* part :
         {"gecko " GECKO_VERSION, "Gecko Sink", "driver version: " GECKO_VERSION, "device 1"})
        EXPECT_NE(report.find(part), std::string::npos) << part << "\n" << report;
    for (const char* secret : {"Simulated Speakers", "SimulatedSpeakers_UID", "owner pid"})
        EXPECT_EQ(report.find(secret), std::string::npos) << secret << "\n" << report;
    end_all();
}

TEST_F(DoctorCommand, WritesAReportOnlyWhereThereIsAFolderForIt) {
    const auto refused = [this](const fs::path& file, const char* words) {
        const Outcome outcome = doctor({"--report", file.string()});
        EXPECT_EQ(outcome.exit_code, 3) << file;
        EXPECT_NE(outcome.err.find(words), std::string::npos) << outcome.err;
    };
    refused(scratch_ / "nowhere" / "report.txt", "There is no folder ");
    EXPECT_FALSE(fs::exists(scratch_ / "nowhere"));
    std::ofstream(scratch_ / "a file") << "what was in it";
    refused(scratch_ / "a file" / "report.txt", "There is no folder ");
    refused(scratch_ / "home", " is a folder.");
    const Outcome outcome = doctor({"--report", "/dev/stdout"});
    EXPECT_EQ(outcome.exit_code, 2) << outcome.out;  // there is no server
    EXPECT_LT(outcome.out.find("Something is wrong"),
              outcome.out.find("gecko doctor\n\ngecko " GECKO_VERSION));
    EXPECT_TRUE(outcome.out.ends_with("The driver says\n")) << outcome.out;
    EXPECT_EQ(outcome.err, "");
}

}  // namespace
}  // namespace gecko::testing
