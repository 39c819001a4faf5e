// gecko-play: plays an audio file on a device through the CoreAudio client API, as any application does.
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "tools/play/hal.hpp"
#include "tools/play/player.hpp"
#include "tools/song_file/song_file.hpp"

namespace gecko::play {
namespace {

/// Waits for a line on standard input; false when it ends without one or the program is interrupted.
bool wait_for_line() {
    for (;;) {
        pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
        const int ready = poll(&input, 1, 100);
        if (interrupted()) return false;
        if (ready <= 0) continue;
        char byte = 0;
        if (read(STDIN_FILENO, &byte, 1) <= 0) return false;
        if (byte == '\n') return true;
    }
}

int run(const Options& options) {
    auto song = song::load(options.file);
    if (!song) return fail(kRejected, song.error().message);
    const std::uint32_t file_rate = song->rate;

    const auto device = find_device(options.device);
    if (!device) return fail(kNotRunning, device.error().message);
    const auto rates = available_rates(*device, file_rate);
    if (!rates) return fail(kNotRunning, rates.error().message);
    const std::uint32_t rate = song::best_rate(file_rate, *rates);
    if (const auto set = set_nominal_rate(*device, rate); !set) return fail(kNotRunning, set.error().message);

    song = song::at_rate(std::move(*song), rate);
    if (!song) return fail(kRejected, song.error().message);
    if (options.json) {
        say({{"state", "prepared"}, {"rate", rate}, {"file_rate", file_rate}, {"frames", song->frames()}});
    } else {
        if (rate != file_rate) {
            fmt::print(stderr, "gecko-play: \"{}\" does not have {} Hz; converted to {} Hz by {}\n",
                       options.device, file_rate, rate, song::resampler_name());
        }
        if (options.wait) {
            fmt::print("prepared {}\n", rate);
            std::fflush(stdout);
        }
    }
    if (options.wait && !wait_for_line()) {
        return fail(interrupted() ? kInterrupted : kUsage,
                    "told to wait for a line on standard input, which never came");
    }
    const auto now = nominal_rate(*device);
    if (!now) return fail(kNotRunning, now.error().message);
    if (*now != rate) {
        return fail(kNotRunning,
                    fmt::format("\"{}\" went from {} Hz to {} Hz; the output may not have the song's rate",
                                options.device, rate, *now));
    }
    return play_through(options, *device, *song);
}

}  // namespace
}  // namespace gecko::play

int main(int argc, char** argv) {
    using namespace gecko::play;
    Options options;
    CLI::App app{
        "Plays an audio file on an audio device, every frame once, and ends when the device has played the "
        "last one.\n"
        "Mono is put on both channels. The device is set to the file's rate; if it does not have it, the "
        "file is converted. An audio server that goes away is waited for; then the song goes on where it "
        "was.",
        "gecko-play"};
    app.add_option("file", options.file, "the file: WAV, FLAC, Ogg, MP3 or whatever else libsndfile reads")
        ->required();
    app.add_option("--device", options.device, "name of the device")->capture_default_str();
    app.add_flag("--wait", options.wait,
                 "print \"prepared RATE\" when ready, then wait for a line on standard input");
    app.add_flag("--json", options.json, "print what happens as one JSON object a line, ten a second");
    app.footer(
        "Exit codes: 0 played; 1 wrong usage; 2 audio server or device not there, or the device went away; 3 "
        "file "
        "rejected;\n"
        "130 interrupted.");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : kUsage;
    }
    catch_signals();
    return run(options);
}
