#include "platform/transport.hpp"

#include <utility>

namespace gecko::platform {

std::string_view transport_words(std::string_view transport) noexcept {
    constexpr std::pair<std::string_view, std::string_view> kKinds[] = {
        {"bltn", "built-in"}, {"usb ", "USB"},         {"blue", "Bluetooth"}, {"blea", "Bluetooth"},
        {"hdmi", "HDMI"},     {"dprt", "DisplayPort"}, {"airp", "AirPlay"},   {"thun", "Thunderbolt"},
        {"pci ", "PCI"},      {"virt", "virtual"},     {"grup", "aggregate"}, {"fgrp", "aggregate"},
    };
    for (const auto& [kind, words] : kKinds)
        if (transport == kind) return words;
    return "other";
}

}  // namespace gecko::platform
