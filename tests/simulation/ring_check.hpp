#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "random.hpp"
#include "shm/ring_reader.hpp"
#include "sink_host.hpp"

namespace gecko::simulation {

/// A reader of the app's segment that looks at the clients' rings behind each cycle.
///
/// Each client's ring has what it played, under its name, and no ring has more than that. From `complete_from` on they add up to the mix, in
/// the order of client IDs, bit for bit; and it is not later than it need be.
class RingCheck {
  public:
    explicit RingCheck(std::uint64_t seed) : random_(seed) {}

    /// Another segment.
    void restart(const shm::RingReader& ring) {
        position_ = ring.state().position;
        owners_ = {};
    }
    /// What is wrong behind a cycle of these clients; empty if nothing is.
    [[nodiscard]] std::string look(const shm::RingReader& ring, std::span<const Part> parts);

    /// Frames that the rings added up to the mix at.
    [[nodiscard]] std::uint64_t complete() const { return complete_; }

  private:
    bool read_owners(const shm::RingReader& ring);
    std::string look_at_parts(const shm::RingReader& ring, std::span<const Part> parts, std::uint64_t from);
    std::string look_at_sum(const shm::RingReader& ring, std::uint64_t from, std::size_t frames);

    Random random_;
    std::uint64_t position_ = 0;
    std::uint64_t complete_ = 0;
    std::array<shm::Client, shm::kClientRings> owners_{};
    std::vector<std::uint32_t> order_;  // rings by client ID
    std::vector<float> mix_, sum_, one_;
};

}  // namespace gecko::simulation
