// minihald stands in for coreaudiod: it loads audio server plug-ins and lets clients play through them.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "minihal/hardware/simulated_hardware.hpp"
#include "minihal/host/daemon.hpp"
#include "minihal/system/run_directory.hpp"
#include "minihal/wire/cf_value.hpp"

namespace {

minihal::Daemon* running = nullptr;

// What is wrong with the file.
std::optional<std::string> read_devices(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return "it cannot be read";
    const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
    const minihal::wire::CfRef data(CFDataCreate(nullptr, reinterpret_cast<const UInt8*>(bytes.data()),
                                                 static_cast<CFIndex>(bytes.size())));
    const minihal::wire::CfRef list(CFPropertyListCreateWithData(nullptr, static_cast<CFDataRef>(data.get()),
                                                                 kCFPropertyListImmutable, nullptr, nullptr));
    if (!list) return "it is no property list";
    const auto set = minihal::set_simulated_devices(list.get());
    return set ? std::nullopt : std::optional(set.error());
}

void end(int) {
    running->stop();
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app(
        "A small stand-in for coreaudiod: loads audio server plug-ins and runs them for clients of "
        "minihal's CoreAudio.");
    minihal::DaemonOptions options;
    std::string run_directory;
    app.add_option("--plugins", options.plug_ins,
                   "Folder of .driver bundles to load, as coreaudiod loads those of "
                   "/Library/Audio/Plug-Ins/HAL")
        ->type_name("DIR");
    app.add_option("--record-dir", options.record_directory,
                   "Record what each device plays into WAV files here")
        ->type_name("DIR");
    app.add_option("--run-dir", run_directory,
                   "Where clients find the server (default: MINIHAL_RUN_DIR, or one of the user's own)")
        ->type_name("DIR");
    app.add_flag("--share", options.share, "Let programs of other users play and listen too");
    app.add_option("--console-user", options.console_user,
                   "Who sits at the machine, as plug-ins see it (default: the user who starts minihald)")
        ->type_name("UID");
    std::string devices;
    app.add_option(
           "--devices", devices,
           "Simulated devices for the start: a property list (XML or binary), an array of dictionaries "
           "(default: Simulated Speakers)")
        ->type_name("FILE");
    double crystal_ppm = 0;
    app.add_option("--speakers-ppm", crystal_ppm,
                   "How much faster than nominal the simulated speakers' clock runs (default: 0)")
        ->type_name("PPM")
        ->check(CLI::Range(-2000.0, 2000.0));
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 1;
    }
    if (!run_directory.empty()) setenv("MINIHAL_RUN_DIR", run_directory.c_str(), 1);

    if (!devices.empty()) {
        if (const auto error = read_devices(devices)) {
            fmt::print(stderr, "minihald: cannot use the devices of {}: {}\n", devices, *error);
            return 2;
        }
    }
    minihal::set_crystal_error(crystal_ppm);
    auto daemon = minihal::Daemon::start(options);
    if (!daemon) {
        fmt::print(stderr, "minihald: {}\n", daemon.error());
        return 2;
    }
    running = daemon->get();
    struct sigaction action{};
    action.sa_handler = end;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    fmt::print("minihald: ready, run directory {}\n", minihal::run_directory());
    std::fflush(stdout);
    running->run();
    // What comes from here on must not reach a server that is being taken down.
    std::signal(SIGINT, SIG_IGN);
    std::signal(SIGTERM, SIG_IGN);
    daemon->reset();
    return 0;
}
