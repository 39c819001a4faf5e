#include "world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "between.hpp"
#include "signal.hpp"

namespace gecko::simulation {
namespace {

constexpr double kFirstSound = 0.2;  // seconds: the engine has faded in
constexpr double kHeartbeat = 1.0;
constexpr double kTryAgain = 0.1;
constexpr double kLongestStart = 0.05;                  // seconds that an output takes to start
constexpr double kLongestWake = kLongestStart + 0.025;  // and until sound is noticed

World* the_world = nullptr;

/// Most delays are short, a few nearly as long as they can be.
double lateness(Random& random, double most) {
    const double u = random.unit();
    return most * u * u * u;
}

}  // namespace

World::World(const Setup& setup)
    : setup_(setup),
      random_(setup.seed),
      beginning_(now()),
      rate_(setup.rate),
      jitter_(setup.jitter),
      sink_(std::make_unique<SinkHost>(setup.sink_frames)),
      sink_frames_(setup.sink_frames),
      players_(setup.seed ^ 0x91a7),
      rings_(setup.seed ^ 0x4176),
      chains_(setup.chains),
      output_{.crystal = {},
              .io = {},
              .frames = setup.output_frames,
              .ppm = setup.ppm,
              .origin = 0,
              .next = {},
              .left_out_from = 0,
              .left_out = 0,
              .left_out_since = 0} {
    the_world = this;
    start_app();
    if (setup.application_plays) in(kFirstSound, [this] { happen(ClientStarts{}); });
}

World::~World() {
    the_world = nullptr;
}

void World::add(const Script& script) {
    for (const At& entry : script) {
        at(beginning_ + ticks_of(entry.seconds), [this, fault = entry.fault] { apply(fault); });
    }
}

void World::run_until(double seconds) {
    const Ticks end = beginning_ + ticks_of(seconds);
    while (checker_.complaints().empty() && run_next(end)) {
    }
    if (checker_.complaints().empty()) set_now(std::max(now(), end));
}

bool World::run_next(Ticks end) {
    const auto runs_before = [](const Next& a, const Next& b) {
        return a.run_at != b.run_at ? a.run_at < b.run_at : a.due <= b.due;
    };
    const bool sink_runs = sink_ != nullptr && sink_->io().running();
    const bool output_runs = output_.io.running();
    const Next* next = nullptr;
    if (sink_runs) next = &sink_next_;
    if (output_runs && (next == nullptr || !runs_before(*next, output_.next))) next = &output_.next;

    if (!actions_.empty() && (next == nullptr || actions_.begin()->first <= next->run_at)) {
        if (actions_.begin()->first > end) return false;
        const auto action = actions_.extract(actions_.begin());
        set_now(std::max(now(), action.key()));
        action.mapped()();
        return true;
    }
    if (next == nullptr || next->run_at > end) return false;
    set_now(std::max(now(), next->run_at));
    if (next == &sink_next_) {
        run_sink();
    } else {
        run_output();
    }
    return true;
}

void World::schedule(Next& next, const DeviceIo& io) {
    next.due = io.due();
    next.run_at = std::max({now(), next.due + ticks_of(lateness(random_, jitter_)), stalled_until_});
    if (&next == &sink_next_) next.run_at = std::max(next.run_at, sink_late_until_);
}

void World::update_latency(double extra) {
    latency_ = 2.0 * (sink_frames_ + output_.frames) / rate_ + 0.03 + jitter_ + extra;
    checker_.set_latency(latency_);
}

// Gecko Sink

void World::begin_time_line() {
    ++time_line_;
    hole_ = 0;
    schedule(sink_next_, sink_->io());
    unsettle();
}

void World::run_sink() {
    DeviceIo& io = sink_->io();
    if (hole_ >= std::int64_t{shm::kDefaultFrames})
        ++time_line_;  // the driver fills no hole of a ring or more
    hole_ = 0;
    const auto parts = players_.play(next_frame_, io.frames(), source_rests_);
    const Ticks began = now();
    stepping_ = true;
    const std::int64_t sample_time = sink_->run_cycle(parts);
    stepping_ = false;
    checker_.fed({.what = source_rests_ ? Fed::What::silence : Fed::What::audio,
                  .time_line = time_line_,
                  .sample_time = sample_time,
                  .frames = io.frames(),
                  .frame = next_frame_,
                  .at = began});
    if (!source_rests_) next_frame_ += io.frames();
    if (!sink_->complaint().empty()) checker_.complain("driver: " + sink_->complaint());
    if (app_) {
        if (const std::string wrong = rings_.look(app_->ring(), parts); !wrong.empty())
            checker_.complain("rings: " + wrong);
    }
    schedule(sink_next_, io);
}

void World::skip_sink() {
    DeviceIo& io = sink_->io();
    checker_.fed({.what = Fed::What::hole,
                  .time_line = time_line_,
                  .sample_time = io.output_position(),
                  .frames = io.frames(),
                  .frame = next_frame_,
                  .at = now()});
    hole_ += io.frames();
    io.advance();
}

// The output

ZeroStamp World::output_stamp() const {
    const auto stamp = output_.crystal.stamp_at(now());
    return {.sample_time = stamp.sample_time + static_cast<double>(output_.origin),
            .host_time = stamp.host_time,
            .seed = stamp.seed};
}

void World::begin_output() {
    app_->engine().prepare(rate_);
    const bool woken = search_.has_value();
    if (woken) app_->engine().resume_at(search_->position());
    woken_ = woken;
    search_.reset();
    waking_ = false;
    output_.crystal.start(now(), rate_, output_.ppm);
    output_.io.begin(rate_, output_.frames, output_stamp());
    schedule(output_.next, output_.io);
    const double late = std::exchange(first_callback_late_, 0);
    output_.next.run_at += ticks_of(late);
    fading_out_ = false;
    output_.left_out = 0;
    checker_.expect_new_phase();
    const double wake = woken ? kLongestWake + late : 0;
    checker_.allow_surplus(woken ? static_cast<std::int64_t>(wake * rate_) + 2 * output_.frames : 0);
    update_latency(wake);
    if (late > 0) allow_set_back(late);
    unsettle();
    measured_line_.reset();
    returning_ = outage_.has_value();
}

void World::end_output() {
    // How much of it the old output would still have played nobody knows.
    if (output_.left_out > 0) checker_.excuse(output_.left_out_since - ticks_of(latency_), now());
    output_.left_out = 0;
    output_.io.end();
    fading_out_ = false;
    checker_.expect_new_phase();
}

void World::begin_outage() {
    if (outage_) return;
    outage_ = checker_.begin_excuse(now() - std::min(now(), ticks_of(latency_)));
    silent_since_ = checker_.last_heard();
}

void World::run_output() {
    DeviceIo& io = output_.io;
    if (!io.look(output_stamp())) checker_.complain("simulation: the output began a time line by itself");
    const DeviceIo::Cycle cycle = io.cycle();
    engine::Engine& engine = app_->engine();
    if (engine.faded_in()) woken_ = false;
    const bool whole = woken_ || engine.faded_in();
    const Fade fade = fading_out_ ? Fade::falling : whole ? Fade::none : Fade::rising;
    out_.resize(2 * std::size_t{io.frames()});
    engine.render({.sample_time = cycle.output_time.mSampleTime,
                   .host_time = cycle.output_time.mHostTime,
                   .now = now()},
                  out_);
    if (returning_ && outage_) {
        checker_.end_excuse(*std::exchange(outage_, std::nullopt), now());
    }
    tell_left_out();
    if (on_output && fade == Fade::none) on_output(out_);
    const Ticks heard_before = checker_.last_heard();
    checker_.played(static_cast<std::int64_t>(cycle.output_time.mSampleTime), out_, fade);
    if (returning_ && checker_.last_heard() != heard_before) {
        outages_.push_back(seconds_of(now() - silent_since_));
        returning_ = false;
    }
    io.advance();
    schedule(output_.next, io);
    measure();
}

/// Only now is known what was fed meanwhile.
void World::tell_left_out() {
    const std::size_t frames = std::exchange(output_.left_out, 0);
    if (frames > 0) checker_.skipped(output_.left_out_from, frames, output_.left_out_since);
}

void World::skip_output() {
    if (output_.left_out == 0) {
        output_.left_out_from = output_.io.output_position();
        output_.left_out_since = now();
    }
    output_.left_out += output_.io.frames();
    output_.io.advance();
}

// The app

void World::start_app() {
    auto app = std::make_unique<App>(++pid_, rate_);
    if (!sink_ || !app->attach(*sink_)) return in(kTryAgain, [this] { start_app(); });
    app_ = std::move(app);
    rings_.restart(app_->ring());
    choose_chains();
    search_.reset();
    idle_.reset();
    looked_ = now();
    if (sink_->rate() != rate_) {
        sink_->set_rate(rate_);
        if (sink_->control_work() && sink_->clients() > 0) begin_time_line();
    }
    (void)sink_->control_work();
    begin_output();
    heartbeat(++life_);
}

/// Flat and, as a rule, at unity: what comes through the clients' rings is to be the mix, bit for bit.
void World::choose_chains() {
    engine::Settings settings;
    for (std::uint32_t i = 0; i < kPlayerApplications; ++i) {
        if ((chains_ >> i & 1) == 0) continue;
        engine::ApplicationSettings& own = settings.applications[settings.application_count++];
        std::ranges::copy(application_name(i), own.bundle_id.begin());
        own.volume = setup_.chain_volume;
    }
    app_->engine().set(settings);
}

void World::heartbeat(std::uint32_t life) {
    if (life != life_ || !app_) return;
    if (now() < stalled_until_) return at(stalled_until_, [this, life] { heartbeat(life); });
    app_->beat();
    look_for_sound();
    in(kHeartbeat, [this, life] { heartbeat(life); });
}

/// What the backend's thread does at each heartbeat, when IO starts, and every 20 ms while an application plays silence.
void World::look_for_sound() {
    // Nobody looks while an output is being started or replaced: it is the same thread.
    if (!setup_.idles || !app_ || waking_ || (!output_.io.running() && !search_)) return;
    const double elapsed = seconds_of(now() - std::exchange(looked_, now()));
    const shm::RingReader ring = app_->ring();
    const bool audible = search_ ? search_->find(ring).has_value()
                                 : static_cast<double>(app_->engine().quiet_frames()) < elapsed * rate_;
    const auto verdict = idle_.look({.now = seconds(), .playing = ring.state().running, .audible = audible});
    if (!verdict.run && !search_) {
        search_.emplace(ring, app_->engine().read_position());
        end_output();
    } else if (verdict.run && search_) {
        return wake_output();
    }
    if (!verdict.listen || !search_) return;
    look_at_ = now() + ticks_of(engine::IdleWatch::kListeningPeriod);
    at(look_at_, [this, planned = look_at_] {
        if (planned == look_at_) look_for_sound();
    });
}

void World::wake_output() {
    waking_ = true;
    in(random_.between(0.001, kLongestStart), [this, life = life_] {
        if (life == life_ && app_ && waking_) begin_output();
    });
}

// Planted faults

void World::step_between() {
    if (!stepping_ || !output_.io.running()) return;
    // The thread that writes is held up for a moment, in which the output's callback comes.
    if (output_.next.run_at > now() + ticks_of(0.001)) return;
    set_now(std::max(now(), output_.next.run_at));
    run_output();
}

}  // namespace gecko::simulation

void gecko::shm::step_between() noexcept {
    if (gecko::simulation::the_world != nullptr) gecko::simulation::the_world->step_between();
}
