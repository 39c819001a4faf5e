#pragma once

#include <string_view>

namespace gecko::platform {

/// What kind of device a transport is, for people: "built-in", "USB", ...; "other" if it is none that is known.
///
/// transport  four characters, as systems name it: "bltn", "usb ", "blue", "virt", "grup", ...
std::string_view transport_words(std::string_view transport) noexcept;

}  // namespace gecko::platform
