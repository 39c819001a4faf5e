#include "dsp/smoother.hpp"

#include <algorithm>
#include <cmath>

namespace gecko::dsp {

void Smoother::prepare(double steps_per_second) noexcept GECKO_NONBLOCKING {
    share_ = -std::expm1(-1.0 / (kTimeConstant * steps_per_second));
    jump_to(target_);
}

void Smoother::set_target(double target) noexcept GECKO_NONBLOCKING {
    if (target == target_) return;
    target_ = target;
    settled_ = false;
}

void Smoother::jump_to(double value) noexcept GECKO_NONBLOCKING {
    target_ = value;
    averages_.fill(value);
    settled_ = true;
}

double Smoother::advance() noexcept GECKO_NONBLOCKING {
    if (settled_) return value();
    double input = target_;
    double farthest = 0.0;
    for (double& average : averages_) {
        average += share_ * (input - average);
        input = average;
        farthest = std::max(farthest, std::abs(target_ - average));
    }
    if (farthest < kArrived) jump_to(target_);
    return value();
}

}  // namespace gecko::dsp
