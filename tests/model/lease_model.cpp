// driver/attach.cpp: the IO thread's hold on a mapping, while a control thread replaces it and takes it away.
#include "simulate.hpp"

namespace gecko::model {
namespace {

constexpr unsigned kNone = 0;  // published: the slot's number + 1
constexpr int kTries = 2;      // a stuck IO thread is waited for in vain

struct Lease : rl::test_suite<Lease, 2> {
    struct Slot {
        rl::atomic<unsigned> users;
        rl::var<unsigned> mapping;  // 0: not mapped
    };
    Slot slots[2];
    rl::atomic<unsigned> published;

    void before() {
        for (Slot& slot : slots) {
            slot.users.store(0, rl::mo_relaxed, $);
            slot.mapping($) = 0;
        }
        slots[0].mapping($) = 1;
        published.store(1, rl::mo_relaxed, $);
    }

    void thread(unsigned index) {
        if (index == 0) {
            write();
            write();
        } else {
            attach(2);
            detach();
            attach(3);
        }
    }

    void write() {
        const unsigned found = published.load(rl::mo_relaxed, $);
        if (found == kNone) return;
        Slot& slot = slots[found - 1];
        slot.users.fetch_add(1, at(Site::lease_count_in), $);
        if (published.load(at(Site::lease_look_again), $) == found) {
            ++checked;
            RL_ASSERT(slot.mapping($) !=
                      0u);  // and nobody maps or unmaps it meanwhile: that would be a data race
            slot.users.fetch_sub(1, at(Site::lease_count_out), $);
        } else {
            slot.users.fetch_sub(1, rl::mo_relaxed, $);
        }
    }

    bool drop(Slot& slot) {
        for (int tries = 0; slot.mapping($) != 0u; ++tries) {
            if (slot.users.load(at(Site::users_load), $) == 0) {
                slot.mapping($) = 0;
                return true;
            }
            if (tries == kTries) return false;
            rl::yield(1, $);
        }
        return true;
    }

    void attach(unsigned mapping) {
        const unsigned found = published.load(rl::mo_relaxed, $);
        for (unsigned i = 0; i < 2; ++i) {
            if (found == i + 1 || !drop(slots[i])) continue;
            slots[i].mapping($) = mapping;
            const unsigned before = published.exchange(i + 1, at(Site::publish), $);
            if (before != kNone) (void)drop(slots[before - 1]);
            return;
        }
    }

    void detach() {
        const unsigned before = published.exchange(kNone, at(Site::withdraw), $);
        if (before != kNone) (void)drop(slots[before - 1]);
    }
};

}  // namespace

Outcome lease(const Orders& orders) {
    return simulate<Lease>(orders, 500'000);
}

}  // namespace gecko::model
