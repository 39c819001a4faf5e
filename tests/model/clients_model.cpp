// driver/clients.cpp: clients come and go while the IO thread looks for them.
#include "simulate.hpp"

namespace gecko::model {
namespace {

/// Client n has the ID n, n in all fields, and registration n; all in one slot, one after the other.
struct Clients : rl::test_suite<Clients, 2> {
    rl::atomic<unsigned> registration, client_id, process_id;

    void before() {
        for (auto* value : {&registration, &client_id, &process_id}) value->store(0, rl::mo_relaxed, $);
    }

    void thread(unsigned index) {
        if (index == 0) {
            for (unsigned client = 1; client <= 3; ++client) {
                add(client);
                remove();
            }
        } else {
            for (int cycle = 0; cycle < 12; ++cycle) look(1 + rl::rand(3));
        }
    }

    void add(unsigned client) {
        client_id.store(client, rl::mo_relaxed, $);
        process_id.store(client, rl::mo_relaxed, $);
        registration.store(client, at(Site::clients_add), $);
    }

    void remove() {
        registration.store(0, rl::mo_relaxed, $);
        fence_at(Site::clients_remove_fence, $);
    }

    void look(unsigned client) {
        const unsigned found = registration.load(at(Site::clients_find), $);
        if (found == 0 || client_id.load(rl::mo_relaxed, $) != client) return;
        fence_at(Site::clients_find_fence, $);
        if (registration.load(rl::mo_relaxed, $) != found) return;
        RL_ASSERT(found == client);
        ++checked;

        const unsigned id = client_id.load(rl::mo_relaxed, $);
        const unsigned process = process_id.load(rl::mo_relaxed, $);
        fence_at(Site::clients_read_fence, $);
        if (registration.load(rl::mo_relaxed, $) != found) return;
        RL_ASSERT(id == client && process == client);
    }
};

}  // namespace

Outcome driver_clients(const Orders& orders) {
    return simulate<Clients>(orders, 500'000);
}

}  // namespace gecko::model
