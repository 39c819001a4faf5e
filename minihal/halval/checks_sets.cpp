// Checks of SetPropertyData and of what the host is told afterwards.
#include <algorithm>
#include <cmath>
#include <limits>

#include "minihal/halval/changes.hpp"
#include "minihal/halval/checks.hpp"
#include "minihal/halval/controls.hpp"
#include "minihal/halval/property_walk.hpp"
#include "minihal/host/status_text.hpp"

namespace minihal::halval {

namespace {

// Where nothing is asked for but a number.
bool is_plain(const PropertyRule& rule) {
    return rule.form == Form::kValue && rule.takes == Takes::kNothing;
}

// A property that can be changed, and a value that it does not have.
struct Change {
    Object object;
    AudioObjectPropertySelector selector;
    Bytes value;
    double tolerance;  // of what is read back, 0 for what is no Float32
    Float32 before;    // of a Float32
};

std::vector<Change> possible_changes(const Subject& subject) {
    std::vector<Change> changes;
    const auto add_float = [&](const Object& object, AudioObjectPropertySelector selector, Float32 low,
                               Float32 high, double tolerance) {
        const auto now = subject.value<Float32>(object.id, address_of(selector));
        if (!now || !is_settable(subject, object, selector)) return;
        const Float32 wanted = std::abs(*now - low) < std::abs(*now - high) ? high : low;
        changes.push_back({object, selector, bytes_of(wanted), tolerance, *now});
    };
    for (const auto& object : subject.objects()) {
        if (object.is(kLevelSort)) {
            const auto [least, most] = decibels(subject, object);
            add_float(object, kScalar, 0.25F, 0.75F, 0.06);
            add_float(object, kDecibel, static_cast<Float32>(least + 0.25 * (most - least)),
                      static_cast<Float32>(least + 0.75 * (most - least)), 0.06 * (most - least));
        } else if (object.is(kPanSort)) {
            add_float(object, kAudioStereoPanControlPropertyValue, 0.25F, 0.75F, 0.06);
        } else if (object.is(kBooleanSort | kStreamSort)) {
            AudioObjectPropertySelector selector = kAudioBooleanControlPropertyValue;
            if (object.is(kStreamSort)) selector = kAudioStreamPropertyIsActive;
            const auto now = subject.value<UInt32>(object.id, address_of(selector));
            if (now && is_settable(subject, object, selector))
                changes.push_back({object, selector, bytes_of(UInt32{*now == 0 ? 1U : 0U}), 0, 0});
        } else if (object.is(kSelectorSort)) {
            const auto selector = kAudioSelectorControlPropertyCurrentItem;
            const auto now = subject.value<UInt32>(object.id, address_of(selector));
            for (const auto item :
                 subject.list<UInt32>(object.id, address_of(kAudioSelectorControlPropertyAvailableItems))) {
                if (!now || item == *now || !is_settable(subject, object, selector)) continue;
                changes.push_back({object, selector, bytes_of(item), 0, 0});
                break;
            }
        }
    }
    return changes;
}

// Calls visit(change) for each possible one, each as things are just before it: controls may share a value.
template <typename Visit>
int for_each_change(const Subject& subject, const Visit& visit) {
    int seen = 0;
    for (const auto& planned : possible_changes(subject)) {
        const auto changes = possible_changes(subject);
        const auto now = std::ranges::find_if(changes, [&](const Change& one) {
            return one.object.id == planned.object.id && one.selector == planned.selector;
        });
        if (now == changes.end()) continue;
        ++seen;
        if (!visit(*now)) break;
    }
    return seen;
}

// What was set, or nearer to it than before: a control may have steps.
bool has_value(const Subject& subject, const Change& change) {
    const auto got = subject.get(change.object.id, address_of(change.selector), {}, change.value.size());
    if (got.status != 0) return false;
    // On is anything but 0.
    if (change.object.is(kBooleanSort))
        return (got.as<UInt32>().value_or(0) != 0) == (change.value != bytes_of(UInt32{0}));
    if (change.tolerance == 0) return got.bytes == change.value;
    Float32 wanted = 0;
    std::memcpy(&wanted, change.value.data(), sizeof wanted);
    const auto off = std::abs(*got.as<Float32>() - wanted);
    return off <= static_cast<Float32>(change.tolerance) || off < std::abs(change.before - wanted);
}

// Whether what a control reads can be set again and then reads so.
bool is_stable(Subject& subject, const Change& change) {
    if (change.tolerance == 0) return true;
    const auto address = address_of(change.selector);
    const auto now = subject.value<Float32>(change.object.id, address);
    if (!now) return false;
    const auto mark = subject.host().mark();
    if (subject.set(change.object.id, address, bytes_of(*now)) != 0) return false;
    perform_requests(subject, mark);
    const auto again = subject.value<Float32>(change.object.id, address);
    return again && std::abs(*again - *now) <= static_cast<Float32>(change.tolerance / 6);
}

}  // namespace

void check_read_only(Subject& subject, Findings& findings) {
    int seen = 0;
    for_each_property(subject, [&](const Object& object, const PropertyRule& rule,
                                   const AudioObjectPropertyAddress& address) {
        bool settable = true;
        if (!is_plain(rule) || subject.settable(object.id, address, settable) != 0 || settable) return;
        const auto before = subject.get(object.id, address, {}, rule.size);
        if (before.status != 0) return;
        auto other = before.bytes;
        other[0] = static_cast<std::uint8_t>(other[0] ^ 1);
        ++seen;
        const auto status = subject.set(object.id, address, other);
        findings.expect(status != 0, "{}, {}: not settable, and set", subject.name(object), text_of(address));
        findings.expect(subject.get(object.id, address, {}, rule.size).bytes == before.bytes,
                        "{}, {}: not settable, and changed", subject.name(object), text_of(address));
    });
    findings.saw("{} properties", seen);
}

void check_set_sizes(Subject& subject, Findings& findings) {
    int seen = 0;
    for_each_property(subject, [&](const Object& object, const PropertyRule& rule,
                                   const AudioObjectPropertyAddress& address) {
        bool settable = false;
        if (!is_plain(rule) || subject.settable(object.id, address, settable) != 0 || !settable) return;
        const auto before = subject.get(object.id, address, {}, rule.size);
        for (const UInt32 size : {0U, rule.size - 1, rule.size + 1, rule.size * 2}) {
            // An array of as many items as there are.
            if (rule.item == rule.size && size % rule.item == 0) continue;
            auto value = before.bytes;
            value.resize(size);
            const auto status = subject.set(object.id, address, value);
            ++seen;
            findings.expect(status == kAudioHardwareBadPropertySizeError, "{}, {}: {} for {} bytes, not {}",
                            subject.name(object), text_of(address), status_text(status), size, rule.size);
        }
    });
    if (seen == 0) return findings.skip("nothing can be set");
    findings.saw("{} sizes", seen);
}

void check_set_values(Subject& subject, Findings& findings) {
    const int seen = for_each_change(subject, [&](const Change& change) {
        const auto mark = subject.host().mark();
        const auto status = subject.set(change.object.id, address_of(change.selector), change.value);
        const auto where = subject.name(change.object) + ", " + four(change.selector);
        if (!findings.expect(status == 0, "{}: {}", where, status_text(status))) return true;
        if (findings.expect(comes_true(subject, mark, [&] { return has_value(subject, change); }),
                            "{}: it is set and reads otherwise", where))
            findings.expect(is_stable(subject, change), "{}: set to what it reads, it reads otherwise",
                            where);
        return true;
    });
    if (seen == 0) return findings.skip("no control can be set");
    findings.saw("{} values", seen);
}

void check_notify_set(Subject& subject, Findings& findings) {
    int seen = 0;
    for_each_change(subject, [&](const Change& change) {
        // One of a pair: the other one has its own check.
        if (change.selector == kDecibel) return true;
        const auto mark = subject.host().mark();
        const auto status = subject.set(change.object.id, address_of(change.selector), change.value);
        if (status != 0) return true;
        ++seen;
        // One miss is enough: each is waited for.
        return findings.expect(told_of(subject, mark, change.object.id, change.selector),
                               "{}, {}: changed, and the host was not told", subject.name(change.object),
                               four(change.selector));
    });
    if (seen == 0) return findings.skip("no control can be set");
    findings.saw("{} changes", seen);
}

void check_notify_volume(Subject& subject, Findings& findings) {
    int seen = 0;
    for (const auto& level : subject.objects(kLevelSort)) {
        for (const auto& [set, other] : {std::pair{kScalar, kDecibel}, std::pair{kDecibel, kScalar}}) {
            const auto changes = possible_changes(subject);
            const auto change = std::ranges::find_if(
                changes, [&](const Change& one) { return one.object.id == level.id && one.selector == set; });
            if (change == changes.end()) continue;
            const auto mark = subject.host().mark();
            if (subject.set(level.id, address_of(set), change->value) != 0) continue;
            ++seen;
            if (!findings.expect(told_of(subject, mark, level.id, other),
                                 "{}: {} was set, and the host was not told of {}", subject.name(level),
                                 four(set), four(other)))
                return;
        }
    }
    if (seen == 0) return findings.skip("no level control can be set");
    findings.saw("{} changes", seen);
}

}  // namespace minihal::halval
