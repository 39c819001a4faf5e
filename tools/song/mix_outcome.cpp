#include "tools/song/mix_outcome.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "dsp/eq_settings.hpp"
#include "dsp/equaliser.hpp"
#include "dsp/gain_ramp.hpp"
#include "dsp/response.hpp"
#include "tools/measure/time_lines.hpp"
#include "tools/song/recorded.hpp"
#include "tools/song/signals.hpp"

namespace gecko::song_run {
namespace {

using measure::Audio;

/// An equaliser sounds on behind a song's last frame.
constexpr std::size_t kTailSeconds = 1;

/// What is to be heard of a song through a preset: by the very filters that the product has, from their first frame on.
std::vector<float> through_preset(const song::Song& song, const settings::Preset& preset) {
    std::vector<float> samples = song.samples;
    samples.resize(samples.size() + 2 * kTailSeconds * song.rate);
    const dsp::EqSettings eq = settings::eq_settings(preset);
    dsp::GainRamp preamp;
    preamp.set_target(dsp::preamp_factor(eq));
    preamp.prepare(song.rate);
    preamp.process(samples);
    dsp::TenBandEqualiser equaliser;
    equaliser.set_target(eq.gains_db);
    equaliser.prepare(song.rate);
    equaliser.process(samples);
    return samples;
}

struct FoundParts {
    song::Song recording;
    std::vector<std::optional<std::int64_t>> lags;
    double first_frame_ns = 0.0;  // when the first frame of the application that is heard first is presented

    std::size_t count() const {
        return static_cast<std::size_t>(
            std::ranges::count_if(lags, [](const auto& lag) { return lag.has_value(); }));
    }
};

/// The parts in the recordings of a device; of its time lines the last one that holds most of them.
std::optional<FoundParts> find_parts(const std::vector<measure::TimeLine>& lines, std::string_view device,
                                     std::span<const Audio> parts) {
    std::optional<FoundParts> best;
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
        if (line->device != device || line->rate != parts.front().rate || !not_interrupted()) continue;
        auto recording = song::load_front(line->path);
        if (!recording) continue;
        FoundParts found{.recording = std::move(*recording), .lags = {}};
        found.lags = measure::find_lags(parts, {.samples = found.recording.samples, .rate = line->rate});
        const std::size_t count = found.count();
        if (count == 0 || (best && best->count() >= count)) continue;
        std::optional<std::int64_t> first;
        for (const auto& lag : found.lags) {
            if (lag) first = std::min(first.value_or(*lag), *lag);
        }
        found.first_frame_ns = line->host_time_ns(*first);
        best = std::move(found);
        if (count == parts.size()) break;
    }
    return best;
}

Result<std::vector<measure::Placed>> place(const Plan& plan, const Played& played,
                                           const std::optional<FoundParts>& found,
                                           std::span<const Audio> parts) {
    std::vector<measure::Placed> placed;
    std::string missing;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (found && found->lags[i]) {
            placed.push_back({.audio = parts[i], .lag = *found->lags[i]});
        } else {
            missing +=
                fmt::format("{}application {} ({})", missing.empty() ? "" : ", ", i + 1, plan.pieces[i].file);
        }
    }
    if (missing.empty()) return placed;
    return fail(kNotIntact,
                fmt::format("not in the recording of \"{}\": {}; what was played did not arrive there",
                            played.output, missing));
}

}  // namespace

std::size_t ApplicationOutcome::measured() const {
    return static_cast<std::size_t>(std::ranges::count_if(points, &measure::ResponsePoint::measured));
}

double ApplicationOutcome::largest_difference_db() const {
    double largest = 0.0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (points[i].measured) largest = std::max(largest, std::abs(points[i].gain_db - asked_db[i]));
    }
    return largest;
}

