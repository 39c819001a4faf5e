#include "property_document.hpp"

#include <CoreFoundation/CoreFoundation.h>

#include <array>
#include <charconv>
#include <cstring>
#include <map>
#include <string_view>
#include <vector>

#include "driver/cf.hpp"
#include "driver/property_table.hpp"
#include "driver_fixture.hpp"
#include "shm/attach.hpp"

namespace gecko::driver::test {
namespace {

std::string code(UInt32 value) {
    return "'" + text_of(value) + "'";
}

/// Names of the selectors, as Apple's headers have them; the app's own have none.
std::string name_of(Selector selector) {
    static const std::map<Selector, const char*> names = {
#define NAME(constant) {constant, #constant}
        NAME(kAudioObjectPropertyBaseClass),
        NAME(kAudioObjectPropertyClass),
        NAME(kAudioObjectPropertyOwner),
        NAME(kAudioObjectPropertyOwnedObjects),
        NAME(kAudioObjectPropertyName),
        NAME(kAudioObjectPropertyManufacturer),
        NAME(kAudioObjectPropertySerialNumber),
        NAME(kAudioObjectPropertyFirmwareVersion),
        NAME(kAudioObjectPropertyControlList),
        NAME(kAudioObjectPropertyCustomPropertyInfoList),
        NAME(kAudioPlugInPropertyDeviceList),
        NAME(kAudioPlugInPropertyTranslateUIDToDevice),
        NAME(kAudioPlugInPropertyResourceBundle),
        NAME(kAudioDevicePropertyConfigurationApplication),
        NAME(kAudioDevicePropertyDeviceUID),
        NAME(kAudioDevicePropertyModelUID),
        NAME(kAudioDevicePropertyTransportType),
        NAME(kAudioDevicePropertyRelatedDevices),
        NAME(kAudioDevicePropertyClockDomain),
        NAME(kAudioDevicePropertyClockAlgorithm),
        NAME(kAudioDevicePropertyClockIsStable),
        NAME(kAudioDevicePropertyDeviceIsAlive),
        NAME(kAudioDevicePropertyDeviceIsRunning),
        NAME(kAudioDevicePropertyDeviceCanBeDefaultDevice),
        NAME(kAudioDevicePropertyDeviceCanBeDefaultSystemDevice),
        NAME(kAudioDevicePropertyLatency),
        NAME(kAudioDevicePropertySafetyOffset),
        NAME(kAudioDevicePropertyStreams),
        NAME(kAudioDevicePropertyNominalSampleRate),
        NAME(kAudioDevicePropertyAvailableNominalSampleRates),
        NAME(kAudioDevicePropertyIsHidden),
        NAME(kAudioDevicePropertyPreferredChannelsForStereo),
        NAME(kAudioDevicePropertyPreferredChannelLayout),
        NAME(kAudioDevicePropertyZeroTimeStampPeriod),
        NAME(kAudioStreamPropertyIsActive),
        NAME(kAudioStreamPropertyDirection),
        NAME(kAudioStreamPropertyTerminalType),
        NAME(kAudioStreamPropertyStartingChannel),
        NAME(kAudioStreamPropertyVirtualFormat),
        NAME(kAudioStreamPropertyPhysicalFormat),
        NAME(kAudioStreamPropertyAvailableVirtualFormats),
        NAME(kAudioStreamPropertyAvailablePhysicalFormats),
        NAME(kAudioControlPropertyScope),
        NAME(kAudioControlPropertyElement),
        NAME(kAudioLevelControlPropertyScalarValue),
        NAME(kAudioLevelControlPropertyDecibelValue),
        NAME(kAudioLevelControlPropertyDecibelRange),
        NAME(kAudioLevelControlPropertyConvertScalarToDecibels),
        NAME(kAudioLevelControlPropertyConvertDecibelsToScalar),
        NAME(kAudioBooleanControlPropertyValue),
#undef NAME
        {shm::kAttachProperty, "Gecko's own: the segment to play into"},
        {shm::kStateProperty, "Gecko's own: the driver's state"},
        {shm::kLatencyProperty, "Gecko's own: the latency of the app's path"},
    };
    const auto found = names.find(selector);
    return found != names.end() ? found->second : "(no name)";
}

std::string number(double value) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

/// A UInt32 that is a four-character code, as one.
std::string word(UInt32 value) {
    for (int shift = 0; shift < 32; shift += 8) {
        const UInt32 character = value >> shift & 0xff;
        if (character < 0x20 || character > 0x7e) return std::to_string(value);
    }
    return code(value);
}

std::string format_text(const AudioStreamBasicDescription& format) {
    return number(format.mSampleRate) + " Hz, " + std::to_string(format.mChannelsPerFrame) + " x Float32";
}

/// One value of a property's type, as text.
std::string value_text(std::string_view type, const std::byte* bytes) {
    const auto as = [&]<class T>(T value) {
        std::memcpy(&value, bytes, sizeof value);
        return value;
    };
    if (type == "UInt32") return word(as(UInt32{}));
    if (type == "UInt32[2]") return word(as(UInt32{})) + ", " + value_text("UInt32", bytes + sizeof(UInt32));
    if (type == "Float32") return number(static_cast<double>(as(Float32{})));
    if (type == "Float64") return number(as(Float64{}));
    if (type == "AudioValueRange") {
        const auto range = as(AudioValueRange{});
        return range.mMinimum == range.mMaximum ? number(range.mMinimum)
                                                : number(range.mMinimum) + " to " + number(range.mMaximum);
    }
    if (type == "AudioStreamBasicDescription") return format_text(as(AudioStreamBasicDescription{}));
    if (type == "AudioStreamRangedDescription")
        return format_text(as(AudioStreamRangedDescription{}).mFormat);
    if (type == "AudioServerPlugInCustomPropertyInfo")
        return code(as(AudioServerPlugInCustomPropertyInfo{}).mSelector);
    if (type == "AudioChannelLayout") return "left, right";
    const CfOwned object(as(CFTypeRef{}));
    if (type != "CFString") return "a dictionary";
    std::array<char, 128> text{};
    ::CFStringGetCString(static_cast<CFStringRef>(object.get()), text.data(), text.size(),
                         kCFStringEncodingUTF8);
    return '"' + std::string(text.data()) + '"';
}

/// What a driver reads as.
class Reader {
  public:
    Reader() { (*plug_in_.ref())->Initialize(plug_in_.ref(), host_.ref()); }

