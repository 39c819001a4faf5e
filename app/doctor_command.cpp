#include "app/doctor_command.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <expected>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include "app/exit_code.hpp"
#include "doctor/collect.hpp"
#include "doctor/report.hpp"
#include "settings/atomic_file.hpp"

namespace gecko::app {
namespace {

namespace fs = std::filesystem;

struct Options {
    std::string bundle;
    std::string report;
    bool json = false;
};

/// Whether `file` is there and leads to what somebody has open: a pipe, a terminal, /dev/stdout.
bool is_stream(const fs::path& file) {
    std::error_code ignored;
    const fs::file_status status = fs::status(file, ignored);
    // What /dev/stdout leads to may be a file, which others write to, too.
    return fs::exists(status) && !fs::is_directory(status) &&
           (!fs::is_regular_file(status) || file.string().starts_with("/dev/"));
}

/// Writes all of `text` to a stream.
std::expected<void, std::string> write_to(const fs::path& device, std::string_view text) {
    std::ofstream out(device, std::ios::app);
    if (out << text << std::flush) return {};
    return std::unexpected(fmt::format("{} cannot be written to.", device.string()));
}

std::expected<void, std::string> write_report(const fs::path& file, std::string_view text) {
    std::error_code error;
    if (fs::is_directory(file, error)) return std::unexpected(fmt::format("{} is a folder.", file.string()));
    if (is_stream(file)) return write_to(file, text);
    if (!fs::is_directory(file.parent_path(), error))
        return std::unexpected(fmt::format("There is no folder {}.", file.parent_path().string()));
    return settings::write_atomically(file, text);
}

int run_doctor(const Options& options) {
    doctor::BundlePlace place;
    if (!options.bundle.empty()) place.bundle = options.bundle;
    const doctor::Evidence evidence = doctor::collect(place, GECKO_VERSION);
    const auto results = doctor::examine(evidence);
    fmt::print("{}", options.json ? doctor::as_json(results) : doctor::as_text(results));
    const bool right = doctor::all_right(results);
    if (!options.json) fmt::print("\n{}\n", right ? "Nothing is wrong." : "Something is wrong: see above.");
    if (!options.report.empty()) {
        std::fflush(stdout);  // to which the report may go, too
        const fs::path file = fs::absolute(options.report);
        const auto written = write_report(file, doctor::as_report(evidence));
        if (!written) {
            fmt::print(stderr, "gecko: The report was not written: {}\n", written.error());
            return kRejected;
        }
        // Who has it from a stream sees that, and nothing follows it there.
        if (!options.json && !is_stream(file))
            fmt::print(
                "The report is in {}. It has no names, addresses or serial numbers; read it before you send "
                "it.\n",
                options.report);
    }
    return right ? kOk : kNotRunning;
}

}  // namespace

void add_doctor_command(CLI::App& cli, std::function<int()>& chosen) {
    const auto options = std::make_shared<Options>();
    CLI::App* doctor =
        cli.add_subcommand("doctor", "Look for what keeps Gecko from working, and say what to do");
    doctor->add_flag("--json", options->json, "Print what was found as one JSON object");
    doctor
        ->add_option("--report", options->report,
                     "Write a report for an issue to this file, without names, addresses or serial numbers")
        ->type_name("FILE");
    doctor
        ->add_option("--bundle", options->bundle,
                     "The driver's bundle to look at instead of the installed one")
        ->type_name("FOLDER");
    doctor->callback([&chosen, options] { chosen = [options] { return run_doctor(*options); }; });
}

}  // namespace gecko::app