Result<MixOutcome> measure_mix_outcome(const Plan& plan, const Played& played,
                                       const std::string& recordings) {
    std::vector<song::Song> songs;
    std::vector<std::vector<float>> heard;
    std::vector<Audio> references;
    std::vector<Audio> parts;
    for (const Piece& piece : plan.pieces) {
        auto song = song::at_rate(piece.song, played.rate);
        if (!song) return fail(kRejected, song.error().message);
        heard.push_back(through_preset(*song, *piece.preset));
        songs.push_back(std::move(*song));
        if (auto r = not_interrupted(); !r) return std::unexpected(r.error());
    }
    for (std::size_t i = 0; i < songs.size(); ++i) {
        references.push_back({.samples = songs[i].samples, .rate = played.rate});
        parts.push_back({.samples = heard[i], .rate = played.rate});
    }
    const auto lines = recorded_lines(plan, played, recordings);
    if (!lines) return std::unexpected(lines.error());
    const auto speakers = find_parts(*lines, played.output, parts);
    if (auto r = not_interrupted(); !r) return std::unexpected(r.error());
    auto placed = place(plan, played, speakers, parts);
    if (!placed) return std::unexpected(placed.error());
    const Audio recording{.samples = speakers->recording.samples, .rate = played.rate};

    std::int64_t begin = placed->front().lag;
    std::int64_t end = begin;
    for (std::size_t i = 0; i < placed->size(); ++i) {
        const std::int64_t lag = (*placed)[i].lag;
        begin = std::min(begin, lag);
        end = std::max(end, lag + references[i].frames());
    }
    std::vector<measure::Placed> files;
    for (std::size_t i = 0; i < placed->size(); ++i) {
        measure::Placed& part = (*placed)[i];
        files.push_back({.audio = references[i], .lag = part.lag});
        // What sounds on behind the last song's end is no longer looked at.
        const std::int64_t frames = std::min(part.audio.frames(), end - part.lag);
        part.audio.samples = part.audio.samples.first(2 * static_cast<std::size_t>(frames));
    }

    MixOutcome outcome{.file_rate = plan.pieces.front().song.rate,
                       .rate = played.rate,
                       .applications = {},
                       .integrity = measure::check_mix(*placed, recording),
                       .latency_ms = {},
                       .after = measure::measure_levels(recording, begin, end - begin),
                       .frequency_hz = {},
                       .level_db = {},
                       .recorded = {}};
    if (auto r = not_interrupted(); !r) return std::unexpected(r.error());
    measure::MixResponse response = measure::measure_mix_response(files, recording);
    if (auto r = not_interrupted(); !r) return std::unexpected(r.error());
    if (const auto sink = find_parts(*lines, kSink, references); sink && sink->count() == references.size()) {
        outcome.latency_ms = (speakers->first_frame_ns - sink->first_frame_ns) * 1e-6;
    }
    for (measure::MixBreak& b : outcome.integrity.breaks) b.at -= begin;
    outcome.frequency_hz = std::move(response.frequency_hz);
    outcome.level_db = std::move(response.level_db);
    for (std::size_t i = 0; i < files.size(); ++i) {
        ApplicationOutcome& application = outcome.applications.emplace_back();
        application.frames = references[i].frames();
        application.begins_at = files[i].lag - begin;
        application.lost = outcome.integrity.lost(i);
        application.repeated = outcome.integrity.repeated(i);
        application.before = measure::measure_levels(references[i], 0, references[i].frames());
        application.points = std::move(response.points[i]);
        for (const measure::ResponsePoint& point : application.points) {
            const double hz =
                std::min(point.measured ? point.frequency_hz : point.wanted_hz, 0.5 * played.rate);
            application.asked_db.push_back(
                dsp::response_db(settings::eq_settings(*plan.pieces[i].preset), hz, played.rate));
        }
    }
    outcome.recorded.reserve(static_cast<std::size_t>(2 * (end - begin)));
    for (std::int64_t n = begin; n < end; ++n) {
        for (std::size_t channel = 0; channel < 2; ++channel) {
            outcome.recorded.push_back(recording.at_or_silence(n, channel));
        }
    }
    return outcome;
}

}  // namespace gecko::song_run
