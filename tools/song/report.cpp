#include "tools/song/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tools/song/recorded.hpp"
#include "tools/song/report_words.hpp"

namespace gecko::song_run {
namespace {

std::string compared(measure::Comparison comparison) {
    switch (comparison) {
        case measure::Comparison::samples:
            return "compared sample by sample";
        case measure::Comparison::filtered:
            return "followed through the equaliser frame by frame";
        case measure::Comparison::failed:
            break;
    }
    return "could not be followed frame by frame";
}

std::string response_table(const Outcome& outcome) {
    std::string table = "\n  Frequency     Asked   Measured   Difference\n";
    for (std::size_t i = 0; i < outcome.response.points.size(); ++i) {
        const auto& point = outcome.response.points[i];
        if (point.measured) {
            table +=
                fmt::format("  {:>6.0f} Hz {:>+7.2f} dB {:>+7.2f} dB   {:>+7.3f} dB\n", point.frequency_hz,
                            outcome.asked_db[i], point.gain_db, point.gain_db - outcome.asked_db[i]);
        } else {
            table += fmt::format("  {:>6.0f} Hz {:>+7.2f} dB   not measured\n", point.wanted_hz,
                                 outcome.asked_db[i]);
        }
    }
    return table;
}

}  // namespace

std::string report_text(const Plan& plan, const Played& played, const Outcome& outcome) {
    const measure::Integrity& integrity = outcome.integrity;
    const bool followed = integrity.comparison != measure::Comparison::failed;
    std::string text = "\nMeasured, from the recording alone\n";
    text += row("Frames in", fmt::format("{} at {}", grouped(outcome.frames_in), khz(outcome.rate)));
    text += row("Frames out",
                followed ? fmt::format("{}, {}", grouped(integrity.arrived), compared(integrity.comparison))
                         : compared(integrity.comparison));
    if (followed) {
        text += row("Lost frames", grouped(integrity.lost));
        text += row("Repeated", grouped(integrity.repeated));
        text += row("Damaged", grouped(integrity.damaged));
    }
    for (std::size_t i = 0; i < std::min<std::size_t>(integrity.breaks.size(), 5); ++i) {
        const measure::Break& b = integrity.breaks[i];
        text += row("", fmt::format("at frame {}: {} lost, {} repeated, {} damaged", grouped(b.at), b.lost,
                                    b.repeated, b.damaged));
    }
    text +=
        row("Bit-identical", integrity.identical                    ? "yes, from the first sample to the last"
                             : is_flat(*plan.pieces.front().preset) ? "no"
                                                                    : "no (the preset changes the samples)");
    text += row("Latency", outcome.latency_ms
                               ? fmt::format("{:.2f} ms from Gecko Sink's time line to the speakers'",
                                             *outcome.latency_ms)
                               : "not measured");
    text += row("Level before", levels(outcome.before));
    text += row("Level after", levels(outcome.after));
    text += row("Rate conversion",
                outcome.file_rate == outcome.rate
                    ? fmt::format("none, the devices run at the file's {}", khz(outcome.rate))
                    : fmt::format("from the file's {} to {} by {}, before playing", khz(outcome.file_rate),
                                  khz(outcome.rate), song::resampler_name()));
    text += response_table(outcome);
    text += "\nWritten\n";
    text += row("Recording", fmt::format("{} {}", plan.out, written_from(plan, played)));
    text += row("Picture", plan.picture);
    text += row("Report", plan.report);
    return text;
}

std::string report_json(const Plan& plan, const Played& played, const Outcome& outcome) {
    const measure::Integrity& integrity = outcome.integrity;
    const nlohmann::json json{
        {"song", plan.pieces.front().file},
        {"preset", plan.pieces.front().preset->name},
        {"output", played.output},
        {"output_is_simulated", plan.running ? nlohmann::json() : nlohmann::json(true)},
        {"recorded_by", plan.running ? "gecko" : "minihald"},
        {"file_rate", outcome.file_rate},
        {"file_channels", outcome.file_channels},
        {"rate", outcome.rate},
        {"resampled_by",
         outcome.file_rate == outcome.rate ? nlohmann::json() : nlohmann::json(song::resampler_name())},
        {"frames_in", outcome.frames_in},
        {"frames_out", integrity.arrived},
        {"comparison", compared(integrity.comparison)},
        {"lost_frames", integrity.lost},
        {"repeated_frames", integrity.repeated},
        {"damaged_frames", integrity.damaged},
        {"intact", integrity.intact()},
        {"bit_identical", integrity.identical},
        {"latency_ms", outcome.latency_ms ? nlohmann::json(*outcome.latency_ms) : nlohmann::json()},
        {"before", levels_json(outcome.before)},
        {"after", levels_json(outcome.after)},
        {"response", response_json(outcome.response.points, outcome.asked_db)},
        {"largest_difference_db", outcome.largest_difference_db()},
    };
    // File names need not be valid UTF-8.
    return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::optional<Failure> verdict(const Plan& plan, const Outcome& outcome) {
    const measure::Integrity& integrity = outcome.integrity;
    if (integrity.comparison == measure::Comparison::failed) {
        return Failure{kNotIntact,
                       "the recording cannot be followed frame by frame: the path did more than to equalise" +
                           others_to_blame(plan)};
    }
    if (!integrity.intact()) {
        return Failure{
            kNotIntact,
            fmt::format("the song did not arrive intact: {} frames lost, {} repeated, {} damaged{}",
                        integrity.lost, integrity.repeated, integrity.damaged, others_to_blame(plan))};
    }
    if (is_flat(*plan.pieces.front().preset) && !integrity.identical) {
        return Failure{kNotIntact,
                       "the preset is flat, but the samples that arrived are not those that were played" +
                           others_to_blame(plan)};
    }
    if (outcome.largest_difference_db() > kToleratedDb) {
        return Failure{kNotIntact,
                       fmt::format("the measured response is up to {:.2f} dB off the one asked for",
                                   outcome.largest_difference_db())};
    }
    return std::nullopt;
}

}  // namespace gecko::song_run
