#include "engine/engine.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "dsp/denormals.hpp"

namespace gecko::engine {
namespace {

/// What the output's sample time may be off from its host time by, from one callback to the next, on one time line and at the rate that
/// was prepared for: clocks are within 0.1 %, stamps are rounded.
constexpr double kOneRate = 0.01;
constexpr double kRounding = 8;  // frames
/// What reading may be later by than it need be, for how long at most, where no silence comes in which nobody hears it put right.
constexpr double kMuchLater = 0.1;      // s; sound that is 125 ms late is noticed (ITU-R BT.1359)
constexpr double kCatchUpPatience = 2;  // s; a short sound is heard whole
/// Frames of surplus that a pull drops at most: what it looks at beside its own.
constexpr std::size_t kLookAhead = 256;

bool is_silence(std::span<const float> samples) noexcept GECKO_NONBLOCKING {
    return std::ranges::all_of(samples,
                               [](float sample) noexcept GECKO_NONBLOCKING { return sample == 0.0f; });
}

}  // namespace

void Engine::restart() noexcept {
    // The output is stopped, so this thread may do what is otherwise the callback's: take what was chosen, and be there at once.
    if (const Settings* chosen = chosen_.take()) apply(*chosen);
    equaliser_.prepare(rate_hz_);
    for (dsp::GainRamp* ramp : {&preamp_, &volume_, &device_volume_, &fade_}) ramp->prepare(rate_hz_);
    applications_.prepare(rate_hz_);
    phase_.restart(static_cast<std::uint32_t>(std::ceil(margin_seconds(mode_) * rate_hz_)));
    steering_.reset();
    steered_at_.reset();
    stopped_ = true;
    fresh_ = true;
    held_ = true;
    last_cycle_.reset();
    ticks_per_frame_ = 0;
    quiet_frames_.store(0, std::memory_order_relaxed);
    fade_.jump_to(0.0);
    catch_up_ = CatchUp::none;
    behind_seconds_ = 0;
    ending_.store(false, std::memory_order_relaxed);
    fade_state_.store(FadeState::moving, std::memory_order_relaxed);
}

void Engine::prepare(double rate_hz, LatencyMode mode, DigitalVolume digital) noexcept {
    rate_hz_ = rate_hz;
    mode_ = mode;
    digital_ = digital;
    restart();
}

void Engine::attach(const shm::RingReader& ring) noexcept {
    source_.emplace(ring);
    phase_.forget(ring.geometry().frames());
    restart();
}

void Engine::detach() noexcept {
    source_.reset();
    playing_.store(false, std::memory_order_relaxed);
}

void Engine::resume_at(std::uint64_t position) noexcept {
    phase_.resume_at(position);
    fade_.jump_to(1.0);
    held_ = false;
}

void Engine::set(const Settings& settings) noexcept {
    Settings chosen = settings;
    const auto clamp = [](dsp::EqSettings& eq, double& volume) {
        const auto clamped = dsp::clamped(eq);
        if (!clamped || !std::isfinite(volume)) return false;
        eq = *clamped;
        volume = std::clamp(volume, 0.0, kMaxVolume);
        return true;
    };
    if (!clamp(chosen.eq, chosen.volume)) return;
    chosen.application_count = std::min(chosen.application_count, chosen.applications.size());
    for (ApplicationSettings& own : std::span(chosen.applications).first(chosen.application_count)) {
        own.bundle_id.back() = '\0';
        if (!clamp(own.eq, own.volume)) return;
    }
    chosen_.set(chosen);
}

void Engine::apply(const Settings& settings) noexcept GECKO_NONBLOCKING {
    equaliser_.set_target(settings.eq.gains_db);
    equaliser_.set_bypass(settings.eq.bypass);
    preamp_.set_target(dsp::preamp_factor(settings.eq));
    volume_.set_target(settings.volume);
    applications_.choose(std::span(settings.applications).first(settings.application_count));
}

SharedMemorySource::Read Engine::read_from(SharedMemorySource& source, std::uint64_t position,
                                           std::span<float> out) noexcept GECKO_NONBLOCKING {
    source.seek(position);
    const SharedMemorySource::Read got = source.read(out);
    mix_silent_ = mix_silent_ && is_silence(out);
    applications_.look(source.ring(), position);
    applications_.play(source.ring(), position, got.frames, out);
    return got;
}

/// Whether the output is still on the time line of the callback before, at the rate that was prepared for.
///
/// Behind a sleep of the machine, for one, devices count from elsewhere; and one whose rate is changed calls back at the new one before
/// anybody could do anything about it.
bool Engine::output_goes_on(const std::optional<shm::TimeLine>& line,
                            const OutputCycle& cycle) noexcept GECKO_NONBLOCKING {
    const std::optional<OutputCycle> last = std::exchange(last_cycle_, cycle);
    if (line) ticks_per_frame_ = line->clock.ticks_per_frame;
    if (!last || ticks_per_frame_ == 0) return true;
    const double ticks = static_cast<double>(cycle.host_time) - static_cast<double>(last->host_time);
    const double frames = cycle.sample_time - last->sample_time;
    return std::abs(frames - ticks / ticks_per_frame_) <= kOneRate * std::abs(frames) + kRounding;
}

void Engine::follow_device_volume(const shm::ProducerState& state) noexcept GECKO_NONBLOCKING {
    const double volume = digital_.volume ? static_cast<double>(state.volume) : 1.0;
    const double gain = digital_.mute && state.muted ? 0.0 : volume;
    if (fresh_) {
        device_volume_.jump_to(gain);
    } else if (device_volume_.target() != gain) {
        device_volume_.set_target(gain);
    }
}

void Engine::read(SharedMemorySource& source, const OutputCycle& cycle,
                  std::span<float> out) noexcept GECKO_NONBLOCKING {
    const std::optional<shm::TimeLine> line = source.ring().time_line();
    const shm::ProducerState state = source.ring().state();
    playing_.store(state.running, std::memory_order_relaxed);
    mix_silent_ = true;
    follow_device_volume(state);
    if (!state.running) held_ = false;
    if (!output_goes_on(line, cycle)) {
        phase_.restart(static_cast<std::uint32_t>(std::ceil(margin_seconds(mode_) * rate_hz_)));
        steered_at_.reset();
        fade_.jump_to(0.0);
        held_ = state.running;
        std::ranges::fill(out, 0.0f);
        return;
    }
    if (static_cast<double>(state.rate) != rate_hz_) {  // until the output has followed
        std::ranges::fill(out, 0.0f);
        return;
    }

    const std::uint64_t skipped = catch_up(source, state, out.size() / 2);
    const ReadPlan plan = phase_.plan(state, line, cycle, out.size() / 2);
    // A time line that has ended is read on past its end until the next one begins; nothing is lost there.
    if (plan.begins) {
        stopped_ = false;
        steering_.restart();
        late_.reset();
        // The output took longer to start than the ring is: it comes into the middle of the sound.
        if (plan.missed > 0) fade_.jump_to(0.0);
    }
    if (!state.running) stopped_ = true;
    if (phase_.measured() && !stopped_) steer(source, cycle);
    if (plan.frames > 0) held_ = false;

    if (plan.old_frames + plan.frames > 0) applications_.begin(state.position);
    std::uint64_t overtaken = plan.missed + skipped;
    std::uint64_t underrun = 0;
    auto old_part = out.first(2 * plan.old_frames);
    auto silent_part = out.subspan(old_part.size(), 2 * plan.silent_frames);
    auto part = out.last(2 * plan.frames);
    if (!old_part.empty()) {
        overtaken += read_from(source, plan.old_position, old_part).overtaken;
    }
    std::ranges::fill(silent_part, 0.0f);
    applications_.play(source.ring(), 0, 0, silent_part);
    if (!part.empty()) {
        const auto got = read_from(source, plan.position, part);
        overtaken += got.overtaken;
        if (!stopped_) {
            underrun = plan.frames - got.frames;
            const std::uint64_t end = plan.position + plan.frames;
            const std::uint64_t back = late_.note(cycle.sample_time / rate_hz_, plan.frames, underrun,
                                                  ReadPhase::shortage(end, state.position));
            if (back > 0) phase_.come_late(back);
        }
        if (phase_.surplus() > 0) drop_surplus(source, part);
    }
    source.report_pull(cycle.now, overtaken, underrun);

    overtaken_frames_.fetch_add(overtaken, std::memory_order_relaxed);
    underrun_frames_.fetch_add(underrun, std::memory_order_relaxed);
    const auto since = static_cast<std::int64_t>(source.position() - phase_.time_line_start());
    position_frames_.store(phase_.is_set() ? static_cast<std::uint64_t>(std::max<std::int64_t>(since, 0)) : 0,
                           std::memory_order_relaxed);
    fill_frames_.store(phase_.fill(), std::memory_order_relaxed);
    target_frames_.store(phase_.target(), std::memory_order_relaxed);
    latency_frames_.store(phase_.latency(), std::memory_order_relaxed);
    steering_ppm_.store(steering_.ppm(), std::memory_order_relaxed);
    // Of an application at volume 0 nothing is heard, and yet it plays: what wakes the output looks at the mix.
    const bool quiet = mix_silent_ && is_silence(out);
    quiet_frames_.store(quiet ? quiet_frames_.load(std::memory_order_relaxed) + out.size() / 2 : 0,
                        std::memory_order_relaxed);
    read_position_.store(source.position(), std::memory_order_relaxed);
}

void Engine::steer(SharedMemorySource& source, const OutputCycle& cycle) noexcept GECKO_NONBLOCKING {
    const double elapsed = steered_at_ ? (cycle.sample_time - *steered_at_) / rate_hz_ : 0.0;
    steered_at_ = cycle.sample_time;
    const double error = (phase_.fill() - phase_.target()) / rate_hz_;
    source.ask_steering(steering_.update(error, elapsed, shm::kZeroTimeStampPeriod / rate_hz_));
}

/// What the phase was set larger by goes in silence, where nobody hears that it does.
void Engine::drop_surplus(const SharedMemorySource& source,
                          std::span<const float> heard) noexcept GECKO_NONBLOCKING {
    if (!is_silence(heard)) return;
    std::array<float, 2 * kLookAhead> next;
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(phase_.surplus(), kLookAhead));
    const auto look = std::span(next).first(2 * wanted);
    const shm::CopyResult got = source.ring().copy(source.position(), look);
    const auto silent =
        std::ranges::find_if(look, [](float sample) noexcept GECKO_NONBLOCKING { return sample != 0.0f; });
    const auto frames = static_cast<std::size_t>(silent - look.begin()) / 2;
    phase_.skip(std::min(frames, wanted - got.late));
}

