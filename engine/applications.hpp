#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "dsp/eq_settings.hpp"
#include "shm/layout.hpp"

namespace gecko::engine {

/// Applications that can have a chain of their own at a time, and that can be told apart.
inline constexpr std::size_t kApplications = shm::kClientRings;

/// What the user chose for one application.
struct ApplicationSettings {
    shm::BundleId bundle_id{};     ///< as the system names it, ended by a zero; empty: any
    std::uint32_t process_id = 0;  ///< 0: any
    dsp::EqSettings eq;
    double volume = 1.0;  ///< as a factor, 0 to kMaxVolume

    friend bool operator==(const ApplicationSettings&, const ApplicationSettings&) = default;
};
static_assert(std::is_trivially_copyable_v<ApplicationSettings>);

/// An application that plays.
struct ApplicationStatus {
    shm::BundleId bundle_id{};
    std::uint32_t process_id = 0;
    std::uint32_t client_id = 0;
    bool own_chain = false;  ///< settings of its own are in force: it is heard through them, not in the mix
    std::array<float, 2>
        peak{};  ///< linear, left and right, behind its chain; 0 while no application has a chain
};

}  // namespace gecko::engine
