// shm/client_rings.cpp and shm/client_ring_reader.cpp: what a consumer takes for a client's audio is that client's, of those frames.
#include "simulate.hpp"

namespace gecko::model {
namespace {

constexpr unsigned kRing = 2;     // frames
constexpr unsigned kCycles = 9;   // of one frame each, or a write that never is mixed
constexpr unsigned kFrames = 32;  // of P, more than there can be

/// The sample of client c at frame p; 0 is silence.
constexpr unsigned sample_of(unsigned client, unsigned p) {
    return 100 * client + p + 1;
}

/// One ring. Clients 1, 2, ... have it one after the other; each plays, pauses, and is written for cycles that never are mixed.
struct ClientRing : rl::test_suite<ClientRing, 2> {
    rl::atomic<unsigned> pcm[kRing];
    rl::atomic<unsigned> sequence, client_id, bundle_id;
    rl::atomic<unsigned> reserved, start, end;
    rl::atomic<unsigned> position;
    // What was played: no part of the protocol, and no more than the consumer may know when it looks.
    unsigned played[kFrames];  // by whom; 0: nobody
    unsigned gone_until;       // frames before this one may be overwritten

    void before() {
        for (auto& sample : pcm) sample.store(0, rl::mo_relaxed, $);
        for (auto* value : {&sequence, &client_id, &bundle_id, &reserved, &start, &end, &position})
            value->store(0, rl::mo_relaxed, $);
        for (unsigned& client : played) client = 0;
        gone_until = 0;
    }

    void thread(unsigned index) { index == 0 ? write() : read(); }

    // ClientRings. Its own copies of what is stored, as there.
    struct Ring {
        unsigned holder, start, end, valid, reserved;
    };

    void take(Ring& ring, unsigned p) {
        ++ring.holder;
        ring.start = ring.end = ring.valid = p;
        start.store(p, rl::mo_relaxed, $);
        const unsigned before = 2 * (ring.holder - 1);
        sequence.store(before + 1, rl::mo_relaxed, $);
        fence_at(Site::client_take_fence, $);
        client_id.store(ring.holder, rl::mo_relaxed, $);
        bundle_id.store(ring.holder, rl::mo_relaxed, $);
        sequence.store(before + 2, at(Site::client_take_end), $);
    }

    /// A ring before this frame.
    void lose_before(unsigned p) { gone_until = std::max(gone_until, p - std::min(p, kRing)); }

    void play(Ring& ring, unsigned first) {
        const unsigned until = first + 1;
        lose_before(until);
        if (ring.reserved > until) {
            ring.start = std::max(ring.start, ring.reserved - std::min(ring.reserved, kRing));
            start.store(ring.start, rl::mo_relaxed, $);
            reserved.store(until, at(Site::client_lowered_store), $);
        } else {
            reserved.store(until, rl::mo_relaxed, $);
        }
        ring.reserved = until;
        fence_at(Site::client_reserved_fence, $);

        if (ring.valid <= ring.start || (first > ring.valid && first - ring.valid >= kRing)) {
            ring.start = first;
            start.store(first, rl::mo_relaxed, $);
        } else {
            for (unsigned hole = ring.valid; hole < first; ++hole)
                pcm[hole % kRing].store(0, rl::mo_relaxed, $);
        }
        pcm[first % kRing].store(sample_of(ring.holder, first), rl::mo_relaxed, $);
        ring.valid = until;
    }

    void write() {
        Ring ring{};
        unsigned p = 0;
        take(ring, p);
        for (unsigned cycle = 0; cycle < kCycles; ++cycle) {
            const unsigned what = rl::rand(8);
            if (what == 0) {  // never mixed; up to a frame ahead
                play(ring, p + rl::rand(2));
                ring.valid = std::max(ring.end, ring.start);
                continue;
            }
            if (p >= ring.reserved + kRing && what < 5) take(ring, p);
            const unsigned mixed = p + 1;
            if (what < 5) {
                play(ring, p);
                played[p] = ring.holder;
                ring.end = mixed;
                end.store(mixed, at(Site::client_end_store), $);
            }
            p = mixed;
            lose_before(p);
            position.store(p, at(Site::position_store), $);
        }
    }

    // ApplicationMix::look and RingReader::copy_client.
    void read() {
        unsigned known = 0;
        unsigned p = 0;
        for (int pull = 0; pull < 6; ++pull) {
            const unsigned written = position.load(at(Site::position_load), $);
            const unsigned until = std::min(written, p + kRing + 1);
            if (sequence.load(rl::mo_relaxed, $) != known && !identify(known)) continue;
            if (known != 0) copy(p, until, known / 2);
            p = until;
        }
    }

    bool identify(unsigned& known) {
        const unsigned before = sequence.load(at(Site::client_sequence_load), $);
        const unsigned id = client_id.load(rl::mo_relaxed, $);
        const unsigned bundle = bundle_id.load(rl::mo_relaxed, $);
        fence_at(Site::client_identity_fence, $);
        if (before % 2 != 0 || sequence.load(rl::mo_relaxed, $) != before) return false;
        RL_ASSERT(id == before / 2 && bundle == id);
        known = before;
        return true;
    }

    void copy(unsigned p, unsigned until, unsigned client) {
        const unsigned client_end = std::min(until, end.load(at(Site::client_end_load), $));
        const unsigned begin = std::max(p, start.load(rl::mo_relaxed, $));
        unsigned sound = client_end;
        unsigned got[kRing + 1] = {};
        if (begin < client_end) {
            const unsigned gone = client_end - begin > kRing ? client_end - kRing : begin;
            for (unsigned i = gone; i < client_end; ++i)
                got[i - begin] = pcm[i % kRing].load(rl::mo_relaxed, $);
            fence_at(Site::copy_fence, $);
            const unsigned limit = reserved.load(at(Site::reserved_load), $);
            const unsigned overwritten = limit > kRing ? limit - kRing : 0;
            sound = std::max({gone, overwritten, start.load(rl::mo_relaxed, $)});
        }
        for (unsigned i = p; i < until; ++i) {
            if (i >= sound && i < client_end) {
                RL_ASSERT(got[i - begin] == (played[i] != 0 ? sample_of(played[i], i) : 0));
                RL_ASSERT(played[i] == 0 || played[i] == client);
                ++checked;
            } else {  // silence: nothing was played, or it is overwritten
                RL_ASSERT(played[i] == 0 || i < gone_until);
            }
        }
    }
};

}  // namespace

Outcome client_ring(const Orders& orders) {
    return simulate<ClientRing>(orders, 500'000);
}

}  // namespace gecko::model
