// Checks of what the properties say.
#include <algorithm>
#include <cmath>
#include <limits>

#include "minihal/cf/live_objects.hpp"
#include "minihal/halval/checks.hpp"
#include "minihal/halval/property_walk.hpp"

namespace minihal::halval {

namespace {

bool is_cf(const PropertyRule& rule) {
    return rule.form == Form::kString || rule.form == Form::kUrl || rule.form == Form::kPropertyList;
}

template <typename Visit>
void for_each_cf_value(const Subject& subject, const Visit& visit) {
    for_each_property(subject, [&](const Object& object, const PropertyRule& rule,
                                   const AudioObjectPropertyAddress& address) {
        if (is_cf(rule) && address.mScope == kAudioObjectPropertyScopeGlobal && address.mElement == 0)
            visit(object, rule, address, subject.qualifier_for(object, rule.takes));
    });
}

CFTypeRef read_cf(const Subject& subject, AudioObjectID id, const AudioObjectPropertyAddress& address,
                  const Bytes& qualifier) {
    return subject.get(id, address, qualifier, sizeof(CFTypeRef)).as<CFTypeRef>().value_or(nullptr);
}

UInt32 channels_of(const Subject& subject, const Object& device, AudioObjectPropertyScope scope) {
    UInt32 channels = 0;
    for (const auto stream :
         subject.list<AudioObjectID>(device.id, address_of(kAudioDevicePropertyStreams, scope))) {
        const auto format =
            subject.value<AudioStreamBasicDescription>(stream, address_of(kAudioStreamPropertyVirtualFormat));
        // One that is listed on the wrong side is another check's.
        const auto direction = subject.value<UInt32>(stream, address_of(kAudioStreamPropertyDirection));
        if (direction != UInt32{scope == kInput ? 1U : 0U}) continue;
        if (format) channels += format->mChannelsPerFrame;
    }
    return channels;
}

// A format with another's rate.
bool same_layout(const AudioStreamBasicDescription& a, const AudioStreamBasicDescription& b) {
    return a.mFormatID == b.mFormatID && a.mFormatFlags == b.mFormatFlags &&
           a.mBytesPerFrame == b.mBytesPerFrame && a.mChannelsPerFrame == b.mChannelsPerFrame &&
           a.mBitsPerChannel == b.mBitsPerChannel;
}

struct FormatPair {
    AudioObjectPropertySelector current;
    AudioObjectPropertySelector available;
};
constexpr FormatPair kFormats[] = {
    {kAudioStreamPropertyVirtualFormat, kAudioStreamPropertyAvailableVirtualFormats},
    {kAudioStreamPropertyPhysicalFormat, kAudioStreamPropertyAvailablePhysicalFormats}};

}  // namespace

void check_value_types(Subject& subject, Findings& findings) {
    int seen = 0;
    for_each_cf_value(subject, [&](const Object& object, const PropertyRule& rule,
                                   const AudioObjectPropertyAddress& address, const Bytes& qualifier) {
        if (rule.form == Form::kPropertyList) return;  // what it declares to be is another check's
        const auto value = read_cf(subject, object.id, address, qualifier);
        ++seen;
        if (!findings.expect(value != nullptr, "{}, {}: NULL", subject.name(object), text_of(address)))
            return;
        const auto wanted = rule.form == Form::kUrl ? CFURLGetTypeID() : CFStringGetTypeID();
        findings.expect(CFGetTypeID(value) == wanted, "{}, {}: a CF object that is no {}",
                        subject.name(object), text_of(address),
                        rule.form == Form::kUrl ? "CFURL" : "CFString");
    });
    findings.saw("{} CF values", seen);
}

void check_value_ranges(Subject& subject, Findings& findings) {
    int seen = 0;
    for_each_property(subject, [&](const Object& object, const PropertyRule& rule,
                                   const AudioObjectPropertyAddress& address) {
        if (!rule.boolean) return;
        const auto value = subject.value<UInt32>(object.id, address);
        ++seen;
        // A control is on at anything but 0.
        findings.expect(value && (*value <= 1 || object.is(kControlSorts)), "{}, {}: {}, neither 0 nor 1",
                        subject.name(object), text_of(address), value.value_or(0));
    });
    for (const auto& stream : subject.objects(kStreamSort)) {
        const auto first = subject.value<UInt32>(stream.id, address_of(kAudioStreamPropertyStartingChannel));
        findings.expect(first.value_or(0) >= 1, "{} starts at channel 0; channels count from 1",
                        subject.name(stream));
        ++seen;
    }
    for (const auto& control : subject.objects(kControlSorts)) {
        const auto scope = subject.value<UInt32>(control.id, address_of(kAudioControlPropertyScope));
        findings.expect(scope == UInt32{kInput} || scope == UInt32{kOutput} ||
                            scope == UInt32{kAudioObjectPropertyScopeGlobal} ||
                            scope == UInt32{kAudioObjectPropertyScopePlayThrough},
                        "{} is of scope {}", subject.name(control), four(scope.value_or(0)));
        ++seen;
    }
    findings.saw("{} values", seen);
}

void check_channels(Subject& subject, Findings& findings) {
    for (const auto& device : subject.objects(kDeviceSort)) {
        for (const auto scope : {kInput, kOutput}) {
            const auto channels = channels_of(subject, device, scope);
            if (channels == 0) continue;
            struct Pair {
                UInt32 left, right;
            };
            const auto pair = subject.value<Pair>(
                device.id, address_of(kAudioDevicePropertyPreferredChannelsForStereo, scope));
            if (pair)
                findings.expect(
                    pair->left >= 1 && pair->right >= 1 && pair->left <= channels && pair->right <= channels,
                    "{}: channels {} and {} for stereo, of {}", subject.name(device), pair->left, pair->right,
                    channels);
            const auto address = address_of(kAudioDevicePropertyPreferredChannelLayout, scope);
            UInt32 bytes = 0;
            if (!subject.has(device.id, address) || subject.size(device.id, address, {}, bytes) != 0)
                continue;
            const auto got = subject.get(device.id, address, {}, bytes);
            if (got.status != 0 || bytes < 12) continue;
            UInt32 described = 0;
            std::memcpy(&described, got.bytes.data() + 8, sizeof described);
            // A tag or a bitmap says all by itself.
            if (got.as<AudioChannelLayoutTag>().value_or(0) != 0 && described == 0) continue;
            findings.expect(12 + 20 * size_t{described} == bytes, "{}: a layout of {} channels in {} bytes",
                            subject.name(device), described, bytes);
            findings.expect(described == 0 || described == channels, "{}: a layout of {} channels, of {}",
                            subject.name(device), described, channels);
        }
    }
    findings.saw("{} devices", subject.objects(kDeviceSort).size());
}

void check_stream_formats(Subject& subject, Findings& findings) {
    for (const auto& stream : subject.objects(kStreamSort)) {
        for (const auto& [current, available] : kFormats) {
            const auto format = subject.value<AudioStreamBasicDescription>(stream.id, address_of(current));
            if (!format) continue;
            const auto where = [&] { return subject.name(stream) + ", " + four(current); };
            const auto rate =
                subject.value<Float64>(stream.device, address_of(kAudioDevicePropertyNominalSampleRate));
            findings.expect(format->mSampleRate == rate, "{}: {} Hz, the device {} Hz", where(),
                            format->mSampleRate, rate.value_or(0));
            if (format->mFormatID == kAudioFormatLinearPCM) {
                findings.expect(
                    format->mChannelsPerFrame > 0 && format->mFramesPerPacket == 1 &&
                        format->mBytesPerPacket == format->mBytesPerFrame &&
                        format->mBytesPerFrame * 8 >= format->mChannelsPerFrame * format->mBitsPerChannel,
                    "{}: {} channels of {} bits in {} bytes, {} frames a packet", where(),
                    format->mChannelsPerFrame, format->mBitsPerChannel, format->mBytesPerFrame,
                    format->mFramesPerPacket);
            }
            const auto ranged = subject.list<AudioStreamRangedDescription>(stream.id, address_of(available));
            findings.expect(
                std::ranges::any_of(ranged,
                                    [&](const AudioStreamRangedDescription& one) {
                                        return same_layout(one.mFormat, *format) &&
                                               one.mSampleRateRange.mMinimum <= format->mSampleRate &&
                                               one.mSampleRateRange.mMaximum >= format->mSampleRate;
                                    }),
                "{}: the current format is none of {}", where(), four(available));
        }
    }
    if (subject.objects(kStreamSort).empty()) return findings.skip("no streams");
    findings.saw("{} streams", subject.objects(kStreamSort).size());
}

void check_rates_in_formats(Subject& subject, Findings& findings) {
    for (const auto& stream : subject.objects(kStreamSort)) {
        for (const auto& rate : subject.list<AudioValueRange>(
                 stream.device, address_of(kAudioDevicePropertyAvailableNominalSampleRates))) {
            for (const auto& [current, available] : kFormats) {
                const auto ranged =
                    subject.list<AudioStreamRangedDescription>(stream.id, address_of(available));
                findings.expect(
                    std::ranges::any_of(ranged,
                                        [&](const AudioStreamRangedDescription& one) {
                                            return one.mSampleRateRange.mMinimum <= rate.mMinimum &&
                                                   one.mSampleRateRange.mMaximum >= rate.mMaximum;
                                        }),
                    "{}: no format in {} for {} Hz", subject.name(stream), four(available), rate.mMinimum);
            }
        }
    }
    findings.saw("{} streams", subject.objects(kStreamSort).size());
}

void check_custom_properties(Subject& subject, Findings& findings) {
    using Info = AudioServerPlugInCustomPropertyInfo;
    int seen = 0;
    for (const auto& object : subject.objects()) {
        const auto list =
            subject.list<Info>(object.id, address_of(kAudioObjectPropertyCustomPropertyInfoList));
        for (const auto& info : list) {
            const auto where = [&] { return subject.name(object) + ", " + four(info.mSelector); };
            ++seen;
            for (const auto type : {info.mPropertyDataType, info.mQualifierDataType}) {
                findings.expect(type == kAudioServerPlugInCustomPropertyDataTypeNone ||
                                    type == kAudioServerPlugInCustomPropertyDataTypeCFString ||
                                    type == kAudioServerPlugInCustomPropertyDataTypeCFPropertyList,
                                "{}: of type {}, which hosts cannot carry", where(), four(type));
            }
            const auto address = address_of(info.mSelector);
            UInt32 bytes = 0;
            findings.expect(subject.has(object.id, address), "{}: declared and not there", where());
            if (!subject.has(object.id, address) ||
                info.mPropertyDataType == kAudioServerPlugInCustomPropertyDataTypeNone ||
                info.mQualifierDataType != kAudioServerPlugInCustomPropertyDataTypeNone)
                continue;
            findings.expect(subject.size(object.id, address, {}, bytes) == 0 && bytes == sizeof(CFTypeRef),
                            "{}: {} bytes for a CF object", where(), bytes);
            const auto* const value = read_cf(subject, object.id, address, {});
            if (value == nullptr) continue;
            const bool fits = info.mPropertyDataType == kAudioServerPlugInCustomPropertyDataTypeCFString
                                  ? CFGetTypeID(value) == CFStringGetTypeID()
                                  : CFPropertyListIsValid(value, kCFPropertyListBinaryFormat_v1_0) != 0;
            findings.expect(fits, "{}: its value is not of the declared type", where());
        }
    }
    if (seen == 0) return findings.skip("none declared");
    findings.saw("{} custom properties", seen);
}

void check_values_owned(Subject& subject, Findings& findings) {
    int seen = 0;
    for_each_cf_value(subject, [&](const Object& object, const PropertyRule&,
                                   const AudioObjectPropertyAddress& address, const Bytes& qualifier) {
        // Two readers of one object hold a reference each.
        const auto first = read_cf(subject, object.id, address, qualifier);
        if (first == nullptr) return;
        const auto held = CFGetRetainCount(first);
        const auto second = read_cf(subject, object.id, address, qualifier);
        const bool constant = held == std::numeric_limits<CFIndex>::max();
        if (!findings.expect(second != first || constant || CFGetRetainCount(first) > held,
                             "{}, {}: the same object twice, without a reference for the second reader",
                             subject.name(object), text_of(address)))
            return;
        CFRelease(first);
        if (second != nullptr) CFRelease(second);
        // One that is not the caller's is gone after some rounds, which CFRelease notices.
        for (int round = 0; round < 8; ++round) {
            const auto value = read_cf(subject, object.id, address, qualifier);
            if (value == nullptr) return;
            if (!findings.expect(CFGetRetainCount(value) > 0, "{}, {}: the value is gone already",
                                 subject.name(object), text_of(address)))
                return;
            CFRelease(value);
        }
        ++seen;
    });
    findings.saw("{} CF values, each released by the caller", seen);
}

void check_values_released(Subject& subject, Findings& findings) {
    constexpr int kRounds = 64;
    int seen = 0;
    for_each_cf_value(subject, [&](const Object& object, const PropertyRule&,
                                   const AudioObjectPropertyAddress& address, const Bytes& qualifier) {
        // A value that is not given away is another check's, and may not be released here.
        const auto first = read_cf(subject, object.id, address, qualifier);
        if (first == nullptr) return;
        const auto held = CFGetRetainCount(first);
        const auto second = read_cf(subject, object.id, address, qualifier);
        if (second == first && CFGetRetainCount(first) == held) return;
        const auto read_and_release = [&] {
            const auto value = read_cf(subject, object.id, address, qualifier);
            if (value == nullptr) return CFIndex{0};
            const auto count = CFGetRetainCount(value);
            CFRelease(value);
            return count;
        };
        const auto first_count = read_and_release();
        const auto before = live_object_count();
        CFIndex last_count = 0;
        for (int round = 0; round < kRounds; ++round) last_count = read_and_release();
        ++seen;
        findings.expect(live_object_count() - before < kRounds / 2,
                        "{}, {}: {} reads leave {} objects behind", subject.name(object), text_of(address),
                        kRounds, live_object_count() - before);
        findings.expect(last_count - first_count < kRounds / 2, "{}, {}: its count grows with each reading",
                        subject.name(object), text_of(address));
    });
    findings.saw("{} CF values, {} times each", seen, kRounds);
}

}  // namespace minihal::halval
