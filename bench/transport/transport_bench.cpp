// What the path from the driver to the output costs: blocks of 512 stereo frames, all contenders in one run, in turns.
#include <fmt/core.h>
#include <jack/ringbuffer.h>
#include <time.h>

#include <array>
#include <boost/lockfree/spsc_queue.hpp>
#include <cstring>
#include <random>
#include <vector>

#include "bench/transport/driver_in_process.hpp"
#include "bench/transport/interleaved.hpp"
#include "engine/engine.hpp"
#include "shm/ring_writer.hpp"

namespace {

using gecko::bench::Contender;
using gecko::bench::DriverInProcess;

constexpr std::size_t kFrames = DriverInProcess::kFrames;
constexpr std::size_t kSamples = 2 * kFrames;
constexpr std::size_t kBytes = kSamples * sizeof(float);
constexpr int kRounds = 201;
constexpr int kCalls = 500;
constexpr int kWorstOf = 1'000'000;

using Block = std::array<float, kSamples>;

/// The compiler has to assume that what is behind the pointer is read and written.
void touch(const void* memory) {
    asm volatile("" : : "g"(memory) : "memory");
}

double thread_cpu_ns() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

/// The dearest of 10^6 calls in CPU time of this thread, what reading that clock costs included.
double worst_ns(const std::function<void()>& run) {
    double worst = 0;
    for (int call = 0; call < kWorstOf; ++call) {
        const double start = thread_cpu_ns();
        run();
        worst = std::max(worst, thread_cpu_ns() - start);
    }
    return worst;
}

/// Shared memory as the app makes it, without a driver: writer and reader side by side.
struct Ring {
    gecko::shm::Geometry geometry = *gecko::shm::Geometry::of(gecko::shm::kDefaultFrames, 2);
    std::vector<std::byte> memory = std::vector<std::byte>(geometry.segment_bytes() + 4096);
    std::byte* base = memory.data() + (4096 - reinterpret_cast<std::uintptr_t>(memory.data()) % 4096);
    gecko::shm::RingWriter writer{base, geometry};
    gecko::shm::RingReader reader{base, geometry};
    std::int64_t position = 0;
};

void print(const char* name, double ns, const std::string& remark) {
    fmt::print("{:<58}{:>10.1f} ns   {}\n", name, ns, remark);
}

}  // namespace

