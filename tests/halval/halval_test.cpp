// What halval says and how it ends.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "tests/halval/halval_program.hpp"

namespace {

using namespace halval_test;

TEST(Halval, PrintsATableOfChecksAndWhatTheyFound) {
    const Folder folder;
    const auto ended =
        run_halval({make_bundle(folder, BundleShape::with_defect("short-period")), "--strictness", "2"});
    EXPECT_EQ(ended.status, 1);
    EXPECT_NE(ended.output.find("device-uids"), std::string::npos) << ended.output;
    EXPECT_NE(ended.output.find("8192 frames"), std::string::npos) << ended.output;
    EXPECT_NE(ended.output.find("10923 frames or longer [AudioServerPlugIn.h:432]"), std::string::npos)
        << ended.output;
    EXPECT_NE(ended.output.find("1 failed"), std::string::npos) << ended.output;
    EXPECT_EQ(ended.output.find('\033'), std::string::npos) << "colours are for terminals";
}

TEST(Halval, SaysWhyABundleCannotBeLoaded) {
    const Folder empty;
    const auto nothing = run_halval({empty.path().string()});
    EXPECT_EQ(nothing.status, 2);
    EXPECT_NE(nothing.errors.find("it has no Contents/Info.plist"), std::string::npos) << nothing.errors;
    const Folder folder;
    const auto factory =
        run_halval({make_bundle(folder, BundleShape::of(HALVAL_REFERENCE, "Nobody_Create"))});
    EXPECT_EQ(factory.status, 2);
    EXPECT_NE(factory.errors.find("no factory function Nobody_Create"), std::string::npos) << factory.errors;
}

TEST(Halval, NamesAllThatAPlugInNeedsAndMinihalLacks) {
    const Folder folder;
    const auto ended = run_halval({make_bundle(folder, BundleShape::of(HALVAL_NEEDY, "Needy_Create"))});
    EXPECT_EQ(ended.status, 2);
    EXPECT_NE(
        ended.errors.find("it needs CFRunLoopGetMain, dispatch_queue_create, which minihal does not have"),
        std::string::npos)
        << ended.errors;
}

TEST(Halval, SaysWhatAFileIsThatItCannotRead) {
    const auto errors_of = [](std::string_view content) {
        const Folder folder;
        const auto bundle = make_bundle(folder, BundleShape::of("", "Reference_Create"));
        std::ofstream(bundle + "/Contents/MacOS/Reference", std::ios::binary) << content;
        const auto ended = run_halval({bundle});
        EXPECT_EQ(ended.status, 2);
        return ended.errors;
    };
    const auto cut_off = errors_of("\xCF\xFA\xED\xFE\x07");
    EXPECT_NE(cut_off.find("it is no 64-bit Mach-O file"), std::string::npos) << cut_off;
    const auto script = errors_of("#!/bin/sh");
    EXPECT_NE(script.find("its executable is neither an ELF nor a Mach-O file"), std::string::npos) << script;
}

// A terminal obeys what begins with an escape.
TEST(Halval, ShowsTheNamesOfAHostileFileAndDoesNotLetATerminalObeyThem) {
    const auto content_of = [](const std::string& path) {
        std::ifstream in(path, std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(in), {});
    };
    const auto replace = [](std::string& text, std::string_view name, std::string_view by) {
        std::size_t replaced = 0;
        for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at)) {
            text.replace(at, by.size(), by);
            ++replaced;
        }
        EXPECT_GT(replaced, 0U) << name;
    };
    const Folder folder;
    const auto bundle = make_bundle(folder, BundleShape::of("", "Needy_Create"));
    auto executable = content_of(HALVAL_NEEDY);
    replace(executable, "dispatch_queue_create", "\x1B[31m");
    std::ofstream(bundle + "/Contents/MacOS/Reference", std::ios::binary) << executable;
    const auto symbol = run_halval({bundle});
    EXPECT_EQ(symbol.status, 2);
    EXPECT_NE(symbol.errors.find("\\x1b[31mtch_queue_create"), std::string::npos) << symbol.errors;
    EXPECT_EQ(symbol.errors.find('\x1B'), std::string::npos);

    const Folder other;
    const auto named =
        run_halval({make_bundle(other, BundleShape::of(HALVAL_REFERENCE, "Nobody&#27;[31m_Create"))});
    EXPECT_EQ(named.status, 2);
    EXPECT_NE(named.errors.find("no factory function Nobody\\x1b[31m_Create"), std::string::npos)
        << named.errors;
    EXPECT_EQ(named.errors.find('\x1B'), std::string::npos);

    const Folder third;
    const auto red = make_bundle(third, {});
    auto plist = content_of(red + "/Contents/Info.plist");
    replace(plist, "org.example.reference", "org&#27;[31m");
    std::ofstream(red + "/Contents/Info.plist") << plist;
    const auto identified = run_halval({red, "--check", "null-arguments"});
    EXPECT_NE(identified.output.find("(org\\x1b[31m"), std::string::npos) << identified.output;
    EXPECT_EQ(identified.output.find('\x1B'), std::string::npos);
}

