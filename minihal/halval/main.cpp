// halval: checks that an audio server plug-in keeps its contract with the host.
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "minihal/halval/child.hpp"
#include "minihal/halval/needs.hpp"
#include "minihal/halval/report.hpp"

namespace {

using namespace minihal::halval;

constexpr int kCannotLoad = 2;

struct Options {
    std::string bundle;
    int strictness = kDefaultLevel;
    std::vector<std::string> names;
    bool json = false;
    bool list = false;
    bool markdown = false;
    Patience patience;
};

// 0, or how to end.
int parse(int argc, char** argv, Options& options) {
    CLI::App app(
        "Checks that an audio server plug-in (a .driver bundle) keeps its contract with the host, as\n"
        "AudioServerPlugIn.h states it. The bundle is loaded into a process of its own for each check, so "
        "one\n"
        "that crashes or hangs fails that check and no other.");
    app.add_option("BUNDLE", options.bundle, "The bundle: a folder with Contents/Info.plist")->type_name("");
    app.add_option("--strictness", options.strictness,
                   "1 to 10: what is checked. 5 is what a host relies on; higher levels add misuse,\n"
                   "many clients, long runs and threads (--list says what each adds)")
        ->type_name("LEVEL")
        ->check(CLI::Range(kLowestLevel, kHighestLevel))
        ->capture_default_str();
    app.add_option("--check", options.names, "Run this check only, at any strictness; may be repeated")
        ->type_name("NAME")
        ->allow_extra_args(false);
    app.add_flag("--json", options.json, "Print the results as JSON");
    app.add_flag("--list", options.list, "Print the checks and the levels, and end");
    app.add_flag("--list-markdown", options.markdown, "The same as the table in the documentation")
        ->group("");
    app.add_option("--timeout", options.patience.check_seconds,
                   "Seconds after which a check counts as hanging")
        ->type_name("SECONDS")
        ->check(CLI::Range(1, 3600))
        ->capture_default_str();
    app.add_option("--patience", options.patience.notification_seconds,
                   "Seconds after which a notification counts as missing")
        ->type_name("SECONDS")
        ->check(CLI::Range(1, 3600))
        ->capture_default_str();
    app.footer(
        "Exit status: 0 all checks passed; 1 a check failed or could not run; 2 wrong usage, or the bundle "
        "cannot "
        "be loaded.");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (app.exit(error) != 0) return kCannotLoad;
        std::exit(0);
    }
    if (options.list || options.markdown) return 0;
    if (options.bundle.empty()) {
        fmt::print(stderr, "halval: which bundle? Try: halval --help\n");
        return kCannotLoad;
    }
    for (const auto& name : options.names) {
        if (std::ranges::any_of(all_checks(), [&](const Check& check) { return name == check.name; }))
            continue;
        fmt::print(stderr, "halval: there is no check {}; halval --list names them\n", name);
        return kCannotLoad;
    }
    return 0;
}

// Why the code cannot be loaded at all, found before any of it runs.
std::string what_it_needs(const minihal::BundleInfo& bundle) {
    if (const auto format = foreign_format(bundle.executable); !format.empty())
        return fmt::format("its executable is {}; build it for this machine against minihal's headers",
                           format);
    const auto missing = missing_symbols(bundle.executable);
    if (missing.empty()) return {};
    std::string text;
    for (const auto& name : missing) text += fmt::format("{}{}", text.empty() ? "" : ", ", name);
    return fmt::format("it needs {}, which minihal does not have", text);
}

bool is_wanted(const Check& check, const Options& options) {
    if (options.names.empty()) return check.level <= options.strictness;
    return std::ranges::find(options.names, check.name) != options.names.end();
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    if (const int end = parse(argc, argv, options); end != 0) return end;
    if (options.list || options.markdown) {
        fmt::print("{}", options.list ? list_of_checks() : markdown_of_checks());
        return 0;
    }
    while (options.bundle.size() > 1 && options.bundle.ends_with('/')) options.bundle.pop_back();
    // What plug-ins find out about the machine is this run's, not a server's that happens to run.
    std::string scratch = (std::filesystem::temp_directory_path() / "halval.XXXXXX").string();
    if (mkdtemp(scratch.data()) == nullptr) {
        fmt::print(stderr, "halval: cannot make a folder in {}\n",
                   std::filesystem::temp_directory_path().string());
        return kCannotLoad;
    }
    setenv("MINIHAL_RUN_DIR", scratch.c_str(), 1);
    const auto end = [&](int code) {
        std::error_code ignored;
        std::filesystem::remove_all(scratch, ignored);
        return code;
    };
    const auto bundle = minihal::read_bundle(options.bundle);
    auto problem = bundle ? what_it_needs(*bundle) : bundle.error();
    if (problem.empty()) {
        if (auto error = try_loading(*bundle, options.patience)) problem = std::move(*error);
    }
    if (!problem.empty()) {
        fmt::print(stderr, "halval: cannot load {}: {}\n", options.bundle, problem);
        return end(kCannotLoad);
    }
    Run run{.bundle = options.bundle,
            .bundle_id = bundle->bundle_id,
            .strictness = options.strictness,
            .results = {}};
    for (const auto& check : all_checks())
        if (is_wanted(check, options)) run.results.push_back(run_check(check, *bundle, options.patience));
    fmt::print("{}", options.json ? json(run) : table(run, isatty(STDOUT_FILENO) != 0));
    return end(run.passed() ? 0 : 1);
}
