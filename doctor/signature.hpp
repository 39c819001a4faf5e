#pragma once

#include <filesystem>
#include <string>

namespace gecko::doctor {

/// What `codesign --verify --strict` says of a bundle; "" if the signature is good. "" as well where there is no codesign.
std::string signature_problem(const std::filesystem::path& bundle);

}  // namespace gecko::doctor
