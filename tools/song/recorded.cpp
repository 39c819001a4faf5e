#include "tools/song/recorded.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "tools/song_file/song_file.hpp"

namespace gecko::song_run {

std::string gecko_recording(const std::string& recordings) {
    return recordings + "/gecko.wav";
}

Result<std::vector<measure::TimeLine>> recorded_lines(const Plan& plan, const Played& played,
                                                      const std::string& recordings) {
    if (!plan.running) {
        auto lines = measure::read_time_lines(recordings);
        if (lines) return *std::move(lines);
        return fail(kNotRunning,
                    fmt::format("minihald's list of recordings cannot be read: {}", lines.error()));
    }
    std::vector<measure::TimeLine> lines;
    for (int number = 1;; ++number) {
        const std::string path =
            number == 1 ? gecko_recording(recordings) : fmt::format("{}/gecko-{}.wav", recordings, number);
        if (number > 1 && !std::filesystem::exists(path)) return lines;
        const auto recording = song::load_front(path);
        if (!recording) return fail(kNotRunning, "gecko's recording: " + recording.error().message);
        lines.push_back({.device = played.output,
                         .path = path,
                         .rate = recording->rate,
                         .frames = static_cast<std::int64_t>(recording->frames()),
                         .first_host_time_ns = 0.0});
    }
}

std::string recorded_from(const Plan& plan, const Played& played) {
    return fmt::format("recorded {} \"{}\"{}", plan.running ? "by gecko for" : "from", played.output,
                       plan.running ? "" : " (simulated)");
}

std::string written_from(const Plan& plan, const Played& played) {
    return plan.running ? fmt::format("(what gecko handed to \"{}\")", played.output)
                        : fmt::format("(what reached \"{}\", which minihald simulates)", played.output);
}

std::string others_to_blame(const Plan& plan) {
    if (!plan.running) return "";
    return ". Nothing else may play into Gecko Sink meanwhile, and its volume has to be at 100 %";
}

}  // namespace gecko::song_run
