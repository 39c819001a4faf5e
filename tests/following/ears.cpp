#include "ears.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "driver/volume.hpp"
#include "platform/coreaudio/hal.hpp"
#include "shm/attach.hpp"
#include "tests/simulation/signal.hpp"

namespace gecko::following {
namespace {

constexpr std::size_t kMostComplaints = 10;
/// A fade is over after that; one that began in silence may be anywhere in it.
constexpr double kFade = dsp::kLongestMoveSeconds;
/// Two numbers that Float32 tells apart by their last bit may both fit a frame.
constexpr std::int64_t kAlike = 4;

Ticks ticks(double frames, double rate) {
    return static_cast<Ticks>(frames / rate * simulation::kTicksPerSecond);
}

bool has_control(const std::string& uid, AudioObjectPropertySelector selector) {
    const AudioObjectID device = VirtualMac::device(uid);
    return std::ranges::any_of(std::array<AudioObjectPropertyElement, 3>{0, 1, 2}, [&](auto element) {
        const AudioObjectPropertyAddress address{selector, kAudioObjectPropertyScopeOutput, element};
        Boolean settable = 0;
        return AudioObjectIsPropertySettable(device, &address, &settable) == 0 && settable != 0;
    });
}

/// How many frames at the beginning of `pcm` are `frame` and those behind it, times `gains`, which go on by as many. `whole_from` is
/// the first of them behind a fade.
std::size_t matching(Gains& gains, std::uint64_t frame, std::span<const float> pcm, std::size_t& whole_from) {
    const std::size_t frames = pcm.size() / 2;
    whole_from = 0;
    if (gains.still() && gains.value() == 1) return simulation::counted(frame, pcm);
    Gains trial = gains;
    std::size_t run = 0;
    for (; run < frames; ++run) {
        trial.advance();
        if (pcm[2 * run] != trial.of(shm::testing::left_of(frame + run)) ||
            pcm[2 * run + 1] != trial.of(shm::testing::right_of(frame + run))) {
            break;
        }
        if (!trial.whole()) whole_from = run + 1;
    }
    gains.advance(run);
    return run;
}

}  // namespace

Ears::Ears(VirtualMac& mac) : mac_(mac), fed_uid_(shm::kDeviceUid) {
    mac.on_output = [this](const OutputHeard& output) {
        if (output.uid == fed_uid_) {
            played_.hear(output);
        } else if (output.channels == 2) {
            hear(output);
        }
    };
}

void Ears::complain(const std::string& words) {
    if (complaints_.size() < kMostComplaints)
        complaints_.push_back(
            fmt::format("at {:.6f} s: {}", simulation::seconds_of(simulation::now()), words));
}

double Ears::latency_of(std::uint64_t frame, Ticks heard, double rate) {
    const Played::Cycle* const played = played_.with(frame);
    if (played == nullptr) {
        complain(fmt::format("frame {} is heard that was not fed", frame));
        return 0;
    }
    if (played->rate != rate)
        complain(fmt::format("frame {} was fed at {} Hz and is heard at {} Hz", frame, played->rate, rate));
    return (static_cast<double>(heard) - played->time_of(frame)) / simulation::kTicksPerSecond;
}

void Ears::begin_line(Line& line, const OutputHeard& output) const {
    line = {};
    line.number = output.time_line;
    line.digital_volume = !has_control(output.uid, kAudioDevicePropertyVolumeScalar);
    line.digital_mute = !has_control(output.uid, kAudioDevicePropertyMute);
    line.gains.begin(output.rate, level(line));
}

/// What the engine is to turn down to.
double Ears::level(const Line& line) const {
    if (fed_uid_ != shm::kDeviceUid) return 1;
    const driver::Device& sink = mac_.plug_in()->device();
    if (line.digital_mute && sink.muted()) return 0;
    return line.digital_volume ? static_cast<double>(driver::gain_of(sink.volume())) : 1;
}

void Ears::hear(const OutputHeard& output) {
    const std::size_t frames = output.samples.size() / 2;
    Line& line = lines_[output.uid];
    if (output.time_line != line.number || output.sample_time != line.next_sample_time)
        begin_line(line, output);
    line.next_sample_time = output.sample_time + static_cast<std::int64_t>(frames);
    line.gains.set_volume(level(line));
    const Gains at_start = line.gains;
    std::size_t at = 0;
    while (at < frames) {
        if (line.next) {
            at += go_on(line, output, at);
            if (line.lost) return;
            continue;
        }
        const std::size_t run = simulation::silent(output.samples.subspan(2 * at));
        line.gains.advance(run);
        line.dark = line.dark || line.gains.turned_down();
        at += run;
        if (at == frames) return;
        if (find(line, output, at_start, at)) continue;
        if (!std::exchange(line.lost, true)) {
            complain(fmt::format("{} plays {} and {} behind silence, which nothing explains", output.uid,
                                 output.samples[2 * at], output.samples[2 * at + 1]));
        }
        return;
    }
}

/// From `at` on, with what is heard already; how many frames that explains.
std::size_t Ears::go_on(Line& line, const OutputHeard& output, std::size_t at) {
    const Samples rest = output.samples.subspan(2 * at);
    const std::size_t frames = rest.size() / 2;
    const std::uint64_t frame = *line.next;
    const Gains before = line.gains;
    std::size_t whole_from = 0;
    std::size_t run = matching(line.gains, frame, rest, whole_from);
    for (std::int64_t off = line.stretch ? kAlike : -kAlike; run < frames && off <= kAlike; ++off) {
        // A fade-out begins with a block. The number may have been told by too few frames.
        Gains gains = before;
        if (at == 0) gains.fade_to(0);
        std::size_t whole = 0;
        const std::uint64_t other = frame + static_cast<std::uint64_t>(line.stretch ? 0 : off);
        const std::size_t faded = matching(gains, other, rest, whole);
        if (faded <= run) continue;
        run = faded;
        whole_from = whole;
        line.gains = gains;
        line.next = other;
    }
    note(line, output, at, run, std::min(whole_from, run));
    *line.next += run;
    if (run == frames) {
        if (!line.gains.faded_out() && !line.gains.turned_down()) {
            heard_until_ = *line.next;
            return run;
        }
        if (line.gains.faded_out() && !stretches_.empty()) stretches_.back().faded_out = true;
        line.dark = line.gains.turned_down();
    } else if (shm::testing::is_silence(&rest[2 * run])) {
        heard_until_ = *line.next;
        played_.stop_short(*line.next);
        line.dark = false;
    } else {
        complain(fmt::format("{} plays {} and {} where frame {} is to come, times {}", output.uid,
                             rest[2 * run], rest[2 * run + 1], *line.next, line.gains.value()));
        line.lost = true;
    }
    line.next.reset();
    line.stretch = false;
    return run;
}

/// Keeps the stretch, of `run` frames from `at` on.
void Ears::note(Line& line, const OutputHeard& output, std::size_t at, std::size_t run,
                std::size_t whole_from) {
    if (whole_from == run) {
        if (run > 0) line.stretch = false;
        return;
    }
    const auto time_of = [&](std::size_t frame) {
        return output.host_time + ticks(static_cast<double>(frame), output.rate);
    };
    if (!std::exchange(line.stretch, true)) {
        const std::uint64_t first = *line.next + whole_from;
        const Ticks begins = time_of(at + whole_from);
        stretches_.push_back({.uid = output.uid,
                              .rate = output.rate,
                              .first = first,
                              .frames = 0,
                              .begins = begins,
                              .ends = begins,
                              .latency = latency_of(first, begins, output.rate),
                              .faded_in = line.faded_in,
                              .faded_out = false});
    }
    stretches_.back().frames += run - whole_from;
    stretches_.back().ends = time_of(at + run);
}

/// What begins at `at`.
bool Ears::find(Line& line, const OutputHeard& output, const Gains& at_start, std::size_t at) {
    const Samples rest = output.samples.subspan(2 * at);
    const std::size_t frames = output.samples.size() / 2;
    const auto blocks =
        static_cast<std::size_t>(std::ceil(kFade * output.rate / static_cast<double>(frames)));
    const auto try_it = [&](Gains gains, bool at_once) {
        gains.advance(at);
        return fits(line, gains, rest, at_once);
    };
    Gains gains = at_start;
    if (try_it(gains, true)) return true;
    // The fade-in begins with this block.
    gains.jump_to(0);
    gains.fade_to(1);
    if (try_it(gains, false)) return true;
    // It is over. Or it began in silence, with one of the blocks before.
    Gains over = at_start;
    over.jump_to(1);
    if (try_it(over, true)) return true;
    for (std::size_t i = 0; i < blocks; ++i) {
        gains.advance(frames);
        if (try_it(gains, true)) return true;
        // And so did a fade-out.
        Gains out = i == 0 ? over : gains;
        out.fade_to(0);
        for (std::size_t j = 0; j < blocks; ++j, out.advance(frames))
            if (try_it(out, true)) return true;
    }
    return false;
}

/// Whether what begins with `rest` does so with `gains`. `at_once`: only where the player began, or behind a volume of 0.
bool Ears::fits(Line& line, Gains gains, Samples rest, bool at_once) {
    std::size_t frames = 1;
    while (2 * frames < rest.size() && !shm::testing::is_silence(&rest[2 * frames])) ++frames;
    Gains there = gains;
    there.advance(frames);
    if (!(there.value() > 0)) return false;
    const Samples last = rest.subspan(2 * (frames - 1), 2);
    const double left = std::round(static_cast<double>(last[0]) / there.value());
    const double right = std::round(static_cast<double>(last[1]) / there.value());
    if (!(left >= 0 && left <= 0x1p24 + kAlike && right >= 0 && right < 0x1p24)) return false;
    const std::int64_t about = (static_cast<std::int64_t>(right) << 24) + static_cast<std::int64_t>(left) -
                               static_cast<std::int64_t>(frames);
    for (std::int64_t off = -kAlike; off <= kAlike; ++off) {
        if (about + off < 0) continue;
        const auto frame = static_cast<std::uint64_t>(about + off);
        Gains trial = gains;
        std::size_t whole_from = 0;
        if (matching(trial, frame, rest, whole_from) < frames) continue;
        const Played::Cycle* const fed = played_.with(frame);
        const bool begins = fed != nullptr && fed->begins && fed->frame == frame;
        if (fed == nullptr || (at_once && !begins && !line.dark && !line.lost)) continue;
        if (frame < heard_until_)
            complain(fmt::format("frame {} is heard again: {} was the last", frame, heard_until_ - 1));
        line.gains = gains;
        line.next = frame;
        line.faded_in = !gains.whole();
        line.dark = line.lost = false;
        return true;
    }
    return false;
}

const Stretch* Ears::heard_after(Ticks from) const {
    const auto found =
        std::ranges::find_if(stretches_, [&](const Stretch& each) { return each.ends > from; });
    return found != stretches_.end() ? &*found : nullptr;
}

std::optional<double> Ears::recovery(Ticks from) const {
    const Stretch* stretch = heard_after(from);
    if (stretch == nullptr) return std::nullopt;
    return stretch->begins > from ? simulation::seconds_of(stretch->begins - from) : 0.0;
}

}  // namespace gecko::following
