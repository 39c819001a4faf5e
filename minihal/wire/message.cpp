#include "minihal/wire/message.hpp"

#include <fmt/format.h>

namespace minihal::wire {

void MessageParser::append(std::span<const uint8_t> bytes) {
    if (begin_ > 0) {
        buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
        begin_ = 0;
    }
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

std::expected<std::optional<Message>, std::string> MessageParser::next() {
    if (buffer_.size() - begin_ < sizeof(MessageHeader)) return std::nullopt;
    MessageHeader header;
    std::memcpy(&header, buffer_.data() + begin_, sizeof header);
    if (header.type < static_cast<uint32_t>(MessageType::kHelloControl) ||
        header.type > static_cast<uint32_t>(MessageType::kLast)) {
        return std::unexpected(fmt::format("message of unknown type {}", header.type));
    }
    if (header.size > kMaxPayload) {
        return std::unexpected(
            fmt::format("message of {} bytes, more than the {} allowed", header.size, kMaxPayload));
    }
    if (buffer_.size() - begin_ - sizeof header < header.size) return std::nullopt;
    Message message{.type = static_cast<MessageType>(header.type), .id = header.id, .payload = {}};
    const auto* const start = buffer_.data() + begin_ + sizeof header;
    message.payload.assign(start, start + header.size);
    begin_ += sizeof header + header.size;
    return message;
}

void Writer::put_bytes(std::span<const uint8_t> bytes) {
    put(static_cast<uint32_t>(bytes.size()));
    append(bytes.data(), bytes.size());
}

void Writer::put_text(std::string_view text) {
    put(static_cast<uint32_t>(text.size()));
    append(text.data(), text.size());
}

void Writer::append(const void* bytes, size_t size) {
    const auto* const first = static_cast<const uint8_t*>(bytes);
    payload_.insert(payload_.end(), first, first + size);
}

std::string Reader::text() {
    const auto characters = bytes();
    return {characters.begin(), characters.end()};
}

std::span<const uint8_t> Reader::raw(size_t size) {
    if (!ok_ || size > rest_.size()) {
        ok_ = false;
        rest_ = {};
        return {};
    }
    const auto part = rest_.first(size);
    rest_ = rest_.subspan(size);
    return part;
}

std::vector<uint8_t> packed(MessageType type, uint32_t id, std::span<const uint8_t> payload) {
    const MessageHeader header{
        .size = static_cast<uint32_t>(payload.size()), .type = static_cast<uint32_t>(type), .id = id};
    std::vector<uint8_t> block(sizeof header + payload.size());
    std::memcpy(block.data(), &header, sizeof header);
    if (!payload.empty()) std::memcpy(block.data() + sizeof header, payload.data(), payload.size());
    return block;
}

}  // namespace minihal::wire
