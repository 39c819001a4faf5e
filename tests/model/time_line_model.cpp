// shm/ring_writer.cpp and shm/ring_reader.cpp, the rest: RingReader::time_line and, after it, state.
#include "simulate.hpp"

namespace gecko::model {
namespace {

constexpr unsigned kLines = 3;

/// Time line n has the value n in every field and begins generation n, whose rate is n, at P = n - 1. IO stops for a change
/// of rate, and the host orders what the control thread does before what the IO thread does; so one thread does both.
struct TimeLine : rl::test_suite<TimeLine, 2> {
    rl::atomic<unsigned> sequence, start, clock;
    rl::atomic<unsigned>
        known;  // as a number: 2 n - 1 where the sources have 1 for line n, 2 n where they have 0 after it
    rl::atomic<unsigned> generation, rate, position;

    void before() {
        for (auto* value : {&sequence, &start, &clock, &known, &generation, &rate, &position})
            value->store(0, rl::mo_relaxed, $);
    }

    void thread(unsigned index) { index == 0 ? write() : read(); }

    void write() {
        unsigned step = 0;
        for (unsigned line = 1; line <= kLines; ++line) {
            rate.store(line, rl::mo_relaxed, $);
            generation.store(line, at(Site::generation_store), $);
            known.store(2 * line - 2, rl::mo_relaxed, $);

            sequence.store(++step, rl::mo_relaxed, $);
            fence_at(Site::cell_fence, $);
            start.store(line, rl::mo_relaxed, $);
            clock.store(line, rl::mo_relaxed, $);
            sequence.store(++step, at(Site::cell_end), $);
            known.store(2 * line - 1, rl::mo_relaxed, $);

            position.store(line, rl::mo_release, $);  // shown to be needed by the mix ring
        }
    }

    void read() {
        for (int tries = 0; tries < 10; ++tries) {
            const unsigned word = known.load(rl::mo_relaxed, $);
            if (word % 2 == 0) continue;
            const unsigned before = sequence.load(at(Site::cell_load), $);
            const unsigned line = start.load(rl::mo_relaxed, $);
            const unsigned same = clock.load(rl::mo_relaxed, $);
            fence_at(Site::cell_read_fence, $);
            if (before % 2 != 0 || sequence.load(rl::mo_relaxed, $) != before) continue;
            RL_ASSERT(line == before / 2 && same == line);
            RL_ASSERT(line >= (word + 1) / 2);  // the one that is known, or a newer one: not the one before

            checked += line;
            const unsigned of_state = generation.load(at(Site::generation_load), $);
            RL_ASSERT(of_state >= line);  // a generation as old as the time line shows itself, or a newer one
            RL_ASSERT(rate.load(rl::mo_relaxed, $) >= of_state);
            RL_ASSERT(position.load(rl::mo_acquire, $) + 1 >= line);
        }
    }
};

/// shm/segment_create.cpp and shm/segment.cpp.
struct SegmentHeader : rl::test_suite<SegmentHeader, 2> {
    rl::var<unsigned> frames;
    rl::atomic<unsigned> magic;

    void before() { magic.store(0, rl::mo_relaxed, $); }

    void thread(unsigned index) {
        if (index == 0) {
            frames($) = 1024;
            magic.store(7, at(Site::magic_store), $);
        } else if (magic.load(at(Site::magic_load), $) == 7) {
            RL_ASSERT(frames($) == 1024u);
            ++checked;
        }
    }
};

}  // namespace

Outcome time_line(const Orders& orders) {
    return simulate<TimeLine>(orders, 500'000);
}

Outcome segment_header(const Orders& orders) {
    return simulate<SegmentHeader>(orders, 500'000);
}

}  // namespace gecko::model
