#pragma once

// What the models have in common. Relacy defines macros named new, delete and errno: nothing is included behind it.
#include "orderings.hpp"

#include <relacy/relacy.hpp>

namespace gecko::model {

inline Orders
    in_force{};  // of the run that is going on; Relacy makes its suites itself and hands them nothing

inline std::uint64_t checked = 0;

/// The ordering in force at a place.
inline rl::memory_order at(Site site) {
    switch (in_force[static_cast<std::size_t>(site)]) {
        case Order::acquire:
            return rl::mo_acquire;
        case Order::release:
            return rl::mo_release;
        case Order::acq_rel:
            return rl::mo_acq_rel;
        case Order::seq_cst:
            return rl::mo_seq_cst;
        case Order::relaxed:
            break;
    }
    return rl::mo_relaxed;
}

/// The fence at a place; none if its ordering is relaxed.
inline void fence_at(Site site, rl::debug_info_param where) {
    if (at(site) != rl::mo_relaxed) rl::atomic_thread_fence(at(site), where);
}

/// Runs a suite through `interleavings` random ones, the same each time, or up to the first that breaks a statement.
template <class Suite>
Outcome simulate(const Orders& orders, std::uint64_t interleavings) {
    in_force = orders;
    checked = 0;
    rl::ostringstream printed;  // Relacy takes operator new for itself while it runs
    rl::test_params params;
    params.iteration_count = interleavings;
    params.output_stream = &printed;
    params.progress_stream = &printed;
    const bool holds = rl::simulate<Suite>(params);
    return {holds, checked, printed.str().c_str()};
}

}  // namespace gecko::model
