// What the faults do to a world.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "world.hpp"

namespace gecko::simulation {
namespace {

constexpr double kReconcile = 0.03;  // seconds until the app has noticed and starts an output
constexpr double kPlayersReturn =
    0.3;                            // seconds until applications play again after the audio server is back
constexpr double kDriftStep = 1.0;  // seconds
constexpr double kNotice = 0.001;   // seconds until the app hears that IO starts
constexpr double kPoll = 0.002;     // seconds between two looks at a fade
constexpr double kFadeGuard = 0.2;  // seconds
constexpr std::size_t kRemembered = 5;
constexpr double kMargin = 0.004;  // seconds: the engine's
constexpr double kSetBack =
    1.2;  // seconds until the engine has noticed that frames come late again and again

}  // namespace

void World::apply(const Fault& fault) {
    if (on_fault) on_fault(fault);
    happened_.push_back(fmt::format("at {:.6f} s: {}", seconds_of(now()), text_of(fault)));
    if (happened_.size() > kRemembered) happened_.pop_front();
    std::visit([this](const auto& what) { happen(what); }, fault);
    if (sink_) (void)sink_->control_work();
}

/// For so many seconds of what reading was set by are not there any more. What came late just before counts as well.
void World::allow_set_back(double late) {
    double most = late + 2 * kMargin + 2 * jitter_;
    for (const Disturbance& disturbance : disturbances_) {
        if (disturbance.at + ticks_of(kSetBack) >= now()) most += disturbance.seconds;
    }
    checker_.allow_set_back(static_cast<std::int64_t>(most * rate_), now() + ticks_of(late + kSetBack));
    latency_ += most;
    checker_.set_latency(latency_);
}

/// Frames come late once. That is no reason to set reading back, unless it happens as often as if it were one.
void World::disturb(double seconds) {
    while (!disturbances_.empty() && disturbances_.front().at + ticks_of(kSetBack) < now())
        disturbances_.pop_front();
    disturbances_.push_back({.at = now(), .seconds = seconds});
    if (checker_.set_back_allowed() || disturbances_.size() >= engine::LateWatch::kTimes)
        allow_set_back(seconds);
}

void World::happen(const Drift& drift) {
    const int steps = std::max(1, static_cast<int>(drift.seconds / kDriftStep));
    ++drifts_;
    drift_step((drift.ppm - output_.ppm) / steps, steps);
}

void World::drift_step(double step, int left) {
    output_.ppm += step;
    if (output_.io.running()) output_.crystal.drift(now(), output_.ppm);
    if (left <= 1) return;
    in(kDriftStep, [this, step, left, drift = drifts_] {
        if (drift == drifts_) drift_step(step, left - 1);
    });
}

void World::happen(const Jitter& jitter) {
    latency_ += std::max(0.0, jitter.seconds - jitter_);
    jitter_ = jitter.seconds;
    checker_.set_latency(latency_);
}

void World::happen(const Stall& stall) {
    stalled_until_ = now() + ticks_of(stall.seconds);
    disturb(stall.seconds);
    const auto hold = [&](Next& next, DeviceIo& io, auto skip) {
        if (!io.running()) return;
        const auto period = static_cast<Ticks>(kTicksPerSecond * io.frames() / rate_);
        while (!stall.catches_up && io.due() + period < stalled_until_) skip();
        next.due = io.due();
        next.run_at = std::max(next.run_at, stalled_until_);
    };
    if (sink_) hold(sink_next_, sink_->io(), [this] { skip_sink(); });
    hold(output_.next, output_.io, [this] { skip_output(); });
    at(stalled_until_, [this] { checker_.resumed(); });
    unsettle();
}

void World::happen(const SinkLate& late) {
    if (!sink_ || !sink_->io().running()) return;
    sink_late_until_ = now() + ticks_of(late.seconds);
    disturb(late.seconds);
    sink_next_.run_at = std::max(sink_next_.run_at, sink_late_until_);
    checker_.excuse(now(), sink_late_until_ + ticks_of(latency_));
    unsettle();
}

void World::happen(const SinkFrames& change) {
    const std::uint32_t before = std::exchange(sink_frames_, change.frames);
    if (!sink_) return;
    DeviceIo& io = sink_->io();
    const std::int64_t written_until = io.output_position();
    sink_->set_frames(change.frames);
    latency_ += 2.0 * (change.frames - std::min(change.frames, before)) / rate_;
    checker_.set_latency(latency_);
    if (!io.running()) return;
    if (const auto left_out = io.output_position() - written_until; left_out > 0) {
        checker_.fed({.what = Fed::What::hole,
                      .time_line = time_line_,
                      .sample_time = written_until,
                      .frames = static_cast<std::uint32_t>(left_out),
                      .frame = next_frame_,
                      .at = now()});
        hole_ += left_out;
    }
    schedule(sink_next_, io);
    if (change.frames >= before) return;
    allow_set_back(static_cast<double>(before - change.frames) / rate_);
    // What has been faded in until now is not looked at.
    if (app_ && !app_->engine().faded_in()) checker_.excuse(now() - ticks_of(kFadeGuard), now());
}

void World::happen(const FirstCallbackLate& late) {
    first_callback_late_ = late.seconds;
}

void World::happen(const SinkOverload& overload) {
    if (!sink_ || !sink_->io().running()) return;
    disturb(static_cast<double>(overload.cycles) * sink_->io().frames() / rate_);
    for (std::uint32_t i = 0; i < overload.cycles; ++i) skip_sink();
    schedule(sink_next_, sink_->io());
}

void World::happen(const OutputOverload& overload) {
    if (!output_.io.running()) return;
    for (std::uint32_t i = 0; i < overload.cycles; ++i) skip_output();
    schedule(output_.next, output_.io);
}

void World::happen(const ClientStarts&) {
    if (!sink_ || !players_.start(*sink_)) return;
    begin_time_line();
    in(kNotice, [this] { look_for_sound(); });
}

void World::happen(const ClientStops&) {
    if (!sink_ || sink_->clients() == 0) return;
    if (players_.stop(*sink_)) checker_.line_ends();
}

void World::happen(const Crowd& crowd) {
    if (!sink_) return;
    const std::size_t room = kMostClients - std::min<std::size_t>(kMostClients, players_.playing());
    for (std::size_t i = 0; i < std::min<std::size_t>(crowd.clients, room); ++i) {
        happen(ClientStarts{});
        in(random_.between(0, crowd.seconds), [this] { happen(ClientStops{}); });
    }
}

void World::happen(const ChainsChange& change) {
    chains_ = change.applications;
    if (app_) choose_chains();
}

void World::happen(const SourceRests& rests) {
    source_rests_ = true;
    in(rests.seconds, [this] { source_rests_ = false; });
}

void World::happen(const RateChanges& changes) {
    if (!sink_ || changes.hz == rate_) return;
    const bool sleeps = search_ && !waking_ && checker_.all_heard();
    if (!sleeps) begin_outage();
    sink_->set_rate(changes.hz);
    rate_ = changes.hz;
    if (sink_->control_work() && sink_->clients() > 0) begin_time_line();
    in(kReconcile, [this, life = life_] {
        if (life != life_ || !app_ || search_) return;  // who starts it later does it with this rate
        end_output();
        begin_output();
    });
}

void World::happen(const OutputReplaced& replaced) {
    if (!app_ || search_) {
        output_.ppm = replaced.ppm;
        output_.frames = replaced.frames;
        output_.origin = static_cast<std::int64_t>(random_.below(1 << 20)) * 16'384;
        return;
    }
    begin_outage();
    if (replaced.fades) {
        app_->engine().fade_out();
        fading_out_ = true;
    } else {
        end_output();
    }
    replace_output(replaced, now());
}

void World::replace_output(const OutputReplaced& replaced, Ticks started) {
    const bool waiting = fading_out_ && !app_->engine().faded_out() && now() < started + ticks_of(kFadeGuard);
    in(waiting ? kPoll : kReconcile, [this, replaced, started, waiting, life = life_] {
        if (life != life_ || !app_) return;
        if (waiting) return replace_output(replaced, started);
        end_output();
        ++drifts_;
        output_.ppm = replaced.ppm;
        output_.frames = replaced.frames;
        output_.origin = static_cast<std::int64_t>(random_.below(1 << 20)) * 16'384;
        begin_output();
    });
}

void World::happen(const AppDies& dies) {
    if (!app_) return;
    begin_outage();
    end_output();
    ++life_;
    waking_ = false;
    search_.reset();
    app_.reset();
    in(dies.seconds, [this] { start_app(); });
}

void World::happen(const HostDies& dies) {
    if (!sink_) return;
    begin_outage();
    end_output();
    const std::size_t clients = sink_->clients();
    sink_.reset();
    players_.forget();
    checker_.line_ends();
    in(dies.seconds, [this, clients] {
        sink_ = std::make_unique<SinkHost>(sink_frames_);
        if (!app_) return;  // it is being started anyway
        ++life_;
        waking_ = false;
        search_.reset();
        app_.reset();  // detached from a driver that is gone
        start_app();
        in(kPlayersReturn, [this, clients] {
            for (std::size_t i = 0; i < clients; ++i) happen(ClientStarts{});
        });
    });
}

}  // namespace gecko::simulation
