#include "tools/song/plan.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace gecko::song_run {
namespace {

namespace fs = std::filesystem;

bool has_ending(const fs::path& path, std::string_view ending) {
    const std::string extension = path.extension().string();
    return std::ranges::equal(extension, ending,
                              [](unsigned char a, unsigned char b) { return std::tolower(a) == b; });
}

/// Creates what is later created for this name, and removes it again: only trying tells about read-only and
/// full disks.
Result<void> check_writable(const std::string& path, std::string_view what) {
    std::error_code error;
    const fs::path folder = fs::path(path).has_parent_path() ? fs::path(path).parent_path() : fs::path(".");
    if (fs::is_directory(path, error)) {
        return fail(kRejected, fmt::format("cannot write {} to {}: it is a folder", what, path));
    }
    if (!fs::exists(folder, error)) {
        return fail(kRejected,
                    fmt::format("cannot write {} to {}: there is no folder {}", what, path, folder.string()));
    }
    const std::string trial = part_name(path);
    const int file = open(trial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file < 0 && errno == EEXIST) {
        return fail(kRejected,
                    fmt::format("cannot write {} to {}: {}, which it is written to first, is there "
                                "already. Move it out of the way",
                                what, path, trial));
    }
    if (file < 0) {
        return fail(kRejected, fmt::format("cannot write {} to {}: {}", what, path,
                                           std::generic_category().message(errno)));
    }
    close(file);
    unlink(trial.c_str());
    return {};
}

Result<void> choose_outputs(const Options& options, Plan& plan) {
    plan.out = options.out;
    std::error_code error;
    if (plan.out.empty()) {
        plan.out = fmt::format("out/{}-{}.wav", plan.title, plan.preset->name);
        fs::create_directories("out", error);
    }
    fs::path out(plan.out);
    if (!has_ending(out, ".wav")) {
        return fail(kRejected,
                    fmt::format("the recording is written as WAV, but {} does not end in .wav", plan.out));
    }
    if (fs::equivalent(out, plan.file, error)) {
        return fail(kRejected,
                    fmt::format("{} is the song itself; name another file for the recording", plan.out));
    }
    plan.picture =
        options.picture.empty() ? fs::path(out).replace_extension(".svg").string() : options.picture;
    plan.report = fs::path(out).replace_extension(".json").string();
    const std::array<std::pair<const std::string*, std::string_view>, 3> outputs{
        {{&plan.out, "the recording"}, {&plan.picture, "the picture"}, {&plan.report, "the report"}}};
    for (const auto& [path, what] : outputs) {
        if (const auto writable = check_writable(*path, what); !writable) return writable;
    }
    return {};
}

Result<void> find_programs(const Options& options, Plan& plan) {
    const std::array<std::pair<std::string*, std::string_view>, 3> programs{
        {{&plan.minihald, "minihald"}, {&plan.gecko, "gecko"}, {&plan.player, "gecko-play"}}};
    for (const auto& [path, name] : programs) {
        *path = fmt::format("{}/{}", options.programs, name);
        if (access(path->c_str(), X_OK) != 0) {
            return fail(kNotRunning,
                        fmt::format("the program {} is missing ({}). `make run` builds it", name, *path));
        }
    }
    std::error_code error;
    plan.hal = options.hal;
    if (!fs::is_directory(options.hal + "/GeckoAudioDevice.driver", error)) {
        return fail(kNotRunning,
                    fmt::format("HAL plugin not installed: there is no GeckoAudioDevice.driver in {}, where "
                                "minihald, standing "
                                "in for coreaudiod, looks for plug-ins. `make run` builds it there",
                                options.hal));
    }
    return {};
}

}  // namespace

std::string part_name(const std::string& path) {
    return fmt::format("{}.{}.part", path, getpid());
}

Result<Plan> make_plan(const Options& options) {
    Plan plan;
    plan.file = options.file.empty() ? options.default_song : options.file;
    if (plan.file.empty()) return fail(kUsage, "name a song to play (gecko-song --help says more)");
    plan.title = fs::path(plan.file).stem().string();
    auto song = song::load(plan.file);
    if (!song) return fail(kRejected, song.error().message);
    plan.song = std::move(*song);
    if (std::ranges::all_of(plan.song.samples, [](float sample) { return sample == 0.0F; })) {
        return fail(kRejected,
                    fmt::format("{} is silent: every sample of it is 0, so there is nothing to hear "
                                "or to measure. Name a song with sound in it",
                                plan.file));
    }
    const auto preset = settings::choose_preset(options.preset);
    if (!preset) return fail(kRejected, preset.error());
    plan.preset = *preset;
    if (const auto outputs = choose_outputs(options, plan); !outputs) return std::unexpected(outputs.error());
    if (const auto programs = find_programs(options, plan); !programs)
        return std::unexpected(programs.error());
    return plan;
}

}  // namespace gecko::song_run
