#include "engine/shared_memory_source.hpp"

#include <array>

namespace gecko::engine {

SharedMemorySource::SharedMemorySource(const shm::RingReader& reader) noexcept
    : reader_(reader), position_(reader.state().position) {}

void SharedMemorySource::seek(std::uint64_t position) noexcept GECKO_NONBLOCKING {
    position_ = position;
    channel_ = 0;
}

SharedMemorySource::Read SharedMemorySource::read(std::span<float> out) noexcept GECKO_NONBLOCKING {
    const std::size_t wanted = out.size() / reader_.geometry().channels();
    const shm::CopyResult result = reader_.copy(position_, out);
    const std::size_t there = wanted - result.late;
    seek(position_ + there);
    reader_.set_read_position(position_);
    return {.frames = there, .overtaken = result.overtaken};
}

std::optional<float> SharedMemorySource::next() noexcept GECKO_NONBLOCKING {
    std::array<float, 8> frame{};  // as many channels as a geometry can have
    const std::uint32_t channels = reader_.geometry().channels();
    if (reader_.copy(position_, std::span(frame).first(channels)).late > 0) return std::nullopt;
    const float sample = frame[channel_];
    if (++channel_ == channels) {
        seek(position_ + 1);
        reader_.set_read_position(position_);
    }
    return sample;
}

}  // namespace gecko::engine
