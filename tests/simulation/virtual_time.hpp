#pragma once

#include <cmath>
#include <cstdint>

/// The one clock of a simulation: mach_absolute_time stands still but for set_now(). One thread.
namespace gecko::simulation {

using Ticks = std::uint64_t;  ///< of the host's clock: 24 MHz

inline constexpr double kTicksPerSecond = 24e6;

constexpr Ticks ticks_of(double seconds) {
    return static_cast<Ticks>(seconds * kTicksPerSecond + 0.5);
}
constexpr double seconds_of(Ticks ticks) {
    return static_cast<double>(ticks) / kTicksPerSecond;
}

Ticks now();
void set_now(Ticks ticks);

/// What the driver finds around itself: this clock, and a console that this user sits at. In force as long as it lives.
class Surroundings {
  public:
    Surroundings();
    Surroundings(const Surroundings&) = delete;
    Surroundings& operator=(const Surroundings&) = delete;
    ~Surroundings();
};

}  // namespace gecko::simulation
