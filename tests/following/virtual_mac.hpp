#pragma once

#include <CoreAudio/CoreAudio.h>
#include <sys/types.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "driver/plug_in.hpp"
#include "minihal/virtual/virtual_hal.hpp"
#include "minihal/wire/plist.hpp"
#include "tests/simulation/virtual_time.hpp"

/// A Mac with Gecko's driver installed, in one process and one thread under virtual time.
namespace gecko::following {

using simulation::Ticks;

inline constexpr const char* kSpeakers = "SimulatedSpeakers_UID";

/// One at a time. Its clock begins anew with each. All that an app or a player does on it goes through <CoreAudio/...>, as on a Mac;
/// whose calls these are, as() says.
class VirtualMac {
  public:
    using OutputHeard = minihal::VirtualHal::OutputHeard;

    /// With these devices beside Gecko Sink (dictionaries, docs/minihal.md); null is the simulated speakers alone.
    explicit VirtualMac(CFArrayRef devices = nullptr);
    VirtualMac(const VirtualMac&) = delete;
    VirtualMac& operator=(const VirtualMac&) = delete;
    ~VirtualMac();

    [[nodiscard]] minihal::VirtualHal& hal() { return *hal_; }
    /// The driver that runs in coreaudiod; null while there is none.
    [[nodiscard]] driver::PlugIn* plug_in() { return plug_in_.get(); }
    /// Whether the next coreaudiod finds the driver.
    void install_driver(bool installed) { installed_ = installed; }
    /// What a user does to the hardware: {"do": what, "uid": which, ...} (docs/minihal.md). What the hardware answers.
    OSStatus hardware(const minihal::plist::Dictionary& command) { return hal_->hardware(command.get()); }
    /// Whose calls the next ones are.
    void as(pid_t process, const std::string& bundle_id) { hal_->set_caller(process, bundle_id); }

    /// Seconds since it began.
    [[nodiscard]] double seconds() const { return simulation::seconds_of(simulation::now() - beginning_); }
    /// Lets something happen at its time: an app's timer, what a user does.
    void at(Ticks time, std::function<void()> action) { actions_.emplace(time, std::move(action)); }
    void in(double seconds, std::function<void()> action) {
        at(simulation::now() + simulation::ticks_of(seconds), std::move(action));
    }
    /// Goes on for so long.
    void run(double seconds);

    /// The devices with these UIDs now; kAudioObjectUnknown for one that is not there.
    [[nodiscard]] static AudioObjectID device(const std::string& uid);
    [[nodiscard]] static AudioObjectID gecko_sink();
    [[nodiscard]] static AudioObjectID default_output();
    static OSStatus set_default_output(AudioObjectID device);

    /// Every cycle of every device, Gecko Sink's own included.
    std::function<void(const OutputHeard&)> on_output;
    /// Before each property that somebody sets.
    std::function<void(AudioObjectID, const AudioObjectPropertyAddress&)> on_set;
    /// After each thing that happened: where an app's threads have their turn.
    std::function<void()> after_each;
    /// Geckos that have run on it.
    int apps = 0;
    /// How late a device's next cycle runs, ticks.
    std::function<Ticks(const std::string& uid)> lateness;

  private:
    simulation::Surroundings surroundings_;
    Ticks beginning_;
    bool installed_ = true;
    std::unique_ptr<driver::PlugIn> plug_in_;
    std::multimap<Ticks, std::function<void()>> actions_;
    std::unique_ptr<minihal::VirtualHal> hal_;
};

}  // namespace gecko::following
