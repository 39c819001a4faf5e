#include "virtual_app.hpp"

#include <utility>
#include <vector>

#include "platform/coreaudio/bell.hpp"
#include "platform/coreaudio/default_output.hpp"

namespace gecko::following {
namespace {

namespace ca = platform::coreaudio;

constexpr pid_t kGuard = 5'000'300;
constexpr double kTurn = 0.01;  // seconds

/// The tick at or behind `time`.
Ticks tick_of(ca::HostTime time) {
    return (static_cast<Ticks>(time.count()) * 3 + 124) / 125;
}

/// Programs that were killed: nothing of them runs any more, but what they had in memory is not given back in an orderly way.
struct Killed {
    std::unique_ptr<engine::Engine> engine;
    ca::Follower* follower;  // never destroyed: it would say goodbye
};
std::vector<Killed>& killed() {
    static auto& all =
        *new std::vector<Killed>;  // nor is this list destroyed, so that they do not count as lost
    return all;
}

}  // namespace

VirtualApp::VirtualApp(VirtualMac& mac, platform::PathOptions options)
    : mac_(mac),
      process_(kApp + mac.apps++),
      options_(std::move(options)),
      engine_(std::make_unique<engine::Engine>()) {
    ca::Bell::instance().take();
    follower_ = std::make_unique<ca::Follower>(*engine_, options_, nullptr, nullptr);
    mac_.after_each = [this] { turn(); };
    beat();
}

VirtualApp::~VirtualApp() {
    quit();
}

void VirtualApp::turn() {
    for (;;) {
        const ca::Call call = ca::Bell::instance().take();
        if (!follower_) return;
        const bool called = call.changed || call.restarted || call.beat;
        if (!called && ca::host_now() < next_) return;
        mac_.as(process_, "gecko");
        const auto next = follower_->step(ca::host_now(), call);
        mac_.hal().deliver();
        next_ = next;
        if (next != ca::HostTime::max()) mac_.at(tick_of(next), [] {});
        if (next <= ca::host_now()) return;  // the clock has to go on first
    }
}

void VirtualApp::beat() {
    follower_->beat();
    ca::Bell::instance().ring(&ca::Call::beat);
    mac_.in(1, [this, life = std::weak_ptr(life_)] {
        if (!life.expired()) beat();
    });
}

void VirtualApp::quit() {
    if (!follower_) return;
    follower_->finish();
    next_ = {};
    while (!follower_->finished()) mac_.run(kTurn);
    mac_.after_each = nullptr;
    mac_.as(process_, "gecko");
    follower_.reset();
    life_.reset();
}

void VirtualApp::kill() {
    mac_.hal().kill_process(process_);
    mac_.after_each = nullptr;
    killed().push_back({.engine = std::move(engine_), .follower = follower_.release()});
    life_.reset();
}

void VirtualApp::guard() {
    mac_.as(kGuard, "gecko");
    (void)ca::give_default_back(platform::FormerDefault(options_.state_folder), ca::OutputChoice());
    mac_.hal().deliver();
}

}  // namespace gecko::following
