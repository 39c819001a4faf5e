// A virtual HAL, its clock, and somebody who plays.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "minihal/system/host_clock.hpp"
#include "minihal/system/ticks.hpp"
#include "minihal/virtual/virtual_hal.hpp"
#include "tests/minihal/calls.hpp"
#include "tests/minihal/player.hpp"

namespace minihal_test {

inline constexpr pid_t kFirst = 101;
inline constexpr pid_t kSecond = 102;

// What a device has played, by sample time, the last of each.
struct Heard {
    uint32_t channels = 0;
    double rate = 0.0;
    uint64_t time_lines = 0;
    uint64_t cycles = 0;
    std::map<int64_t, std::vector<float>> cycles_by_time;

    std::optional<float> sample(int64_t sample_time, uint32_t channel) const {
        auto cycle = cycles_by_time.upper_bound(sample_time);
        if (cycle == cycles_by_time.begin()) return std::nullopt;
        --cycle;
        const auto index = static_cast<size_t>(sample_time - cycle->first) * channels + channel;
        return index < cycle->second.size() ? std::optional(cycle->second[index]) : std::nullopt;
    }
};

class VirtualHalTest : public testing::Test {
  protected:
    VirtualHalTest() {
        std::string pattern = std::filesystem::temp_directory_path() / "minihal-virtual-XXXXXX";
        folder_ = ::mkdtemp(pattern.data());
        ::setenv("MINIHAL_RUN_DIR", folder_.c_str(), 1);
        minihal::set_virtual_clock([] { return time(); });
        renew();
    }
    // Another machine, at the beginning of time.
    void renew() {
        hal_.reset();
        heard_.clear();
        time() = 1'000'000'000;
        minihal::VirtualHal::Options options;
        options.on_output = [this](const minihal::VirtualHal::OutputHeard& output) { hear(output); };
        options.lateness = [this](const std::string&) { return lateness_; };
        hal_ = std::make_unique<minihal::VirtualHal>(std::move(options));
        hal_->set_caller(kFirst, "test.first");
    }
    ~VirtualHalTest() override {
        hal_.reset();
        minihal::set_virtual_clock(nullptr);
        ::unsetenv("MINIHAL_RUN_DIR");
        std::filesystem::remove_all(folder_);
    }

    minihal::VirtualHal& hal() { return *hal_; }
    static uint64_t& time() {
        static uint64_t ticks = 0;
        return ticks;
    }
    void run(double seconds) {
        const auto end = time() + static_cast<uint64_t>(seconds * double{minihal::kTicksPerSecond});
        while (hal_->next_due() <= end) {
            time() = std::max(time(), hal_->next_due());
            hal_->run_due(time());
        }
        time() = end;
    }
    const Heard& heard(const std::string& uid) { return heard_[uid]; }
    void set_lateness(uint64_t ticks) { lateness_ = ticks; }

  private:
    void hear(const minihal::VirtualHal::OutputHeard& output) {
        auto& heard = heard_[output.uid];
        heard.channels = output.channels;
        heard.rate = output.rate;
        heard.time_lines = output.time_line;
        ++heard.cycles;
        heard.cycles_by_time[output.sample_time].assign(output.samples.begin(), output.samples.end());
    }

    std::filesystem::path folder_;
    std::map<std::string, Heard> heard_;
    uint64_t lateness_ = 0;
    std::unique_ptr<minihal::VirtualHal> hal_;
};

// Counts the notifications for one property.
class Told {
  public:
    Told(AudioObjectID object, const AudioObjectPropertyAddress& address)
        : object_(object), address_(address) {
        EXPECT_EQ(AudioObjectAddPropertyListener(object, &address_, hear, this), 0);
    }
    ~Told() { AudioObjectRemovePropertyListener(object_, &address_, hear, this); }
    Told(const Told&) = delete;
    Told& operator=(const Told&) = delete;
    int count() const { return count_; }

  private:
    static OSStatus hear(AudioObjectID, UInt32, const AudioObjectPropertyAddress*, void* self) {
        ++static_cast<Told*>(self)->count_;
        return 0;
    }

    AudioObjectID object_;
    AudioObjectPropertyAddress address_;
    int count_ = 0;
};

}  // namespace minihal_test
