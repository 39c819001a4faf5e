// The properties a device must have so that macOS shows it, written out here a second time: the driver's table
// is held to this list, and not to itself.
#include <gtest/gtest.h>

#include <vector>

#include "driver_fixture.hpp"

namespace gecko::driver::test {
namespace {

constexpr bool kFixed = false;
constexpr bool kList = true;
constexpr bool kReadOnly = false;
constexpr bool kSettable = true;

struct Row {
    AudioObjectID object;
    UInt32 selector;
    UInt32 size;  // bytes; of an item
    bool list;
    bool settable;
};

const std::vector<Row>& required() {
    static const std::vector<Row> rows = [] {
        std::vector<Row> all = {
            {kPlugInId, "lmak"_cc, 8, kFixed, kReadOnly},  {kPlugInId, "dev#"_cc, 4, kList, kReadOnly},
            {kPlugInId, "uidd"_cc, 4, kFixed, kReadOnly},  {kPlugInId, "rsrc"_cc, 8, kFixed, kReadOnly},
            {kDeviceId, "cust"_cc, 12, kList, kReadOnly},  {kDeviceId, "lnam"_cc, 8, kFixed, kReadOnly},
            {kDeviceId, "lmak"_cc, 8, kFixed, kReadOnly},  {kDeviceId, "uid "_cc, 8, kFixed, kReadOnly},
            {kDeviceId, "muid"_cc, 8, kFixed, kReadOnly},  {kDeviceId, "tran"_cc, 4, kFixed, kReadOnly},
            {kDeviceId, "akin"_cc, 4, kList, kReadOnly},   {kDeviceId, "clkd"_cc, 4, kFixed, kReadOnly},
            {kDeviceId, "livn"_cc, 4, kFixed, kReadOnly},  {kDeviceId, "goin"_cc, 4, kFixed, kReadOnly},
            {kDeviceId, "dflt"_cc, 4, kFixed, kReadOnly},  {kDeviceId, "sflt"_cc, 4, kFixed, kReadOnly},
            {kDeviceId, "ltnc"_cc, 4, kFixed, kReadOnly},  {kDeviceId, "saft"_cc, 4, kFixed, kReadOnly},
            {kDeviceId, "stm#"_cc, 4, kList, kReadOnly},   {kDeviceId, "ctrl"_cc, 4, kList, kReadOnly},
            {kDeviceId, "nsrt"_cc, 8, kFixed, kSettable},  {kDeviceId, "nsr#"_cc, 16, kList, kReadOnly},
            {kDeviceId, "hidn"_cc, 4, kFixed, kReadOnly},  {kDeviceId, "dch2"_cc, 8, kFixed, kReadOnly},
            {kDeviceId, "srnd"_cc, 52, kFixed, kReadOnly}, {kDeviceId, "ring"_cc, 4, kFixed, kReadOnly},
            {kDeviceId, "clok"_cc, 4, kFixed, kReadOnly},  {kDeviceId, "cstb"_cc, 4, kFixed, kReadOnly},
            {kDeviceId, "gshm"_cc, 8, kFixed, kSettable},  {kDeviceId, "gsta"_cc, 8, kFixed, kReadOnly},
            {kDeviceId, "glat"_cc, 8, kFixed, kSettable},  {kStreamId, "sact"_cc, 4, kFixed, kSettable},
            {kStreamId, "sdir"_cc, 4, kFixed, kReadOnly},  {kStreamId, "term"_cc, 4, kFixed, kReadOnly},
            {kStreamId, "schn"_cc, 4, kFixed, kReadOnly},  {kStreamId, "ltnc"_cc, 4, kFixed, kReadOnly},
            {kStreamId, "sfmt"_cc, 40, kFixed, kSettable}, {kStreamId, "pft "_cc, 40, kFixed, kSettable},
            {kStreamId, "sfma"_cc, 56, kList, kReadOnly},  {kStreamId, "pfta"_cc, 56, kList, kReadOnly},
            {kVolumeId, "cscp"_cc, 4, kFixed, kReadOnly},  {kVolumeId, "celm"_cc, 4, kFixed, kReadOnly},
            {kVolumeId, "lcsv"_cc, 4, kFixed, kSettable},  {kVolumeId, "lcdv"_cc, 4, kFixed, kSettable},
            {kVolumeId, "lcdr"_cc, 16, kFixed, kReadOnly}, {kVolumeId, "lcsd"_cc, 4, kFixed, kReadOnly},
            {kVolumeId, "lcds"_cc, 4, kFixed, kReadOnly},  {kMuteId, "cscp"_cc, 4, kFixed, kReadOnly},
            {kMuteId, "celm"_cc, 4, kFixed, kReadOnly},    {kMuteId, "bcvl"_cc, 4, kFixed, kSettable},
            {kDeviceId, "fwvn"_cc, 8, kFixed, kReadOnly},  {kDeviceId, "snum"_cc, 8, kFixed, kReadOnly},
            {kDeviceId, "capp"_cc, 8, kFixed, kReadOnly},
        };
        for (const AudioObjectID object : {kPlugInId, kDeviceId, kStreamId, kVolumeId, kMuteId}) {
            for (const UInt32 selector : {"bcls"_cc, "clas"_cc, "stdv"_cc})
                all.push_back({object, selector, 4, kFixed, kReadOnly});
            all.push_back({object, "ownd"_cc, 4, kList, kReadOnly});
        }
        return all;
    }();
    return rows;
}

class RequiredProperties : public DriverTest {};

TEST_F(RequiredProperties, AreThereWithTheirSizesAndCanBeSetWhereTheyMust) {
    for (const Row& row : required()) {
        SCOPED_TRACE(std::to_string(row.object) + " " + text_of(row.selector));
        const Address address = output(row.selector);
        EXPECT_TRUE(has(row.object, address));
        Boolean settable = 2;
        EXPECT_EQ(interface().IsPropertySettable(ref(), row.object, 0, &address, &settable), 0);
        EXPECT_EQ(settable != 0, row.settable);
        UInt32 size = 1;
        EXPECT_EQ(interface().GetPropertyDataSize(ref(), row.object, 0, &address, 0, nullptr, &size), 0);
        if (row.list)
            EXPECT_EQ(size % row.size, 0u);
        else
            EXPECT_EQ(size, row.size);
    }
}

TEST_F(RequiredProperties, HoldForTheWholeUnlessTheySpeakOfOneSide) {
    for (const Row& row : required()) {
        SCOPED_TRACE(std::to_string(row.object) + " " + text_of(row.selector));
        bool one_sided = false;
        for (const UInt32 selector : {"dflt"_cc, "sflt"_cc, "saft"_cc, "dch2"_cc, "srnd"_cc})
            one_sided = one_sided || row.selector == selector;
        one_sided = one_sided || (row.object == kDeviceId && row.selector == "ltnc"_cc);
        EXPECT_EQ(has(row.object, global(row.selector)), !one_sided);
        EXPECT_TRUE(has(row.object, input(row.selector)));
    }
}

TEST_F(RequiredProperties, ZeroTimeStampsAreAsFarApartAsTheHalDemands) {
    EXPECT_GE(get<UInt32>(kDeviceId, global("ring"_cc)), 10'923u);
    EXPECT_EQ(get<UInt32>(kDeviceId, global("ring"_cc)), 16'384u);
    EXPECT_EQ(get<UInt32>(kDeviceId, global("clok"_cc)), "raww"_cc);
    EXPECT_EQ(get<UInt32>(kDeviceId, global("cstb"_cc)), 1u);
}

}  // namespace
}  // namespace gecko::driver::test
