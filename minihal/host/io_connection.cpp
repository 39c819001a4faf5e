#include "minihal/host/io_connection.hpp"

#include <cstring>

namespace minihal {

using wire::MessageType;

IoConnection::IoConnection(wire::Descriptor descriptor, wire::MessageParser parser)
    : descriptor_(std::move(descriptor)), parser_(std::move(parser)) {}

void IoConnection::send_cycle(const wire::Cycle& cycle, size_t sample_count) {
    if (closed_) return;
    const auto block = packed(MessageType::kCycle, 0, encode(cycle));
    // One small message at a time is outstanding, so a socket that does not take it whole is broken.
    if (wire::send_some(descriptor_.get(), block) != static_cast<ssize_t>(block.size())) {
        close("it takes no cycles");
        return;
    }
    cycle_ = cycle.number;
    expected_samples_ = sample_count;
    samples_.reset();
}

std::optional<std::vector<float>> IoConnection::take_samples() {
    expected_samples_.reset();
    return std::exchange(samples_, std::nullopt);
}

void IoConnection::receive() {
    const auto received =
        wire::receive(descriptor_.get(), [this](std::span<const uint8_t> bytes) { parser_.append(bytes); });
    while (!closed_) {
        auto message = parser_.next();
        if (!message) {
            close(message.error());
        } else if (!*message) {
            break;
        } else {
            take(**message);
        }
    }
    if (received == wire::Received::kEnd && !closed_) {
        close(parser_.inside_message() ? "it was cut off within a message" : "it has ended");
    }
}

void IoConnection::take(const wire::Message& message) {
    const auto done = message.type == MessageType::kCycleDone ? wire::decode<wire::CycleDone>(message.payload)
                                                              : std::nullopt;
    if (!done) return close("a message that has no place on an IO connection");
    if (!expected_samples_ || done->number != cycle_) return close("an answer to a cycle that was not asked");
    if (done->samples.size() != *expected_samples_ * sizeof(float)) return close("a cycle of the wrong size");
    samples_.emplace(*expected_samples_);
    if (!samples_->empty()) std::memcpy(samples_->data(), done->samples.data(), done->samples.size());
    expected_samples_.reset();
}

void IoConnection::close(const std::string& reason) {
    if (closed_) return;
    closed_ = reason;
    wire::Writer writer;
    writer.put_text(reason);
    wire::send_some(descriptor_.get(), packed(MessageType::kGoodbye, 0, writer.take()));
    descriptor_ = {};
    expected_samples_.reset();
    samples_.reset();
}

}  // namespace minihal
