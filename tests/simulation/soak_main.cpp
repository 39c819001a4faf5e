// gecko-soak: hours of playing with drift, jitter and random faults, every frame looked at.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <fstream>

#include "world.hpp"

namespace {

using namespace gecko::simulation;

struct Options {
    double hours = 24;
    Setup setup;
    double fault_gap = 300;
    double ppm_limit = 300;
    double late_ms = 0;
    std::uint32_t clients = kMostClients;
    bool verbose = false;
    std::string csv;
};

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App cli("Plays for simulated hours through driver, ring and engine, and looks at every frame.");
    cli.add_option("--hours", options.hours, "simulated hours")->capture_default_str();
    cli.add_option("--seed", options.setup.seed, "of jitter and faults")
        ->envname("GECKO_SEED")
        ->capture_default_str();
    cli.add_option("--rate", options.setup.rate, "Hz")->capture_default_str();
    cli.add_option("--sink-frames", options.setup.sink_frames, "in a cycle of Gecko Sink")
        ->capture_default_str();
    cli.add_option("--output-frames", options.setup.output_frames, "in a callback of the output")
        ->capture_default_str();
    cli.add_option("--ppm", options.setup.ppm, "what the output runs fast by at first")
        ->capture_default_str();
    cli.add_option("--jitter-ms", options.setup.jitter, "ms that cycles are late at most")
        ->transform([](std::string text) { return std::to_string(std::stod(text) / 1e3); })
        ->default_str("1");
    cli.add_option("--fault-gap", options.fault_gap, "seconds between random faults; 0 for none")
        ->capture_default_str();
    cli.add_option("--ppm-limit", options.ppm_limit, "what drift and other outputs are within")
        ->capture_default_str();
    cli.add_option("--clients", options.clients, "that play at once at most, where there are faults")
        ->check(CLI::Range(1u, kMostClients))
        ->capture_default_str();
    cli.add_option("--chains", options.setup.chains,
                   "applications that are played through chains of their own at first, a bit each")
        ->check(CLI::Range(0u, (1u << kPlayerApplications) - 1))
        ->capture_default_str();
    cli.add_option("--late-ms", options.late_ms, "every half second Gecko Sink's cycle runs late by this")
        ->capture_default_str();
    cli.add_option("--csv", options.csv, "a row each second: time_s, fill_ms, target_ms, steering_ppm");
    cli.add_flag("--verbose", options.verbose, "print each fault");
    CLI11_PARSE(cli, argc, argv);

    World world(options.setup);
    const double seconds = options.hours * 3600;
    if (options.fault_gap > 0) {
        world.add(random_script(options.setup.seed, 60, seconds - 120, options.fault_gap, options.ppm_limit,
                                options.clients));
    }
    for (double at = 1; options.late_ms > 0 && at < seconds; at += 0.5) {
        world.add({{.seconds = at, .fault = SinkLate{.seconds = options.late_ms / 1e3}}});
    }
    std::uint64_t faults = 0;
    world.on_fault = [&](const Fault& fault) {
        ++faults;
        if (options.verbose) fmt::print("{:12.3f} s  {}\n", world.seconds(), text_of(fault));
    };
    std::ofstream csv;
    if (!options.csv.empty()) {
        csv.open(options.csv);
        csv << "time_s,fill_ms,target_ms,steering_ppm\n";
    }

    const auto began = std::chrono::steady_clock::now();
    double time = 0;
    while (time < seconds && world.verdict().empty()) {
        time = std::min(seconds, time + 1);
        world.run_until(time);
        if (!csv.is_open() || !world.app_attached()) continue;
        const auto status = world.status();
        const double rate = world.rate();
        csv << fmt::format("{:.0f},{:.4f},{:.4f},{:.3f}\n", time, 1e3 * status.fill_frames / rate,
                           1e3 * status.target_frames / rate, world.steering());
    }
    world.finish();
    const double cost = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();

    const double latency = world.app_attached() ? world.status().latency_frames : 0;

    const Counts& counts = world.checker().counts();
    const Loop& loop = world.loop();
    fmt::print("seed                     {}\n", options.setup.seed);
    fmt::print("simulated                {:.3f} hours, {} faults\n", world.seconds() / 3600, faults);
    fmt::print("played bit for bit       {} frames\n", counts.played);
    fmt::print("lost                     {} frames ({} more by faults that explain it)\n", counts.lost,
               counts.explained_lost);
    fmt::print("repeated                 {} frames\n", counts.repeated);
    fmt::print("silence unexplained      {} frames ({} explained)\n", counts.silence,
               counts.explained_silence);
    fmt::print("in the clients' rings    {} frames, that add up to the mix\n", world.rings().complete());
    fmt::print("largest fill error       {:.4f} ms (settled)\n", loop.fill_error_ms);
    fmt::print("largest steering step    {:.3f} ppm\n", loop.steering_step_ppm);
    fmt::print("largest steering         {:.3f} ppm\n", loop.steering_limit_ppm);
    if (faults == 0)  // what outputs and cycles the faults left would tell nothing
        fmt::print("latency                  {:.1f} frames from Gecko Sink's time line to the output's\n",
                   latency);
    fmt::print("digest                   {:016x}\n", world.checker().digest());
    fmt::print("cost                     {:.2f} s, {:.2f} s an hour\n", cost, cost * 3600 / world.seconds());
    if (const std::string verdict = world.verdict(); !verdict.empty()) {
        fmt::print("FAILED: {}\n", verdict);
        return 1;
    }
    fmt::print("PASSED: every frame was where it belongs, or a fault explains why not\n");
    return 0;
}
