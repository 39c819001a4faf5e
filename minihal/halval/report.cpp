#include "minihal/halval/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "minihal/system/printable.hpp"

namespace minihal::halval {

namespace {

constexpr size_t kMostLines = 4;  // of one check in the table

size_t count(const Run& run, Outcome outcome) {
    return static_cast<size_t>(std::ranges::count(run.results, outcome, &Result::outcome));
}

size_t name_width() {
    size_t width = 0;
    for (const auto& check : all_checks()) width = std::max(width, std::string_view(check.name).size());
    return width;
}

const char* colour_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::kPassed:
            return "\033[32m";
        case Outcome::kFailed:
            return "\033[1;31m";
        case Outcome::kBlocked:
            return "\033[33m";
        case Outcome::kSkipped:
            break;
    }
    return "\033[2m";
}

}  // namespace

bool Run::passed() const {
    return std::ranges::none_of(results, [](const Result& result) {
        return result.outcome == Outcome::kFailed || result.outcome == Outcome::kBlocked;
    });
}

const char* text_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::kPassed:
            return "pass";
        case Outcome::kFailed:
            return "FAIL";
        case Outcome::kSkipped:
            return "none";
        case Outcome::kBlocked:
            break;
    }
    return "not run";
}

std::string table(const Run& run, bool colours) {
    const auto width = name_width();
    std::string text =
        fmt::format("{} ({}), strictness {}\n\n", run.bundle, printable(run.bundle_id), run.strictness);
    const auto indent = std::string(width + 11, ' ');
    for (const auto& result : run.results) {
        const auto& check = *result.check;
        text += fmt::format("{:<{}}  ", check.name, width);
        if (colours) text += colour_of(result.outcome);
        text += fmt::format("{:<7}", text_of(result.outcome));
        if (colours) text += "\033[0m";
        text += "  ";
        for (size_t i = 0; i < result.seen.size() && i < kMostLines; ++i)
            text += (i == 0 ? "" : indent) + result.seen[i] + "\n";
        if (result.seen.empty()) text += "\n";
        if (result.seen.size() > kMostLines)
            text += fmt::format("{}and {} more\n", indent, result.seen.size() - kMostLines);
        if (result.outcome == Outcome::kFailed)
            text += fmt::format("{}contract: {} [{}]\n", indent, check.rule, check.where);
    }
    text += fmt::format("\n{} passed, {} failed", count(run, Outcome::kPassed), count(run, Outcome::kFailed));
    if (const auto none = count(run, Outcome::kSkipped))
        text += fmt::format(", {} with nothing to check", none);
    if (const auto blocked = count(run, Outcome::kBlocked)) text += fmt::format(", {} not run", blocked);
    return text + "\n";
}

std::string json(const Run& run) {
    constexpr const char* kOutcomes[] = {"passed", "failed", "skipped", "blocked"};
    nlohmann::ordered_json checks = nlohmann::ordered_json::array();
    for (const auto& result : run.results) {
        checks.push_back({{"name", result.check->name},
                          {"level", result.check->level},
                          {"result", kOutcomes[static_cast<size_t>(result.outcome)]},
                          {"seen", result.seen},
                          {"contract", result.check->rule},
                          {"where", result.check->where}});
    }
    const nlohmann::ordered_json all = {{"bundle", run.bundle},
                                        {"bundle_id", run.bundle_id},
                                        {"strictness", run.strictness},
                                        {"passed", run.passed()},
                                        {"checks", checks}};
    // What a plug-in says need not be UTF-8.
    return all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string list_of_checks() {
    const auto width = name_width();
    std::string text;
    for (const auto& level : all_levels()) {
        text += fmt::format("{}{}: {}\n", level.level == kDefaultLevel ? "Level (default) " : "Level ",
                            level.level, level.adds);
        for (const auto& check : all_checks())
            if (check.level == level.level)
                text += fmt::format("    {:<{}}  {} [{}]\n", check.name, width, check.rule, check.where);
    }
    return text;
}

std::string markdown_of_checks() {
    std::string text = "| check | level | what the contract says | where |\n|---|---|---|---|\n";
    for (const auto& level : all_levels())
        for (const auto& check : all_checks())
            if (check.level == level.level)
                text += fmt::format("| `{}` | {} | {} | {} |\n", check.name, check.level, check.rule,
                                    check.where);
    return text;
}

}  // namespace minihal::halval
