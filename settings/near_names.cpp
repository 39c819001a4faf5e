#include "settings/near_names.hpp"

#include <algorithm>
#include <compare>
#include <cstddef>
#include <numeric>

namespace gecko::settings {
namespace {

constexpr std::size_t kMaxSuggestions = 3;

// Typing is compared without the accidents of case and separators: "Bass Boost" is "bass-boost".
std::string folded(std::string_view name) {
    std::string result;
    for (char c : name) {
        if (c == ' ' || c == '_' || c == '-') continue;
        result += (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return result;
}

// Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b` (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = a[i - 1] == b[j - 1];
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0U : 1U)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before_last[j - 2] + 1);
            }
        }
        before_last.swap(last);
        last.swap(row);
    }
    return last.back();
}

}  // namespace

std::vector<std::string_view> near_names(std::string_view name,
                                         std::span<const std::string_view> known_names) {
    struct Candidate {
        std::size_t distance;
        std::size_t index;

        auto operator<=>(const Candidate&) const = default;
    };
    // Nobody types a long name by mistake, and the table of distances grows with it.
    constexpr std::size_t kLongestTypo = 64;
    const std::string typed = folded(name.substr(0, kLongestTypo));
    if (typed.empty()) return {};

    std::vector<Candidate> candidates;
    for (std::size_t index = 0; index < known_names.size(); ++index) {
        const std::string known = folded(known_names[index]);
        // The beginning of a name, a word of it, or a name with more behind it is as near as one slip.
        constexpr std::size_t kShortestWord = 3;
        const bool part = known.starts_with(typed) || typed.starts_with(known) ||
                          (typed.size() >= kShortestWord && known.find(typed) != std::string::npos);
        const std::size_t distance =
            part ? std::min<std::size_t>(1, edit_distance(typed, known)) : edit_distance(typed, known);
        // A third of the letters may be wrong; beyond that a suggestion is a guess.
        if (distance <= std::max<std::size_t>(1, std::max(typed.size(), known.size()) / 3)) {
            candidates.push_back({distance, index});
        }
    }
    std::sort(candidates.begin(), candidates.end());
    if (candidates.size() > kMaxSuggestions) candidates.resize(kMaxSuggestions);

    std::vector<std::string_view> names;
    names.reserve(candidates.size());
    for (const Candidate& candidate : candidates) names.push_back(known_names[candidate.index]);
    return names;
}

std::string suggestion(std::span<const std::string_view> near) {
    std::string words;
    for (const std::string_view& candidate : near) {
        words += (&candidate == near.data() ? "Did you mean " : " or ") + std::string(candidate);
    }
    return words.empty() ? words : words + "? ";
}

}  // namespace gecko::settings
