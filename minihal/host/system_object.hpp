// The properties of the system object.
#pragma once

#include <expected>
#include <span>
#include <vector>

#include "minihal/host/registry.hpp"

namespace minihal::system_object {

bool has(const AudioObjectPropertyAddress& address);
bool settable(const AudioObjectPropertyAddress& address);
// The value as it travels: CF objects as property lists, and so `qualifier`.
std::expected<std::vector<uint8_t>, OSStatus> get(Registry& registry,
                                                  const AudioObjectPropertyAddress& address,
                                                  std::span<const uint8_t> qualifier);
// `changed` says whether it has another value now.
OSStatus set(Registry& registry, const AudioObjectPropertyAddress& address, std::span<const uint8_t> value,
             bool& changed);
// Gives default devices that are gone, or were never there, to the first device that can be one.
void choose_defaults(Registry& registry);

}  // namespace minihal::system_object
