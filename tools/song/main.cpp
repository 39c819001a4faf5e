// gecko-song: what `make run` runs. Starts minihald, gecko and gecko-play, watches over them while a song
// plays, and measures what arrived at the (simulated) speakers.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "tools/picture/mix_picture.hpp"
#include "tools/picture/picture.hpp"
#include "tools/song/application_bundle.hpp"
#include "tools/song/display.hpp"
#include "tools/song/mix_outcome.hpp"
#include "tools/song/mix_report.hpp"
#include "tools/song/outcome.hpp"
#include "tools/song/plan.hpp"
#include "tools/song/private_folder.hpp"
#include "tools/song/recorded.hpp"
#include "tools/song/report.hpp"
#include "tools/song/report_words.hpp"
#include "tools/song/session.hpp"
#include "tools/song/signals.hpp"

namespace gecko::song_run {
namespace {

std::string described(const Piece& piece) {
    const double seconds = static_cast<double>(piece.song.frames()) / piece.song.rate;
    return fmt::format("{}, {}, {:g} kHz, {}", piece.file, minutes(seconds), piece.song.rate / 1000.0,
                       piece.song.file_channels == 1 ? "mono" : "stereo");
}

void print_headline(const Plan& plan) {
    for (std::size_t i = 0; i < plan.pieces.size(); ++i) {
        const Piece& piece = plan.pieces[i];
        if (plan.applications) fmt::print("Application {}\n", i + 1);
        const char* const indent = plan.applications ? "  " : "";
        fmt::print("{0}Song     {1}\n{0}Preset   {2}: {3}\n", indent, described(piece), piece.preset->name,
                   piece.preset->intent);
        if (plan.applications) fmt::print("  Known as {}\n", application_bundle_id(i + 1));
    }
    fmt::print("Path     {} -> Gecko Sink (driver in {}) -> shared memory -> gecko -> {}\n\n",
               plan.applications ? "each a gecko-play of its own" : "gecko-play",
               plan.running ? "the audio server that runs" : "minihald",
               plan.running ? "the default output" : "simulated speakers");
    std::fflush(stdout);
}

std::string draw_picture(const Plan& plan, const Played& played, const Outcome& outcome) {
    const Piece& piece = plan.pieces.front();
    return picture::draw(
        {.title = fmt::format("{}, preset {}", piece.title, piece.preset->name),
         .subtitle = fmt::format("{} frames at {:g} kHz, {} frames lost; {}", outcome.frames_in,
                                 outcome.rate / 1000.0, outcome.integrity.lost, recorded_from(plan, played)),
         .spectrum = outcome.response.spectrum,
         .points = outcome.response.points,
         .asked_db = [&](double hz) { return asked_response_db(*piece.preset, hz, outcome.rate); },
         .rate = outcome.rate});
}

std::string draw_picture(const Plan& plan, const Played& played, const MixOutcome& outcome) {
    picture::MixContents contents{.title = fmt::format("{} applications at once", plan.pieces.size()),
                                  .subtitle = {},
                                  .applications = {},
                                  .frequency_hz = outcome.frequency_hz,
                                  .recorded_db = outcome.level_db.back(),
                                  .rate = outcome.rate};
    contents.subtitle = fmt::format("{} frames at {:g} kHz, {} of them not the sum of the applications; {}",
                                    grouped(outcome.integrity.frames), outcome.rate / 1000.0,
                                    grouped(outcome.integrity.wrong_frames), recorded_from(plan, played));
    for (std::size_t i = 0; i < plan.pieces.size(); ++i) {
        const Piece& piece = plan.pieces[i];
        contents.applications.push_back(
            {.label = fmt::format("{} {}, {}", i + 1, piece.title, piece.preset->name),
             .level_db = outcome.level_db[i],
             .points = outcome.applications[i].points,
             .asked_db = [&piece, &outcome](double hz) {
                 return asked_response_db(*piece.preset, hz, outcome.rate);
             }});
    }
    return picture::draw(contents);
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

template <class Measured>
Result<void> write_results(const Plan& plan, const Played& played, const Measured& outcome) {
    if (const auto saved = song::save(part_name(plan.out), outcome.recorded, outcome.rate); !saved) {
        return fail(kRejected, saved.error().message);
    }
    if (auto r = put_in_place(plan.out); !r) return r;
    if (auto r = not_interrupted(); !r) return r;
    if (auto r = write_text(plan.picture, draw_picture(plan, played, outcome)); !r) return r;
    if (auto r = not_interrupted(); !r) return r;
    return write_text(plan.report, report_json(plan, played, outcome));
}

template <class Measured>
Result<void> tell(const Plan& plan, const Played& played, const Result<Measured>& outcome) {
    // First, for a signal may be why the measurement failed.
    if (auto r = not_interrupted(); !r) return r;
    if (!outcome) return std::unexpected(outcome.error());
    if (auto r = write_results(plan, played, *outcome); !r) return r;
    fmt::print("{}", report_text(plan, played, *outcome));
    for (const std::string& remark : played.remarks) fmt::print("  Remark: {}\n", remark);
    if (auto failure = verdict(plan, *outcome)) return std::unexpected(std::move(*failure));
    return {};
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
    const std::string recordings = recordings_folder(folder->path());
    return plan->applications ? tell(*plan, *played, measure_mix_outcome(*plan, *played, recordings))
                              : tell(*plan, *played, measure_outcome(*plan, *played, recordings));
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
        "minihald's simulated speakers. What arrives there is recorded, measured, and written to a file.\n"
        "With --app several songs play at once, as several applications.",
        "gecko-song"};
    app.add_option("song", options.file,
                   "audio file to play: anything libsndfile reads, mono or stereo, any rate");
    app.add_option("--default-song", options.default_song, "what to play when no song is named");
    app.add_option("--preset", options.preset,
                   "equaliser preset (default: flat); `gecko presets` lists them");
    app.add_option("--app", options.applications,
                   "FILE:PRESET, as often as there are applications, 16 at most: all are played at once, "
                   "each through its own "
                   "preset; the last colon divides, names may hold spaces")
        ->allow_extra_args(false)
        ->type_name("FILE:PRESET");
    app.add_option("--apps", options.application_list,
                   "the same as one text, divided by spaces or lines; a space in a name is \"\\ \", a "
                   "backslash \"\\\\\"")
        ->type_name("LIST");
    app.add_option("--out", options.out, "WAV file for the recording (default: out/SONG-PRESET.wav)");
    app.add_option("--picture", options.picture,
                   "SVG file for spectra and response (default: beside the recording)");
    app.add_option("--programs", options.programs, "folder of minihald, gecko and gecko-play")->required();
    app.add_option("--hal", options.hal, "folder of HAL plug-ins, with GeckoAudioDevice.driver in it");
    app.add_flag("--running", options.running,
                 "play through the audio server that runs, on its default output, instead of through a "
                 "minihald of the run's own; what gecko records is measured");
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
