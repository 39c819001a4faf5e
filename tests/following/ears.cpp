#include "ears.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "shm/attach.hpp"
#include "tests/simulation/signal.hpp"

namespace gecko::following {
namespace {

/// So many frames of the signal in a row are no coincidence: faded ones come close to whole numbers, too.
constexpr std::size_t kCertain = 8;
constexpr double kTolerance = 1e-4;
constexpr std::size_t kMostComplaints = 10;
constexpr std::size_t kLog = 8192;

Ticks ticks(double frames, double rate) {
    return static_cast<Ticks>(frames / rate * simulation::kTicksPerSecond);
}

}  // namespace

Ears::Ears(VirtualMac& mac) : fed_uid_(shm::kDeviceUid) {
    mac.on_output = [this](const OutputHeard& output) {
        if (output.uid == fed_uid_) {
            feed(output);
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

void Ears::feed(const OutputHeard& output) {
    const std::size_t silent = simulation::silent(output.samples);
    if (2 * silent == output.samples.size()) return;
    const auto frame = simulation::number_of(&output.samples[2 * silent]);
    if (!frame) return complain("the player plays something else");
    fed_.push_back({.frame = *frame,
                    .frames = static_cast<std::uint32_t>(output.samples.size() / 2 - silent),
                    .at = output.host_time + ticks(static_cast<double>(silent), output.rate),
                    .rate = output.rate});
    if (fed_.size() > kLog) fed_.pop_front();
}

double Ears::latency_of(std::uint64_t frame, Ticks heard, double rate) {
    const auto next = std::ranges::upper_bound(fed_, frame, {}, &Fed::frame);
    if (next == fed_.begin() || frame >= std::prev(next)->frame + std::prev(next)->frames) {
        complain(fmt::format("frame {} is heard that was not fed", frame));
        return 0;
    }
    const Fed& fed = *std::prev(next);
    if (fed.rate != rate)
        complain(fmt::format("frame {} was fed at {} Hz and is heard at {} Hz", frame, fed.rate, rate));
    const Ticks at = fed.at + ticks(static_cast<double>(frame - fed.frame), fed.rate);
    return (static_cast<double>(heard) - static_cast<double>(at)) / simulation::kTicksPerSecond;
}

void Ears::begin(const OutputHeard& output, std::size_t at, std::uint64_t frame) {
    if (!stretches_.empty() && frame < stretches_.back().end()) {
        complain(fmt::format("frame {} is heard again on {}: {} was the last", frame, output.uid,
                             stretches_.back().end() - 1));
    }
    const Ticks begins = output.host_time + ticks(static_cast<double>(at), output.rate);
    const auto latency = latency_of(frame, begins, output.rate);
    stretches_.push_back({.uid = output.uid,
                          .rate = output.rate,
                          .first = frame,
                          .frames = 0,
                          .begins = begins,
                          .ends = begins,
                          .latency = latency,
                          .faded_in = !rising_.empty()});
    check_fade_in();
    open_ = true;
    falls_ = false;
}

/// What was heard since the silence is what leads up to the stretch, rising.
void Ears::check_fade_in() {
    double above = 1 + kTolerance;
    std::uint64_t frame = stretches_.back().first;
    for (auto sample = rising_.rbegin(); sample != rising_.rend() && frame > 0; ++sample) {
        const double gain =
            static_cast<double>(*sample) / static_cast<double>(shm::testing::left_of(--frame));
        if (gain < 0 || gain > above) {
            complain(fmt::format("frame {} comes with a gain of {}, behind which the gain is {}", frame, gain,
                                 above));
            break;
        }
        above = gain + kTolerance;
    }
    rising_.clear();
}

void Ears::fading(const OutputHeard& output, std::size_t at) {
    const float left = output.samples[2 * at];
    if (!falls_) {
        rising_.push_back(left);
        return;
    }
    const double gain = static_cast<double>(left) / static_cast<double>(shm::testing::left_of(falling_++));
    if (gain < 0 || gain > falling_gain_ + kTolerance) {
        // Not the end of a fade-out, but the beginning of something else.
        falls_ = false;
        rising_.assign(1, left);
        return;
    }
    falling_gain_ = gain;
}

void Ears::hear(const OutputHeard& output) {
    const std::size_t frames = output.samples.size() / 2;
    const bool same_line = output.uid == uid_ && output.time_line == time_line_;
    if (!same_line || output.sample_time != next_sample_time_) {
        // Several devices may run; only one of them is heard.
        if (simulation::silent(output.samples) == frames && !same_line) return;
        open_ = false;
        falls_ = false;
        rising_.clear();
    }
    uid_ = output.uid;
    time_line_ = output.time_line;
    next_sample_time_ = output.sample_time + static_cast<std::int64_t>(frames);
    std::size_t at = 0;
    while (at < frames) {
        const auto rest = output.samples.subspan(2 * at);
        if (open_) {
            Stretch& stretch = stretches_.back();
            const std::size_t run = simulation::counted(stretch.end(), rest);
            stretch.frames += run;
            at += run;
            stretch.ends = output.host_time + ticks(static_cast<double>(at), output.rate);
            if (at == frames) return;
            open_ = false;
            falls_ = true;
            falling_ = stretch.end();
            falling_gain_ = 1;
            continue;
        }
        if (const std::size_t run = simulation::silent(rest); run > 0) {
            at += run;
            falls_ = false;
            rising_.clear();
            continue;
        }
        const auto number = simulation::number_of(rest.data());
        const bool enough = rest.size() / 2 >= kCertain;
        if (number && enough && simulation::counted(*number, rest.first(2 * kCertain)) == kCertain) {
            begin(output, at, *number);
            continue;
        }
        fading(output, at++);
    }
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
