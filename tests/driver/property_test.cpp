// Statements about every property there is, and about what the important ones read as.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "driver/property_table.hpp"
#include "driver_fixture.hpp"

namespace gecko::driver::test {
namespace {

constexpr std::array<AudioObjectID, 5> kIds = {kPlugInId, kDeviceId, kStreamId, kVolumeId, kMuteId};
constexpr std::array<Scope, 6> kScopes = {"glob"_cc, "inpt"_cc, "outp"_cc, "ptru"_cc, "****"_cc, 0};
constexpr std::array<UInt32, 4> kElements = {0, 1, 2, 0xFFFFFFFF};

std::vector<Selector> all_selectors() {
    std::vector<Selector> all = {0, "****"_cc, "box#"_cc, "iden"_cc, "zzzz"_cc};
    for (const Property& row : property_table()) all.push_back(row.selector);
    return all;
}

/// Whether a property reads as a CF object, which the reader owns.
bool is_object(const Property& row) {
    return !row.is_list && row.size == sizeof(CFTypeRef) && row.selector != "nsrt"_cc &&
           row.selector != "dch2"_cc;
}

std::string string_of(CFStringRef string) {
    std::array<char, 128> text{};
    EXPECT_TRUE(::CFStringGetCString(string, text.data(), text.size(), kCFStringEncodingUTF8));
    ::CFRelease(string);
    return text.data();
}

class Properties : public DriverTest {
  protected:
    struct Answer {
        OSStatus status;
        UInt32 written;
        std::vector<std::byte> bytes;
    };
    /// Reads into a buffer with a guard behind it; releases what it gets.
    Answer read(const Property& row, AudioObjectID object, const Address& address, UInt32 capacity) {
        const CFStringRef uid = CFSTR("GeckoSink_UID");
        const bool wants_string = row.qualifier == Qualifier::string;
        Answer answer{0, 0xAAAA, std::vector<std::byte>(capacity + 16, std::byte{0x3E})};
        answer.status = interface().GetPropertyData(ref(), object, 0, &address, wants_string ? sizeof uid : 0,
                                                    wants_string ? &uid : nullptr, capacity, &answer.written,
                                                    answer.bytes.data());
        for (std::size_t i = capacity; i < answer.bytes.size(); ++i)
            EXPECT_EQ(answer.bytes[i], std::byte{0x3E}) << "written behind the buffer";
        if (answer.status == 0 && is_object(row)) {
            CFTypeRef object_read = nullptr;
            std::memcpy(&object_read, answer.bytes.data(), sizeof object_read);
            ::CFRelease(object_read);
        }
        return answer;
    }
};

TEST_F(Properties, AreThereOrNotForAllFiveCallsAlike) {
    for (const AudioObjectID object : kIds)
        for (const Selector selector : all_selectors())
            for (const Scope scope : kScopes)
                for (const UInt32 element : kElements) {
                    const Address address{selector, scope, element};
                    SCOPED_TRACE(std::to_string(object) + " " + text_of(selector) + " " + text_of(scope) +
                                 " " + std::to_string(element));
                    const OSStatus expected =
                        has(object, address) ? OSStatus{0} : OSStatus{kAudioHardwareUnknownPropertyError};
                    Boolean settable = 0;
                    UInt32 size = 0;
                    EXPECT_EQ(interface().IsPropertySettable(ref(), object, 0, &address, &settable),
                              expected);
                    EXPECT_EQ(interface().GetPropertyDataSize(ref(), object, 0, &address, 0, nullptr, &size),
                              expected);
                    if (const Property* row = find_property(object, address)) {
                        EXPECT_EQ(read(*row, object, address, size).status, 0);
                        EXPECT_EQ(read(*row, object, address, size).written, size);
                    } else {
                        UInt32 written = 0;
                        std::array<std::byte, 512> bytes{};
                        EXPECT_EQ(interface().GetPropertyData(ref(), object, 0, &address, 0, nullptr,
                                                              bytes.size(), &written, bytes.data()),
                                  expected);
                        EXPECT_EQ(interface().SetPropertyData(ref(), object, 0, &address, 0, nullptr, 4,
                                                              bytes.data()),
                                  expected);
                    }
                }
}

TEST_F(Properties, ExistOnlyOnTheMainElementAndInScopesThatADeviceHas) {
    for (const AudioObjectID object : kIds)
        for (const Selector selector : all_selectors()) {
            EXPECT_FALSE(has(object, {selector, kAudioObjectPropertyScopePlayThrough, 0}));
            EXPECT_FALSE(has(object, {selector, kAudioObjectPropertyScopeOutput, 1}));
        }
}

TEST_F(Properties, ValuesWantRoomAndListsTakeWhatFits) {
    for (const Property& row : property_table())
        for (const AudioObjectID object : kIds) {
            const Address address = output(row.selector);
            if ((row.objects & (1u << object)) == 0) continue;
            SCOPED_TRACE(std::to_string(object) + " " + text_of(row.selector));
            UInt32 size = 0;
            ASSERT_EQ(interface().GetPropertyDataSize(ref(), object, 0, &address, 0, nullptr, &size), 0);
            EXPECT_EQ(read(row, object, address, size + 9).written, size);
            for (UInt32 capacity = 0; capacity < size; ++capacity) {
                const Answer answer = read(row, object, address, capacity);
                if (row.is_list) {
                    EXPECT_EQ(answer.status, 0);
                    EXPECT_EQ(answer.written, capacity / row.size * row.size);
                } else {
                    EXPECT_EQ(answer.status, kAudioHardwareBadPropertySizeError);
                }
            }
        }
}

TEST_F(Properties, CanBeSetOnlyWhereTheySayAndOnlyWithTheirSize) {
    for (const Property& row : property_table())
        for (const AudioObjectID object : kIds) {
            const Address address = output(row.selector);
            if ((row.objects & (1u << object)) == 0) continue;
            SCOPED_TRACE(std::to_string(object) + " " + text_of(row.selector));
            Boolean settable = 0;
            ASSERT_EQ(interface().IsPropertySettable(ref(), object, 0, &address, &settable), 0);
            const std::array<std::byte, 128> bytes{};
            const auto set_bytes = [&](UInt32 size) {
                return interface().SetPropertyData(ref(), object, 0, &address, 0, nullptr, size,
                                                   bytes.data());
            };
            if (!settable) {
                EXPECT_EQ(set_bytes(row.size), kAudioHardwareIllegalOperationError);
                continue;
            }
            for (const UInt32 size : {0u, row.size - 1, row.size + 1, 2 * row.size})
                EXPECT_EQ(set_bytes(size), kAudioHardwareBadPropertySizeError);
        }
}

TEST_F(Properties, OfAnUnknownObjectAreRefused) {
    const Address address = global(kAudioObjectPropertyClass);
    for (const AudioObjectID object : {0u, 6u, 31u, 32u, 33u, ~0u}) {
        Boolean settable = 0;
        UInt32 size = 0;
        UInt32 value = 0;
        EXPECT_FALSE(has(object, address));
        EXPECT_EQ(interface().IsPropertySettable(ref(), object, 0, &address, &settable),
                  kAudioHardwareBadObjectError);
        EXPECT_EQ(interface().GetPropertyDataSize(ref(), object, 0, &address, 0, nullptr, &size),
                  kAudioHardwareBadObjectError);
        EXPECT_EQ(interface().GetPropertyData(ref(), object, 0, &address, 0, nullptr, 4, &size, &value),
                  kAudioHardwareBadObjectError);
        EXPECT_EQ(interface().SetPropertyData(ref(), object, 0, &address, 0, nullptr, 4, &value),
                  kAudioHardwareBadObjectError);
    }
}

TEST_F(Properties, NameTheDevice) {
    EXPECT_EQ(string_of(get<CFStringRef>(kDeviceId, global("lnam"_cc))), "Gecko Sink");
    EXPECT_EQ(string_of(get<CFStringRef>(kDeviceId, global("uid "_cc))), "GeckoSink_UID");
    EXPECT_EQ(string_of(get<CFStringRef>(kDeviceId, global("lmak"_cc))), "Gecko");
    EXPECT_EQ(string_of(get<CFStringRef>(kDeviceId, global("fwvn"_cc))), GECKO_TEST_VERSION);
    EXPECT_EQ(string_of(get<CFStringRef>(kDeviceId, global("snum"_cc))), "1");
    EXPECT_EQ(string_of(get<CFStringRef>(kDeviceId, global("capp"_cc))), "com.gecko.app");
    EXPECT_EQ(get<UInt32>(kDeviceId, global("tran"_cc)), "virt"_cc);
    EXPECT_EQ(get<UInt32>(kDeviceId, global("hidn"_cc)), 0u);
    EXPECT_EQ(get<UInt32>(kDeviceId, output("dflt"_cc)), 1u);
    EXPECT_EQ(get<UInt32>(kDeviceId, output("sflt"_cc)), 1u);
    EXPECT_EQ(get<UInt32>(kDeviceId, input("dflt"_cc)), 0u);
}

TEST_F(Properties, ShapeATreeOfObjects) {
    using Ids = std::vector<AudioObjectID>;
    EXPECT_EQ(get_list<AudioObjectID>(kPlugInId, global("ownd"_cc)), Ids{kDeviceId});
    EXPECT_EQ(get_list<AudioObjectID>(kPlugInId, global("dev#"_cc)), Ids{kDeviceId});
    EXPECT_EQ(get_list<AudioObjectID>(kDeviceId, global("akin"_cc)), Ids{kDeviceId});
    EXPECT_EQ(get_list<AudioObjectID>(kDeviceId, global("ownd"_cc)), (Ids{kStreamId, kVolumeId, kMuteId}));
    EXPECT_EQ(get_list<AudioObjectID>(kStreamId, global("ownd"_cc)), Ids{});
    EXPECT_EQ(get<AudioObjectID>(kPlugInId, global("stdv"_cc)), AudioObjectID{kAudioObjectUnknown});
    EXPECT_EQ(get<AudioObjectID>(kDeviceId, global("stdv"_cc)), kPlugInId);
    for (const AudioObjectID object : {kStreamId, kVolumeId, kMuteId})
        EXPECT_EQ(get<AudioObjectID>(object, global("stdv"_cc)), kDeviceId);
    EXPECT_EQ(get<AudioClassID>(kVolumeId, global("clas"_cc)), "vlme"_cc);
    EXPECT_EQ(get<AudioClassID>(kVolumeId, global("bcls"_cc)), "levl"_cc);
    EXPECT_EQ(get<AudioClassID>(kMuteId, global("clas"_cc)), "mute"_cc);
    EXPECT_EQ(get<AudioClassID>(kMuteId, global("bcls"_cc)), "togl"_cc);
}

TEST_F(Properties, ListOnTheInputSideNothingAndOnTheOutputSideAll) {
    for (const Selector list : {"ownd"_cc, "stm#"_cc, "ctrl"_cc}) {
        EXPECT_TRUE(get_list<AudioObjectID>(kDeviceId, input(list)).empty()) << text_of(list);
        EXPECT_EQ(get_list<AudioObjectID>(kDeviceId, output(list)),
                  get_list<AudioObjectID>(kDeviceId, global(list)));
        EXPECT_FALSE(get_list<AudioObjectID>(kDeviceId, output(list)).empty());
    }
    EXPECT_EQ(get_list<AudioObjectID>(kDeviceId, output("stm#"_cc)), std::vector<AudioObjectID>{kStreamId});
}

TEST_F(Properties, OwnedObjectsAreThoseOfTheWantedClassesAndTheirDescendants) {
    using Ids = std::vector<AudioObjectID>;
    const auto owned = [&](const std::vector<AudioClassID>& classes) {
        return get_list<AudioObjectID>(kDeviceId, global("ownd"_cc), classes);
    };
    EXPECT_EQ(owned({"astr"_cc}), Ids{kStreamId});
    EXPECT_EQ(owned({"actl"_cc}), (Ids{kVolumeId, kMuteId}));
    EXPECT_EQ(owned({"levl"_cc}), Ids{kVolumeId});
    EXPECT_EQ(owned({"mute"_cc, "astr"_cc}), (Ids{kStreamId, kMuteId}));
    EXPECT_EQ(owned({"aobj"_cc}), (Ids{kStreamId, kVolumeId, kMuteId}));
    EXPECT_EQ(owned({"abox"_cc}), Ids{});
    const Address address = global("ownd"_cc);
    const std::array<std::byte, 6> odd{};
    UInt32 size = 0;
    EXPECT_EQ(interface().GetPropertyDataSize(ref(), kDeviceId, 0, &address, 6, odd.data(), &size),
              kAudioHardwareBadPropertySizeError);
    EXPECT_EQ(interface().GetPropertyDataSize(ref(), kDeviceId, 0, &address, 4, nullptr, &size),
              kAudioHardwareIllegalOperationError);
}

TEST_F(Properties, TranslateItsUidToTheDeviceAndAnyOtherToNone) {
    const Address address = global("uidd"_cc);
    const auto translate = [&](const void* qualifier, UInt32 qualifier_size, AudioObjectID& found) {
        UInt32 written = 0;
        return interface().GetPropertyData(ref(), kPlugInId, 0, &address, qualifier_size, qualifier,
                                           sizeof found, &written, &found);
    };
    AudioObjectID found = 99;
    CFStringRef uid = CFSTR("GeckoSink_UID");
    EXPECT_EQ(translate(&uid, sizeof uid, found), 0);
    EXPECT_EQ(found, kDeviceId);
    uid = CFSTR("GeckoSink_uid");
    EXPECT_EQ(translate(&uid, sizeof uid, found), 0);
    EXPECT_EQ(found, AudioObjectID{kAudioObjectUnknown});
    EXPECT_EQ(translate(&uid, 4, found), kAudioHardwareBadPropertySizeError);
    EXPECT_EQ(translate(nullptr, sizeof uid, found), kAudioHardwareIllegalOperationError);
    CFTypeRef number = kCFBooleanTrue;
    EXPECT_EQ(translate(&number, sizeof number, found), kAudioHardwareIllegalOperationError);
}

TEST_F(Properties, AnnounceTheAppsOwnAsPropertyLists) {
    const auto infos = get_list<AudioServerPlugInCustomPropertyInfo>(kDeviceId, global("cust"_cc));
    ASSERT_EQ(infos.size(), 3u);
    for (const auto& info : infos) {
        EXPECT_TRUE(has(kDeviceId, global(info.mSelector)));
        EXPECT_EQ(info.mPropertyDataType, "plst"_cc);
        EXPECT_EQ(info.mQualifierDataType, 0u);
    }
}

TEST_F(Properties, DescribeAStereoLayout) {
    struct Layout {
        UInt32 tag, bitmap, count;
        AudioChannelDescription channels[2];
    };
    const auto layout = get<Layout>(kDeviceId, output("srnd"_cc));
    EXPECT_EQ(layout.count, 2u);
    EXPECT_EQ(layout.channels[0].mChannelLabel, UInt32{kAudioChannelLabel_Left});
    EXPECT_EQ(layout.channels[1].mChannelLabel, UInt32{kAudioChannelLabel_Right});
    EXPECT_EQ((get<std::array<UInt32, 2>>(kDeviceId, output("dch2"_cc))), (std::array<UInt32, 2>{1, 2}));
}

TEST_F(Properties, AStreamTurnedOffIsNotifiedOnce) {
    EXPECT_EQ(set(kStreamId, global("sact"_cc), UInt32{0}), 0);
    EXPECT_EQ(set(kStreamId, global("sact"_cc), UInt32{0}), 0);
    EXPECT_EQ(get<UInt32>(kStreamId, global("sact"_cc)), 0u);
    drain();
    EXPECT_EQ(host_.take_changes(), (std::vector<FakeHost::Change>{{kStreamId, "sact"_cc}}));
}

}  // namespace
}  // namespace gecko::driver::test
