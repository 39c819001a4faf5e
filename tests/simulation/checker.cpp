#include "checker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "signal.hpp"

namespace gecko::simulation {
namespace {

constexpr Ticks kOpen = std::numeric_limits<Ticks>::max();
constexpr std::size_t kComplaints = 8;

// Relative; Float32 has 6e-8.
constexpr double kRounding = 1e-6;

double ms(Ticks ticks) {
    return 1e3 * seconds_of(ticks);
}

}  // namespace

void Checker::complain(std::string text) {
    if (complaints_.size() < kComplaints) {
        complaints_.push_back(fmt::format("at {:.6f} s: {}", seconds_of(now()), std::move(text)));
    }
}

void Checker::fed(const Fed& fed) {
    log_.add(fed);
    fed_frames_ = fed.end_frame();
    line_ended_ = false;
}

void Checker::expect_new_phase() {
    if (now() > set_back_until_) set_back_ = 0;
    lock_.reset();
    stash_.clear();
    fade_out_gain_ = 1;
}

void Checker::allow_set_back(std::int64_t frames, Ticks until) {
    set_back_ += frames;
    set_back_until_ = std::max(set_back_until_, until);
    excuse(now(), until);
}

std::size_t Checker::begin_excuse(Ticks from) {
    excuses_.push_back({.from = from, .to = kOpen});
    return excuses_.size() - 1;
}

void Checker::end_excuse(std::size_t excuse, Ticks to) {
    excuses_[excuse].to = to;
}

bool Checker::excused(Ticks at) const {
    return std::ranges::any_of(excuses_, [&](const Excuse& e) { return e.from <= at && at <= e.to; });
}

std::uint64_t Checker::find(std::int64_t sink_time) {
    while (entry_ < log_.end() && log_[entry_].time_line == lock_->time_line &&
           log_[entry_].end_time() <= sink_time)
        ++entry_;
    return entry_;
}

void Checker::lock(const Lock& found) {
    lock_ = found;
    const auto stash = std::exchange(stash_, {});
    if (set_back_ > 0) return;  // where those were read is not known
    double gain = 0;
    for (const Stashed& part : stash) {
        entry_ = log_.find_time(found.time_line, part.sample_time + found.offset);
        scaled(part.sample_time, part.pcm, gain, true);
    }
}

void Checker::heard(std::uint64_t frame, std::size_t frames, std::uint64_t& count) {
    if (frame != next_) lost(next_, frame);
    next_ = frame + frames;
    count += frames;
    last_heard_ = now();
}

void Checker::lost(std::uint64_t from, std::uint64_t to) {
    std::uint64_t without_excuse = 0;
    Ticks first_at = 0;
    std::uint64_t first = 0;
    for (std::uint64_t i = log_.find_frame(from); i < log_.end() && log_[i].frame < to; ++i) {
        const Fed& entry = log_[i];
        const std::uint64_t start = std::max(entry.frame, from);
        const std::uint64_t end = std::min(entry.end_frame(), to);
        if (start >= end) continue;
        if (excused(entry.at)) {
            counts_.explained_lost += end - start;
            continue;
        }
        if (without_excuse == 0) {
            first = start;
            first_at = entry.at;
        }
        without_excuse += end - start;
    }
    if (without_excuse == 0) return;
    counts_.lost += without_excuse;
    complain(fmt::format("lost: {} frames from {} on, fed {:.3f} ms ago, were never played", without_excuse,
                         first, ms(now() - first_at)));
}

std::optional<std::uint64_t> Checker::overdue() {
    due_entry_ = std::max(due_entry_, log_.begin());
    while (due_entry_ < log_.end() && (log_[due_entry_].end_frame() <= next_ || excused(log_[due_entry_].at)))
        ++due_entry_;
    if (due_entry_ == log_.end() || excused(now())) return std::nullopt;
    const Fed& entry = log_[due_entry_];
    if (now() - std::max(entry.at, resumed_) <= latency_ || now() < resumed_) return std::nullopt;
    return std::max(entry.frame, next_);
}

std::size_t Checker::still_silent(std::size_t frames) {
    if (frames == 0) return 0;
    if (const auto frame = overdue()) {
        counts_.silence += frames;
        complain(fmt::format("silence: frame {}, fed {:.3f} ms ago, has not been heard yet", *frame,
                             ms(now() - log_[due_entry_].at)));
        lost(*frame, fed_frames_);
        next_ = fed_frames_;
        return frames;
    }
    counts_.explained_silence += frames;
    return frames;
}

std::size_t Checker::as_expected(std::int64_t sample_time, std::span<const float> pcm) {
    if (!lock_) return still_silent(silent(pcm));
    const std::int64_t sink_time = sample_time + lock_->offset;
    const std::uint64_t at = find(sink_time);
    if (at == log_.end() || log_[at].time_line != lock_->time_line) {  // behind the last that was fed
        const bool over = at != log_.end() || line_ended_;
        const std::size_t run = silent(pcm);
        if (over || run == 0 || excused(now()) || may_be_set_back(run)) return still_silent(run);
        counts_.silence += run;
        complain(fmt::format("silence: {} frames were played before they were fed", run));
        return run;
    }
    const Fed& entry = log_[at];
    if (sink_time < entry.sample_time) {  // before the time line
        const auto before = static_cast<std::size_t>(entry.sample_time - sink_time);
        return still_silent(silent(pcm.first(std::min(pcm.size(), 2 * before))));
    }
    const auto left = static_cast<std::size_t>(entry.end_time() - sink_time);
    pcm = pcm.first(std::min(pcm.size(), 2 * left));
    if (entry.what != Fed::What::audio) {
        const std::size_t run = silent(pcm);
        counts_.explained_silence += run;
        return run;
    }
    const std::uint64_t frame = entry.frame + static_cast<std::uint64_t>(sink_time - entry.sample_time);
    if (frame < next_) return 0;
    const std::size_t run = counted(frame, pcm);
    if (run > 0) {
        heard(frame, run, counts_.played);
        if (now() > set_back_until_) set_back_ = 0;
    }
    return run;
}

std::size_t Checker::otherwise(std::int64_t sample_time, std::span<const float> pcm) {
    if (const std::size_t run = silent(pcm); run > 0) {
        if (excused(now()) || may_be_set_back(run)) {
            counts_.explained_silence += run;
        } else {
            counts_.silence += run;
            complain(fmt::format("silence: {} frames instead of frame {}", run, next_));
        }
        return run;
    }
    const auto frame = number_of(pcm.data());
    if (!frame || *frame >= fed_frames_) {
        ++counts_.foreign;
        complain(fmt::format("foreign: ({}, {}) was fed by nobody; frame {} was due", pcm[0], pcm[1], next_));
        return 1;
    }
    if (*frame < next_) {
        const std::size_t run = counted(*frame, pcm);
        counts_.repeated += run;
        complain(
            fmt::format("repeated: {} frames from {} on come again; frame {} was due", run, *frame, next_));
        return run;
    }
    const Fed& entry = log_[log_.find_frame(*frame)];
    const Lock found{
        .time_line = entry.time_line,
        .offset = entry.sample_time + static_cast<std::int64_t>(*frame - entry.frame) - sample_time};
    const std::int64_t shift =
        lock_ && lock_->time_line == found.time_line ? found.offset - lock_->offset : 0;
    if (shift > 0 && shift <= surplus_ && *frame - next_ <= left_out_) {
        surplus_ -= shift;
        counts_.explained_lost += *frame - next_;
        left_out_ -= *frame - next_;
        next_ = *frame;
    } else if (shift < 0 && -shift <= set_back_) {
        set_back_ += shift;
    } else if (lock_ && lock_->time_line == found.time_line) {
        ++counts_.shifted;
        complain(fmt::format("shifted: frame {} is played {} frames too early; frame {} was due", *frame,
                             shift, next_));
    }
    lock(found);
    entry_ = log_.find_frame(*frame);
    const std::size_t run =
        counted(*frame, pcm.first(std::min<std::size_t>(pcm.size(), 2 * (entry.end_frame() - *frame))));
    heard(*frame, run, counts_.played);
    return run;
}

void Checker::scaled(std::int64_t sample_time, std::span<const float> pcm, double& gain, bool rising) {
    for (std::size_t i = 0; 2 * i < pcm.size(); ++i) {
        const float* frame = &pcm[2 * i];
        const std::int64_t sink_time = sample_time + static_cast<std::int64_t>(i) + lock_->offset;
        const std::uint64_t at = find(sink_time);
        if (at == log_.end() || log_[at].time_line != lock_->time_line || sink_time < log_[at].sample_time)
            continue;  // what is left of another time line, or nothing
        const Fed& entry = log_[at];
        if (entry.what != Fed::What::audio) continue;
        const std::uint64_t number = entry.frame + static_cast<std::uint64_t>(sink_time - entry.sample_time);
        if (rising && gain == 0 && number < next_ && shm::testing::is_silence(frame))
            continue;  // heard before
        const auto left = static_cast<double>(shm::testing::left_of(number));
        const auto right = static_cast<double>(shm::testing::right_of(number));
        const double here = static_cast<double>(frame[0]) / left;
        const bool on_the_way = rising ? here >= gain * (1 - kRounding) : here <= gain * (1 + kRounding);
        if (number < next_ || !(here >= 0 && here <= 1) || !on_the_way ||
            !(std::abs(static_cast<double>(frame[1]) - here * right) <= kRounding * right)) {
            ++counts_.foreign;
            complain(fmt::format("foreign: ({}, {}) is not frame {} faded {}", frame[0], frame[1], number,
                                 rising ? "in" : "out"));
            return;
        }
        gain = here;
        heard(number, 1, counts_.faded);
    }
}

void Checker::played(std::int64_t sample_time, std::span<const float> pcm, Fade fade) {
    std::uint64_t digest = digest_;
    for (std::size_t i = 0; i + 1 < pcm.size(); i += 2) {
        const auto bits = std::uint64_t{std::bit_cast<std::uint32_t>(pcm[i])} << 32 |
                          std::bit_cast<std::uint32_t>(pcm[i + 1]);
        digest = (digest ^ bits) * 0x9e37'79b9'7f4a'7c15;
        digest ^= digest >> 32;
    }
    digest_ = digest;

    if (fade == Fade::rising) {
        if (silent(pcm) * 2 < pcm.size()) {
            stash_.push_back({.sample_time = sample_time, .pcm = {pcm.begin(), pcm.end()}});
        }
        return;
    }
    if (fade == Fade::falling) {
        if (lock_ && set_back_ == 0) scaled(sample_time, pcm, fade_out_gain_, false);
        return;
    }
    while (!pcm.empty()) {
        std::size_t run = as_expected(sample_time, pcm);
        if (run == 0) run = otherwise(sample_time, pcm);
        sample_time += static_cast<std::int64_t>(run);
        pcm = pcm.subspan(2 * run);
    }
}

void Checker::skipped(std::int64_t sample_time, std::size_t frames, Ticks since) {
    // Where reading is not known to be on the newest time line, what is left out may be its beginning.
    if (!lock_ || log_.end() == 0 || log_[log_.end() - 1].time_line != lock_->time_line) {
        excuse(since - std::min(since, latency_), now() + latency_);
    }
    if (lock_ && set_back_ > 0) {  // nor where it is on that one
        excuse(since - std::min(since, latency_), now() + latency_);
        return;
    }
    if (!lock_) return;
    if (surplus_ > 0) left_out_ += frames;  // it may have been left out already: then what follows is missing
    const std::int64_t start = sample_time + lock_->offset;
    const std::int64_t end = start + static_cast<std::int64_t>(frames);
    for (std::int64_t time = start; time < end;) {
        const std::uint64_t at = find(time);
        if (at == log_.end() || log_[at].time_line != lock_->time_line) return;
        const Fed& entry = log_[at];
        const std::int64_t from = std::max(time, entry.sample_time);
        const std::int64_t to = std::min(end, entry.end_time());
        if (entry.what == Fed::What::audio && from < to) {
            const std::uint64_t frame = entry.frame + static_cast<std::uint64_t>(from - entry.sample_time);
            const Ticks before = last_heard_;
            heard(frame, static_cast<std::size_t>(to - from), counts_.explained_lost);
            last_heard_ = before;
        }
        time = entry.end_time();
    }
}

void Checker::finish() {
    const auto frame = overdue();
    if (!frame) return;
    complain(fmt::format("lost: frame {}, fed {:.3f} ms ago, has not been heard at the end", *frame,
                         ms(now() - log_[due_entry_].at)));
    ++counts_.lost;
}

}  // namespace gecko::simulation
