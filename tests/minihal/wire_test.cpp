#include <gtest/gtest.h>

#include <random>

#include "minihal/wire/cf_value.hpp"
#include "minihal/wire/message.hpp"
#include "minihal/wire/protocol.hpp"

namespace {

using namespace minihal::wire;

TEST(MessageParser, GivesMessagesWholeHoweverTheirBytesCome) {
    const std::vector<uint8_t> payload{1, 2, 3, 4, 5};
    auto bytes = packed(MessageType::kReply, 7, payload);
    const auto second = packed(MessageType::kCycle, 8, {});
    bytes.insert(bytes.end(), second.begin(), second.end());
    MessageParser parser;
    std::vector<Message> messages;
    for (const auto byte : bytes) {
        parser.append(std::span(&byte, 1));
        while (auto message = parser.next().value()) messages.push_back(std::move(*message));
    }
    ASSERT_EQ(messages.size(), 2U);
    EXPECT_EQ(messages[0].type, MessageType::kReply);
    EXPECT_EQ(messages[0].id, 7U);
    EXPECT_EQ(messages[0].payload, payload);
    EXPECT_EQ(messages[1].type, MessageType::kCycle);
    EXPECT_FALSE(parser.inside_message());
}

TEST(MessageParser, KnowsThatItWasCutOff) {
    MessageParser parser;
    const auto bytes = packed(MessageType::kReply, 7, std::vector<uint8_t>{1, 2, 3});
    parser.append(std::span(bytes).first(bytes.size() - 1));
    EXPECT_FALSE(parser.next().value());
    EXPECT_TRUE(parser.inside_message());
}

TEST(MessageParser, RefusesUnknownTypesAndMonstrousSizesBeforeTheyArrive) {
    for (const MessageHeader header :
         {MessageHeader{.size = 0, .type = 0, .id = 0}, MessageHeader{.size = 0, .type = 1000, .id = 0},
          MessageHeader{.size = kMaxPayload + 1, .type = 1, .id = 0}}) {
        Writer writer;
        writer.put(header);
        MessageParser parser;
        parser.append(writer.take());
        EXPECT_FALSE(parser.next().has_value());
    }
}

TEST(Protocol, WhatIsEncodedIsDecoded) {
    const PropertyRequest request{
        .object = 5, .address = {1, 2, 3}, .qualifier = {1, 2}, .size = 99, .data = {3, 4, 5}};
    const auto decoded = decode<PropertyRequest>(encode(request));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->object, 5U);
    EXPECT_EQ(decoded->address.mElement, 3U);
    EXPECT_EQ(decoded->qualifier, request.qualifier);
    EXPECT_EQ(decoded->size, 99U);
    EXPECT_EQ(decoded->data, request.data);
    Cycle cycle;
    cycle.number = 4;
    cycle.frames = 512;
    cycle.output_time.mSampleTime = 3.5;
    cycle.channels = {2, 1};
    const auto other = decode<Cycle>(encode(cycle));
    ASSERT_TRUE(other);
    EXPECT_EQ(other->output_time.mSampleTime, 3.5);
    EXPECT_EQ(other->channels, cycle.channels);
}

TEST(Protocol, APayloadThatIsCutOffOrTooLongIsRefused) {
    const auto whole = encode(PropertyRequest{
        .object = 5, .address = {1, 2, 3}, .qualifier = {1, 2}, .size = 99, .data = {3, 4, 5}});
    for (size_t size = 0; size < whole.size(); ++size) {
        EXPECT_FALSE(decode<PropertyRequest>(std::span(whole).first(size))) << size;
    }
    auto longer = whole;
    longer.push_back(0);
    EXPECT_FALSE(decode<PropertyRequest>(longer));
}

TEST(Protocol, ALengthBeyondThePayloadIsRefused) {
    Writer writer;
    writer.put(OSStatus{0});
    writer.put(uint32_t{0xFFFFFFFF});
    EXPECT_FALSE(decode<Reply>(writer.take()));
}

TEST(Protocol, RandomPayloadsAreDecodedOrRefusedWithoutHarm) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 20000; ++round) {
        std::vector<uint8_t> payload(random() % 80);
        for (auto& byte : payload) byte = static_cast<uint8_t>(random() % 3 == 0 ? random() : 0);
        std::string why;
        decode_hello_control(payload, why);
        decode_hello_io(payload, why);
        decode<PropertyRequest>(payload);
        decode<ClientRequest>(payload);
        decode<Reply>(payload);
        decode<PropertiesChanged>(payload);
        if (const auto cycle = decode<Cycle>(payload)) {
            EXPECT_LE(cycle->channels.size(), kMaxStreams);
        }
        decode<CycleDone>(payload);
        decode_cf(ValueKind::kPropertyList, payload);
    }
}

TEST(CfValue, StringsUrlsAndListsSurviveTheJourney) {
    const auto string = encode_cf(ValueKind::kString, CFSTR("Grüße"));
    ASSERT_TRUE(string);
    EXPECT_EQ(text_of(decode_cf(ValueKind::kString, *string)->get()), "Grüße");

    const std::string path = "/tmp/a b.icns";
    const CfRef url(CFURLCreateFromFileSystemRepresentation(
        nullptr, reinterpret_cast<const UInt8*>(path.data()), static_cast<CFIndex>(path.size()), 0));
    const auto decoded = decode_cf(ValueKind::kUrl, *encode_cf(ValueKind::kUrl, url.get()));
    ASSERT_TRUE(decoded && *decoded);
    EXPECT_EQ(CFEqual(decoded->get(), url.get()), 1);

    EXPECT_EQ(encode_cf(ValueKind::kString, nullptr), std::vector<uint8_t>{});
    EXPECT_FALSE(decode_cf(ValueKind::kString, std::vector<uint8_t>{})->get());
}

TEST(CfValue, AnotherTypeIsRefused) {
    EXPECT_FALSE(encode_cf(ValueKind::kUrl, CFSTR("/")));
    const auto number = encode_cf(ValueKind::kPropertyList, kCFBooleanTrue);
    ASSERT_TRUE(number);
    EXPECT_FALSE(decode_cf(ValueKind::kString, *number));
    EXPECT_FALSE(decode_cf(ValueKind::kString, std::vector<uint8_t>{1, 2, 3}));
}

}  // namespace
