// Checks of SetPropertyData and of what the host is told afterwards.
#include <algorithm>
#include <cmath>
#include <limits>

#include "minihal/halval/changes.hpp"
#include "minihal/halval/checks.hpp"
#include "minihal/halval/property_walk.hpp"
#include "minihal/host/status_text.hpp"

namespace minihal::halval {

namespace {

constexpr auto kScalar = kAudioLevelControlPropertyScalarValue;
constexpr auto kDecibel = kAudioLevelControlPropertyDecibelValue;

// Where nothing is asked for but a number.
bool is_plain(const PropertyRule& rule) {
    return rule.form == Form::kValue && rule.takes == Takes::kNothing;
}

bool is_settable(const Subject& subject, const Object& object, AudioObjectPropertySelector selector) {
    bool is = false;
    return subject.settable(object.id, address_of(selector), is) == 0 && is;
}

Float32 converted(const Subject& subject, const Object& level, AudioObjectPropertySelector how,
                  Float32 value) {
    return subject.get(level.id, address_of(how), {}, sizeof value, bytes_of(value))
        .as<Float32>()
        .value_or(std::numeric_limits<Float32>::quiet_NaN());
}

AudioValueRange decibels(const Subject& subject, const Object& level) {
    return subject.value<AudioValueRange>(level.id, address_of(kAudioLevelControlPropertyDecibelRange))
        .value_or(AudioValueRange{.mMinimum = 0, .mMaximum = 0});
}

// A property that can be changed, and a value that it does not have.
struct Change {
    Object object;
    AudioObjectPropertySelector selector;
    Bytes value;
    double tolerance;  // of what is read back, 0 for what is no Float32
};

std::vector<Change> possible_changes(const Subject& subject) {
    std::vector<Change> changes;
    const auto add_float = [&](const Object& object, AudioObjectPropertySelector selector, Float32 low,
                               Float32 high, double tolerance) {
        const auto now = subject.value<Float32>(object.id, address_of(selector));
        if (!now || !is_settable(subject, object, selector)) return;
        const Float32 wanted = std::abs(*now - low) < std::abs(*now - high) ? high : low;
        changes.push_back({object, selector, bytes_of(wanted), tolerance});
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
                changes.push_back({object, selector, bytes_of(UInt32{*now == 0 ? 1U : 0U}), 0});
        } else if (object.is(kSelectorSort)) {
            const auto selector = kAudioSelectorControlPropertyCurrentItem;
            const auto now = subject.value<UInt32>(object.id, address_of(selector));
            for (const auto item :
                 subject.list<UInt32>(object.id, address_of(kAudioSelectorControlPropertyAvailableItems))) {
                if (!now || item == *now || !is_settable(subject, object, selector)) continue;
                changes.push_back({object, selector, bytes_of(item), 0});
                break;
            }
        }
    }
    return changes;
}

bool has_value(const Subject& subject, const Change& change) {
    const auto got = subject.get(change.object.id, address_of(change.selector), {}, change.value.size());
    if (got.status != 0) return false;
    if (change.tolerance == 0) return got.bytes == change.value;
    Float32 wanted = 0;
    std::memcpy(&wanted, change.value.data(), sizeof wanted);
    return std::abs(*got.as<Float32>() - wanted) <= static_cast<Float32>(change.tolerance);
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
    const auto changes = possible_changes(subject);
    if (changes.empty()) return findings.skip("no control can be set");
    for (const auto& change : changes) {
        const auto mark = subject.host().mark();
        const auto status = subject.set(change.object.id, address_of(change.selector), change.value);
        const auto where = subject.name(change.object) + ", " + four(change.selector);
        if (!findings.expect(status == 0, "{}: {}", where, status_text(status))) continue;
        findings.expect(comes_true(subject, mark, [&] { return has_value(subject, change); }),
                        "{}: it is set and reads otherwise", where);
    }
    findings.saw("{} values", changes.size());
}

void check_set_limits(Subject& subject, Findings& findings) {
    int seen = 0;
    const Float32 nan = std::numeric_limits<Float32>::quiet_NaN();
    const auto expect_within = [&](const Object& object, AudioObjectPropertySelector selector, Float64 least,
                                   Float64 most) {
        if (!is_settable(subject, object, selector)) return;
        for (const Float32 value : {nan, -std::numeric_limits<Float32>::infinity(), -1e9F, 1e9F}) {
            const auto mark = subject.host().mark();
            (void)subject.set(object.id, address_of(selector), bytes_of(value));
            perform_requests(subject, mark);
            const auto now = subject.value<Float32>(object.id, address_of(selector)).value_or(nan);
            ++seen;
            findings.expect(now >= static_cast<Float32>(least) && now <= static_cast<Float32>(most),
                            "{}, {}: {} after {}, not within {} and {}", subject.name(object), four(selector),
                            now, value, least, most);
        }
    };
    for (const auto& level : subject.objects(kLevelSort)) {
        const auto range = decibels(subject, level);
        expect_within(level, kScalar, 0, 1);
        expect_within(level, kDecibel, range.mMinimum, range.mMaximum);
    }
    for (const auto& pan : subject.objects(kPanSort))
        expect_within(pan, kAudioStereoPanControlPropertyValue, 0, 1);
    for (const auto& toggle : subject.objects(kBooleanSort)) {
        if (!is_settable(subject, toggle, kAudioBooleanControlPropertyValue)) continue;
        (void)subject.set(toggle.id, address_of(kAudioBooleanControlPropertyValue), bytes_of(UInt32{7}));
        const auto now = subject.value<UInt32>(toggle.id, address_of(kAudioBooleanControlPropertyValue));
        ++seen;
        findings.expect(now && *now <= 1, "{}: {} after 7", subject.name(toggle), now.value_or(0));
    }
    if (seen == 0) return findings.skip("no control can be set");
    findings.saw("{} values", seen);
}

void check_selector_items(Subject& subject, Findings& findings) {
    const auto selectors = subject.objects(kSelectorSort);
    if (selectors.empty()) return findings.skip("no selector controls");
    for (const auto& control : selectors) {
        const auto current = address_of(kAudioSelectorControlPropertyCurrentItem);
        const auto items =
            subject.list<UInt32>(control.id, address_of(kAudioSelectorControlPropertyAvailableItems));
        const auto before = subject.value<UInt32>(control.id, current);
        findings.expect(before && std::ranges::count(items, *before) == 1,
                        "{}: the current item {} is not available", subject.name(control),
                        before.value_or(0));
        for (const auto item : items)
            findings.expect(
                subject.text(control.id, address_of(kAudioSelectorControlPropertyItemName), bytes_of(item))
                    .has_value(),
                "{}: item {} has no name", subject.name(control), item);
        UInt32 nobody = 7001;
        while (std::ranges::count(items, nobody) > 0) ++nobody;
        findings.expect(
            subject.get(control.id, address_of(kAudioSelectorControlPropertyItemName), bytes_of(nobody), 8)
                    .status != 0,
            "{}: an item that is not available has a name", subject.name(control));
        if (!is_settable(subject, control, kAudioSelectorControlPropertyCurrentItem)) continue;
        findings.expect(subject.set(control.id, current, bytes_of(nobody)) != 0,
                        "{}: an item that is not available was chosen", subject.name(control));
        findings.expect(subject.value<UInt32>(control.id, current) == before,
                        "{}: the item changed with a refused one", subject.name(control));
    }
    findings.saw("{} controls", selectors.size());
}

void check_volume_curve(Subject& subject, Findings& findings) {
    const auto levels = subject.objects(kLevelSort);
    if (levels.empty()) return findings.skip("no level controls");
    constexpr auto kToDecibels = kAudioLevelControlPropertyConvertScalarToDecibels;
    constexpr auto kToScalar = kAudioLevelControlPropertyConvertDecibelsToScalar;
    for (const auto& level : levels) {
        const auto name = subject.name(level);
        const auto [least, most] = decibels(subject, level);
        if (!findings.expect(least < most && std::isfinite(least) && std::isfinite(most),
                             "{}: from {} to {} dB", name, least, most))
            continue;
        const auto near = [&](Float64 a, Float64 b) { return std::abs(a - b) <= 0.001 * (most - least); };
        const auto low = converted(subject, level, kToDecibels, 0);
        const auto high = converted(subject, level, kToDecibels, 1);
        findings.expect(near(double{low}, least), "{}: scalar 0 is {} dB, the least is {} dB", name, low,
                        least);
        findings.expect(near(double{high}, most), "{}: scalar 1 is {} dB, the most is {} dB", name, high,
                        most);
        Float32 before = low;
        for (int step = 1; step <= 32; ++step) {
            const Float32 scalar = static_cast<Float32>(step) / 32;
            const auto decibel = converted(subject, level, kToDecibels, scalar);
            findings.expect(decibel >= before, "{}: scalar {} is {} dB, less than before", name, scalar,
                            decibel);
            const auto back = converted(subject, level, kToScalar, decibel);
            findings.expect(std::abs(back - scalar) < 0.01F, "{}: scalar {} is {} dB, and that is scalar {}",
                            name, scalar, decibel, back);
            before = decibel;
        }
        const auto scalar = subject.value<Float32>(level.id, address_of(kScalar)).value_or(-1);
        const auto decibel = subject.value<Float32>(level.id, address_of(kDecibel)).value_or(1e9F);
        findings.expect(near(double{converted(subject, level, kToDecibels, scalar)}, double{decibel}),
                        "{}: at scalar {} and at {} dB", name, scalar, decibel);
        findings.saw("{} to {} dB", least, most);
    }
}

void check_notify_set(Subject& subject, Findings& findings) {
    const auto changes = possible_changes(subject);
    if (changes.empty()) return findings.skip("no control can be set");
    int seen = 0;
    for (const auto& change : changes) {
        // One of a pair: the other one has its own check.
        if (change.selector == kDecibel) continue;
        const auto mark = subject.host().mark();
        const auto status = subject.set(change.object.id, address_of(change.selector), change.value);
        if (status != 0) continue;
        ++seen;
        // One miss is enough: each is waited for.
        if (!findings.expect(told_of(subject, mark, change.object.id, change.selector),
                             "{}, {}: changed, and the host was not told", subject.name(change.object),
                             four(change.selector)))
            return;
    }
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