int main() {
    Block music{};
    std::mt19937 random(1);  // NOLINT(bugprone-random-generator-seed): the same in each run
    std::uniform_real_distribution<float> value(-0.1f, 0.1f);
    for (float& sample : music) sample = value(random);
    Block out{};

    DriverInProcess driver;
    const std::size_t ring_samples = driver.geometry().samples();
    std::size_t at = 0;
    const volatile std::size_t bytes = kBytes;  // not known when compiling, as in the driver
    const auto bare_copy = [&] {
        driver.prepare();
        std::memcpy(driver.view().mix + at, music.data(), bytes);
        at = (at + kSamples) % ring_samples;
        touch(driver.view().mix);
    };
    const auto driver_cycle = [&] { driver.cycle(music.data()); };
    // The same bytes to the same places: each client's ring, and the mix.
    std::size_t clients_at = 0;
    const auto bare_copies = [&] {
        driver.prepare();
        for (UInt32 client = 0; client < DriverInProcess::kClients; ++client) {
            std::memcpy(driver.view().clients + client * ring_samples + clients_at, music.data(), bytes);
            touch(driver.view().clients);
        }
        std::memcpy(driver.view().mix + clients_at, music.data(), bytes);
        clients_at = (clients_at + kSamples) % ring_samples;
        touch(driver.view().mix);
    };
    const auto clients_cycle = [&] { driver.cycle_of_clients(music.data()); };

    Ring ring;
    constexpr gecko::shm::ClockLine kLine{.anchor_frame = 0, .anchor_host_time = 0, .ticks_per_frame = 500};
    const auto gecko_ring = [&] {
        ring.writer.write_mix({.sample_time = ring.position,
                               .pcm = music.data(),
                               .frames = kFrames,
                               .lead = kFrames,
                               .clock = kLine});
        ring.reader.copy(static_cast<std::uint64_t>(ring.position), out);
        ring.reader.set_read_position(static_cast<std::uint64_t>(ring.position) + kFrames);
        ring.position += std::int64_t{DriverInProcess::kFrames};
        touch(out.data());
    };
    boost::lockfree::spsc_queue<float> queue(2 * gecko::shm::kDefaultFrames);
    const auto boost_queue = [&] {
        queue.push(music.data(), kSamples);
        queue.pop(out.data(), kSamples);
        touch(out.data());
    };
    jack_ringbuffer_t* const jack = jack_ringbuffer_create(2 * gecko::shm::kDefaultFrames * sizeof(float));
    const auto jack_ring = [&] {
        jack_ringbuffer_write(jack, reinterpret_cast<const char*>(music.data()), kBytes);
        jack_ringbuffer_read(jack, reinterpret_cast<char*>(out.data()), kBytes);
        touch(out.data());
    };

    // A driver of its own feeds the engine, the output pulls as much as it writes.
    Ring fed;
    gecko::engine::Engine engine;
    engine.prepare(48'000);
    engine.attach(fed.reader);
    fed.writer.set_rate(48'000);
    fed.writer.set_volume(1.0f, false);
    fed.writer.set_running(true);
    std::uint64_t now = 1'000'000;
    double output_frame = 0;
    const auto feed = [&] {
        fed.writer.write_mix(
            {.sample_time = fed.position + static_cast<std::int64_t>(kFrames),
             .pcm = music.data(),
             .frames = kFrames,
             .lead = kFrames,
             .clock = {.anchor_frame = 0, .anchor_host_time = 1'000'000, .ticks_per_frame = 500}});
        fed.position += std::int64_t{DriverInProcess::kFrames};
    };
    const auto feed_and_play = [&] {
        feed();
        engine.render({.sample_time = output_frame, .host_time = now + 500 * kFrames, .now = now}, out);
        output_frame += kFrames;
        now += 500 * kFrames;
        touch(out.data());
    };

    const std::vector<Contender> contenders{
        {"memcpy of the block to the ring's addresses", bare_copy},
        {"driver: Begin/Do/End WriteMix", driver_cycle},
        {"driver: GetZeroTimeStamp", [&] { (void)driver.zero_time_stamp(); }},
        {"ring: write and read", gecko_ring},
        {"boost::lockfree::spsc_queue<float>: push and pop", boost_queue},
        {"jack_ringbuffer: write and read", jack_ring},
        {"driver's write and the consumer's whole callback, flat EQ", feed_and_play},
        {"driver's write alone", feed},
        {"memcpy of 8 clients' blocks and the mix to their rings", bare_copies},
        {"driver: a cycle of 8 clients, all operations", clients_cycle},
    };
    const auto ns = gecko::bench::interleaved_medians(contenders, kRounds, kCalls);

    fmt::print("512 stereo frames a block; medians of {} rounds in turns of {} calls\n\n", kRounds, kCalls);
    print(contenders[0].name.c_str(), ns[0], "");
    print(contenders[1].name.c_str(), ns[1],
          fmt::format("{:+.1f} ns beyond the memcpy (goal: 60)", ns[1] - ns[0]));
    print(contenders[8].name.c_str(), ns[8], "");
    print(contenders[9].name.c_str(), ns[9], fmt::format("{:+.1f} ns beyond the memcpy", ns[9] - ns[8]));
    print(contenders[2].name.c_str(), ns[2], "");
    print(contenders[3].name.c_str(), ns[3], "");
    print(contenders[4].name.c_str(), ns[4], fmt::format("{:.2f} x ours", ns[4] / ns[3]));
    print(contenders[5].name.c_str(), ns[5], fmt::format("{:.2f} x ours", ns[5] / ns[3]));
    print("consumer: whole callback, flat EQ", ns[6] - ns[7],
          fmt::format("{:.0f} x real time at 48 kHz", kFrames / 48'000.0 * 1e9 / (ns[6] - ns[7])));
    fmt::print(
        "\nworst of 10^6, CPU time of the thread (reading that clock: {:.0f} ns in the worst case)\n\n",
        worst_ns([] {}));
    print(contenders[1].name.c_str(), worst_ns(driver_cycle), "");
    print(contenders[9].name.c_str(), worst_ns(clients_cycle), "");
    print(contenders[2].name.c_str(), worst_ns(contenders[2].run), "");
    print(contenders[6].name.c_str(), worst_ns(feed_and_play), "");
    jack_ringbuffer_free(jack);
    return 0;
}
