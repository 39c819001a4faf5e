// Checks run in child processes: a crash or a hang is the check's result, not the end of the run.
#pragma once

#include <optional>
#include <string>

#include "minihal/halval/check.hpp"
#include "minihal/host/bundle.hpp"

namespace minihal::halval {

// Real time, against waiting for ever; nothing is measured by it.
struct Patience {
    int check_seconds = 60;        // until a check hangs
    int notification_seconds = 5;  // until a notification is missing
};

// Loads the bundle's code in a child and gives it up again: why that cannot be done, if so. A crash meanwhile is no answer here but
// that of the check that loads it.
std::optional<std::string> try_loading(const BundleInfo& bundle, const Patience& patience);

Result run_check(const Check& check, const BundleInfo& bundle, const Patience& patience);

}  // namespace minihal::halval
