#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>

#include "counting_player.hpp"
#include "ears.hpp"
#include "minihal/hardware/device_options.hpp"
#include "virtual_app.hpp"
#include "virtual_mac.hpp"

namespace gecko::following {

inline constexpr pid_t kSomebody = 501;  ///< who chooses outputs in the menu
inline constexpr pid_t kPlayer = 502;
inline constexpr const char* kUsb = "UsbInterface_UID";
inline constexpr const char* kHeadphones = "Headphones_UID";

/// A Mac with Gecko and a player on it, and what a user does to it.
class Scene : public ::testing::Test {
  protected:
    Scene();
    ~Scene() override;

    /// Gecko runs, and somebody plays into Gecko Sink, for a second.
    void play();
    void start_gecko(platform::PathOptions options = {});
    void start_player();
    void run(double seconds) { mac_.run(seconds); }

    void plug(const minihal::hardware::DeviceOptions& device);
    void unplug(const std::string& uid);
    /// Changes at the device itself.
    void set_rate_at(const std::string& uid, double rate);
    void set_volume_at(const std::string& uid, double volume, std::optional<bool> mute = std::nullopt);
    /// It lives no more, but is in the list of devices still.
    void die(const std::string& uid);
    /// Its IO calls nobody back any more, until it is started anew.
    OSStatus stick(const std::string& uid);
    void busy(const std::string& uid, OSStatus status, std::uint32_t times);

    /// In the menu.
    void choose(const std::string& uid);
    static void set_rate(const std::string& uid, double rate);
    static double rate_of(const std::string& uid);
    static void set_volume(const std::string& uid, Float32 volume);
    static Float32 volume_of(const std::string& uid);
    static void set_mute(const std::string& uid, bool mute);
    static bool muted(const std::string& uid);
    static UInt32 latency_of(const std::string& uid);
    static std::string default_uid();
    /// How often an input of the device has been opened.
    int inputs_opened(const std::string& uid);
    /// Who sits at the machine.
    static void sit_down(uid_t user);

    /// That the sound was back within half a second, as late behind its being played as `before`, faded in, and that all that was
    /// heard was right.
    void expect_back(Ticks since, double latency_before, const char* uid);
    void expect_all_right() const;
    [[nodiscard]] const Stretch& now_heard() const { return ears_.stretches().back(); }

    VirtualMac mac_;
    Ears ears_{mac_};
    std::filesystem::path state_folder_;
    std::optional<VirtualApp> app_;
    std::optional<CountingPlayer> player_;

  private:
    void as_somebody() { mac_.as(kSomebody, "com.example.menu"); }
    OSStatus command(minihal::plist::Dictionary& dictionary);
    static void done(OSStatus status) { EXPECT_EQ(status, kAudioHardwareNoError); }
};

/// A USB interface with inputs and a Bluetooth headset that goes over to 16 kHz in a call.
minihal::hardware::DeviceOptions usb_interface();
minihal::hardware::DeviceOptions headphones();

}  // namespace gecko::following
