#include "tools/song/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "dsp/eq_settings.hpp"

namespace gecko::song_run {
namespace {

/// Ten times what the measurement's own error may be, on music that is no good test signal.
constexpr double kToleratedDb = 0.5;

std::string row(std::string_view name, const std::string& value) {
    return fmt::format("  {:<17} {}\n", name, value);
}

/// 960000 as "960 000".
std::string grouped(std::int64_t number) {
    const std::string digits = fmt::format("{}", number);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) text.push_back(' ');
        text.push_back(digits[i]);
    }
    return text;
}

std::string khz(std::uint32_t rate) {
    return fmt::format("{:g} kHz", rate / 1000.0);
}

std::string level(const std::array<double, 2>& db) {
    const auto one = [](double value) {
        return std::isfinite(value) ? fmt::format("{:.1f}", value) : std::string("silent");
    };
    return fmt::format("{} / {}", one(db[0]), one(db[1]));
}

std::string levels(const measure::Levels& levels) {
    return fmt::format("peak {}, RMS {} dBFS (left / right)", level(levels.peak_db), level(levels.rms_db));
}

bool is_flat(const settings::Preset& preset) {
    return settings::eq_settings(preset) == dsp::EqSettings{};
}

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

/// JSON has no infinities.
nlohmann::json number(double value) {
    return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json();
}

nlohmann::json levels_json(const measure::Levels& levels) {
    return {{"peak_dbfs", {number(levels.peak_db[0]), number(levels.peak_db[1])}},
            {"rms_dbfs", {number(levels.rms_db[0]), number(levels.rms_db[1])}}};
}

nlohmann::json response_json(const Outcome& outcome) {
    auto points = nlohmann::json::array();
    for (std::size_t i = 0; i < outcome.response.points.size(); ++i) {
        const auto& point = outcome.response.points[i];
        nlohmann::json json{{"wanted_hz", point.wanted_hz},
                            {"frequency_hz", nullptr},
                            {"asked_db", outcome.asked_db[i]},
                            {"measured_db", nullptr},
                            {"coherence", number(point.coherence)}};
        if (point.measured) {
            json["frequency_hz"] = point.frequency_hz;
            json["measured_db"] = point.gain_db;
        }
        points.push_back(json);
    }
    return points;
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
    text += row("Bit-identical", integrity.identical     ? "yes, from the first sample to the last"
                                 : is_flat(*plan.preset) ? "no"
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
    text += row("Recording",
                fmt::format("{} (what reached \"{}\", which minihald simulates)", plan.out, played.output));
    text += row("Picture", plan.picture);
    text += row("Report", plan.report);
    return text;
}

std::string report_json(const Plan& plan, const Played& played, const Outcome& outcome) {
    const measure::Integrity& integrity = outcome.integrity;
    const nlohmann::json json{
        {"song", plan.file},
        {"preset", plan.preset->name},
        {"output", played.output},
        {"output_is_simulated", true},
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
        {"response", response_json(outcome)},
        {"largest_difference_db", outcome.largest_difference_db()},
    };
    // File names need not be valid UTF-8.
    return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::optional<Failure> verdict(const Plan& plan, const Outcome& outcome) {
    const measure::Integrity& integrity = outcome.integrity;
    if (integrity.comparison == measure::Comparison::failed) {
        return Failure{kNotIntact,
                       "the recording cannot be followed frame by frame: the path did more than to equalise"};
    }
    if (!integrity.intact()) {
        return Failure{kNotIntact,
                       fmt::format("the song did not arrive intact: {} frames lost, {} repeated, {} damaged",
                                   integrity.lost, integrity.repeated, integrity.damaged)};
    }
    if (is_flat(*plan.preset) && !integrity.identical) {
        return Failure{kNotIntact,
                       "the preset is flat, but the samples that arrived are not those that were played"};
    }
    if (outcome.largest_difference_db() > kToleratedDb) {
        return Failure{kNotIntact,
                       fmt::format("the measured response is up to {:.2f} dB off the one asked for",
                                   outcome.largest_difference_db())};
    }
    return std::nullopt;
}

}  // namespace gecko::song_run
