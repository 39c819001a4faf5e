// Messages as they travel: a header, then a payload of as many bytes as the header says.
//
// Both ends run on one machine, so numbers are in its byte order. Nothing that arrives is trusted: the parser refuses
// wrong headers, and the reader never goes beyond the payload.
#pragma once

#include <cstdint>
#include <cstring>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace minihal::wire {

enum class MessageType : uint32_t {
    // Client to server, first message of each connection.
    kHelloControl = 1,
    kHelloIo,
    // Client to server, on the control connection; each is answered by kReply with the same id.
    kHasProperty,
    kIsPropertySettable,
    kGetPropertyDataSize,
    kGetPropertyData,
    kSetPropertyData,
    kGetPropertyKinds,
    kAddListener,
    kRemoveListener,
    kStartIo,
    kStopIo,
    kSetInputs,
    // Client to server, on an IO connection.
    kCycleDone,
    // Server to client.
    kReply,
    kPropertiesChanged,
    kCycle,
    kGoodbye,
    kLast = kGoodbye,
};

struct MessageHeader {
    uint32_t size;  // of the payload, bytes
    uint32_t type;
    uint32_t id;  // of a request and its reply
};
static_assert(sizeof(MessageHeader) == 12);

// Larger than any cycle (16 streams of 64 channels, 4096 frames) and any sensible property.
inline constexpr uint32_t kMaxPayload = 32u << 20;

struct Message {
    MessageType type = MessageType::kReply;
    uint32_t id = 0;
    std::vector<uint8_t> payload;
};

// Takes a connection's bytes as they come and gives whole messages.
class MessageParser {
  public:
    void append(std::span<const uint8_t> bytes);
    // The next whole message, nothing if there is none yet, or why the peer does not speak this protocol. After an
    // error the connection is good for nothing.
    std::expected<std::optional<Message>, std::string> next();
    // Bytes of an unfinished message: the peer was cut off in the middle.
    bool inside_message() const { return begin_ < buffer_.size(); }

  private:
    std::vector<uint8_t> buffer_;
    size_t begin_ = 0;  // of what has not been given out
};

// Puts a payload together.
class Writer {
  public:
    template <typename T>
        requires std::is_trivially_copyable_v<T>
    void put(const T& value) {
        append(&value, sizeof value);
    }
    // A 32-bit length, then the bytes.
    void put_bytes(std::span<const uint8_t> bytes);
    void put_text(std::string_view text);
    void append(const void* bytes, size_t size);
    std::vector<uint8_t> take() { return std::move(payload_); }

  private:
    std::vector<uint8_t> payload_;
};

// Takes a payload apart. After a read beyond the end everything reads as zero and ok() is false.
class Reader {
  public:
    explicit Reader(std::span<const uint8_t> payload) : rest_(payload) {}
    template <typename T>
        requires std::is_trivially_copyable_v<T>
    T get() {
        T value{};
        if (const auto bytes = raw(sizeof value); bytes.size() == sizeof value) {
            std::memcpy(&value, bytes.data(), sizeof value);
        }
        return value;
    }
    // What put_bytes wrote; valid as long as the payload.
    std::span<const uint8_t> bytes() { return raw(get<uint32_t>()); }
    std::string text();
    std::span<const uint8_t> raw(size_t size);
    // Nothing was missing so far.
    bool ok() const { return ok_; }
    // Nothing was missing and nothing is left.
    bool finished() const { return ok_ && rest_.empty(); }

  private:
    std::span<const uint8_t> rest_;
    bool ok_ = true;
};

// Header and payload in one block, for one write.
std::vector<uint8_t> packed(MessageType type, uint32_t id, std::span<const uint8_t> payload);

}  // namespace minihal::wire
