// Checks of zero time stamps.
#include <algorithm>
#include <cmath>

#include "minihal/halval/changes.hpp"
#include "minihal/halval/checks.hpp"
#include "minihal/halval/io_run.hpp"
#include "minihal/halval/virtual_time.hpp"

namespace minihal::halval {

namespace {

// Stamps of a device that runs for some periods, a step at a time.
constexpr int kSteps = 400;
constexpr double kStepFrames = 1000;

std::vector<Stamp> stamps_of(const IoRun& run) {
    std::vector<Stamp> stamps;
    for (int i = 0; i < kSteps; ++i) {
        const auto stamp = run.stamp();
        if (!stamp) break;
        stamps.push_back(*stamp);
        run.pass(kStepFrames);
    }
    return stamps;
}

template <typename Visit>
void for_each_running(Subject& subject, Findings& findings, const Visit& visit) {
    const auto devices = subject.objects(kDeviceSort);
    if (devices.empty()) findings.skip("no devices");
    for (const auto& device : devices) {
        IoRun run(subject, findings, device);
        if (run.start()) visit(device, run);
    }
}

// Behind the present: ticks.
double age_of(const Stamp& stamp) {
    return static_cast<double>(static_cast<std::int64_t>(virtual_time::now() - stamp.host_time));
}

}  // namespace

void check_clock_period(Subject& subject, Findings& findings) {
    for (const auto& device : subject.objects(kDeviceSort)) {
        const auto period =
            subject.value<UInt32>(device.id, address_of(kAudioDevicePropertyZeroTimeStampPeriod));
        if (!period) continue;
        if (findings.expect(*period >= kLeastPeriod, "{}: {} frames", subject.name(device), *period))
            findings.saw("{} frames", *period);
    }
}

void check_clock_multiples(Subject& subject, Findings& findings) {
    for_each_running(subject, findings, [&](const Object& device, IoRun& run) {
        const auto period = static_cast<double>(run.period());
        if (period == 0) return;
        for (const auto& stamp : stamps_of(run)) {
            if (!findings.expect(std::fmod(stamp.sample_time, period) == 0,
                                 "{}: sample time {}, the period is {} frames", subject.name(device),
                                 stamp.sample_time, period))
                return;
        }
        findings.saw("{}: multiples of {}", subject.name(device), period);
    });
}

void check_clock_monotonic(Subject& subject, Findings& findings) {
    for_each_running(subject, findings, [&](const Object& device, IoRun& run) {
        const auto stamps = stamps_of(run);
        for (size_t i = 1; i < stamps.size(); ++i) {
            const auto& before = stamps[i - 1];
            const auto& now = stamps[i];
            const bool forward = now.sample_time > before.sample_time && now.host_time > before.host_time;
            const bool same = now.sample_time == before.sample_time && now.host_time == before.host_time;
            if (!findings.expect(forward || same, "{}: from ({}, {}) to ({}, {})", subject.name(device),
                                 before.sample_time, before.host_time, now.sample_time, now.host_time))
                return;
        }
        if (!stamps.empty())
            findings.expect(stamps.back().sample_time > stamps.front().sample_time,
                            "{}: the stamps stand still", subject.name(device));
        findings.saw("{}: {} stamps", subject.name(device), stamps.size());
    });
}

// Clocks differ from nominal; one that can be turned by its users, by a per cent.
void check_clock_spacing(Subject& subject, Findings& findings) {
    for_each_running(subject, findings, [&](const Object& device, IoRun& run) {
        const auto stamps = stamps_of(run);
        for (size_t i = 1; i < stamps.size(); ++i) {
            const double frames = stamps[i].sample_time - stamps[i - 1].sample_time;
            if (!(frames > 0)) continue;
            const double ticks = static_cast<double>(static_cast<std::int64_t>(stamps[i].host_time -
                                                                               stamps[i - 1].host_time)) /
                                 frames;
            // Going back is another check's.
            if (ticks <= 0) continue;
            if (!findings.expect(std::abs(ticks / run.ticks_per_frame() - 1) < 0.02,
                                 "{}: {:.3f} ticks a frame between two stamps, {:.3f} at {} Hz",
                                 subject.name(device), ticks, run.ticks_per_frame(), run.rate()))
                return;
        }
        findings.saw("{}: as {} Hz have it", subject.name(device), run.rate());
    });
}

void check_clock_recent(Subject& subject, Findings& findings) {
    for_each_running(subject, findings, [&](const Object& device, IoRun& run) {
        const double period = run.period() * run.ticks_per_frame();
        for (int i = 0; i < kSteps; ++i) {
            const auto stamp = run.stamp();
            if (!stamp) return;
            const auto age = age_of(*stamp);
            if (!findings.expect(age >= -period * 0.02 && age <= period * 1.05,
                                 "{}: a stamp {:.2f} periods old", subject.name(device), age / period))
                return;
            run.pass(kStepFrames);
        }
        findings.saw("{}: never older than a period", subject.name(device));
    });
}

void check_clock_catches_up(Subject& subject, Findings& findings) {
    for_each_running(subject, findings, [&](const Object& device, IoRun& run) {
        const double period = run.period() * run.ticks_per_frame();
        for (const double seconds : {3.0, 60.0, 3600.0}) {
            (void)run.stamp();
            virtual_time::advance_seconds(seconds);
            const auto stamp = run.stamp();
            if (!stamp) return;
            if (!findings.expect(age_of(*stamp) <= period * 2.05,
                                 "{}: {} s without a call, then a stamp {:.1f} periods old",
                                 subject.name(device), seconds, age_of(*stamp) / period))
                return;
        }
        findings.saw("{}: after gaps of 3 s, a minute, an hour", subject.name(device));
    });
}

void check_clock_seed(Subject& subject, Findings& findings) {
    for_each_running(subject, findings, [&](const Object& device, IoRun& run) {
        const auto stamps = stamps_of(run);
        for (const auto& stamp : stamps) {
            if (!findings.expect(stamp.seed == stamps.front().seed,
                                 "{}: seed {} and then {} on the same time line", subject.name(device),
                                 stamps.front().seed, stamp.seed))
                return;
        }
        findings.saw("{}: one seed", subject.name(device));
    });
}

void check_clock_new_line(Subject& subject, Findings& findings) {
    int lines = 0;
    for (const auto& device : subject.objects(kDeviceSort)) {
        const auto rates = rates_of(subject, device.id);
        const auto first = rate_of(subject, device.id);
        const auto other = std::ranges::find_if(rates, [&](Float64 rate) { return rate != first; });
        std::optional<Stamp> before;
        double ticks_per_frame = 0;
        for (int round = 0; round < 2; ++round) {
            if (round == 1 && other != rates.end()) (void)change_rate(subject, device.id, *other);
            IoRun run(subject, findings, device);
            if (!run.start()) return;
            const auto stamp = run.stamp();
            if (!stamp) return;
            if (before) {
                // On the old line the new stamp would be elsewhere, so it has to be a line of its own.
                const double frames = stamp->sample_time - before->sample_time;
                const double ticks =
                    static_cast<double>(static_cast<std::int64_t>(stamp->host_time - before->host_time));
                const bool same_line =
                    std::abs(frames * ticks_per_frame - ticks) < 2 * run.period() * ticks_per_frame;
                ++lines;
                findings.expect(same_line || stamp->seed != before->seed,
                                "{}: a new time line (sample time {}, before it {}) with the same seed {}",
                                subject.name(device), stamp->sample_time, before->sample_time, stamp->seed);
            }
            for (int i = 0; i < 200; ++i) run.turn();
            before = run.stamp();
            ticks_per_frame = run.ticks_per_frame();
            run.stop();
            run.pass(123'456);
        }
    }
    findings.saw("{} restarts", lines);
}

void check_clock_shared(Subject& subject, Findings& findings) {
    for (const auto& device : subject.objects(kDeviceSort)) {
        IoRun run(subject, findings, device, 3);
        if (!run.start()) return;
        for (int i = 0; i < kSteps; ++i) {
            const auto host = run.stamp(0);
            for (UInt32 client = 1; client <= 3; ++client) {
                const auto stamp = run.stamp(client);
                if (!host || !stamp) return;
                if (!findings.expect(stamp->sample_time == host->sample_time &&
                                         stamp->host_time == host->host_time && stamp->seed == host->seed,
                                     "{}: client {} is at {}, the host at {}", subject.name(device), client,
                                     stamp->sample_time, host->sample_time))
                    return;
            }
            run.pass(kStepFrames);
        }
        findings.saw("{}: three clients and the host", subject.name(device));
    }
}

}  // namespace minihal::halval
