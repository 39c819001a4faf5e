#include "tools/song/plan.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <filesystem>
#include <span>
#include <system_error>

namespace gecko::song_run {
namespace {

namespace fs = std::filesystem;

/// As many as gecko tells apart.
constexpr std::size_t kMostApplications = 16;

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

/// "rain-rock+speech-vocal", if that is not too long for a file's name.
std::string default_name(const Plan& plan) {
    constexpr std::size_t kLongest = 160;
    std::string name;
    for (const Piece& piece : plan.pieces) {
        name += fmt::format("{}{}-{}", name.empty() ? "" : "+", piece.title, piece.preset->name);
    }
    if (plan.pieces.size() > 1 && name.size() > kLongest)
        name = fmt::format("{}-applications", plan.pieces.size());
    return name;
}

Result<Piece> load_piece(const std::string& file, std::string_view preset) {
    Piece piece{.song = {}, .file = file, .title = fs::path(file).stem().string(), .preset = nullptr};
    auto song = song::load(file);
    if (!song) return fail(kRejected, song.error().message);
    piece.song = std::move(*song);
    if (std::ranges::all_of(piece.song.samples, [](float sample) { return sample == 0.0F; })) {
        return fail(kRejected,
                    fmt::format("{} is silent: every sample of it is 0, so there is nothing to hear "
                                "or to measure. Name a song with sound in it",
                                file));
    }
    const auto chosen = settings::choose_preset(preset);
    if (!chosen) return fail(kRejected, chosen.error());
    piece.preset = *chosen;
    return piece;
}

Result<Piece> load_application(const std::string& typed, bool from_list) {
    const std::size_t colon = typed.rfind(':');
    if (colon == std::string::npos) {
        return fail(
            kRejected,
            fmt::format(
                "it names no preset. Write FILE:PRESET, as in song.flac:rock{}",
                from_list ? ". A space in a file's name is written \"\\ \", backslash and space" : ""));
    }
    if (colon == 0) return fail(kRejected, "it names no file. Write FILE:PRESET, as in song.flac:rock");
    return load_piece(typed.substr(0, colon), std::string_view(typed).substr(colon + 1));
}

/// One device has one rate, and nothing converts what plays into it.
Result<void> check_rates(const std::vector<Piece>& pieces) {
    const auto differs = std::ranges::find_if(
        pieces, [&](const Piece& piece) { return piece.song.rate != pieces.front().song.rate; });
    if (differs == pieces.end()) return {};
    std::string rates;
    for (const Piece& piece : pieces) {
        rates += fmt::format("\n    {:>7g} kHz  {}", piece.song.rate / 1000.0, piece.file);
    }
    return fail(
        kRejected,
        fmt::format(
            "the files have different rates, and all play into Gecko Sink, which has one at a time. Convert "
            "them to one rate first (sox, ffmpeg):{}",
            rates));
}

Result<std::vector<Piece>> load_applications(const Options& options) {
    const bool from_list = !options.application_list.empty();
    const auto typed = from_list ? split_application_list(options.application_list) : options.applications;
    if (typed.empty())
        return fail(kUsage, "APPS names no application. Write FILE:PRESET, as in song.flac:rock");
    if (typed.size() > kMostApplications) {
        return fail(kRejected, fmt::format("{} applications are named; {} can have a preset of their own",
                                           typed.size(), kMostApplications));
    }
    std::vector<Piece> pieces;
    for (std::size_t i = 0; i < typed.size(); ++i) {
        auto piece = load_application(typed[i], from_list);
        if (!piece) {
            return fail(piece.error().code,
                        fmt::format("application {}, \"{}\": {}", i + 1, typed[i], piece.error().message));
        }
        pieces.push_back(std::move(*piece));
    }
    if (auto rates = check_rates(pieces); !rates) return std::unexpected(rates.error());
    return pieces;
}

Result<std::vector<Piece>> load_pieces(const Options& options, bool applications) {
    if (applications) {
        if (!options.applications.empty() && !options.application_list.empty()) {
            return fail(kUsage, "name the applications by --app or by --apps, not both");
        }
        if (!options.file.empty()) {
            return fail(kUsage, "FILE plays one song and APPS several applications; name one of the two");
        }
        if (!options.preset.empty()) {
            return fail(kUsage,
                        "PRESET is for FILE; in APPS each file names its own preset, as in song.flac:rock");
        }
        return load_applications(options);
    }
    const std::string& file = options.file.empty() ? options.default_song : options.file;
    if (file.empty()) return fail(kUsage, "name a song to play (gecko-song --help says more)");
    auto piece = load_piece(file, options.preset.empty() ? "flat" : options.preset);
    if (!piece) return std::unexpected(piece.error());
    std::vector<Piece> pieces;
    pieces.push_back(std::move(*piece));
    return pieces;
}

Result<void> choose_outputs(const Options& options, Plan& plan) {
    plan.out = options.out;
    std::error_code error;
    if (plan.out.empty()) {
        plan.out = fmt::format("out/{}.wav", default_name(plan));
        fs::create_directories("out", error);
    }
    fs::path out(plan.out);
    if (!has_ending(out, ".wav")) {
        return fail(kRejected,
                    fmt::format("the recording is written as WAV, but {} does not end in .wav", plan.out));
    }
    for (const Piece& piece : plan.pieces) {
        if (!fs::equivalent(out, piece.file, error)) continue;
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
        {{&plan.gecko, "gecko"}, {&plan.player, "gecko-play"}, {&plan.minihald, "minihald"}}};
    plan.running = options.running;
    for (const auto& [path, name] : std::span(programs).first(plan.running ? 2 : 3)) {
        *path = fmt::format("{}/{}", options.programs, name);
        if (access(path->c_str(), X_OK) != 0) {
            return fail(kNotRunning,
                        fmt::format("the program {} is missing ({}). `make run` builds it", name, *path));
        }
    }
    if (plan.running) return {};
    if (options.hal.empty()) return fail(kUsage, "name the folder of HAL plug-ins: --hal");
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

std::vector<std::string> split_application_list(std::string_view list) {
    std::vector<std::string> entries;
    bool open = false;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const bool space = list[i] == ' ' || list[i] == '\t' || list[i] == '\n' || list[i] == '\r';
        if (space) {
            open = false;
            continue;
        }
        if (!open) entries.emplace_back();
        open = true;
        if (list[i] == '\\' && i + 1 < list.size()) ++i;
        entries.back().push_back(list[i]);
    }
    return entries;
}

Result<Plan> make_plan(const Options& options) {
    Plan plan;
    plan.applications = !options.applications.empty() || !options.application_list.empty();
    auto pieces = load_pieces(options, plan.applications);
    if (!pieces) return std::unexpected(pieces.error());
    plan.pieces = std::move(*pieces);
    if (const auto outputs = choose_outputs(options, plan); !outputs) return std::unexpected(outputs.error());
    if (const auto programs = find_programs(options, plan); !programs)
        return std::unexpected(programs.error());
    return plan;
}

}  // namespace gecko::song_run
