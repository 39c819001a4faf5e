#include "platform/backend.hpp"

#include <algorithm>

namespace gecko::platform {
namespace {

using Found = std::expected<std::optional<Device>, PlatformError>;

Found the_one(std::expected<std::vector<Device>, PlatformError> devices, bool Device::* wanted) {
    if (!devices) return std::unexpected(devices.error());
    const auto found = std::ranges::find_if(*devices, wanted);
    if (found == devices->end()) return std::nullopt;
    return std::move(*found);
}

}  // namespace

Found PlatformBackend::default_output() {
    return the_one(devices(), &Device::is_default_output);
}

Found PlatformBackend::virtual_sink() {
    return the_one(devices(), &Device::is_gecko_sink);
}

}  // namespace gecko::platform
