// driver/clock.cpp: a sequence lock over two cells.
#include "simulate.hpp"

namespace gecko::model {
namespace {

constexpr unsigned kLines = 3;

/// Line n has n in every field.
struct Clock : rl::test_suite<Clock, 3> {
    struct Cell {
        rl::atomic<unsigned> seed, anchor;
    };
    Cell cells[2];
    rl::atomic<unsigned> sequence;

    void before() {
        sequence.store(0, rl::mo_relaxed, $);
        for (Cell& cell : cells) {
            cell.seed.store(0, rl::mo_relaxed, $);
            cell.anchor.store(0, rl::mo_relaxed, $);
        }
    }

    void thread(unsigned index) { index == 0 ? write() : read(); }

    void write() {
        for (unsigned line = 1; line <= kLines; ++line) {
            unsigned step = sequence.load(rl::mo_relaxed, $);
            for (Cell& cell : cells) {
                sequence.store(++step, at(Site::clock_step), $);
                fence_at(Site::clock_fence, $);
                cell.seed.store(line, rl::mo_relaxed, $);
                cell.anchor.store(line, rl::mo_relaxed, $);
            }
        }
    }

    void read() {
        unsigned latest = 0;
        for (int tries = 0; tries < 3; ++tries) {
            const unsigned before = sequence.load(at(Site::clock_load), $);
            Cell& cell = cells[before & 1];
            const unsigned seed = cell.seed.load(rl::mo_relaxed, $);
            const unsigned anchor = cell.anchor.load(rl::mo_relaxed, $);
            fence_at(Site::clock_read_fence, $);
            if (sequence.load(rl::mo_relaxed, $) != before) continue;
            RL_ASSERT(seed == before / 2);
            RL_ASSERT(anchor == seed);
            RL_ASSERT(seed >= latest);
            latest = seed;
            checked += seed;
        }
    }
};

}  // namespace

Outcome driver_clock(const Orders& orders) {
    return simulate<Clock>(orders, 500'000);
}

}  // namespace gecko::model
