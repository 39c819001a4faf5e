// Checks of the five property functions against each other and against the buffers that they are given.
#include <algorithm>

#include "minihal/halval/checks.hpp"
#include "minihal/halval/property_walk.hpp"
#include "minihal/host/status_text.hpp"

namespace minihal::halval {

namespace {

constexpr AudioObjectPropertySelector kNobodysSelectors[] = {0, 1, 0x7A7A7A7A, 0x68616C76, 0xFFFFFFFF};

bool is_conversion(Takes takes) {
    return takes == Takes::kScalar || takes == Takes::kDecibel;
}

// A value of one size, as opposed to a list.
bool is_fixed(const PropertyRule& rule) {
    return rule.form != Form::kList && rule.form != Form::kLayout;
}

}  // namespace

void check_agreement(Subject& subject, Findings& findings) {
    int there = 0;
    int asked = 0;
    for_each_address(subject, [&](const Object& object, const PropertyRule& rule,
                                  const AudioObjectPropertyAddress& address) {
        const auto qualifier = subject.qualifier_for(object, rule.takes);
        const auto input = subject.input_for(object, rule.takes);
        const bool has = subject.has(object.id, address);
        UInt32 bytes = 0;
        bool settable = false;
        const auto size_status = subject.size(object.id, address, qualifier, bytes);
        const auto settable_status = subject.settable(object.id, address, settable);
        const auto got = subject.get(object.id, address, qualifier, size_status == 0 ? bytes : 64, input);
        const auto where = [&] { return subject.name(object) + ", " + text_of(address); };
        ++asked;
        if (has) ++there;
        const auto agree = [&](const char* function, OSStatus status) {
            if (has)
                findings.expect(status == 0, "{}: it has it, {} gives {}", where(), function,
                                status_text(status));
            else
                findings.expect(status != 0, "{}: it does not have it, {} succeeds", where(), function);
        };
        agree("GetPropertyDataSize", size_status);
        agree("IsPropertySettable", settable_status);
        agree("GetPropertyData", got.status);
        if (!has) {
            const auto status = subject.set(object.id, address, Bytes(std::max<UInt32>(rule.size, 4)));
            agree("SetPropertyData", status);
        }
    });
    findings.saw("{} addresses, {} properties", asked, there);
}

void check_unknown_selectors(Subject& subject, Findings& findings) {
    for (const auto& object : subject.objects()) {
        for (const auto selector : kNobodysSelectors) {
            const auto address = address_of(selector);
            const auto expect_unknown = [&](const char* function, OSStatus status) {
                findings.expect(status == kAudioHardwareUnknownPropertyError, "{}, {}: {} gives {}",
                                subject.name(object), four(selector), function, status_text(status));
            };
            UInt32 bytes = 0;
            bool settable = false;
            findings.expect(!subject.has(object.id, address), "{} has {}", subject.name(object),
                            four(selector));
            expect_unknown("IsPropertySettable", subject.settable(object.id, address, settable));
            expect_unknown("GetPropertyDataSize", subject.size(object.id, address, {}, bytes));
            expect_unknown("GetPropertyData", subject.get(object.id, address, {}, 64).status);
            expect_unknown("SetPropertyData", subject.set(object.id, address, Bytes(4)));
        }
    }
    findings.saw("'who?' for {} selectors of {} objects", std::size(kNobodysSelectors),
                 subject.objects().size());
}

void check_unknown_objects(Subject& subject, Findings& findings) {
    const AudioObjectID nobodies[] = {kAudioObjectUnknown, subject.unused_id(), 0xFFFFFFFF};
    for (const auto id : nobodies) {
        for (const AudioObjectPropertySelector selector : std::initializer_list<AudioObjectPropertySelector>{
                 kAudioObjectPropertyClass, kAudioObjectPropertyOwnedObjects,
                 kAudioDevicePropertyNominalSampleRate}) {
            const auto address = address_of(selector);
            const auto expect_bad = [&](const char* function, OSStatus status) {
                findings.expect(status == kAudioHardwareBadObjectError, "object {}, {}: {} gives {}", id,
                                four(selector), function, status_text(status));
            };
            UInt32 bytes = 0;
            bool settable = false;
            findings.expect(!subject.has(id, address), "object {} has {}", id, four(selector));
            expect_bad("IsPropertySettable", subject.settable(id, address, settable));
            expect_bad("GetPropertyDataSize", subject.size(id, address, {}, bytes));
            expect_bad("GetPropertyData", subject.get(id, address, {}, 64).status);
            expect_bad("SetPropertyData", subject.set(id, address, Bytes(4)));
        }
    }
    findings.saw("'!obj' for {} IDs", std::size(nobodies));
}

void check_data_sizes(Subject& subject, Findings& findings) {
    int seen = 0;
    for_each_property(subject, [&](const Object& object, const PropertyRule& rule,
                                   const AudioObjectPropertyAddress& address) {
        UInt32 bytes = 0;
        if (subject.size(object.id, address, subject.qualifier_for(object, rule.takes), bytes) != 0) return;
        ++seen;
        const auto qualifier = subject.qualifier_for(object, rule.takes);
        if (!findings.expect(bytes < kMostBytes, "{}, {}: {} bytes or more", subject.name(object),
                             text_of(address), kMostBytes))
            return;
        if (rule.item != 0 && rule.item == rule.size) {
            findings.expect(bytes % rule.item == 0, "{}, {}: {} bytes, no whole items of {}",
                            subject.name(object), text_of(address), bytes, rule.item);
        } else if (is_fixed(rule)) {
            findings.expect(bytes == rule.size, "{}, {}: {} bytes, not {}", subject.name(object),
                            text_of(address), bytes, rule.size);
        } else if (rule.form == Form::kList) {
            findings.expect(bytes % rule.size == 0, "{}, {}: {} bytes, no whole items of {}",
                            subject.name(object), text_of(address), bytes, rule.size);
        } else {
            // A tag or a bitmap says all by itself: its layout may have room for a description, or less.
            const auto tag = subject.get(object.id, address, qualifier, bytes).as<AudioChannelLayoutTag>();
            const bool tag_only = tag.value_or(0) != 0 && bytes <= sizeof(AudioChannelLayout);
            findings.expect(tag_only || (bytes >= 12 && (bytes - 12) % 20 == 0),
                            "{}, {}: {} bytes, no 12 + 20 n", subject.name(object), text_of(address), bytes);
        }
    });
    findings.saw("{} properties", seen);
}

void check_exact_buffers(Subject& subject, Findings& findings) {
    int seen = 0;
    for_each_property(subject, [&](const Object& object, const PropertyRule& rule,
                                   const AudioObjectPropertyAddress& address) {
        const auto qualifier = subject.qualifier_for(object, rule.takes);
        UInt32 bytes = 0;
        if (subject.size(object.id, address, qualifier, bytes) != 0 || bytes == kMostBytes) return;
        const auto got =
            subject.get(object.id, address, qualifier, bytes, subject.input_for(object, rule.takes));
        if (got.status != 0) return;
        ++seen;
        findings.expect(got.size == bytes, "{}, {}: {} bytes reported, {} announced", subject.name(object),
                        text_of(address), got.size, bytes);
        findings.expect(!got.overrun, "{}, {}: bytes written behind a buffer of {}", subject.name(object),
                        text_of(address), bytes);
    });
    findings.saw("{} properties", seen);
}

void check_short_buffers(Subject& subject, Findings& findings) {
    int seen = 0;
    for_each_property(subject, [&](const Object& object, const PropertyRule& rule,
                                   const AudioObjectPropertyAddress& address) {
        if (!is_fixed(rule)) return;
        const auto qualifier = subject.qualifier_for(object, rule.takes);
        for (const UInt32 capacity : {0U, 1U, rule.size - 1}) {
            // A conversion's input is in the buffer: less than that is no question.
            if (is_conversion(rule.takes) && capacity < 4 && capacity != 0) continue;
            const auto got = subject.get(object.id, address, qualifier, capacity);
            ++seen;
            // An array may be cut as lists are.
            const bool cut =
                rule.item != 0 && got.status == 0 && got.size == capacity / rule.item * rule.item;
            findings.expect(cut || got.status == kAudioHardwareBadPropertySizeError,
                            "{}, {}: {} for {} bytes of {}", subject.name(object), text_of(address),
                            status_text(got.status), capacity, rule.size);
            findings.expect(cut || got.status == 0 || !got.written,
                            "{}, {}: bytes written into a buffer of {} that is too small",
                            subject.name(object), text_of(address), capacity);
            findings.expect(!got.overrun, "{}, {}: bytes written behind a buffer of {}", subject.name(object),
                            text_of(address), capacity);
        }
    });
    findings.saw("{} buffers", seen);
}

void check_short_lists(Subject& subject, Findings& findings) {
    int seen = 0;
    for_each_property(subject, [&](const Object& object, const PropertyRule& rule,
                                   const AudioObjectPropertyAddress& address) {
        if (rule.form != Form::kList) return;
        UInt32 bytes = 0;
        if (subject.size(object.id, address, {}, bytes) != 0 || bytes < rule.size) return;
        const auto whole = subject.get(object.id, address, {}, bytes);
        if (whole.status != 0) return;
        for (const UInt32 capacity : {0U, rule.size - 1, bytes - rule.size, bytes - 1}) {
            const auto got = subject.get(object.id, address, {}, capacity);
            const auto fitting = capacity / rule.size * rule.size;
            ++seen;
            const auto where = [&] {
                return fmt::format("{}, {}, {} bytes of {}", subject.name(object), text_of(address), capacity,
                                   bytes);
            };
            findings.expect(got.status == 0, "{}: {}", where(), status_text(got.status));
            findings.expect(!got.overrun, "{}: bytes written behind the buffer", where());
            if (got.status != 0) continue;
            findings.expect(got.size == fitting, "{}: {} reported", where(), got.size);
            findings.expect(std::equal(got.bytes.begin(), got.bytes.begin() + fitting, whole.bytes.begin()),
                            "{}: not the first items", where());
        }
    });
    findings.saw("{} buffers", seen);
}

void check_oversize_buffers(Subject& subject, Findings& findings) {
    int seen = 0;
    for_each_property(subject, [&](const Object& object, const PropertyRule& rule,
                                   const AudioObjectPropertyAddress& address) {
        const auto qualifier = subject.qualifier_for(object, rule.takes);
        UInt32 bytes = 0;
        if (subject.size(object.id, address, qualifier, bytes) != 0 || bytes == kMostBytes) return;
        const auto got = subject.get(object.id, address, qualifier, size_t{bytes} + 48,
                                     subject.input_for(object, rule.takes));
        ++seen;
        findings.expect(got.status == 0, "{}, {}: {} for a buffer of {} bytes more", subject.name(object),
                        text_of(address), status_text(got.status), 48);
        if (got.status != 0) return;
        findings.expect(got.size == bytes, "{}, {}: {} bytes reported, {} announced", subject.name(object),
                        text_of(address), got.size, bytes);
        findings.expect(!got.overrun, "{}, {}: bytes written behind the buffer", subject.name(object),
                        text_of(address));
    });
    findings.saw("{} properties", seen);
}

}  // namespace minihal::halval
