#include "tools/play/player.hpp"

#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <thread>

#include "tools/play/playback.hpp"

namespace gecko::play {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kHangGuard{10};
constexpr std::chrono::milliseconds kReport{100};
/// A server that is restarted at once says so a little later than its objects are gone.
constexpr std::chrono::seconds kRestartGuard{1};
/// How often somebody else's change of the device's rate is undone.
constexpr int kMostRateChanges = 3;
constexpr std::chrono::seconds kRatePause{1};

volatile std::sig_atomic_t signalled = 0;

/// Why playing on a device ended.
enum class End { done, interrupted, server_gone, rate_changed, failed };

class Player {
  public:
    Player(const Options& options, const song::Song& song)
        : options_(options), song_(song), playback_(song.samples) {}

    int run(AudioObjectID device) {
        int rate_changes = 0;
        for (;;) {
            End end = play_on(device);
            if (end == End::rate_changed && ++rate_changes > kMostRateChanges) {
                problem_ =
                    fmt::format("\"{}\" does not keep to {} Hz; the output may not have the song's rate",
                                options_.device, song_.rate);
                end = End::failed;
            }
            switch (end) {
                case End::done:
                    return tell_done();
                case End::interrupted:
                    return fail(kInterrupted, "interrupted");
                case End::failed:
                    return fail(kNotRunning, problem_);
                case End::server_gone:
                    rate_changes = 0;
                    break;
                case End::rate_changed:
                    // Whoever did it does not give way again at once.
                    std::this_thread::sleep_for(kRatePause);
                    break;
            }
            playback_.go_on();
            const auto next = end == End::server_gone ? wait_for_server() : prepare(device);
            if (!next) return fail(interrupted() ? kInterrupted : kNotRunning, next.error().message);
            device = *next;
        }
    }

  private:
    /// Starts the device and looks after it until one of the ends comes.
    End play_on(AudioObjectID device) {
        AudioDeviceIOProcID proc = nullptr;
        OSStatus status = AudioDeviceCreateIOProcID(device, &Playback::io_proc, &playback_, &proc);
        if (status == kAudioHardwareNoError) status = AudioDeviceStart(device, proc);
        if (status != kAudioHardwareNoError) {
            if (!server_answers() || restarts_.wait(kRestartGuard)) return End::server_gone;
            problem_ = fmt::format("cannot start \"{}\": the audio server answers {}", options_.device,
                                   status_text(status));
            return End::failed;
        }
        const End end = watch(device);
        AudioDeviceStop(device, proc);
        AudioDeviceDestroyIOProcID(device, proc);
        return end;
    }

    End watch(AudioObjectID device) {
        std::int64_t cycles = -1;
        auto last_cycle = steady_clock::now();
        while (!playback_.done()) {
            const bool restarted = restarts_.wait(kReport);
            if (options_.json) report("playing");
            if (interrupted()) return End::interrupted;
            if (restarted) return End::server_gone;
            if (!is_alive(device)) {
                if (!server_answers() || restarts_.wait(kRestartGuard)) return End::server_gone;
                problem_ = fmt::format("\"{}\" went away while playing", options_.device);
                return End::failed;
            }
            const auto rate = nominal_rate(device);
            if (rate && *rate != song_.rate) return End::rate_changed;
            const auto now = steady_clock::now();
            if (playback_.cycles() != cycles) {
                cycles = playback_.cycles();
                last_cycle = now;
            }
            if (now - last_cycle > kHangGuard) {
                problem_ = fmt::format("\"{}\" has not asked for audio for {} s", options_.device,
                                       kHangGuard.count());
                return End::failed;
            }
        }
        return End::done;
    }

    /// The device, once a server has it again and it has the song's rate.
    Result<AudioObjectID> wait_for_server() {
        tell("The audio server is gone; waiting");
        auto last_without = steady_clock::now();
        for (;;) {
            const auto found = find_device(options_.device);
            const auto device = found ? prepare(*found) : found;
            if (device) {
                restarts_.wait(std::chrono::milliseconds(0));  // that was this one
                const std::int64_t seconds = playback_.position() / song_.rate;
                tell(fmt::format("The audio server is back; going on at {}:{:02}", seconds / 60,
                                 seconds % 60));
                return device;
            }
            const auto now = steady_clock::now();
            if (device.error().no_server) last_without = now;
            // A server that has just started may still be loading its plug-ins.
            if (now - last_without > kHangGuard) return device;
            if (interrupted()) return std::unexpected(HalError{"interrupted"});
            if (options_.json) report("waiting");
            std::this_thread::sleep_for(kReport);
        }
    }

    Result<AudioObjectID> prepare(AudioObjectID device) const {
        if (const auto set = set_nominal_rate(device, song_.rate); !set) return std::unexpected(set.error());
        return device;
    }

    void tell(const std::string& message) const { fmt::print(stderr, "gecko-play: {}\n", message); }

    void report(const char* state) const {
        say({{"state", state}, {"position_frames", playback_.position()}, {"frames", playback_.frames()}});
    }

    int tell_done() const {
        if (options_.json) {
            say({{"state", "done"},
                 {"position_frames", playback_.position()},
                 {"frames", playback_.frames()},
                 {"skips", playback_.skips()}});
        } else if (playback_.skips() > 0) {
            fmt::print(stderr, "gecko-play: the device skipped {} times; what it skipped is heard as gaps\n",
                       playback_.skips());
        }
        return kPlayed;
    }

    const Options& options_;
    const song::Song& song_;
    Playback playback_;
    Notification restarts_{kAudioObjectSystemObject, kAudioHardwarePropertyServiceRestarted};
    std::string problem_;
};

}  // namespace

void catch_signals() {
    for (const int number : {SIGINT, SIGTERM}) {
        std::signal(number, [](int) { signalled = 1; });
    }
}

bool interrupted() {
    return signalled != 0;
}

int fail(int code, const std::string& message) {
    fmt::print(stderr, "gecko-play: {}\n", message);
    return code;
}

void say(const nlohmann::json& line) {
    fmt::print("{}\n", line.dump());
    std::fflush(stdout);
}

int play_through(const Options& options, AudioObjectID device, const song::Song& song) {
    return Player(options, song).run(device);
}

}  // namespace gecko::play
