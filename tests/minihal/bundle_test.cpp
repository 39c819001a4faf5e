#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/minihal/minihald_process.hpp"

namespace {

using namespace minihal_test;
namespace fs = std::filesystem;

constexpr const char* kType = "443ABAB8-E7B3-491A-B985-BEB9187030DB";
constexpr const char* kOtherType = "11111111-E7B3-491A-B985-BEB9187030DB";

std::string dictionary(const std::string& entries) {
    return R"(<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict>)" + entries +
           "</dict></plist>";
}
std::string entry(const std::string& key, const std::string& value) {
    return "<key>" + key + "</key>" + value;
}
std::string string(const std::string& value) {
    return "<string>" + value + "</string>";
}
std::string types(const std::string& type) {
    return entry("CFPlugInTypes", "<dict>" + entry(type, "<array>" + string("F") + "</array>") + "</dict>");
}
std::string factory(const std::string& name) {
    return entry("CFPlugInFactories", "<dict>" + entry("F", string(name)) + "</dict>");
}
std::string executable() {
    return entry("CFBundleExecutable", string("Faulty"));
}

// A bundle made for a test; minihald loads it beside TwoStreams.
class Bundles : public testing::Test {
  protected:
    Bundles() : plug_ins_(sandbox_.folder() / "plugins") {
        fs::create_directories(plug_ins_);
        fs::copy(fs::path(MINIHAL_TEST_PLUGINS) / "TwoStreams.driver", plug_ins_ / "TwoStreams.driver",
                 fs::copy_options::recursive);
        fs::create_directories(contents() / "MacOS");
    }
    fs::path contents() const { return plug_ins_ / "Faulty.driver" / "Contents"; }
    void write_plist(const std::string& text) const { std::ofstream(contents() / "Info.plist") << text; }
    void add_executable() const { fs::copy_file(MINIHAL_FAULTY_PLUGIN, contents() / "MacOS" / "Faulty"); }

    // Serves, says what is wrong with the bundle, and has nothing against the good one.
    void expect_reason(const std::string& reason) const {
        MinihaldProcess server(MINIHALD_PROGRAM, sandbox_, {"--plugins", plug_ins_.string()});
        EXPECT_TRUE(server.serving());
        EXPECT_EQ(server.terminate(), 0);
        const auto errors = server.errors();
        EXPECT_TRUE(errors.starts_with("minihald: cannot load Faulty.driver: ")) << errors;
        EXPECT_NE(errors.find(reason), std::string::npos) << errors;
        EXPECT_EQ(errors.find("TwoStreams"), std::string::npos) << errors;
    }

  private:
    Sandbox sandbox_;
    fs::path plug_ins_;
};

TEST_F(Bundles, WithoutInfoPlist) {
    expect_reason("it has no Contents/Info.plist");
}

TEST_F(Bundles, WithAnInfoPlistThatIsNone) {
    write_plist("not a property list");
    expect_reason("Contents/Info.plist is not a property list");
}

TEST_F(Bundles, WithoutPlugInTypes) {
    write_plist(dictionary(executable()));
    expect_reason("Info.plist has no CFPlugInTypes");
}

TEST_F(Bundles, OfAnotherType) {
    write_plist(dictionary(executable() + types(kOtherType) + factory("ReturnsNull")));
    expect_reason("wrong type: CFPlugInTypes in Info.plist has no entry for audio server plug-ins");
}

TEST_F(Bundles, WithoutAFactory) {
    write_plist(dictionary(executable() + types(kType)));
    expect_reason("no factory: CFPlugInFactories in Info.plist names no function");
}

TEST_F(Bundles, WithoutTheNameOfItsExecutable) {
    write_plist(dictionary(types(kType) + factory("ReturnsNull")));
    expect_reason("Info.plist has no CFBundleExecutable");
}

TEST_F(Bundles, WithoutItsExecutable) {
    write_plist(dictionary(executable() + types(kType) + factory("ReturnsNull")));
    expect_reason("its executable Contents/MacOS/Faulty is missing");
}

TEST_F(Bundles, WithAnExecutableThatIsNone) {
    write_plist(dictionary(executable() + types(kType) + factory("ReturnsNull")));
    std::ofstream(contents() / "MacOS" / "Faulty") << "no code";
    expect_reason("its executable cannot be loaded: ");
}

TEST_F(Bundles, WithoutTheFactorysSymbol) {
    write_plist(dictionary(executable() + types(kType) + factory("NotThere")));
    add_executable();
    expect_reason("its executable has no factory function NotThere");
}

TEST_F(Bundles, WhoseFactoryReturnsNull) {
    write_plist(dictionary(executable() + types(kType) + factory("ReturnsNull")));
    add_executable();
    expect_reason("its factory function ReturnsNull returned NULL");
}

TEST_F(Bundles, WhoseObjectRefusesTheInterface) {
    write_plist(dictionary(executable() + types(kType) + factory("RefusesTheInterface")));
    add_executable();
    expect_reason("QueryInterface for the driver interface failed with 0x80000004");
}

TEST_F(Bundles, ThatFailToInitialize) {
    write_plist(dictionary(executable() + types(kType) + factory("FailsToInitialize")));
    add_executable();
    expect_reason("Initialize failed with 'nrdy'");
}

}  // namespace
