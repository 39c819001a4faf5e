// shm/ring_writer.cpp and shm/ring_reader.cpp, the mix: what RingReader::copy keeps is what write_mix wrote.
#include "simulate.hpp"

namespace gecko::model {
namespace {

constexpr unsigned kRing = 2;      // frames
constexpr unsigned kWritten = 5;   // frames; the ring is lapped more than once
constexpr unsigned kChannels = 2;  // a frame can be torn

/// Frame n is the sample n + 1 on both channels; the copy that races is one relaxed access a sample.
struct MixRing : rl::test_suite<MixRing, 3> {
    rl::atomic<unsigned> pcm[kRing][kChannels];
    rl::atomic<unsigned> reserved;
    rl::atomic<unsigned> position;
    rl::atomic<unsigned>
        write_head;  // not reduced by the ring's size, so that the reader knows what it should see

    void before() {
        for (auto& frame : pcm)
            for (auto& sample : frame) sample.store(0, rl::mo_relaxed, $);
        for (auto* value : {&reserved, &position, &write_head}) value->store(0, rl::mo_relaxed, $);
    }

    void thread(unsigned index) {
        if (index == 0) write();
        if (index == 1) read();
        if (index == 2) read_by_header();
    }

    void write() {
        for (unsigned p = 0; p < kWritten;) {
            const unsigned end = p + 1 + (p + 2 <= kWritten ? rl::rand(2) : 0);  // cycles of one frame or two
            reserved.store(end, rl::mo_relaxed, $);
            fence_at(Site::reserved_fence, $);
            for (; p < end; ++p)
                for (auto& sample : pcm[p % kRing]) sample.store(p + 1, rl::mo_relaxed, $);
            position.store(end, at(Site::position_store), $);
            write_head.store(end, at(Site::write_head_store), $);
        }
    }

    void read() {
        unsigned p = 0;
        for (int pull = 0; pull < 6; ++pull) {
            const unsigned written = position.load(at(Site::position_load), $);
            const unsigned take = std::min(written - p, kRing + 1);
            const unsigned gone = written - p > kRing ? std::min(take, written - p - kRing) : 0;
            unsigned copy[kRing + 1][kChannels] = {};
            for (unsigned i = gone; i < take; ++i)
                for (unsigned c = 0; c < kChannels; ++c)
                    copy[i][c] = pcm[(p + i) % kRing][c].load(rl::mo_relaxed, $);
            fence_at(Site::copy_fence, $);
            const unsigned limit = reserved.load(rl::mo_relaxed, $);
            const unsigned overwritten = limit > p + kRing ? limit - kRing - p : 0;
            for (unsigned i = std::max(gone, overwritten); i < take; ++i, ++checked)
                for (unsigned c = 0; c < kChannels; ++c) RL_ASSERT(copy[i][c] == p + i + 1);
            p += take;
        }
    }

    // A program that knows only the header: the frame before write_head is there. It may be overwritten already: such a
    // program cannot tell.
    void read_by_header() {
        const unsigned head = write_head.load(rl::mo_acquire, $);
        if (head == 0) return;
        for (auto& sample : pcm[(head - 1) % kRing]) RL_ASSERT(sample.load(rl::mo_relaxed, $) >= head);
    }
};

}  // namespace

Outcome mix_ring(const Orders& orders) {
    return simulate<MixRing>(orders, 500'000);
}

}  // namespace gecko::model
