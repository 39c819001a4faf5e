#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app.hpp"
#include "checker.hpp"
#include "engine/idle_watch.hpp"
#include "engine/late_watch.hpp"
#include "engine/sound_search.hpp"
#include "faults.hpp"
#include "minihal/hardware/crystal.hpp"
#include "players.hpp"
#include "random.hpp"
#include "ring_check.hpp"
#include "sink_host.hpp"
#include "virtual_time.hpp"

namespace gecko::simulation {

struct Setup {
    std::uint64_t seed = 1;
    std::uint32_t rate = 48'000;        ///< Hz
    std::uint32_t sink_frames = 512;    ///< in a cycle of Gecko Sink
    std::uint32_t output_frames = 512;  ///< in a callback of the output
    double ppm = 0;                     ///< what the output's crystal runs fast by
    double jitter = 0.001;              ///< seconds that a cycle runs late at most
    double settling = 60;           ///< seconds from a new phase on in which fill and steering are not judged
    bool idles = true;              ///< the app stops the output while there is nothing to hear
    bool application_plays = true;  ///< from the first fifth of a second on
    double chain_volume = 1;        ///< of those chains
    std::uint32_t chains = 0;       ///< applications that the engine plays through chains of their own: bit n
};

/// Fill and steering as the engine tells them, after settling.
struct Loop {
    double fill_error_ms = 0;  ///< the largest |fill - target|
    double steering_step_ppm =
        0;  ///< the largest change of the driver's clock in one period; from the start on
    double steering_limit_ppm = 0;  ///< the largest |steering| of the driver's clock; from the start on
    bool judged = false;            ///< there was time to settle
};

/// The driver in its host, the app's engine and an output device in one thread under virtual time. One world at a time.
class World {
  public:
    explicit World(const Setup& setup);
    World(const World&) = delete;
    World& operator=(const World&) = delete;
    ~World();

    void add(const Script& script);
    /// Goes on until `seconds` after the beginning, or until something is wrong.
    void run_until(double seconds);
    /// After the last run: whether all that was fed was heard.
    void finish() {
        if (checker_.complaints().empty()) checker_.finish();
    }

    [[nodiscard]] const Checker& checker() const { return checker_; }
    [[nodiscard]] const Loop& loop() const { return loop_; }
    [[nodiscard]] const RingCheck& rings() const { return rings_; }
    [[nodiscard]] double seconds() const { return seconds_of(now() - beginning_); }
    [[nodiscard]] std::uint32_t rate() const { return rate_; }
    [[nodiscard]] bool output_runs() const { return output_.io.running(); }
    [[nodiscard]] bool app_attached() const { return app_ != nullptr; }
    [[nodiscard]] engine::Status status();
    /// What the driver's clock runs fast by now, ppm.
    [[nodiscard]] double steering() const { return steering_; }
    /// Seconds without sound around each outage: from the last frame heard before it to the first behind it.
    [[nodiscard]] const std::vector<double>& outages() const { return outages_; }
    /// All failures in words, with the seed; empty if there are none.
    [[nodiscard]] std::string verdict() const;

    /// Called at each fault, for logs.
    std::function<void(const Fault&)> on_fault;

    /// Looks at what the engine plays, and may change it before it is checked, when nothing fades.
    std::function<void(std::span<float>)> on_output;

    /// A planted fault's way to have the reader step in the middle of a write (between.hpp).
    void step_between();

  private:
    /// A device's next cycle.
    struct Next {
        Ticks run_at = 0;
        Ticks due = 0;
    };
    struct Output {
        minihal::hardware::Crystal crystal;
        DeviceIo io;
        std::uint32_t frames;
        double ppm;
        std::int64_t origin = 0;  // sample time at which the device began
        Next next;
        std::int64_t left_out_from = 0;  // sample time
        std::size_t left_out = 0;        // frames since the last callback
        Ticks left_out_since = 0;
    };

    void apply(const Fault& fault);
    void at(Ticks time, std::function<void()> action) { actions_.emplace(time, std::move(action)); }
    void in(double seconds, std::function<void()> action) {
        at(now() + ticks_of(seconds), std::move(action));
    }

    void happen(const Drift& drift);
    void happen(const Jitter& jitter);
    void happen(const Stall& stall);
    void happen(const SinkLate& late);
    void happen(const SinkFrames& change);
    void happen(const FirstCallbackLate& late);
    void happen(const SinkOverload& overload);
    void happen(const OutputOverload& overload);
    void happen(const ClientStarts&);
    void happen(const ClientStops&);
    void happen(const Crowd& crowd);
    void happen(const ChainsChange& change);
    void happen(const SourceRests& rests);
    void happen(const RateChanges& changes);
    void happen(const OutputReplaced& replaced);
    void happen(const AppDies& dies);
    void happen(const HostDies& dies);

    void start_app();
    void choose_chains();
    void heartbeat(std::uint32_t life);
    void look_for_sound();
    void wake_output();
    void replace_output(const OutputReplaced& replaced, Ticks started);
    void begin_output();
    void end_output();
    void begin_time_line();
    void begin_outage();
    void allow_set_back(double late);
    void disturb(double seconds);
    void update_latency(double extra = 0);
    void unsettle() { settled_at_ = now() + ticks_of(setup_.settling); }
    void drift_step(double step, int left);

    void run_sink();
    void skip_sink();
    void run_output();
    void skip_output();
    void tell_left_out();
    void measure();
    ZeroStamp output_stamp() const;
    void schedule(Next& next, const DeviceIo& io);
    bool run_next(Ticks end);

    Surroundings surroundings_;
    Setup setup_;
    Random random_;
    Ticks beginning_;
    std::uint32_t rate_;
    double jitter_;
    double latency_ = 0;  // seconds from feeding to hearing, at most
    Checker checker_;
    Loop loop_;

    std::unique_ptr<SinkHost> sink_;
    std::uint32_t sink_frames_;
    Next sink_next_;
    std::uint32_t time_line_ = 0;
    std::int64_t hole_ = 0;  // frames left out since the last cycle
    std::uint64_t next_frame_ = 0;
    bool source_rests_ = false;
    Players players_;
    RingCheck rings_;

    std::unique_ptr<App> app_;
    std::uint32_t chains_;
    pid_t pid_ = 100;
    std::uint32_t life_ = 0;  // counts attachments
    bool fading_out_ = false;
    engine::IdleWatch idle_;
    std::optional<engine::SoundSearch> search_;  // while the output is stopped
    bool waking_ = false;                        // the output is being started
    bool woken_ = false;                         // it has been, and is heard whole from its first callback on
    Ticks looked_ = 0;
    Ticks look_at_ = 0;  // of the next look that is not a heartbeat's
    Output output_;
    double first_callback_late_ = 0;  // seconds; of the output that starts next
    std::vector<float> out_;

    std::multimap<Ticks, std::function<void()>> actions_;
    Ticks stalled_until_ = 0;
    Ticks sink_late_until_ = 0;
    struct Disturbance {
        Ticks at = 0;
        double seconds = 0;
    };
    std::deque<Disturbance> disturbances_;  // lately: frames that came late once
    std::optional<std::size_t> outage_;
    Ticks silent_since_ = 0;  // of the outage
    bool returning_ = false;  // the outage is over but for the first frame
    std::vector<double> outages_;
    Ticks settled_at_ = 0;
    double steering_ = 0;
    std::optional<std::uint64_t> measured_line_;  // P where the time line of steering_ began
    Ticks measured_at_ = 0;
    std::uint32_t drifts_ = 0;
    bool stepping_ = false;
    std::deque<std::string> happened_;  // the last faults
};

}  // namespace gecko::simulation
