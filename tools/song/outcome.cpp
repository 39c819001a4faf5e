#include "tools/song/outcome.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "dsp/response.hpp"
#include "tools/measure/alignment.hpp"
#include "tools/measure/time_lines.hpp"
#include "tools/song/recorded.hpp"
#include "tools/song/signals.hpp"

namespace gecko::song_run {
namespace {

struct Found {
    song::Song recording;
    std::int64_t lag = 0;
    double first_frame_ns = 0.0;  // when the song's first frame is presented
};

/// The song in the recordings of a device; the last time line that holds it.
std::optional<Found> find_song(const std::vector<measure::TimeLine>& lines, std::string_view device,
                               const measure::Audio& reference) {
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
        if (line->device != device || line->rate != reference.rate || !not_interrupted()) continue;
        auto recording = song::load_front(line->path);
        if (!recording) continue;
        const auto lag = measure::find_lag(reference, {recording->samples, recording->rate});
        if (!lag) continue;
        return Found{
            .recording = std::move(*recording), .lag = *lag, .first_frame_ns = line->host_time_ns(*lag)};
    }
    return std::nullopt;
}

}  // namespace

double asked_response_db(const settings::Preset& preset, double frequency_hz, std::uint32_t rate) {
    return dsp::response_db(settings::eq_settings(preset), frequency_hz, rate);
}

double Outcome::largest_difference_db() const {
    double largest = 0.0;
    for (std::size_t i = 0; i < response.points.size(); ++i) {
        const auto& point = response.points[i];
        if (point.measured) largest = std::max(largest, std::abs(point.gain_db - asked_db[i]));
    }
    return largest;
}

Result<Outcome> measure_outcome(const Plan& plan, const Played& played, const std::string& recordings) {
    const Piece& piece = plan.pieces.front();
    const auto played_song = song::at_rate(piece.song, played.rate);
    if (!played_song) return fail(kRejected, played_song.error().message);
    const measure::Audio reference{played_song->samples, played_song->rate};
    const auto lines = recorded_lines(plan, played, recordings);
    if (!lines) return std::unexpected(lines.error());
    const auto speakers = find_song(*lines, played.output, reference);
    if (auto r = not_interrupted(); !r) return std::unexpected(r.error());
    if (!speakers) {
        return fail(
            kNotIntact,
            fmt::format("the song is not in the recording of \"{}\": what was played did not arrive there",
                        played.output));
    }
    const measure::Audio recording{speakers->recording.samples, speakers->recording.rate};

    auto integrity = measure::check_integrity(reference, recording, speakers->lag);
    if (auto r = not_interrupted(); !r) return std::unexpected(r.error());
    Outcome outcome{.file_rate = piece.song.rate,
                    .rate = played.rate,
                    .file_channels = piece.song.file_channels,
                    .frames_in = reference.frames(),
                    .integrity = std::move(integrity),
                    .latency_ms = {},
                    .before = measure::measure_levels(reference, 0, reference.frames()),
                    .after = measure::measure_levels(recording, speakers->lag, reference.frames()),
                    .response = measure::measure_response(reference, recording, speakers->lag),
                    .asked_db = {},
                    .recorded = {}};
    if (auto r = not_interrupted(); !r) return std::unexpected(r.error());
    if (const auto sink = find_song(*lines, kSink, reference)) {
        outcome.latency_ms = (speakers->first_frame_ns - sink->first_frame_ns) * 1e-6;
    }
    for (const auto& point : outcome.response.points) {
        const double hz = point.measured ? point.frequency_hz : point.wanted_hz;
        outcome.asked_db.push_back(
            asked_response_db(*piece.preset, std::min(hz, 0.5 * played.rate), played.rate));
    }
    outcome.recorded.reserve(played_song->samples.size());
    for (std::int64_t n = 0; n < reference.frames(); ++n) {
        for (std::size_t channel = 0; channel < 2; ++channel) {
            outcome.recorded.push_back(recording.at_or_silence(n + speakers->lag, channel));
        }
    }
    return outcome;
}

}  // namespace gecko::song_run
