#include "platform/coreaudio/follower.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "platform/coreaudio/console.hpp"
#include "platform/coreaudio/driver_link.hpp"
#include "platform/coreaudio/hardware.hpp"
#include "platform/coreaudio/loopback_source.hpp"
#include "shm/attach.hpp"

namespace gecko::platform::coreaudio {
namespace {

using std::chrono::milliseconds;
using Kind = PlatformError::Kind;

constexpr HostTime kLookPeriod = std::chrono::seconds(1);  // while nothing rings: no driver, another user
constexpr HostTime kServerPeriod = milliseconds(250);      // while no audio server answers
constexpr HostTime kConsolePeriod = milliseconds(250);     // while another user is in front
constexpr HostTime kRetry = milliseconds(100);             // after a refusal that nothing tells the end of
constexpr HostTime kSoon = milliseconds(2);                // while the path is being changed
constexpr HostTime kListeningPeriod =
    std::chrono::duration_cast<HostTime>(std::chrono::duration<double>(engine::IdleWatch::kListeningPeriod));
constexpr HostTime kFadeGuard = milliseconds(200);  // a device that no longer calls back never fades out
constexpr HostTime kWatchPeriod = milliseconds(100);
constexpr HostTime kAttachPatience = std::chrono::seconds(2);  // then the driver's refusal lasts
constexpr HostTime kOutputPatience =
    std::chrono::seconds(10);  // the same of an output's: Bluetooth needs some
constexpr HostTime kLatencyPatience = milliseconds(200);
constexpr HostTime kDeadOwnerWait = std::chrono::nanoseconds(shm::kAliveLimitNs) + std::chrono::seconds(1);

std::unexpected<PlatformError> failed(Kind kind, std::string cause = {}) {
    return std::unexpected(PlatformError{.kind = kind, .cause = std::move(cause)});
}

/// Frames from Gecko Sink's time stamps to the sound, whatever the rate is: the output's own, and what its host asks for ahead, less
/// what Gecko Sink's host mixes ahead. The room that reading leaves comes on top.
std::uint32_t buffered_frames(AudioObjectID sink, AudioObjectID output) {
    const std::uint32_t ahead =
        2 * buffer_frames(output) + safety_offset(output) + presentation_latency(output);
    return ahead - std::min(ahead, buffer_frames(sink));
}

double seconds(HostTime time) {
    return std::chrono::duration<double>(time).count();
}

}  // namespace

Follower::Follower(engine::Engine& engine, const PathOptions& options, engine::OutputTap* tap,
                   std::function<void()> changed)
    : engine_(engine),
      options_(options),
      tap_(tap),
      changed_(std::move(changed)),
      default_(options.take_default, FormerDefault(options.state_folder)) {
    choice_.prefer(FormerDefault(options.state_folder).read());
    choice_.prefer(options.output);
    idle_.reset();
}

Follower::~Follower() {
    listeners_.clear();
    default_.give_back(choice_);
    drop_link();
}

HostTime Follower::step(HostTime now, const Call& call) {
    next_ = HostTime::max();
    if (call.restarted) forget_server();
    const Outcome outcome = finishing_ ? wind_down(now) : keep(now, call);
    if (search_ && verdict_.listen) look_again(now + kListeningPeriod);
    tell(outcome ? std::nullopt : std::optional(outcome.error()));
    return next_;
}

void Follower::beat() {
    const std::lock_guard lock(link_mutex_);
    if (link_) link_->beat();
}

Connection Follower::connection() const {
    const std::lock_guard lock(mutex_);
    return connection_;
}

Follower::Outcome Follower::wind_down(HostTime now) {
    default_.give_back(choice_);
    if (stage_ == Stage::playing) fade(now);
    if (!faded(now)) return {};
    listeners_.clear();
    drop_link();
    return {};
}

/// The device that applications play into; that it is not there is an error.
std::expected<AudioObjectID, PlatformError> Follower::find_sink() const {
    const bool is_driver = options_.source.empty();
    const auto sink = device_with_uid(is_driver ? shm::kDeviceUid : options_.source.c_str());
    if (!sink || *sink != kAudioObjectUnknown) return sink;
    return is_driver ? failed(Kind::plugin_not_installed)
                     : failed(Kind::source_unusable, "no device has the UID " + options_.source);
}

/// The whole path, from driver to output: each step leaves alone what is as it should be.
Follower::Outcome Follower::keep(HostTime now, const Call& call) {
    const auto sink = find_sink();
    if (!sink) {
        listeners_.watch(kAudioObjectUnknown, kAudioObjectUnknown, {});
        forget_trouble();
        drop_link();
        default_.forget_server();
        const bool server = sink.error().kind != Kind::server_not_running;
        look_again(now + (server ? kLookPeriod : kServerPeriod));
        if (server) listeners_.watch_system();
        return std::unexpected(sink.error());
    }
    listeners_.watch_system();
    if (!user_is_at_console()) {
        default_.give_back(choice_);
        listeners_.watch(*sink, kAudioObjectUnknown, {});
        forget_trouble();
        drop_link();
        look_again(now + kConsolePeriod);
        return failed(Kind::not_at_console);
    }
    if (Outcome attached = attach(*sink, now); !attached || link_ == nullptr) {
        if (!attached) give_back_if_it_lasts(now);
        return attached;
    }
    const bool asleep = search_ && stage_ == Stage::stopped;
    listen(now);
    // While the output sleeps a beat costs the server one question; what else changes it tells.
    const bool settled = default_.settled(now);
    if (asleep && !verdict_.run && !call.changed && !call.restarted && !connection_.problem && settled)
        return {};
    if (!settled) look_again(now + kWatchPeriod);

    look_at_default(*sink, now);
    volume_.follow(now);
    const auto output = choice_.choose(*sink);
    if (!output) {
        listeners_.watch(*sink, kAudioObjectUnknown, {});
        stop_output();
        return std::unexpected(output.error());
    }
    listeners_.watch(*sink, *output, volume_.addresses_of(*output));
    if (Outcome playing = play(*sink, *output, now); !playing) {
        // It is the source's fault, whatever it is played on.
        if (playing.error().kind == Kind::source_unusable) {
            give_back_if_it_lasts(now);
        } else {
            refused(*sink, *output, playing.error(), now);
        }
        return playing;
    }
    const bool ready = stage_ == Stage::playing ? engine_.faded_in() : search_.has_value();
    if (!ready) return {};
    forget_trouble();
    default_.take(*sink, *output, now);
    return {};
}

/// What applications play into Gecko Sink while nobody takes it from there is not heard: better past Gecko than not at all.
void Follower::give_back_if_it_lasts(HostTime now) {
    if (!unattached_) unattached_ = now;
    if (now - *unattached_ >= kAttachPatience) default_.give_back(choice_);
}

void Follower::forget_trouble() {
    unattached_.reset();
    troubled_ = kAudioObjectUnknown;
}

/// An output that will not play is tried for a while; then on to another one, or, where there is none, past Gecko.
void Follower::refused(AudioObjectID sink, AudioObjectID output, const PlatformError& why, HostTime now) {
    if (std::exchange(troubled_, output) != output) troubled_since_ = now;
    if (now - troubled_since_ < kOutputPatience) return;
    choice_.avoid(output);
    if (choice_.choose(sink).value_or(output) == output) {
        default_.give_back(choice_);
    } else {
        notice_ = why;
        look_again(now + kSoon);
    }
}

Follower::Outcome Follower::attach(AudioObjectID sink, HostTime now) {
    if (link_ != nullptr && link_->sink() == sink) return {};
    drop_link();
    auto link = options_.source.empty() ? DriverLink::attach(sink) : LoopbackSource::open(sink);
    if (!link) {
        if (!link.error().owner_is_dead) {
            owner_died_.reset();
            look_again(now + kLookPeriod);
            return std::unexpected(link.error().error);
        }
        if (!owner_died_) owner_died_ = now;
        look_again(now + kRetry);
        if (now - *owner_died_ > kDeadOwnerWait) return std::unexpected(link.error().error);
        return {};
    }
    owner_died_.reset();
    engine_.attach((*link)->ring());
    source_name_ = device_name(sink);
    {
        const std::lock_guard lock(link_mutex_);
        link_ = *std::move(link);
    }
    agreed_output_ = kAudioObjectUnknown;
    idle_.reset();
    verdict_ = {.run = true, .listen = false};
    search_.reset();
    listened_ = now;
    return {};
}

/// What somebody made the default is to be played on, if it can be.
void Follower::look_at_default(AudioObjectID sink, HostTime now) {
    const auto chosen = default_.look(sink, now);
    const std::string at_first =
        std::exchange(options_.output, {});  // chosen later than what is the default at the start
    if (!chosen) {
        if (!default_.contested() && notice_ && notice_->kind == Kind::default_contested) notice_.reset();
        return;
    }
    notice_ = default_.contested();
    if (auto objection = OutputChoice::objection(*chosen, sink)) {
        if (!notice_) notice_ = std::move(objection);
        return;
    }
    choice_.prefer(device_uid(*chosen));
    choice_.prefer(at_first);
}

/// What there is to hear, and so whether the output is to run.
void Follower::listen(HostTime now) {
    const double elapsed = seconds(now - std::exchange(listened_, now));
    const shm::RingReader ring = link_->ring();
    const bool audible = search_ ? search_->find(ring).has_value()
                                 : static_cast<double>(engine_.quiet_frames()) < elapsed * rate_hz_;
    verdict_ = idle_.look({.now = seconds(now), .playing = ring.state().running, .audible = audible});
}

/// One step nearer to playing on `output`, or, with nothing to hear, to the rates being in step with nothing running.
Follower::Outcome Follower::play(AudioObjectID sink, AudioObjectID output, HostTime now) {
    const bool as_it_should_be = stream_ != nullptr && stream_->device() == output &&
                                 nominal_rate(output) == rate_hz_ && nominal_rate(sink) == rate_hz_ &&
                                 !parted();
    if (stage_ == Stage::playing) {
        const bool dead = stream_->stuck(now, rate_hz_);
        if (verdict_.run && as_it_should_be && !dead) {
            look_again(now + (engine_.faded_in() ? kWatchPeriod : kSoon));
            return {};
        }
        if (dead && stream_->device() == output) {
            refused(sink, output,
                    {.kind = Kind::device_refused, .cause = device_name(output) + " does not call back"},
                    now);
        }
        if (!verdict_.run && as_it_should_be) {
            // There is nothing to fade.
            search_.emplace(link_->ring(), engine_.read_position());
            stop_output();
        } else if (dead || !is_alive(stream_->device())) {
            stop_output();
        } else {
            fade(now);
        }
    }
    if (!faded(now)) return {};
    // Who plays next is to find the rates as they will be: a device that changes its rate loses what it plays.
    const auto settled = settle(sink, output, now);
    if (!settled) return std::unexpected(settled.error());
    if (!*settled) return {};
    if (Outcome prepared = link_->prepare(rate_hz_); !prepared) {
        look_again(now + kRetry);
        return prepared;
    }
    if (!tell_latency(sink, output, now)) return {};
    if (!verdict_.run && !search_) search_.emplace(link_->ring(), engine_.read_position());
    if (!verdict_.run) return {};
    return start(sink, output, now);
}

/// Whether Gecko Sink and the output are at one rate.
std::expected<bool, PlatformError> Follower::settle(AudioObjectID sink, AudioObjectID output, HostTime now) {
    if (std::exchange(agreed_output_, output) != output) {
        rates_.reset();
        output_name_ = device_name(output);
        output_uid_ = device_uid(output);
    }
    const auto rate = rates_.settle(sink, output, now);
    if (!rate) {
        look_again(now + kRetry);
        return std::unexpected(rate.error());
    }
    if (*rate) {
        rate_hz_ = **rate;
    } else {
        look_again(now + kSoon);
    }
    return rate->has_value();
}

/// Gecko Sink's latency is that of the path to `output`. False while its host is still about to change it, for which it stops Gecko
/// Sink's IO: what is played comes back with a time line of its own, and is to be faded in.
bool Follower::tell_latency(AudioObjectID sink, AudioObjectID output, HostTime now) {
    const std::uint32_t frames = buffered_frames(sink, output);
    const double room = engine::margin_seconds(options_.latency);
    if (link_->set_latency(frames, static_cast<std::uint32_t>(std::lround(room * 1e6))))
        latency_until_ = now + kLatencyPatience;
    const auto there = frames + static_cast<std::uint32_t>(std::ceil(room * rate_hz_));
    if (output_latency(sink) == there || now >= latency_until_) return true;
    look_again(now + kSoon);
    return false;
}

Follower::Outcome Follower::start(AudioObjectID sink, AudioObjectID output, HostTime now) {
    if (now < start_again_ && refusal_) {
        look_again(start_again_);
        return std::unexpected(*refusal_);
    }
    engine_.prepare(rate_hz_, options_.latency, volume_.take_over(link_->volume_to_follow(), output, now));
    listeners_.watch(sink, output, volume_.addresses_of(output));
    if (search_) engine_.resume_at(search_->position());
    if (tap_ != nullptr) tap_->begin(rate_hz_);
    auto stream = OutputStream::start(output, engine_, tap_, now);
    if (!stream) {
        refusal_ = stream.error();
        start_again_ = now + kRetry;
        look_again(start_again_);
        return std::unexpected(*refusal_);
    }
    refusal_.reset();
    stream_ = *std::move(stream);
    search_.reset();
    stage_ = Stage::playing;
    look_again(now + kSoon);
    return {};
}

void Follower::fade(HostTime now) {
    stage_ = Stage::fading;
    fade_until_ = now + kFadeGuard;
    engine_.fade_out();
}

/// Whether the output is stopped; stops it once it is silent.
bool Follower::faded(HostTime now) {
    if (stage_ == Stage::fading && stream_->has_called_back() && !engine_.faded_out() && now < fade_until_ &&
        is_alive(stream_->device())) {
        look_again(now + kSoon);
        return false;
    }
    stop_output();
    return true;
}

/// Whether the clocks of the sink and of the output have parted by so much that the reading is to be set anew.
bool Follower::parted() const {
    // Before it has faded in what the engine tells may be of the reading before.
    return engine_.faded_in() && std::abs(engine_.phase_error_frames()) > link_->room_seconds() * rate_hz_;
}

void Follower::stop_output() {
    stream_.reset();
    stage_ = Stage::stopped;
}

void Follower::drop_link() {
    stop_output();
    volume_.let_go();
    engine_.detach();
    {
        const std::lock_guard lock(link_mutex_);
        link_.reset();
    }
    search_.reset();
}

/// Nothing that the audio server knew of this program is left.
void Follower::forget_server() {
    drop_link();
    listeners_.clear();
    default_.forget_server();
    choice_.forget_server();
    forget_trouble();
    rates_.reset();
    agreed_output_ = kAudioObjectUnknown;
    refusal_.reset();
}

void Follower::tell(std::optional<PlatformError> problem) {
    bool told = false;
    {
        const std::lock_guard lock(mutex_);
        const Connection before = connection_;
        connection_ = {.attached = link_ != nullptr,
                       .running = stage_ == Stage::playing && engine_.faded_in() && !problem,
                       .asleep = search_.has_value() && stage_ == Stage::stopped && !problem,
                       .is_default = default_.taken(),
                       .source = source_name_,
                       .output = output_name_,
                       .output_uid = output_uid_,
                       .rate_hz = rate_hz_,
                       .problem = std::move(problem),
                       .notice = default_.not_noted() ? default_.not_noted() : notice_};
        told = connection_ != before;
    }
    if (told && changed_) changed_();
}

}  // namespace gecko::platform::coreaudio
