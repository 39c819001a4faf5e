// driver/clock.cpp: a sequence lock over two cells, and the flag between its two writers.
#include "simulate.hpp"

namespace gecko::model {
namespace {

/// Line n has n in every field. One control thread begins time lines, the IO thread steers, and anybody reads.
struct Clock : rl::test_suite<Clock, 3> {
    struct Cell {
        rl::atomic<unsigned> seed, anchor;
    };
    Cell cells[2];
    rl::atomic<unsigned> sequence;
    rl::atomic<unsigned> writing;
    rl::var<unsigned> line;  // the writers' own

    void before() {
        sequence.store(0, rl::mo_relaxed, $);
        writing.store(0, rl::mo_relaxed, $);
        line($) = 0;
        for (Cell& cell : cells) {
            cell.seed.store(0, rl::mo_relaxed, $);
            cell.anchor.store(0, rl::mo_relaxed, $);
        }
    }

    void thread(unsigned index) {
        if (index == 0) {
            begin_time_line();
            begin_time_line();
        } else if (index == 1) {
            steer();
            steer();
        } else {
            read();
        }
    }

    void begin_time_line() {
        while (writing.exchange(1, at(Site::clock_begin_takes), $) != 0) rl::yield(1, $);
        publish();
        writing.store(0, at(Site::clock_begin_gives), $);
    }

    void steer() {
        if (writing.exchange(1, at(Site::clock_steer_takes), $) != 0) return;
        publish();
        writing.store(0, at(Site::clock_steer_gives), $);
    }

    void publish() {
        const unsigned next = line($) + 1;
        line($) = next;
        unsigned step = sequence.load(rl::mo_relaxed, $);
        for (Cell& cell : cells) {
            sequence.store(++step, at(Site::clock_step), $);
            fence_at(Site::clock_fence, $);
            cell.seed.store(next, rl::mo_relaxed, $);
            cell.anchor.store(next, rl::mo_relaxed, $);
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
