#include "tools/song/mix_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tools/song/application_bundle.hpp"
#include "tools/song/recorded.hpp"
#include "tools/song/report_words.hpp"

namespace gecko::song_run {
namespace {

constexpr std::size_t kColumns = 3;  // applications side by side in the table of responses
constexpr std::size_t kShownBreaks = 5;

double dbfs(double factor) {
    return 20.0 * std::log10(factor);
}

std::string left_over(const measure::MixIntegrity& integrity) {
    if (integrity.residual_peak == 0.0) return "nothing: the recording is the sum exactly";
    return fmt::format("peak {:.1f} dBFS, RMS {:.1f} dBFS{}", dbfs(integrity.residual_peak),
                       dbfs(integrity.residual_rms),
                       integrity.wrong_frames == 0 ? ", the rounding of 32-bit samples" : "");
}

bool all_flat(const Plan& plan) {
    return std::ranges::all_of(plan.pieces, [](const Piece& piece) { return is_flat(*piece.preset); });
}

std::string off_by(const ApplicationOutcome& application) {
    if (application.measured() == 0) return "not measurable";
    return fmt::format("{:.3f} dB at most, {} of {} points", application.largest_difference_db(),
                       application.measured(), application.points.size());
}

std::string application_table(const Plan& plan, const MixOutcome& outcome) {
    std::string table = "\n  Application      Begins at       Frames    Lost   Repeated   Response off by\n";
    for (std::size_t i = 0; i < outcome.applications.size(); ++i) {
        const ApplicationOutcome& application = outcome.applications[i];
        table +=
            fmt::format("  {:>2} {:<13} {:>9} {:>12} {:>7} {:>10}   {}\n", i + 1, plan.pieces[i].preset->name,
                        grouped(application.begins_at), grouped(application.frames),
                        grouped(application.lost), grouped(application.repeated), off_by(application));
    }
    return table;
}

std::string response_columns(const Plan& plan, const MixOutcome& outcome, std::size_t first) {
    const std::size_t last = std::min(first + kColumns, outcome.applications.size());
    std::string table = fmt::format("\n  {:<9}", "Frequency");
    std::string second = fmt::format("  {:<9}", "in Hz");
    for (std::size_t i = first; i < last; ++i) {
        table += fmt::format("   {:<27}", fmt::format("{} {}, in dB", i + 1, plan.pieces[i].preset->name));
        second += fmt::format("   {:>7} {:>9} {:>8} ", "asked", "measured", "off");
    }
    for (std::string* line : {&table, &second}) {
        while (line->back() == ' ') line->pop_back();
    }
    table += "\n" + second + "\n";
    for (std::size_t k = 0; k < outcome.applications[first].points.size(); ++k) {
        table += fmt::format("  {:>9.0f}", outcome.applications[first].points[k].wanted_hz);
        for (std::size_t i = first; i < last; ++i) {
            const measure::ResponsePoint& point = outcome.applications[i].points[k];
            const double asked = outcome.applications[i].asked_db[k];
            table += point.measured ? fmt::format("   {:>+7.2f} {:>+9.2f} {:>+8.3f} ", asked, point.gain_db,
                                                  point.gain_db - asked)
                                    : fmt::format("   {:>+7.2f} {:<18} ", asked, "  not measurable");
        }
        while (table.back() == ' ') table.pop_back();
        table += "\n";
    }
    return table;
}

bool anything_unmeasured(const MixOutcome& outcome) {
    return std::ranges::any_of(outcome.applications, [](const ApplicationOutcome& application) {
        return application.measured() < application.points.size();
    });
}

std::string described(const Plan& plan, const measure::MixBreak& b) {
    const std::string whose = b.part
                                  ? fmt::format("application {} ({})", *b.part + 1, plan.pieces[*b.part].file)
                                  : std::string("all applications");
    return fmt::format("at frame {}, {}: {} lost, {} repeated, {} damaged", grouped(b.at), whose, b.lost,
                       b.repeated, b.damaged);
}

}  // namespace

std::string report_text(const Plan& plan, const Played& played, const MixOutcome& outcome) {
    const measure::MixIntegrity& integrity = outcome.integrity;
    std::string text = "\nMeasured, from the recording alone\n";
    text += row("Frames",
                fmt::format("{} at {}, compared with the sum of all applications, each through its preset",
                            grouped(integrity.frames), khz(outcome.rate)));
    text += row("Left over", left_over(integrity));
    text += row("Wrong frames", grouped(integrity.wrong_frames));
    for (std::size_t i = 0; i < std::min(integrity.breaks.size(), kShownBreaks); ++i) {
        text += row("", described(plan, integrity.breaks[i]));
    }
    const char* const sum = all_flat(plan)
                                ? "yes, to the sum of the files"
                                : "yes, to the sum of the files, each filtered apart by the same code";
    text += row("Bit-identical", integrity.identical() ? sum
                                 : integrity.intact()  ? "no, but for the rounding"
                                                       : "no");
    text += row("Latency", outcome.latency_ms
                               ? fmt::format("{:.2f} ms from Gecko Sink's time line to the speakers'",
                                             *outcome.latency_ms)
                               : "not measured");
    for (std::size_t i = 0; i < outcome.applications.size(); ++i) {
        text += row(i == 0 ? "Level before" : "",
                    fmt::format("{}: {}", i + 1, levels(outcome.applications[i].before)));
    }
    text += row("Level after", levels(outcome.after));
    if (*std::ranges::max_element(outcome.after.peak_db) > 0.0) {
        text += row("",
                    "beyond full scale: a converter clips there. The recording holds it, 32-bit samples may "
                    "be larger");
    }
    text += row("Rate conversion",
                outcome.file_rate == outcome.rate
                    ? fmt::format("none, the devices run at the files' {}", khz(outcome.rate))
                    : fmt::format("from the files' {} to {} by {}, before playing", khz(outcome.file_rate),
                                  khz(outcome.rate), song::resampler_name()));
    text += application_table(plan, outcome);
    for (std::size_t first = 0; first < outcome.applications.size(); first += kColumns) {
        text += response_columns(plan, outcome, first);
    }
    if (anything_unmeasured(outcome)) {
        text +=
            "  Not measurable is what an application has too little of, or nothing that the others have not "
            "too.\n";
    }
    text += "\nWritten\n";
    text += row("Recording", fmt::format("{} {}", plan.out, written_from(plan, played)));
    text += row("Picture", plan.picture);
    text += row("Report", plan.report);
    return text;
}

std::string report_json(const Plan& plan, const Played& played, const MixOutcome& outcome) {
    const measure::MixIntegrity& integrity = outcome.integrity;
    auto applications = nlohmann::json::array();
    for (std::size_t i = 0; i < outcome.applications.size(); ++i) {
        const ApplicationOutcome& application = outcome.applications[i];
        applications.push_back({
            {"song", plan.pieces[i].file},
            {"preset", plan.pieces[i].preset->name},
            {"bundle_id", application_bundle_id(i + 1)},
            {"file_channels", plan.pieces[i].song.file_channels},
            {"frames_in", application.frames},
            {"begins_at_frame", application.begins_at},
            {"lost_frames", application.lost},
            {"repeated_frames", application.repeated},
            {"before", levels_json(application.before)},
            {"response", response_json(application.points, application.asked_db)},
            {"points_measured", application.measured()},
            {"largest_difference_db",
             application.measured() > 0 ? number(application.largest_difference_db()) : nlohmann::json()},
        });
    }
    auto breaks = nlohmann::json::array();
    for (const measure::MixBreak& b : integrity.breaks) {
        breaks.push_back({{"at_frame", b.at},
                          {"application", b.part ? nlohmann::json(*b.part + 1) : nlohmann::json()},
                          {"lost_frames", b.lost},
                          {"repeated_frames", b.repeated},
                          {"damaged_frames", b.damaged}});
    }
    const nlohmann::json json{
        {"applications", applications},
        {"output", played.output},
        {"output_is_simulated", plan.running ? nlohmann::json() : nlohmann::json(true)},
        {"recorded_by", plan.running ? "gecko" : "minihald"},
        {"file_rate", outcome.file_rate},
        {"rate", outcome.rate},
        {"resampled_by",
         outcome.file_rate == outcome.rate ? nlohmann::json() : nlohmann::json(song::resampler_name())},
        {"frames_compared", integrity.frames},
        {"wrong_frames", integrity.wrong_frames},
        {"residual_peak_dbfs", number(dbfs(integrity.residual_peak))},
        {"residual_rms_dbfs", number(dbfs(integrity.residual_rms))},
        {"followed", integrity.followed},
        {"breaks", breaks},
        {"intact", integrity.intact()},
        {"bit_identical", integrity.identical()},
        {"latency_ms", outcome.latency_ms ? nlohmann::json(*outcome.latency_ms) : nlohmann::json()},
        {"after", levels_json(outcome.after)},
    };
    // File names need not be valid UTF-8.
    return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::optional<Failure> verdict(const Plan& plan, const MixOutcome& outcome) {
    const measure::MixIntegrity& integrity = outcome.integrity;
    std::string off;
    for (std::size_t i = 0; i < outcome.applications.size(); ++i) {
        const double db = outcome.applications[i].largest_difference_db();
        if (db <= kToleratedDb) continue;
        off += fmt::format("\n    application {} ({}) is up to {:.2f} dB off {}", i + 1, plan.pieces[i].file,
                           db, plan.pieces[i].preset->name);
    }
    if (!integrity.intact()) {
        std::string how;
        for (const measure::MixBreak& b : integrity.breaks) {
            if (&b - integrity.breaks.data() < static_cast<std::ptrdiff_t>(kShownBreaks))
                how += "\n    " + described(plan, b);
        }
        return Failure{
            kNotIntact,
            fmt::format("the recording is not the sum of the applications, each through its preset: {} of {} "
                        "frames are wrong, by up to {:.1f} dBFS{}{}{}",
                        grouped(integrity.wrong_frames), grouped(integrity.frames),
                        dbfs(integrity.residual_peak), others_to_blame(plan), how, off)};
    }
    if (all_flat(plan) && !integrity.identical()) {
        return Failure{
            kNotIntact,
            "all presets are flat, but the samples that arrived are not the sum of those that were played"};
    }
    if (!off.empty()) return Failure{kNotIntact, "the measured responses are not those asked for:" + off};
    return std::nullopt;
}

}  // namespace gecko::song_run
