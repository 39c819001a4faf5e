#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gecko::settings {

/// Up to three of `known` that somebody who typed `name` may have meant, nearest first; empty when none is near. Case and
/// separators do not count.
std::vector<std::string_view> near_names(std::string_view name, std::span<const std::string_view> known);

/// "Did you mean a or b? ", or "" if there is none to suggest.
std::string suggestion(std::span<const std::string_view> near);

}  // namespace gecko::settings
