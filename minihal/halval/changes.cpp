#include "minihal/halval/changes.hpp"

#include <algorithm>
#include <set>

namespace minihal::halval {

OSStatus perform(const Subject& subject, const Event& request) {
    return subject.calls().PerformDeviceConfigurationChange(subject.driver(), request.object, request.action,
                                                            request.info);
}

OSStatus abort(const Subject& subject, const Event& request) {
    return subject.calls().AbortDeviceConfigurationChange(subject.driver(), request.object, request.action,
                                                          request.info);
}

int perform_requests(Subject& subject, size_t mark) {
    int performed = 0;
    for (const auto& event : subject.host().events_since(mark)) {
        if (event.kind != Event::Kind::kConfigurationChange) continue;
        (void)perform(subject, event);
        ++performed;
    }
    return performed;
}

bool comes_true(Subject& subject, size_t mark, const std::function<bool()>& holds) {
    for (size_t seen = mark;;) {
        if (holds()) return true;
        if (!subject.host().wait_for(seen, [](const Event&) { return true; })) return holds();
        const auto events = subject.host().events_since(seen);
        seen += events.size();
        for (const auto& event : events)
            if (event.kind == Event::Kind::kConfigurationChange) (void)perform(subject, event);
    }
}

bool told_of(Subject& subject, size_t mark, AudioObjectID object, AudioObjectPropertySelector selector) {
    // Controls are of one side, and some drivers (libASPL) tell of them with that scope.
    const auto side = subject.value<AudioObjectPropertyScope>(object, address_of(kAudioControlPropertyScope));
    return comes_true(subject, mark, [&] {
        return std::ranges::any_of(subject.host().events_since(mark), [&](const Event& event) {
            return event.tells_of(object, address_of(selector)) ||
                   (side && event.tells_of(object, address_of(selector, *side)));
        });
    });
}

std::optional<Event> requested(const Subject& subject, size_t mark, AudioObjectID device) {
    const auto is_request = [device](const Event& event) {
        return event.kind == Event::Kind::kConfigurationChange && event.object == device;
    };
    auto& host = const_cast<Subject&>(subject).host();
    if (!host.wait_for(mark, is_request)) return std::nullopt;
    const auto events = host.events_since(mark);
    return *std::ranges::find_if(events, is_request);
}

std::vector<Float64> rates_of(const Subject& subject, AudioObjectID device) {
    std::set<Float64> rates;
    for (const auto& range :
         subject.list<AudioValueRange>(device, address_of(kAudioDevicePropertyAvailableNominalSampleRates))) {
        rates.insert(range.mMinimum);
        rates.insert(range.mMaximum);
    }
    return {rates.begin(), rates.end()};
}

Float64 rate_of(const Subject& subject, AudioObjectID device) {
    return subject.value<Float64>(device, address_of(kAudioDevicePropertyNominalSampleRate)).value_or(0);
}

bool change_rate(Subject& subject, AudioObjectID device, Float64 rate) {
    if (rate_of(subject, device) == rate) return true;
    const auto mark = subject.host().mark();
    if (subject.set(device, address_of(kAudioDevicePropertyNominalSampleRate), bytes_of(rate)) != 0)
        return false;
    return comes_true(subject, mark, [&] { return rate_of(subject, device) == rate; });
}

}  // namespace minihal::halval