/// Reading that stays much later than it need be is put right, faded out and in. The frames that were skipped.
std::uint64_t Engine::catch_up(const SharedMemorySource& source, const shm::ProducerState& state,
                               std::size_t frames) noexcept GECKO_NONBLOCKING {
    const std::uint64_t surplus = phase_.surplus();
    if (!state.running || static_cast<double>(surplus) < kMuchLater * rate_hz_) {
        behind_seconds_ = 0;
        if (catch_up_ == CatchUp::fading_out) catch_up_ = CatchUp::fading_in;
        return 0;
    }
    behind_seconds_ += static_cast<double>(frames) / rate_hz_;
    if (behind_seconds_ < kCatchUpPatience) return 0;
    if (catch_up_ == CatchUp::fading_out && fade_.settled()) {
        phase_.skip(surplus);
        catch_up_ = CatchUp::fading_in;
        return surplus;
    }
    // Where there is silence already at the end of what is written, that is soon played, and nothing need be cut.
    std::array<float, 2 * kLookAhead> newest{};
    (void)source.ring().copy(state.position - kLookAhead, newest);
    if (!is_silence(newest)) catch_up_ = CatchUp::fading_out;
    return 0;
}

void Engine::fade(std::span<float> out) noexcept GECKO_NONBLOCKING {
    const bool ending = ending_.load(std::memory_order_relaxed);
    const double gain = ending || held_ || catch_up_ == CatchUp::fading_out ? 0.0 : 1.0;
    if (fade_.target() != gain) fade_.set_target(gain);
    fade_.process(out);
    if (catch_up_ == CatchUp::fading_in && fade_.settled()) catch_up_ = CatchUp::none;
    FadeState there = FadeState::moving;
    if (ending) {
        if (fade_.settled()) there = FadeState::out;
    } else if (!held_ && (fade_.settled() || catch_up_ != CatchUp::none)) {
        there = FadeState::in;  // for those who wait for the path; catching up is nobody's concern
    }
    fade_state_.store(there, std::memory_order_relaxed);
}

