#include "minihal/wire/protocol.hpp"

#include <fmt/format.h>

namespace minihal::wire {

namespace {

void put_hello(Writer& writer) {
    writer.put(kMagic);
    writer.put(kVersion);
}

bool hello_fits(Reader& reader, std::string& why) {
    const auto magic = reader.get<uint32_t>();
    const auto version = reader.get<uint32_t>();
    if (!reader.ok() || magic != kMagic) {
        why = "the first message is no greeting";
        return false;
    }
    if (version != kVersion) {
        why = fmt::format("protocol version {} where {} is spoken; use client and server of one build",
                          version, kVersion);
        return false;
    }
    return true;
}

std::vector<uint8_t> copied(std::span<const uint8_t> bytes) {
    return {bytes.begin(), bytes.end()};
}

bool is_on(uint32_t inputs, size_t stream) {
    return (inputs >> stream & 1) != 0;
}

// Samples of those of the input streams in one cycle.
size_t samples_of(const Cycle& cycle, uint32_t inputs) {
    size_t channels = 0;
    for (size_t i = 0; i < cycle.input_channels.size(); ++i) {
        if (is_on(inputs, i)) channels += cycle.input_channels[i];
    }
    return channels * cycle.frames;
}

}  // namespace

Cycle narrowed(const Cycle& cycle, uint32_t inputs) {
    Cycle narrow = cycle;
    if ((cycle.inputs & ~inputs) == 0) return narrow;
    narrow.inputs = cycle.inputs & inputs;
    narrow.input.clear();
    auto from = cycle.input.begin();
    for (size_t i = 0; i < cycle.input_channels.size(); ++i) {
        if (!is_on(cycle.inputs, i)) continue;
        const auto count = static_cast<std::ptrdiff_t>(size_t{cycle.input_channels[i]} * cycle.frames);
        if (is_on(inputs, i)) narrow.input.insert(narrow.input.end(), from, from + count);
        from += count;
    }
    return narrow;
}

std::vector<uint8_t> encode(const HelloControl& hello) {
    Writer writer;
    put_hello(writer);
    writer.put_text(hello.bundle_id);
    return writer.take();
}

std::vector<uint8_t> encode(const HelloIo& hello) {
    Writer writer;
    put_hello(writer);
    writer.put(hello.token);
    writer.put(hello.device);
    return writer.take();
}

std::vector<uint8_t> encode(const PropertyRequest& request) {
    Writer writer;
    writer.put(request.object);
    writer.put(request.address);
    writer.put_bytes(request.qualifier);
    writer.put(request.size);
    writer.put_bytes(request.data);
    return writer.take();
}

std::vector<uint8_t> encode(const ClientRequest& request) {
    Writer writer;
    writer.put(request.client);
    return writer.take();
}

std::vector<uint8_t> encode(const InputsRequest& request) {
    Writer writer;
    writer.put(request.client);
    writer.put(request.inputs);
    return writer.take();
}

std::vector<uint8_t> encode(const Reply& reply) {
    Writer writer;
    writer.put(reply.status);
    writer.put_bytes(reply.value);
    return writer.take();
}

std::vector<uint8_t> encode(const PropertiesChanged& changed) {
    Writer writer;
    writer.put(changed.object);
    writer.put(static_cast<uint32_t>(changed.addresses.size()));
    for (const auto& address : changed.addresses) writer.put(address);
    return writer.take();
}

std::vector<uint8_t> encode(const Cycle& cycle) {
    Writer writer;
    writer.put(cycle.number);
    writer.put(cycle.frames);
    writer.put(cycle.now);
    writer.put(cycle.input_time);
    writer.put(cycle.output_time);
    writer.put(static_cast<uint32_t>(cycle.channels.size()));
    for (const auto channels : cycle.channels) writer.put(channels);
    writer.put(static_cast<uint32_t>(cycle.input_channels.size()));
    for (const auto channels : cycle.input_channels) writer.put(channels);
    writer.put(cycle.inputs);
    writer.append(cycle.input.data(), cycle.input.size() * sizeof(float));
    return writer.take();
}

std::vector<uint8_t> encode(const CycleDone& done) {
    Writer writer;
    writer.put(done.number);
    writer.append(done.samples.data(), done.samples.size());
    return writer.take();
}

std::optional<HelloControl> decode_hello_control(std::span<const uint8_t> payload, std::string& why) {
    Reader reader(payload);
    if (!hello_fits(reader, why)) return std::nullopt;
    HelloControl hello{.bundle_id = reader.text()};
    if (reader.finished()) return hello;
    why = "a malformed greeting";
    return std::nullopt;
}

std::optional<HelloIo> decode_hello_io(std::span<const uint8_t> payload, std::string& why) {
    Reader reader(payload);
    if (!hello_fits(reader, why)) return std::nullopt;
    HelloIo hello{};
    hello.token = reader.get<uint64_t>();
    hello.device = reader.get<AudioObjectID>();
    if (reader.finished()) return hello;
    why = "a malformed greeting";
    return std::nullopt;
}

template <>
std::optional<PropertyRequest> decode(std::span<const uint8_t> payload) {
    Reader reader(payload);
    PropertyRequest request;
    request.object = reader.get<AudioObjectID>();
    request.address = reader.get<AudioObjectPropertyAddress>();
    request.qualifier = copied(reader.bytes());
    request.size = reader.get<uint32_t>();
    request.data = copied(reader.bytes());
    if (!reader.finished() || request.size > kMaxValueSize) return std::nullopt;
    return request;
}

template <>
std::optional<ClientRequest> decode(std::span<const uint8_t> payload) {
    Reader reader(payload);
    const ClientRequest request{.client = reader.get<uint32_t>()};
    if (!reader.finished()) return std::nullopt;
    return request;
}

template <>
std::optional<InputsRequest> decode(std::span<const uint8_t> payload) {
    Reader reader(payload);
    InputsRequest request{};
    request.client = reader.get<uint32_t>();
    request.inputs = reader.get<uint32_t>();
    if (!reader.finished()) return std::nullopt;
    return request;
}

template <>
std::optional<Reply> decode(std::span<const uint8_t> payload) {
    Reader reader(payload);
    Reply reply;
    reply.status = reader.get<OSStatus>();
    reply.value = copied(reader.bytes());
    if (!reader.finished()) return std::nullopt;
    return reply;
}

template <>
std::optional<PropertiesChanged> decode(std::span<const uint8_t> payload) {
    Reader reader(payload);
    PropertiesChanged changed{};
    changed.object = reader.get<AudioObjectID>();
    const auto count = reader.get<uint32_t>();
    if (count > kMaxAddresses) return std::nullopt;
    for (uint32_t i = 0; i < count && reader.ok(); ++i) {
        changed.addresses.push_back(reader.get<AudioObjectPropertyAddress>());
    }
    if (!reader.finished()) return std::nullopt;
    return changed;
}

template <>
std::optional<Cycle> decode(std::span<const uint8_t> payload) {
    Reader reader(payload);
    Cycle cycle;
    cycle.number = reader.get<uint64_t>();
    cycle.frames = reader.get<uint32_t>();
    cycle.now = reader.get<AudioTimeStamp>();
    cycle.input_time = reader.get<AudioTimeStamp>();
    cycle.output_time = reader.get<AudioTimeStamp>();
    if (cycle.frames > kMaxBufferFrames) return std::nullopt;
    for (auto* const side : {&cycle.channels, &cycle.input_channels}) {
        const auto streams = reader.get<uint32_t>();
        if (streams > kMaxStreams) return std::nullopt;
        for (uint32_t i = 0; i < streams; ++i) {
            const auto channels = reader.get<uint32_t>();
            if (channels > kMaxChannels) return std::nullopt;
            side->push_back(channels);
        }
    }
    cycle.inputs = reader.get<uint32_t>();
    cycle.input.resize(samples_of(cycle, cycle.inputs));
    const auto input = reader.raw(cycle.input.size() * sizeof(float));
    if (!reader.finished()) return std::nullopt;
    if (!input.empty()) std::memcpy(cycle.input.data(), input.data(), input.size());
    return cycle;
}

template <>
std::optional<CycleDone> decode(std::span<const uint8_t> payload) {
    Reader reader(payload);
    CycleDone done;
    done.number = reader.get<uint64_t>();
    if (!reader.ok()) return std::nullopt;
    done.samples = payload.subspan(sizeof done.number);
    return done;
}

PropertyKinds decode_kinds(const Reply& reply) {
    if (reply.status != kAudioHardwareNoError) return {};
    Reader reader(reply.value);
    const auto kinds = reader.get<PropertyKinds>();
    const bool sound =
        reader.finished() && kinds.data <= ValueKind::kLast && kinds.qualifier <= ValueKind::kLast;
    return sound ? kinds : PropertyKinds{};
}

}  // namespace minihal::wire
