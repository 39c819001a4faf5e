#include "app/doctor_command.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "app/exit_code.hpp"
#include "doctor/collect.hpp"
#include "doctor/report.hpp"
#include "settings/atomic_file.hpp"

namespace gecko::app {
namespace {

struct Options {
    std::string bundle;
    std::string report;
    bool json = false;
};

int run_doctor(const Options& options) {
    doctor::BundlePlace place;
    if (!options.bundle.empty()) place.bundle = options.bundle;
    const doctor::Evidence evidence = doctor::collect(place, GECKO_VERSION);
    const auto results = doctor::examine(evidence);
    fmt::print("{}", options.json ? doctor::as_json(results) : doctor::as_text(results));
    const bool right = doctor::all_right(results);
    if (!options.json) fmt::print("\n{}\n", right ? "Nothing is wrong." : "Something is wrong: see above.");
    if (!options.report.empty()) {
        const std::filesystem::path file = std::filesystem::absolute(options.report);
        if (const auto written = settings::write_atomically(file, doctor::as_report(evidence)); !written) {
            fmt::print(stderr, "gecko: The report was not written: {}\n", written.error());
            return kRejected;
        }
        if (!options.json)
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
