#include "faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "driver/rates.hpp"
#include "engine/idle_watch.hpp"
#include "players.hpp"
#include "random.hpp"

namespace gecko::simulation {
namespace {

constexpr std::array<std::uint32_t, 6> kBuffers = {64, 128, 256, 512, 1024, 2048};

// Clients that come and go one by one; the others are in crowds.
constexpr std::uint32_t kFew = 3;

// Seconds until the app has stopped the output.
constexpr double kIdle = engine::IdleWatch::kPatience + 1;

Fault random_fault(Random& random, double ppm, std::uint32_t& clients, std::uint32_t most) {
    if (clients == 0 && random.chance(0.7)) {
        ++clients;
        return ClientStarts{};
    }
    switch (random.below(17)) {
        case 0:
            return Drift{.ppm = random.between(-ppm, ppm), .seconds = random.between(1, 30)};
        case 1:
            return Jitter{.seconds = random.between(0, 0.0015)};
        case 2:
            return Stall{.seconds = random.between(0.001, 0.5), .catches_up = true};
        case 3:
            return Stall{.seconds = random.between(0.001, 0.5), .catches_up = false};
        case 4:
            return SinkLate{.seconds = random.between(0.001, 0.1)};
        case 5:
            return SinkOverload{.cycles = static_cast<std::uint32_t>(random.below(20)) + 1};
        case 6:
            return OutputOverload{.cycles = static_cast<std::uint32_t>(random.below(20)) + 1};
        case 7:
        case 8:
            if (clients == 0 || (clients < std::min(kFew, most) && random.chance(0.5))) {
                ++clients;
                return ClientStarts{};
            }
            --clients;
            return ClientStops{};
        case 9:
            return SourceRests{.seconds = random.chance(0.2) ? kIdle + random.between(0, 2)
                                                             : random.between(0.001, 3)};
        case 10:
            return RateChanges{.hz = random.one_of(driver::kRates)};
        case 11:
            return OutputReplaced{.ppm = random.between(-ppm, ppm),
                                  .frames = random.one_of(kBuffers),
                                  .fades = random.chance(0.5)};
        case 12:
        case 13:
            return ChainsChange{.applications =
                                    static_cast<std::uint32_t>(random.below(1 << kPlayerApplications))};
        case 14:
            if (most <= kFew) return ChainsChange{};
            return Crowd{.clients = static_cast<std::uint32_t>(random.below(most - kFew)) + 1,
                         .seconds = random.between(0.01, 5)};
        case 15:
            return AppDies{.seconds = random.between(0.01, 4)};
        default:
            return HostDies{.seconds = random.between(0.1, 3)};
    }
}

/// Seconds that a fault goes on for, at least, before the next one comes.
double length_of(const Fault& fault) {
    if (std::holds_alternative<AppDies>(fault)) return 5.0;
    if (const auto* dies = std::get_if<HostDies>(&fault)) return dies->seconds + 1.0;
    if (std::holds_alternative<RateChanges>(fault) || std::holds_alternative<OutputReplaced>(fault))
        return 0.5;
    if (const auto* stall = std::get_if<Stall>(&fault)) return stall->seconds;
    if (const auto* late = std::get_if<SinkLate>(&fault)) return late->seconds + 0.1;
    return 0;
}

}  // namespace

Script random_script(std::uint64_t seed, double from, double to, double gap, double ppm, std::uint32_t most) {
    Random random(seed);
    Script script;
    std::uint32_t clients = 1;
    double time = from;
    while (time < to) {
        const Fault fault = random_fault(random, ppm, clients, most);
        script.push_back({.seconds = time, .fault = fault});
        // An empty house is left alone only as long as it is worth looking at.
        const double wait = clients > 0 ? 2 * gap : random.chance(0.2) ? kIdle + 2 : std::min(2 * gap, 2.0);
        time += length_of(fault) + random.between(clients > 0 || wait < kIdle ? 0 : kIdle, wait);
    }
    for (; clients == 0; ++clients) script.push_back({.seconds = time, .fault = ClientStarts{}});
    return script;
}

std::string text_of(const Fault& fault) {
    struct Text {
        std::string operator()(const Drift& f) {
            return fmt::format("drift to {:.1f} ppm in {:.1f} s", f.ppm, f.seconds);
        }
        std::string operator()(const Jitter& f) {
            return fmt::format("jitter of {:.3f} ms", 1e3 * f.seconds);
        }
        std::string operator()(const Stall& f) {
            return fmt::format("all stands still for {:.3f} ms, {}", 1e3 * f.seconds,
                               f.catches_up ? "caught up" : "left out");
        }
        std::string operator()(const SinkLate& f) {
            return fmt::format("Gecko Sink {:.3f} ms late", 1e3 * f.seconds);
        }
        std::string operator()(const SinkFrames& f) {
            return fmt::format("Gecko Sink's cycles have {} frames", f.frames);
        }
        std::string operator()(const FirstCallbackLate& f) {
            return fmt::format("the next output's first callback {:.3f} ms late", 1e3 * f.seconds);
        }
        std::string operator()(const SinkOverload& f) {
            return fmt::format("Gecko Sink leaves out {} cycles", f.cycles);
        }
        std::string operator()(const OutputOverload& f) {
            return fmt::format("the output leaves out {} cycles", f.cycles);
        }
        std::string operator()(const ClientStarts&) { return "an application starts"; }
        std::string operator()(const ClientStops&) { return "an application stops"; }
        std::string operator()(const Crowd& f) {
            return fmt::format("{} applications come, and go within {:.3f} s", f.clients, f.seconds);
        }
        std::string operator()(const ChainsChange& f) {
            return fmt::format("chains for applications {:#07b}", f.applications);
        }
        std::string operator()(const SourceRests& f) { return fmt::format("zeroes for {:.3f} s", f.seconds); }
        std::string operator()(const RateChanges& f) { return fmt::format("rate {} Hz", f.hz); }
        std::string operator()(const OutputReplaced& f) {
            return fmt::format("another output, {:+.1f} ppm, {} frames, {}", f.ppm, f.frames,
                               f.fades ? "faded out" : "pulled out");
        }
        std::string operator()(const AppDies& f) {
            return fmt::format("the app dies for {:.3f} s", f.seconds);
        }
        std::string operator()(const HostDies& f) {
            return fmt::format("the audio server dies for {:.3f} s", f.seconds);
        }
    };
    return std::visit(Text{}, fault);
}

}  // namespace gecko::simulation
