#pragma once

#include "doctor/bundle.hpp"
#include "doctor/evidence.hpp"

namespace gecko::doctor {

/// Looks at everything, changes nothing. May take some seconds.
///
/// place          of the driver's bundle; without one, none is looked for
/// gecko_version  of this program
Evidence collect(const BundlePlace& place, const std::string& gecko_version);

}  // namespace gecko::doctor
