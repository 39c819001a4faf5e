#pragma once

#include <filesystem>

#include "doctor/evidence.hpp"

namespace gecko::doctor {

/// What `codesign --verify --strict` and `codesign -dvv` say of a bundle.
///
/// codesign  path of the program
Signature look_at_signature(const std::filesystem::path& bundle, const std::filesystem::path& codesign);

}  // namespace gecko::doctor
