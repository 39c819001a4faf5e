#include "engine/steering.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace gecko::engine {
namespace {

constexpr double kOmega = 2.0 * std::numbers::pi * Steering::kBandwidthHz;
constexpr double kProportional = 2.0 * kOmega * 1e6;  // ppm per s of error
constexpr double kIntegral = kOmega * kOmega * 1e6;   // ppm per s of error and s
constexpr double kLongestStep = 1.0;                  // s; after a stall the time in between says nothing

}  // namespace

void Steering::reset() noexcept GECKO_NONBLOCKING {
    *this = {};
}

double Steering::update(double error_s, double elapsed_s, double period_s) noexcept GECKO_NONBLOCKING {
    if (!std::isfinite(error_s)) return ppm_;
    const double elapsed = std::clamp(elapsed_s, 0.0, kLongestStep);
    error_ += (error_s - error_) * -std::expm1(-elapsed / kSmoothingSeconds);
    integral_ = std::clamp(integral_ - kIntegral * error_ * elapsed, -kLimit, kLimit);
    const double wanted = std::clamp(integral_ - kProportional * error_, -kLimit, kLimit);
    const double step = kStep * std::min(elapsed / period_s, 1.0);
    ppm_ = std::clamp(wanted, ppm_ - step, ppm_ + step);
    return ppm_;
}

}  // namespace gecko::engine
