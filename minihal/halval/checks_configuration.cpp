// Checks of changes of a device's configuration: asked for by the plug-in, performed or aborted by the host.
#include <algorithm>
#include <limits>
#include <thread>

#include "minihal/halval/changes.hpp"
#include "minihal/halval/checks.hpp"
#include "minihal/host/status_text.hpp"

namespace minihal::halval {

namespace {

constexpr auto kRate = kAudioDevicePropertyNominalSampleRate;

// Calls visit(device, another rate) for each device whose rate can be changed.
template <typename Visit>
void for_each_changeable(Subject& subject, Findings& findings, const Visit& visit) {
    int seen = 0;
    for (const auto& device : subject.objects(kDeviceSort)) {
        bool settable = false;
        const auto rates = rates_of(subject, device.id);
        const auto now = rate_of(subject, device.id);
        const auto other = std::ranges::find_if(rates, [now](Float64 rate) { return rate != now; });
        if (subject.settable(device.id, address_of(kRate), settable) != 0 || !settable ||
            other == rates.end())
            continue;
        ++seen;
        // One fault is enough: what is missing is waited for.
        if (findings.faults() == 0) visit(device, *other);
    }
    if (seen == 0) findings.skip("no device changes its rate");
}

OSStatus ask_for_rate(const Subject& subject, const Object& device, Float64 rate) {
    return subject.set(device.id, address_of(kRate), bytes_of(rate));
}

AudioStreamBasicDescription format_of(const Subject& subject, const Object& stream) {
    return subject
        .value<AudioStreamBasicDescription>(stream.id, address_of(kAudioStreamPropertyVirtualFormat))
        .value_or(AudioStreamBasicDescription{});
}

bool changes_format(const Subject& subject, const Object& stream) {
    bool settable = false;
    const auto address = address_of(kAudioStreamPropertyVirtualFormat);
    return subject.settable(stream.id, address, settable) == 0 && settable;
}

}  // namespace

void check_rate_request(Subject& subject, Findings& findings) {
    for_each_changeable(subject, findings, [&](const Object& device, Float64 rate) {
        const auto mark = subject.host().mark();
        const auto status = ask_for_rate(subject, device, rate);
        if (!findings.expect(status == 0, "{}: {} for {} Hz", subject.name(device), status_text(status),
                             rate))
            return;
        findings.expect(requested(subject, mark, device.id).has_value(),
                        "{}: {} Hz were accepted and no configuration change was asked for",
                        subject.name(device), rate);
        findings.saw("{}: to {} Hz", subject.name(device), rate);
    });
}

void check_rate_inline(Subject& subject, Findings& findings) {
    for_each_changeable(subject, findings, [&](const Object& device, Float64 rate) {
        const auto mark = subject.host().mark();
        (void)ask_for_rate(subject, device, rate);
        for (const auto& event : subject.host().events_since(mark))
            findings.expect(
                event.kind != Event::Kind::kConfigurationChange || event.thread != std::this_thread::get_id(),
                "{}: RequestDeviceConfigurationChange was called within SetPropertyData",
                subject.name(device));
        findings.saw("{}: asked for from another thread or later", subject.name(device));
    });
}

void check_rate_waits(Subject& subject, Findings& findings) {
    for_each_changeable(subject, findings, [&](const Object& device, Float64 rate) {
        const auto before = rate_of(subject, device.id);
        const auto mark = subject.host().mark();
        (void)ask_for_rate(subject, device, rate);
        // One that changes it outright and never asks is another check's.
        if (!requested(subject, mark, device.id)) return findings.skip("no change is asked for");
        findings.expect(rate_of(subject, device.id) == before,
                        "{}: the rate is {} Hz before the change was performed", subject.name(device),
                        rate_of(subject, device.id));
        findings.saw("{}: {} Hz until performed", subject.name(device), before);
    });
}

void check_rate_change(Subject& subject, Findings& findings) {
    for_each_changeable(subject, findings, [&](const Object& device, Float64) {
        const auto first = rate_of(subject, device.id);
        auto rates = rates_of(subject, device.id);
        rates.push_back(first);
        for (const auto rate : rates) {
            if (!findings.expect(change_rate(subject, device.id, rate), "{}: {} Hz after a change to {} Hz",
                                 subject.name(device), rate_of(subject, device.id), rate))
                return;
            for (const auto& stream : subject.objects_of(device.id, kStreamSort))
                findings.expect(format_of(subject, stream).mSampleRate == rate, "{}: {} Hz, its device {} Hz",
                                subject.name(stream), format_of(subject, stream).mSampleRate, rate);
        }
        findings.saw("{}: {} rates and back", subject.name(device), rates.size() - 1);
    });
}

void check_rate_abort(Subject& subject, Findings& findings) {
    for_each_changeable(subject, findings, [&](const Object& device, Float64 rate) {
        const auto before = rate_of(subject, device.id);
        const auto mark = subject.host().mark();
        (void)ask_for_rate(subject, device, rate);
        if (rate_of(subject, device.id) == rate) return;  // too early, which is another check's
        const auto request = requested(subject, mark, device.id);
        if (!request) return;
        (void)abort(subject, *request);
        if (!findings.expect(rate_of(subject, device.id) == before, "{}: {} Hz after an aborted change",
                             subject.name(device), rate_of(subject, device.id)))
            return;
        // It may be asked for anew.
        const auto again = subject.host().mark();
        (void)ask_for_rate(subject, device, rate);
        const auto second = requested(subject, again, device.id);
        if (!findings.expect(second.has_value(), "{}: no request for {} Hz after an aborted one",
                             subject.name(device), rate))
            return;
        (void)perform(subject, *second);
        findings.expect(rate_of(subject, device.id) == rate,
                        "{}: {} Hz after the second request was performed", subject.name(device),
                        rate_of(subject, device.id));
        findings.saw("{}: {} Hz kept, then {} Hz", subject.name(device), before, rate);
    });
}

void check_rate_unsupported(Subject& subject, Findings& findings) {
    for_each_changeable(subject, findings, [&](const Object& device, Float64) {
        const auto ranges = subject.list<AudioValueRange>(
            device.id, address_of(kAudioDevicePropertyAvailableNominalSampleRates));
        for (const Float64 rate : {0.0, -48000.0, 12345.6, 1e12, std::numeric_limits<Float64>::quiet_NaN()}) {
            if (std::ranges::any_of(ranges, [rate](const AudioValueRange& range) {
                    return rate >= range.mMinimum && rate <= range.mMaximum;
                }))
                continue;
            findings.expect(ask_for_rate(subject, device, rate) != 0,
                            "{}: {} Hz, which it does not offer, accepted", subject.name(device), rate);
        }
        findings.saw("{}: refused", subject.name(device));
    });
}

void check_format_change(Subject& subject, Findings& findings) {
    int seen = 0;
    for_each_changeable(subject, findings, [&](const Object& device, Float64 rate) {
        for (const auto& stream : subject.objects_of(device.id, kStreamSort)) {
            if (findings.faults() > 0) return;
            if (!changes_format(subject, stream) || !change_rate(subject, device.id, rate)) continue;
            const auto rates = rates_of(subject, device.id);
            auto format = format_of(subject, stream);
            format.mSampleRate = rates.back() == rate ? rates.front() : rates.back();
            const auto mark = subject.host().mark();
            if (subject.set(stream.id, address_of(kAudioStreamPropertyVirtualFormat), bytes_of(format)) != 0)
                continue;
            ++seen;
            findings.expect(
                comes_true(subject, mark, [&] { return rate_of(subject, device.id) == format.mSampleRate; }),
                "{}: a format at {} Hz was accepted, the device is at {} Hz", subject.name(stream),
                format.mSampleRate, rate_of(subject, device.id));
        }
    });
    if (seen == 0) return findings.skip("no stream takes another rate by its format");
    findings.saw("{} streams", seen);
}

void check_format_unsupported(Subject& subject, Findings& findings) {
    int seen = 0;
    for (const auto& stream : subject.objects(kStreamSort)) {
        if (!changes_format(subject, stream)) continue;
        auto format = format_of(subject, stream);
        format.mChannelsPerFrame = 77;
        format.mBytesPerFrame = format.mBytesPerPacket = 77 * 3;
        format.mBitsPerChannel = 19;
        ++seen;
        for (const auto selector : {kAudioStreamPropertyVirtualFormat, kAudioStreamPropertyPhysicalFormat}) {
            const auto status = subject.set(stream.id, address_of(selector), bytes_of(format));
            findings.expect(status == kAudioDeviceUnsupportedFormatError ||
                                status == kAudioHardwareUnsupportedOperationError ||
                                status == kAudioHardwareIllegalOperationError,
                            "{}, {}: {} for 77 channels of 19 bits", subject.name(stream), four(selector),
                            status_text(status));
        }
    }
    if (seen == 0) return findings.skip("no stream changes its format");
    findings.saw("{} streams", seen);
}

}  // namespace minihal::halval
