// Checks that take many cycles, starts or threads.
#include <atomic>
#include <cmath>
#include <memory>
#include <random>
#include <thread>

#include "minihal/halval/checks.hpp"
#include "minihal/halval/io_devices.hpp"
#include "minihal/halval/property_walk.hpp"

namespace minihal::halval {

void check_io_restarts(Subject& subject, Findings& findings) {
    for_each_device(subject, findings, 1, [&](const Object& device, IoRun& run) {
        for (int i = 0; i < 100; ++i) {
            if (!run.start()) return;
            for (int turn = 0; turn < 3; ++turn) run.turn();
            run.stop();
            findings.expect(!runs(subject, device), "{}: runs after {} starts and stops",
                            subject.name(device), i + 1);
            run.pass(10'000);
        }
        findings.saw("{}: 100 starts and stops", subject.name(device));
    });
}

void check_io_quiet(Subject& subject, Findings& findings) {
    for_each_device(subject, findings, 1, [&](const Object& device, IoRun& run) {
        if (!run.start()) return;
        const auto mark = subject.host().mark();
        for (int i = 0; i < 200; ++i) run.turn();
        for (const auto& event : subject.host().events_since(mark))
            findings.expect(event.thread != std::this_thread::get_id(),
                            "{}: the host was called within a cycle", subject.name(device));
        findings.saw("{}: 200 cycles", subject.name(device));
    });
}

// Cycles that come early and late, and now and then much too late, so that some are left out.
void check_long_run(Subject& subject, Findings& findings) {
    constexpr int kCycles = 10'000;
    for_each_device(subject, findings, 2, [&](const Object& device, IoRun& run) {
        if (!run.start()) return;
        std::mt19937 random(1);  // NOLINT(bugprone-random-generator-seed): the same run each time
        auto next = run.output_time(512);
        auto last = run.stamp().value_or(Stamp{});
        for (int i = 0; i < kCycles; ++i) {
            run.cycle({.frames = 512, .output_time = next});
            if (findings.faults() > 0) return;
            next += 512;
            run.pass(512 * (0.8 + 0.4 * static_cast<double>(random() % 1000) / 1000));
            // An overload: the host resynchronises.
            if (random() % 500 == 0) run.pass(512.0 * static_cast<double>(random() % 64));
            const auto due = run.output_time(512);
            if (std::abs(due - next) > 2048) next = due;
            const auto stamp = run.stamp();
            if (!stamp) return;
            if (!findings.expect(stamp->sample_time >= last.sample_time, "{}, cycle {}: from stamp {} to {}",
                                 subject.name(device), run.cycles(), last.sample_time, stamp->sample_time))
                return;
            last = *stamp;
        }
        const auto played = last.sample_time / run.rate();
        findings.saw("{}: {} cycles, {:.0f} s", subject.name(device), run.cycles(), played);
    });
}

// All kinds of calls at once; that nothing breaks is the check.
void check_threads(Subject& subject, Findings& findings) {
    const auto devices = subject.objects(kDeviceSort);
    if (devices.empty()) return findings.skip("no devices");
    std::atomic<int> reads{0};
    std::atomic<bool> done{false};
    std::vector<std::thread> others;
    const auto volumes = subject.objects(kLevelSort);
    others.emplace_back([&] {
        while (!done) {
            for_each_property(subject, [&](const Object& object, const PropertyRule& rule,
                                           const AudioObjectPropertyAddress& address) {
                const bool plain = rule.form == Form::kValue || rule.form == Form::kList;
                if ((!plain && rule.form != Form::kLayout) || rule.takes != Takes::kNothing) return;
                (void)subject.get(object.id, address, {}, 256);
                ++reads;
            });
        }
    });
    others.emplace_back([&] {
        for (UInt32 id = 100; !done; ++id) {
            for (const auto& device : devices) Client passing(subject, device.id, id);
            for (const auto& volume : volumes)
                (void)subject.set(volume.id, address_of(kAudioLevelControlPropertyScalarValue),
                                  bytes_of(static_cast<Float32>(id % 10) / 10));
        }
    });
    others.emplace_back([&] {
        std::vector<std::unique_ptr<Client>> starters;
        starters.reserve(devices.size());
        for (const auto& device : devices)
            starters.push_back(std::make_unique<Client>(subject, device.id, 9));
        while (!done) {
            for (const auto& device : devices) {
                subject.calls().StartIO(subject.driver(), device.id, 9);
                subject.calls().StopIO(subject.driver(), device.id, 9);
            }
        }
    });
    for (const auto& device : devices) {
        IoRun run(subject, findings, device);
        if (!run.start()) break;
        for (int i = 0; i < 2000 || reads < 200; ++i) run.turn();
    }
    done = true;
    for (auto& other : others) other.join();
    findings.saw("IO of {} devices, {} readings, clients, starts and stops", devices.size(),
                 reads.load() / 100 * 100);
}

}  // namespace minihal::halval