void Engine::meter(std::span<const float> out) noexcept GECKO_NONBLOCKING {
    // Eight samples abreast, which the compiler turns into one instruction.
    constexpr std::size_t kAbreast = 8;
    std::array<float, kAbreast> peaks{};
    std::size_t i = 0;
    for (; i + kAbreast <= out.size(); i += kAbreast) {
        for (std::size_t lane = 0; lane < kAbreast; ++lane) {
            const float level = std::abs(out[i + lane]);
            peaks[lane] = peaks[lane] > level ? peaks[lane] : level;
        }
    }
    for (; i < out.size(); ++i) peaks[i % 2] = std::max(peaks[i % 2], std::abs(out[i]));
    std::array<float, 2> peak{};
    for (std::size_t lane = 0; lane < kAbreast; ++lane)
        peak[lane % 2] = std::max(peak[lane % 2], peaks[lane]);
    for (std::size_t channel = 0; channel < 2; ++channel) {
        // Not one step: a status() in between may see this peak once more, which a meter does not show.
        const float before = peak_[channel].load(std::memory_order_relaxed);
        if (peak[channel] > before) peak_[channel].store(peak[channel], std::memory_order_relaxed);
    }
}

void Engine::render(const OutputCycle& cycle, std::span<float> out) noexcept GECKO_NONBLOCKING {
    const dsp::FlushDenormals flush;
    if (const Settings* chosen = chosen_.take()) apply(*chosen);
    if (source_) {
        read(*source_, cycle, out);
    } else {
        std::ranges::fill(out, 0.0f);
        held_ = false;
    }
    preamp_.process(out);
    equaliser_.process(out);
    volume_.process(out);
    device_volume_.process(out);
    fade(out);
    meter(out);
    fresh_ = false;
}

Status Engine::status() noexcept {
    Status status;
    status.playing = playing_.load(std::memory_order_relaxed);
    status.position_frames = position_frames_.load(std::memory_order_relaxed);
    status.fill_frames = fill_frames_.load(std::memory_order_relaxed);
    status.target_frames = target_frames_.load(std::memory_order_relaxed);
    status.latency_frames = latency_frames_.load(std::memory_order_relaxed);
    status.steering_ppm = steering_ppm_.load(std::memory_order_relaxed);
    status.overtaken_frames = overtaken_frames_.load(std::memory_order_relaxed);
    status.underrun_frames = underrun_frames_.load(std::memory_order_relaxed);
    for (std::size_t channel = 0; channel < 2; ++channel) {
        status.peak[channel] = peak_[channel].exchange(0.0f, std::memory_order_relaxed);
    }
    status.application_count = applications_.status(status.applications);
    return status;
}

}  // namespace gecko::engine
