// The properties of the system object. Those that can be set are the default devices (DefaultDevices).
#pragma once

#include <expected>
#include <span>
#include <vector>

#include "minihal/host/registry.hpp"

namespace minihal::system_object {

bool has(const AudioObjectPropertyAddress& address);
// The value as it travels: CF objects as property lists, and so `qualifier`.
std::expected<std::vector<uint8_t>, OSStatus> get(Registry& registry,
                                                  const AudioObjectPropertyAddress& address,
                                                  std::span<const uint8_t> qualifier);

}  // namespace minihal::system_object
