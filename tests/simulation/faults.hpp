#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace gecko::simulation {

// What can happen to a world, and what it does to the sound.

/// The output's crystal comes to run fast by `ppm` (of nominal), evenly over `seconds`. Not to be heard.
struct Drift {
    double ppm;
    double seconds;
};
/// From now on cycles run late by up to this. Not to be heard.
struct Jitter {
    double seconds;
};
/// Nothing runs for a while. What the hosts missed they then do at once (not to be heard), or leave out.
struct Stall {
    double seconds;
    bool catches_up;
};
/// The next cycle of Gecko Sink runs late by this: what the output needs meanwhile is silence and lost.
struct SinkLate {
    double seconds;
};
/// From now on Gecko Sink's cycles have so many frames, on the time line that they had: its host mixes as much less, or more, ahead.
/// Less ahead is late for about a second at most, until reading has been set back; then all is whole.
struct SinkFrames {
    std::uint32_t frames;
};
/// The first callback of the output that starts next comes late by this; those behind it do not. The same.
struct FirstCallbackLate {
    double seconds;
};
/// Gecko Sink's host leaves cycles out: as much silence, and nothing lost.
struct SinkOverload {
    std::uint32_t cycles;
};
/// The output's host leaves callbacks out: what they should have played is lost.
struct OutputOverload {
    std::uint32_t cycles;
};
/// Another application plays into Gecko Sink, or one ends. All that was fed is heard.
struct ClientStarts {};
struct ClientStops {};
/// So many others come at once, and each goes again within so many seconds. All that was fed is heard.
struct Crowd {
    std::uint32_t clients;
    double seconds;
};
/// These applications (bit n) are played through chains of their own from now on. The chains are flat: not to be heard.
struct ChainsChange {
    std::uint32_t applications;
};
/// The application plays zeroes.
struct SourceRests {
    double seconds;
};
/// Somebody sets Gecko Sink's rate, and the output follows. Where the output sleeps nothing is lost.
struct RateChanges {
    std::uint32_t hz;
};
/// Another output, with its own crystal, buffer and sample time; the app fades out first or the old one was pulled out. Where the output
/// sleeps nothing is lost.
struct OutputReplaced {
    double ppm;
    std::uint32_t frames;
    bool fades;
};
/// kill -9, and started again after this. Meanwhile nothing is played.
struct AppDies {
    double seconds;
};
/// The audio server and all it hosts; back after this, applications a little later.
struct HostDies {
    double seconds;
};

using Fault = std::variant<Drift, Jitter, Stall, SinkLate, SinkFrames, FirstCallbackLate, SinkOverload,
                           OutputOverload, ClientStarts, ClientStops, Crowd, ChainsChange, SourceRests,
                           RateChanges, OutputReplaced, AppDies, HostDies>;

struct At {
    double seconds;  ///< from the world's beginning
    Fault fault;
};
using Script = std::vector<At>;

inline constexpr std::uint32_t kMostClients = 24;

/// Faults of every kind but SinkFrames and FirstCallbackLate between `from` and `to` (seconds), about `gap` seconds apart, from a seed. Crystals
/// are within +-`ppm`, and no more than `clients` play at once.
Script random_script(std::uint64_t seed, double from, double to, double gap, double ppm = 300,
                     std::uint32_t clients = kMostClients);

/// For people.
std::string text_of(const Fault& fault);

}  // namespace gecko::simulation
