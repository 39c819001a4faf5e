// docs/shared-memory.md says where things lie; here it is held to the layout.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <string>

#include "shm/attach.hpp"
#include "shm/layout.hpp"

namespace gecko::shm {
namespace {

struct Place {
    std::size_t offset;
    std::string type;
    bool operator==(const Place&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Place& place) {
    return out << place.type << " at " << place.offset;
}

template <class T>
constexpr const char* kTypeName = nullptr;
template <class T>
constexpr const char* kTypeName<std::atomic<T>> = kTypeName<T>;
template <>
constexpr const char* kTypeName<std::uint32_t> = "u32";
template <>
constexpr const char* kTypeName<std::uint64_t> = "u64";
template <>
constexpr const char* kTypeName<std::int64_t> = "i64";
template <>
constexpr const char* kTypeName<float> = "f32";
template <>
constexpr const char* kTypeName<double> = "f64";
template <>
constexpr const char* kTypeName<std::array<std::atomic<std::uint64_t>, kBundleIdSize / 8>> = "char[104]";
template <>
constexpr const char* kTypeName<std::array<ClientEntry, kClientRings>> = "";

template <class T>
Place place(std::size_t offset) {
    return {.offset = offset, .type = kTypeName<T>};
}

std::map<std::string, Place> layout() {
    std::map<std::string, Place> places;
#define AT(structure, prefix, field) \
    places[prefix #field] = place<decltype(structure::field)>(offsetof(structure, field))
    AT(Header, "", write_head);
    AT(Header, "", read_head);
    AT(Header, "", buffer_size);
    AT(Header, "", channels);
    AT(Header, "", sample_rate);
    AT(ControlBlock, "", identity.magic);
    AT(ControlBlock, "", identity.version);
    AT(ControlBlock, "", identity.frames);
    AT(ControlBlock, "", identity.channels);
    AT(ControlBlock, "", identity.client_rings);
    AT(ControlBlock, "", producer.reserved);
    AT(ControlBlock, "", producer.position);
    AT(ControlBlock, "", producer.complete_from);
    AT(ControlBlock, "", producer.generation);
    AT(ControlBlock, "", producer.running);
    AT(ControlBlock, "", producer.volume);
    AT(ControlBlock, "", producer.mute);
    AT(ControlBlock, "", producer.line_known);
    AT(ControlBlock, "", producer.time_line.sequence);
    AT(ControlBlock, "", producer.time_line.lead);
    AT(ControlBlock, "", producer.time_line.start);
    AT(ControlBlock, "", producer.time_line.anchor_position);
    AT(ControlBlock, "", producer.time_line.anchor_host_time);
    AT(ControlBlock, "", producer.time_line.ticks_per_frame);
    AT(ControlBlock, "", producer.clients);
    AT(ControlBlock, "", consumer.alive);
    AT(ControlBlock, "", consumer.pulled);
    AT(ControlBlock, "", consumer.steering);
    AT(ControlBlock, "", consumer.overtaken_frames);
    AT(ControlBlock, "", consumer.underrun_frames);
    AT(ClientEntry, "entry.", sequence);
    AT(ClientEntry, "entry.", client_id);
    AT(ClientEntry, "entry.", process_id);
    AT(ClientEntry, "entry.", bundle_id);
    AT(ClientEntry, "entry.", reserved);
    AT(ClientEntry, "entry.", start);
    AT(ClientEntry, "entry.", end);
#undef AT
    return places;
}

std::string document() {
    std::ifstream file(GECKO_SHARED_MEMORY_DOCUMENT);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Document, HasEachFieldAtItsPlaceAndNoOther) {
    const std::string text = document();
    std::map<std::string, Place> places;
    const std::regex row(R"(\n\| (\d+) \| ([a-z0-9\[\]]*) ?\| `([a-z_.]+)` \|)");
    for (auto found = std::sregex_iterator(text.begin(), text.end(), row); found != std::sregex_iterator();
         ++found) {
        places[(*found)[3]] = {.offset = std::stoul((*found)[1]), .type = (*found)[2]};
    }
    EXPECT_EQ(places, layout());
}

TEST(Document, HasTheNumbersOfTheLayout) {
    const std::string text = document();
    const Geometry usual = *Geometry::of(kDefaultFrames, 2);
    const Geometry published = *Geometry::of(kDefaultFrames, 2, 0);
    for (const std::size_t number :
         {sizeof(Header), sizeof(ControlBlock), sizeof(ClientEntry), usual.control_offset(),
          usual.segment_bytes(), published.segment_bytes(), std::size_t{kDefaultFrames}}) {
        EXPECT_NE(text.find(std::to_string(number)), std::string::npos) << number;
    }
    EXPECT_NE(text.find("0x4745434b"), std::string::npos);
    EXPECT_EQ(kMagic, 0x4745434bu);
    EXPECT_NE(text.find("of this protocol: " + std::to_string(kProtocolVersion)), std::string::npos);
}

TEST(Document, HasEachKeyOfTheDictionaries) {
    const std::string text = document();
    for (const char* name :
         {key::kName,          key::kAbi,      key::kChannels,  key::kFrames,    key::kDetach,
          key::kDriverVersion, key::kProtocol, key::kAttached,  key::kOwnerUid,  key::kOwnerPid,
          key::kLastError,     key::kLastStep, key::kLastErrno, key::kPublished, key::kPublishError,
          key::kConsoleUid,    key::kRate,     key::kRunning,   key::kClients,   key::kLatency,
          key::kClientRings,   key::kSteering, key::kOvertaken, key::kUnderruns, key::kAliveAge,
          key::kPulledAge,     kDeviceUid,     kNamePrefix,     kFixedName}) {
        EXPECT_NE(text.find("`" + std::string(name) + "`"), std::string::npos) << name;
    }
}

}  // namespace
}  // namespace gecko::shm
