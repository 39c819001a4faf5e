// What halval prints.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "minihal/halval/check.hpp"

namespace minihal::halval {

struct Run {
    std::string bundle;  // as it was named
    std::string bundle_id;
    int strictness;
    std::vector<Result> results;
    bool passed() const;
};

std::string table(const Run& run, bool colours);
std::string json(const Run& run);
// The checks and the levels, for --list.
std::string list_of_checks();
// The same as a table in Markdown, for the documentation.
std::string markdown_of_checks();

const char* text_of(Outcome outcome);

}  // namespace minihal::halval