    std::string read(const Property& row, AudioObjectID object) {
        if (row.selector == kAudioObjectPropertyFirmwareVersion) return "the version";
        if (row.selector == kAudioLevelControlPropertyConvertScalarToDecibels ||
            row.selector == kAudioLevelControlPropertyConvertDecibelsToScalar)
            return "the caller's value, converted";
        if (row.qualifier == Qualifier::string) return "the device, if the qualifier is its UID; else 0";
        const Address address{row.selector, kAudioObjectPropertyScopeOutput, kAudioObjectPropertyElementMain};
        std::vector<std::byte> bytes(4096);
        UInt32 written = 0;
        (*plug_in_.ref())
            ->GetPropertyData(plug_in_.ref(), object, 0, &address, 0, nullptr,
                              static_cast<UInt32>(bytes.size()), &written, bytes.data());
        if (row.is_list && written / row.size > 5 &&
            std::string_view(row.type) == "AudioStreamRangedDescription")
            return std::to_string(written / row.size) + ", one for each rate";
        std::string text;
        for (UInt32 at = 0; at + row.size <= written; at += row.size)
            text += (at > 0 ? ", " : "") + value_text(row.type, bytes.data() + at);
        return text.empty() ? "none" : text;
    }

  private:
    FakeHost host_;
    PlugIn plug_in_{ControlCalls::drained};
};

constexpr std::array<const char*, 5> kObjectNames = {"Plug-in", "Device", "Stream", "Volume", "Mute"};

}  // namespace

std::string property_document() {
    Reader reader;
    std::string text;
    for (std::size_t i = 0; i < kObjects.size(); ++i) {
        const ObjectInfo& object = kObjects[i];
        text += "\n### " + std::string(kObjectNames[i]) + ": object " + std::to_string(object.id) + "\n\n";
        text += "| selector | name | type | scopes | set | reads as at first |\n|---|---|---|---|---|---|\n";
        for (const Property& row : property_table()) {
            if ((row.objects & (1u << object.id)) == 0) continue;
            text += "| `" + code(row.selector) + "` | " + name_of(row.selector) + " | " +
                    (row.is_list ? "list of " : "") + row.type + " | " +
                    (row.scopes == Scopes::any ? "any" : "in, out") + " | " +
                    (row.set != nullptr ? "yes" : "") + " | " + reader.read(row, object.id) + " |\n";
        }
    }
    return text + "\n";
}

std::string with_property_document(const std::string& page) {
    const std::size_t begin = page.find(kDocumentBegin);
    const std::size_t end = page.find(kDocumentEnd);
    if (begin == std::string::npos || end == std::string::npos || end < begin) return {};
    return page.substr(0, begin + std::strlen(kDocumentBegin)) + property_document() + page.substr(end);
}

}  // namespace gecko::driver::test
