#include "shm/pcm_ring.hpp"

#include <algorithm>
#include <cstring>

namespace gecko::shm {

void PcmRing::put(std::uint64_t position, const float* pcm, std::uint64_t frames) noexcept GECKO_NONBLOCKING {
    const std::size_t ring = geometry_.samples();
    const std::size_t start = geometry_.index_of(position);
    const std::size_t samples = static_cast<std::size_t>(frames) * geometry_.channels();
    const std::size_t first = std::min(samples, ring - start);
    if (pcm != nullptr) {
        std::memcpy(samples_ + start, pcm, first * sizeof(float));
        if (samples > first) std::memcpy(samples_, pcm + first, (samples - first) * sizeof(float));
    } else {
        std::memset(samples_ + start, 0, first * sizeof(float));
        std::memset(samples_, 0, (samples - first) * sizeof(float));
    }
}

}  // namespace gecko::shm
