// Checks of IO: starting and stopping, cycles, and what must not disturb them.
#include <algorithm>
#include <cmath>
#include <limits>

#include "minihal/halval/changes.hpp"
#include "minihal/halval/checks.hpp"
#include "minihal/halval/io_devices.hpp"
#include "minihal/halval/io_run.hpp"
#include "minihal/host/status_text.hpp"

namespace minihal::halval {

void check_io_start(Subject& subject, Findings& findings) {
    for_each_device(subject, findings, 1, [&](const Object& device, IoRun& run) {
        findings.expect(!runs(subject, device), "{}: runs before StartIO", subject.name(device));
        if (!run.start()) return;
        findings.expect(runs(subject, device), "{}: does not run after StartIO", subject.name(device));
        run.stop();
        findings.expect(!runs(subject, device), "{}: runs after StopIO", subject.name(device));
        findings.saw("{}", subject.name(device));
    });
}

void check_io_counted(Subject& subject, Findings& findings) {
    for_each_device(subject, findings, 2, [&](const Object& device, IoRun& run) {
        if (!run.start()) return;
        const auto& calls = subject.calls();
        const auto driver = subject.driver();
        if (!runs(subject, device)) return;  // that it never does is another check's
        calls.StopIO(driver, device.id, 1);
        findings.expect(runs(subject, device), "{}: stopped with the first of two clients",
                        subject.name(device));
        calls.StartIO(driver, device.id, 1);
        calls.StopIO(driver, device.id, 2);
        findings.expect(runs(subject, device), "{}: stopped while a client runs it", subject.name(device));
        calls.StartIO(driver, device.id, 2);
        findings.saw("{}: runs until its last client stops", subject.name(device));
    });
}

void check_io_unbalanced(Subject& subject, Findings& findings) {
    for_each_device(subject, findings, 1, [&](const Object& device, IoRun& run) {
        if (!run.start() || !runs(subject, device)) return;  // that it does not run at all is another check's
        run.stop();
        // Whatever a stop without a start answers, it must not count.
        for (int i = 0; i < 3; ++i) subject.calls().StopIO(subject.driver(), device.id, 1);
        if (!run.start()) return;
        findings.expect(runs(subject, device), "{}: does not run, after stops too many",
                        subject.name(device));
        run.turn();
        run.stop();
        findings.expect(!runs(subject, device), "{}: runs on, after stops too many", subject.name(device));
        findings.saw("{}: three stops too many", subject.name(device));
    });
}

void check_notify_running(Subject& subject, Findings& findings) {
    for_each_device(subject, findings, 1, [&](const Object& device, IoRun& run) {
        for (const bool start : {true, false}) {
            const auto mark = subject.host().mark();
            if (findings.faults() > 0 || (start ? !run.start() : (run.stop(), false))) return;
            if (!findings.expect(told_of(subject, mark, device.id, kRunning),
                                 "{}: {}, and the host was not told of {}", subject.name(device),
                                 start ? "started" : "stopped", four(kRunning)))
                return;
        }
        findings.saw("{}: told of both", subject.name(device));
    });
}

void check_will_do(Subject& subject, Findings& findings) {
    const auto& calls = subject.calls();
    for_each_device(subject, findings, 1, [&](const Object& device, IoRun&) {
        const auto ask = [&](UInt32 id, bool& will, bool& in_place) {
            Boolean answers[2] = {7, 7};
            const auto status =
                calls.WillDoIOOperation(subject.driver(), device.id, 1, id, &answers[0], &answers[1]);
            findings.expect(status == 0, "{}, {}: {}", subject.name(device), four(id), status_text(status));
            will = answers[0] != 0;
            in_place = answers[1] != 0;
            return status == 0;
        };
        const std::pair<UInt32, AudioObjectPropertyScope> needed[] = {
            {kAudioServerPlugInIOOperationReadInput, kAudioObjectPropertyScopeInput},
            {kAudioServerPlugInIOOperationWriteMix, kAudioObjectPropertyScopeOutput}};
        bool will = false;
        bool in_place = false;
        for (const auto& [id, scope] : needed) {
            if (subject.list<AudioObjectID>(device.id, address_of(kAudioDevicePropertyStreams, scope))
                    .empty())
                continue;
            if (!ask(id, will, in_place)) continue;
            findings.expect(will, "{} has streams and does not do {}", subject.name(device), four(id));
            findings.expect(!will || in_place, "{}: {} is not done in place", subject.name(device), four(id));
            findings.saw("{}: {}", subject.name(device), four(id));
        }
        Boolean nobodys = 0;
        Boolean place = 0;
        calls.WillDoIOOperation(subject.driver(), device.id, 1, 0x7A7A7A7A, &nobodys, &place);
        findings.expect(nobodys == 0, "{} will do an operation that there is not", subject.name(device));
    });
}

void check_io_cycle(Subject& subject, Findings& findings) {
    for_each_device(subject, findings, 1, [&](const Object& device, IoRun& run) {
        run.watch_buffers();
        if (!run.start()) return;
        for (int i = 0; i < 200; ++i) run.turn();
        findings.saw("{}: {} cycles of 512 frames", subject.name(device), run.cycles());
    });
}

void check_read_input(Subject& subject, Findings& findings) {
    int seen = 0;
    for_each_device(subject, findings, 1, [&](const Object& device, IoRun& run) {
        if (subject
                .list<AudioObjectID>(device.id,
                                     address_of(kAudioDevicePropertyStreams, kAudioObjectPropertyScopeInput))
                .empty() ||
            !run.start())
            return;
        for (int i = 0; i < 50; ++i) {
            run.turn();
            ++seen;
            if (!findings.expect(run.input_filled(), "{}: samples of cycle {} were left as they were",
                                 subject.name(device), run.cycles()))
                return;
        }
    });
    if (seen == 0) return findings.skip("no input streams");
    findings.saw("{} cycles", seen);
}

void check_cycle_sizes(Subject& subject, Findings& findings) {
    constexpr UInt32 kSizes[] = {1, 2, 15, 64, 509, 1024, 2048, 4096, 8192};
    for_each_device(subject, findings, 1, [&](const Object& device, IoRun& run) {
        run.watch_buffers();
        if (!run.start()) return;
        const auto most = std::max(run.period(), 512U);
        for (const auto frames : kSizes)
            for (int i = 0; i < 3; ++i) run.turn(std::min(frames, most));
        for (const auto frames : {4096U, 1U, 4096U, 14U}) run.turn(std::min(frames, most));
        findings.saw("{}: 1 to {} frames", subject.name(device), std::min(8192U, most));
    });
}

// No host in use asks for such.
void check_long_cycles(Subject& subject, Findings& findings) {
    for_each_device(subject, findings, 1, [&](const Object& device, IoRun& run) {
        run.watch_buffers();
        if (!run.start()) return;
        for (const auto frames : {16384U, 65536U, 131072U}) run.turn(std::max(frames, run.period() + 1));
        for (const auto frames : {131072U, 1U, 16384U, 14U}) run.turn(frames);
        findings.saw("{}: up to 131072 frames", subject.name(device));
    });
}

// Late, early, repeated, overlapping, far away and no numbers at all. The plug-in may refuse what is no sample time; it
// must live, and go on.
void check_sample_times(Subject& subject, Findings& findings) {
    for_each_device(subject, findings, 1, [&](const Object& device, IoRun& run) {
        if (!run.start()) return;
        for (int i = 0; i < 8; ++i) run.turn();
        for (const double off : {0.0, 0.0, 512.0, 4096.0, -256.0, -4096.0, 1e6, -1e6, 0.5})
            run.cycle({.output_time = std::max(0.0, run.output_time(512) + off)});
        Findings unheard(-1);
        {
            IoRun wild(subject, unheard, device, 1, 50);
            if (!wild.start()) return;
            for (const double time : {-1.0, -1e9, 1e18, -1e300, std::numeric_limits<double>::infinity(),
                                      std::numeric_limits<double>::quiet_NaN()})
                wild.cycle({.output_time = time});
        }
        for (int i = 0; i < 8; ++i) run.turn();
        findings.saw("{}: {} cycles", subject.name(device), run.cycles());
    });
}

void check_unknown_stream(Subject& subject, Findings& findings) {
    const auto& calls = subject.calls();
    for_each_device(subject, findings, 1, [&](const Object& device, IoRun& run) {
        if (!run.start()) return;
        run.turn();
        std::vector<std::uint8_t> buffer(65536);
        AudioServerPlugInIOCycleInfo info{};
        info.mIOCycleCounter = 2;
        for (const auto id :
             {kAudioServerPlugInIOOperationWriteMix, kAudioServerPlugInIOOperationReadInput}) {
            const auto status = calls.DoIOOperation(subject.driver(), device.id, subject.unused_id(), 1, id,
                                                    64, &info, buffer.data(), nullptr);
            findings.expect(status != 0, "{}: {} on a stream that there is not succeeded",
                            subject.name(device), four(id));
        }
        findings.saw("{}: refused", subject.name(device));
    });
}

void check_io_clients(Subject& subject, Findings& findings) {
    constexpr UInt32 kClients = 24;
    for_each_device(subject, findings, kClients, [&](const Object& device, IoRun& run) {
        if (!run.start()) return;
        for (int i = 0; i < 20; ++i) run.turn();
        findings.saw("{}: {} clients, {} cycles", subject.name(device), kClients, run.cycles());
    });
}

}  // namespace minihal::halval
