// Checks of what controls are: their limits, items and curves.
#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>

#include "minihal/halval/changes.hpp"
#include "minihal/halval/checks.hpp"
#include "minihal/halval/controls.hpp"

namespace minihal::halval {

namespace {

Float32 converted(const Subject& subject, const Object& level, AudioObjectPropertySelector how,
                  Float32 value) {
    return subject.get(level.id, address_of(how), {}, sizeof value, bytes_of(value))
        .as<Float32>()
        .value_or(std::numeric_limits<Float32>::quiet_NaN());
}

void expect_within_limits(Subject& subject, Findings& findings, std::initializer_list<Float32> values) {
    int seen = 0;
    const auto expect_within = [&](const Object& object, AudioObjectPropertySelector selector, Float64 least,
                                   Float64 most) {
        if (!is_settable(subject, object, selector)) return;
        for (const Float32 value : values) {
            const auto mark = subject.host().mark();
            (void)subject.set(object.id, address_of(selector), bytes_of(value));
            perform_requests(subject, mark);
            const auto now = subject.value<Float32>(object.id, address_of(selector))
                                 .value_or(std::numeric_limits<Float32>::quiet_NaN());
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
    if (seen == 0) return findings.skip("no such control can be set");
    findings.saw("{} values", seen);
}

}  // namespace

void check_set_limits(Subject& subject, Findings& findings) {
    expect_within_limits(subject, findings, {-std::numeric_limits<Float32>::infinity(), -1e9F, 1e9F});
}

void check_set_nan(Subject& subject, Findings& findings) {
    expect_within_limits(subject, findings, {std::numeric_limits<Float32>::quiet_NaN()});
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
            // A curve may have steps: the way back need not lead to the same scalar, but to the same decibels.
            const auto back = converted(subject, level, kToScalar, decibel);
            const auto again = converted(subject, level, kToDecibels, back);
            findings.expect(near(double{again}, double{decibel}),
                            "{}: scalar {} is {} dB, that is scalar {}, and that {} dB", name, scalar,
                            decibel, back, again);
            before = decibel;
        }
        const auto scalar = subject.value<Float32>(level.id, address_of(kScalar)).value_or(-1);
        const auto decibel = subject.value<Float32>(level.id, address_of(kDecibel)).value_or(1e9F);
        findings.expect(near(double{converted(subject, level, kToDecibels, scalar)}, double{decibel}),
                        "{}: at scalar {} and at {} dB", name, scalar, decibel);
        findings.saw("{} to {} dB", least, most);
    }
}

}  // namespace minihal::halval