#ifdef MACHO_FIXTURES
TEST(Halval, NamesAllThatAPlugInForMacsNeedsAndMinihalLacks) {
    const Folder folder;
#if defined(__aarch64__)
    const std::string needy = MACHO_FIXTURES "/needy.arm64";
#else
    const std::string needy = MACHO_FIXTURES "/needy.x86_64";
#endif
    const auto ended = run_halval({make_bundle(folder, BundleShape::of(needy, "needy"))});
    EXPECT_EQ(ended.status, 2);
    EXPECT_NE(
        ended.errors.find(
            "it needs CFRunLoopGetMain, dispatch_queue_create, nobodys_data, which minihal does not have"),
        std::string::npos)
        << ended.errors;
}
#endif

TEST(Halval, RefusesWhatItDoesNotKnow) {
    EXPECT_EQ(run_halval({}).status, 2);
    EXPECT_EQ(run_halval({"x.driver", "--strictness", "11"}).status, 2);
    EXPECT_EQ(run_halval({"x.driver", "--frobnicate"}).status, 2);
    const auto ended = run_halval({"x.driver", "--check", "nobodys"});
    EXPECT_EQ(ended.status, 2);
    EXPECT_NE(ended.errors.find("there is no check nobodys"), std::string::npos) << ended.errors;
}

TEST(Halval, RunsTheNamedChecksAtAnyStrictness) {
    const Folder folder;
    const auto ended = run_halval({make_bundle(folder, {}), "--json", "--strictness", "1", "--check",
                                   "io-quiet", "--check", "clock-period"});
    EXPECT_EQ(ended.status, 0) << ended.output;
    const auto run = nlohmann::json::parse(ended.output);
    ASSERT_EQ(run.at("checks").size(), 2);
    EXPECT_EQ(run.at("checks")[0].at("name"), "clock-period");
    EXPECT_EQ(run.at("checks")[1].at("name"), "io-quiet");
    EXPECT_EQ(run.at("passed"), true);
}

TEST(Halval, TellsACrashAndAHangAsTheChecksFault) {
    const Folder folder;
    const auto crash = run_halval({make_bundle(folder, BundleShape::with_defect("crashes-before-initialize")),
                                   "--check", "before-initialize"});
    EXPECT_EQ(crash.status, 1);
    const bool told = crash.output.find("crashed: ") != std::string::npos ||
                      crash.output.find("the process ended with") != std::string::npos;  // a sanitizer's way
    EXPECT_TRUE(told) << crash.output;
    const Folder other;
    const auto hang = run_halval({make_bundle(other, BundleShape::with_defect("hangs-when-aborted")),
                                  "--check", "rate-abort", "--timeout", "2"});
    EXPECT_EQ(hang.status, 1);
    EXPECT_NE(hang.output.find("hung: it was ended after 2 s"), std::string::npos) << hang.output;
}

TEST(Halval, IsDocumentedCheckByCheck) {
    std::ifstream in(HALVAL_DOCUMENT);
    const std::string document{std::istreambuf_iterator<char>(in), {}};
    const auto ended = run_halval({"--list-markdown"});
    EXPECT_EQ(ended.status, 0);
    EXPECT_NE(document.find(ended.output), std::string::npos)
        << "docs/halval.md has another table than halval --list-markdown:\n"
        << ended.output;
}

}  // namespace
