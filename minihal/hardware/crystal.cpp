#include "minihal/hardware/crystal.hpp"

#include <cmath>

#include "minihal/system/ticks.hpp"

namespace minihal::hardware {

namespace {
Float64 ticks_per_frame(Float64 nominal_rate, Float64 ppm) {
    return static_cast<Float64>(kTicksPerSecond) / (nominal_rate * (1.0 + ppm * 1e-6));
}
}  // namespace

void Crystal::start(uint64_t host_time, Float64 nominal_rate, Float64 ppm) {
    anchor_ = host_time;
    anchor_sample_ = 0.0;
    nominal_rate_ = nominal_rate;
    ticks_per_frame_ = ticks_per_frame(nominal_rate, ppm);
    ++seed_;
}

void Crystal::drift(uint64_t host_time, Float64 ppm) {
    const ZeroTimeStamp latest = stamp_at(host_time);
    anchor_ = latest.host_time;
    anchor_sample_ = latest.sample_time;
    ticks_per_frame_ = ticks_per_frame(nominal_rate_, ppm);
}

ZeroTimeStamp Crystal::stamp_at(uint64_t host_time) const {
    const Float64 ticks_per_period = ticks_per_frame_ * kZeroTimeStampPeriod;
    const Float64 elapsed = host_time > anchor_ ? static_cast<Float64>(host_time - anchor_) : 0.0;
    const Float64 periods = std::floor(elapsed / ticks_per_period);
    return {.sample_time = anchor_sample_ + periods * kZeroTimeStampPeriod,
            .host_time = anchor_ + static_cast<uint64_t>(std::llround(periods * ticks_per_period)),
            .seed = seed_};
}

}  // namespace minihal::hardware
