#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/evidence.hpp"

namespace gecko::doctor {

enum class State : std::uint8_t {
    right,
    wrong,
    note,      ///< right as far as it goes, and worth knowing
    not_here,  ///< nothing of the kind on this system
    unknown,   ///< cannot be said while something else is wrong, or nobody is attached
};

/// "right", "wrong", "note", "not on this system", "cannot be said".
std::string_view name_of(State state) noexcept;

/// What a check found.
struct Finding {
    State state;
    std::string found;   ///< one line for people
    std::string advice;  ///< instead of the check's own, where that does not fit; "" as a rule
};

struct Check {
    std::string_view id;
    std::string_view title;    ///< how it should be
    std::string_view do_this;  ///< what to do when it is wrong
    std::string_view depends;  ///< ID of an earlier check without which this one means nothing; ""
    Finding (*look)(const Evidence& evidence);
};

struct Result {
    const Check* check;
    State state;
    std::string found;
    std::string advice;  ///< what to do; "" where nothing is
};

/// In the order in which they are shown; a check comes behind what it depends on.
std::span<const Check> checks() noexcept;

/// All checks. One whose ground is not right says that it cannot be said.
std::vector<Result> examine(const Evidence& evidence);

/// Whether nothing is wrong.
bool all_right(std::span<const Result> results) noexcept;

}  // namespace gecko::doctor
