// gecko-song: what `make run` runs. Starts minihald, gecko and gecko-play, watches over them while a song
// plays, and measures what arrived at the (simulated) speakers.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "tools/picture/picture.hpp"
#include "tools/song/display.hpp"
#include "tools/song/outcome.hpp"
#include "tools/song/plan.hpp"
#include "tools/song/private_folder.hpp"
#include "tools/song/report.hpp"
#include "tools/song/session.hpp"
#include "tools/song/signals.hpp"

namespace gecko::song_run {
namespace {

void print_headline(const Plan& plan) {
    const double seconds = static_cast<double>(plan.song.frames()) / plan.song.rate;
    fmt::print("Song     {}, {}, {:g} kHz, {}\n", plan.file, minutes(seconds), plan.song.rate / 1000.0,
               plan.song.file_channels == 1 ? "mono" : "stereo");
    fmt::print("Preset   {}: {}\n", plan.preset->name, plan.preset->intent);
    fmt::print(
        "Path     gecko-play -> Gecko Sink (driver in minihald) -> shared memory -> gecko -> simulated "
        "speakers\n\n");
    std::fflush(stdout);
}

std::string draw_picture(const Plan& plan, const Played& played, const Outcome& outcome) {
    return picture::draw(
        {.title = fmt::format("{}, preset {}", plan.title, plan.preset->name),
         .subtitle =
             fmt::format("{} frames at {:g} kHz, {} frames lost; recorded from \"{}\" (simulated)",
                         outcome.frames_in, outcome.rate / 1000.0, outcome.integrity.lost, played.output),
         .spectrum = outcome.response.spectrum,
         .points = outcome.response.points,
         .asked_db = [&](double hz) { return asked_response_db(*plan.preset, hz, outcome.rate); },
         .rate = outcome.rate});
}

/// Puts a finished file in its place, so that what was there stays whole until then.
Result<void> put_in_place(const std::string& path) {
    std::error_code error;
    std::filesystem::rename(part_name(path), path, error);
    if (error) return fail(kRejected, fmt::format("cannot write {}: {}", path, error.message()));
    return {};
}

Result<void> write_text(const std::string& path, const std::string& text) {
    std::ofstream file(part_name(path), std::ios::binary);
    file << text;
    file.close();
    if (!file) return fail(kRejected, fmt::format("cannot write {}", path));
    return put_in_place(path);
}

Result<void> write_results(const Plan& plan, const Played& played, const Outcome& outcome) {
    if (const auto saved = song::save(part_name(plan.out), outcome.recorded, outcome.rate); !saved) {
        return fail(kRejected, saved.error().message);
    }
    if (auto r = put_in_place(plan.out); !r) return r;
    if (auto r = not_interrupted(); !r) return r;
    if (auto r = write_text(plan.picture, draw_picture(plan, played, outcome)); !r) return r;
    if (auto r = not_interrupted(); !r) return r;
    return write_text(plan.report, report_json(plan, played, outcome));
}

Result<void> run(const Options& options) {
    const auto plan = make_plan(options);
    if (!plan) return std::unexpected(plan.error());
    const auto folder = PrivateFolder::create();
    if (!folder) return std::unexpected(folder.error());

    print_headline(*plan);
    Display display(Terminal::detect());
    const auto played = play(*plan, folder->path(), display);
    if (!played) return std::unexpected(played.error());
    const auto outcome = measure_outcome(*plan, *played, recordings_folder(folder->path()));
    // First, for a signal may be why the measurement failed.
    if (auto r = not_interrupted(); !r) return r;
    if (!outcome) return std::unexpected(outcome.error());
    if (auto r = write_results(*plan, *played, *outcome); !r) return r;
    fmt::print("{}", report_text(*plan, *played, *outcome));
    for (const std::string& remark : played->remarks) fmt::print("  Remark: {}\n", remark);
    if (auto failure = verdict(*plan, *outcome)) return std::unexpected(std::move(*failure));
    return {};
}

}  // namespace
}  // namespace gecko::song_run

int main(int argc, char** argv) {
    using namespace gecko::song_run;
    Options options;
    CLI::App app{
        "Plays a song through Gecko as on a Mac, in three processes: minihald, standing in for coreaudiod, "
        "loads the driver;\n"
        "gecko-play plays the song into the device \"Gecko Sink\"; gecko takes it from shared memory, "
        "equalises it and plays it on\n"
        "minihald's simulated speakers. What arrives there is recorded, measured, and written to a file.",
        "gecko-song"};
    app.add_option("song", options.file,
                   "audio file to play: anything libsndfile reads, mono or stereo, any rate");
    app.add_option("--default-song", options.default_song, "what to play when no song is named");
    app.add_option("--preset", options.preset, "equaliser preset; `gecko presets` lists them")
        ->capture_default_str();
    app.add_option("--out", options.out, "WAV file for the recording (default: out/SONG-PRESET.wav)");
    app.add_option("--picture", options.picture,
                   "SVG file for spectra and response (default: beside the recording)");
    app.add_option("--programs", options.programs, "folder of minihald, gecko and gecko-play")->required();
    app.add_option("--hal", options.hal, "folder of HAL plug-ins, with GeckoAudioDevice.driver in it")
        ->required();
    app.footer(
        "Exit codes: 0 the song arrived; 1 wrong usage; 2 a program could not start, died or hung; 3 file, "
        "preset or output\n"
        "rejected; 4 the song did not arrive as it should have; 130 interrupted.");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? kOk : kUsage;
    }
    if (const auto done = run(options); !done) {
        std::fflush(stdout);
        fmt::print(stderr, "gecko-song: {}\n", done.error().message);
        return done.error().code;
    }
    return kOk;
}
