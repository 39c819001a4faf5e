#include "minihal/host/device_line.hpp"

#include <cmath>

#include "minihal/system/ticks.hpp"

namespace minihal {

DeviceLine::DeviceLine(Float64 nominal_rate)
    : nominal_ticks_per_frame_(static_cast<Float64>(kTicksPerSecond) / nominal_rate),
      ticks_per_frame_(nominal_ticks_per_frame_) {}

bool DeviceLine::update(Float64 sample_time, uint64_t host_time, uint64_t seed) {
    const bool begins = !known_ || seed != seed_;
    if (begins) {
        ticks_per_frame_ = nominal_ticks_per_frame_;
    } else if (sample_time > sample_time_ && host_time > host_time_) {
        ticks_per_frame_ = static_cast<Float64>(host_time - host_time_) / (sample_time - sample_time_);
    } else {
        return false;  // the stamp that is known
    }
    sample_time_ = sample_time;
    host_time_ = host_time;
    seed_ = seed;
    known_ = true;
    return begins;
}

uint64_t DeviceLine::host_time_of(Float64 sample_time) const {
    const auto ticks = std::llround((sample_time - sample_time_) * ticks_per_frame_);
    return host_time_ + static_cast<uint64_t>(ticks);
}

Float64 DeviceLine::sample_time_at(uint64_t host_time) const {
    return sample_time_ +
           static_cast<Float64>(static_cast<int64_t>(host_time - host_time_)) / ticks_per_frame_;
}

AudioTimeStamp DeviceLine::stamp(Float64 sample_time) const {
    AudioTimeStamp stamp{};
    stamp.mSampleTime = sample_time;
    stamp.mHostTime = host_time_of(sample_time);
    stamp.mRateScalar = ticks_per_frame_ / nominal_ticks_per_frame_;
    stamp.mFlags = kAudioTimeStampSampleHostTimeValid | kAudioTimeStampRateScalarValid;
    return stamp;
}

}  // namespace minihal
