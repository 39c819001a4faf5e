// What a world tells of itself.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "world.hpp"

namespace gecko::simulation {
namespace {

constexpr double kLargestFillError = 2.0;  // ms, once settled
constexpr double kLargestStep = 100.01;    // ppm in a period
constexpr double kLargestSteering = 1000.01;

/// What a clock runs fast by, ppm of the nominal rate that is nearest.
double steering_of(const shm::ClockLine& clock) {
    const double rate = kTicksPerSecond / clock.ticks_per_frame;
    const double nominal =
        *std::ranges::min_element(driver::kRates, {}, [&](std::uint32_t hz) { return std::abs(hz - rate); });
    return (rate / nominal - 1) * 1e6;
}

}  // namespace

void World::measure() {
    if (const auto line = app_->ring().time_line()) {
        const double before = std::exchange(steering_, steering_of(line->clock));
        // A callback that comes after periods without any sees several steps at once.
        const Ticks since = now() - std::exchange(measured_at_, now());
        const bool one_period = seconds_of(since) * rate_ < shm::kZeroTimeStampPeriod;
        if (std::exchange(measured_line_, line->start) == line->start && one_period) {
            loop_.steering_step_ppm = std::max(loop_.steering_step_ppm, std::abs(steering_ - before));
        }
        loop_.steering_limit_ppm = std::max(loop_.steering_limit_ppm, std::abs(steering_));
        if (loop_.steering_step_ppm > kLargestStep || loop_.steering_limit_ppm > kLargestSteering) {
            checker_.complain(fmt::format("steering: to {:.3f} ppm from {:.3f} ppm", steering_, before));
        }
    }
    if (now() < settled_at_ || !sink_ || !sink_->io().running()) return;
    const engine::Status status = app_->engine().status();
    const double error = 1e3 * std::abs(status.fill_frames - status.target_frames) / rate_;
    loop_.fill_error_ms = std::max(loop_.fill_error_ms, error);
    if (error >= kLargestFillError) {
        checker_.complain(fmt::format("fill: {:.3f} ms off its target of {:.3f} ms", error,
                                      1e3 * status.target_frames / rate_));
    }
    loop_.judged = true;
}

engine::Status World::status() {
    return app_ ? app_->engine().status() : engine::Status{};
}

std::string World::verdict() const {
    std::string text;
    for (const std::string& complaint : checker_.complaints()) text += "\n  " + complaint;
    if (text.empty()) return text;
    text += "\n  what happened last:";
    for (const std::string& fault : happened_) text += "\n    " + fault;
    return fmt::format("seed {}, {} Hz, {:+g} ppm, cycles of {} and {} frames; the world began at {:.6f} s{}",
                       setup_.seed, rate_, output_.ppm, setup_.sink_frames, output_.frames,
                       seconds_of(beginning_), text);
}

}  // namespace gecko::simulation
