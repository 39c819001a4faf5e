// A check: a row of the one table of them all (checks.cpp).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace minihal::halval {

class Findings;
class Subject;

// How far a plug-in is brought before a check runs. Each stage is what one check, of its own, looks at.
enum class Stage : std::uint8_t {
    kNothing,      // its Info.plist is read
    kLoaded,       // its code is loaded
    kFactory,      // the factory has given the object for the driver interface
    kInitialized,  // Initialize has returned
    kObjects,      // its objects are known
};

inline constexpr int kLowestLevel = 1;
inline constexpr int kDefaultLevel = 5;
inline constexpr int kHighestLevel = 10;

struct Check {
    const char* name;
    int level;  // the lowest strictness that runs it
    Stage needs;
    void (*run)(Subject& subject, Findings& findings);
    const char* rule;   // what the contract says
    const char* where;  // and where
};

// In the order in which they run: a check that others build upon comes before them.
std::span<const Check> all_checks();

struct Level {
    int level;
    const char* adds;
};
std::span<const Level> all_levels();

enum class Outcome : std::uint8_t {
    kPassed,
    kFailed,
    kSkipped,  // the plug-in has nothing for it
    kBlocked,  // what it needs failed, which is another check's fault
};

struct Result {
    const Check* check;
    Outcome outcome;
    std::vector<std::string> seen;  // the faults, or what was looked at
};

}  // namespace minihal::halval
