#include "driver/attach_request.hpp"

#include <cstring>

#include "driver/cf.hpp"
#include "driver/rates.hpp"

namespace gecko::driver {
namespace {

std::unexpected<AttachFailure> malformed(const char* reason) noexcept {
    return std::unexpected(
        AttachFailure{.status = kAudioHardwareUnspecifiedError, .step = "request", .reason = reason});
}

/// RFC 4648's letters and digits, in either case.
constexpr bool is_base32(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7');
}

bool is_segment_name(const char* name) noexcept {
    const std::size_t prefix = std::strlen(shm::kNamePrefix);
    if (std::strncmp(name, shm::kNamePrefix, prefix) != 0) return false;
    const char* random = name + prefix;
    if (std::strlen(random) != shm::kNameRandom) return false;
    for (; *random != '\0'; ++random)
        if (!is_base32(*random)) return false;
    return true;
}

}  // namespace

bool asks_for_detach(CFDictionaryRef dictionary) noexcept {
    const auto detach =
        static_cast<CFBooleanRef>(find_value(dictionary, shm::key::kDetach, ::CFBooleanGetTypeID()));
    return detach != nullptr && ::CFBooleanGetValue(detach) && ::CFDictionaryGetCount(dictionary) == 1;
}

std::expected<AttachRequest, AttachFailure> parse_attach_request(CFDictionaryRef dictionary) noexcept {
    std::array<char, shm::kNameLimit + 1> name{};
    if (!find_text(dictionary, shm::key::kName, name.data(), name.size()) || !is_segment_name(name.data()))
        return malformed("'name' is not a segment's name");
    const auto abi = find_number(dictionary, shm::key::kAbi);
    if (!abi) return malformed("'abi' is not a number");
    const auto channels = find_number(dictionary, shm::key::kChannels);
    if (!channels) return malformed("'channels' is not a number");
    const auto frames = find_number(dictionary, shm::key::kFrames);
    if (!frames) return malformed("'frames' is not a number");

    if (*abi != shm::kProtocolVersion) {
        return std::unexpected(AttachFailure{.status = kAudioHardwareUnsupportedOperationError,
                                             .step = "version",
                                             .reason = "the request has another protocol version",
                                             .error_number = 0,
                                             .app_protocol = *abi});
    }
    const auto geometry = shm::Geometry::of(*frames, *channels);
    if (!geometry || geometry->channels() != kChannels) {
        return std::unexpected(
            AttachFailure{.status = kAudioDeviceUnsupportedFormatError,
                          .step = "format",
                          .reason = "the device has no ring of these frames and channels"});
    }
    return AttachRequest{.name = name, .geometry = *geometry};
}

}  // namespace gecko::driver
