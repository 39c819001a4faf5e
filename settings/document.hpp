#pragma once

#include <cstddef>
#include <expected>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace gecko::settings {

/// Why a text is no JSON that settings can be read from.
struct SyntaxError {
    std::size_t line;    ///< from 1
    std::size_t column;  ///< in characters, from 1
    std::string what;
    double version = 0;  ///< the largest number that "version" has in what was understood; 0: none
};

/// Parses UTF-8, in a time that grows with the text and no faster. A key twice in one object is an error as well; what is nested deeper
/// than settings ever are is left out.
std::expected<nlohmann::json, SyntaxError> parse_document(std::string_view text);

/// The line, from 1, of `path` ("applications/0/preset": keys, and places in lists) in a text that was parsed; where that is not
/// there of the nearest part around it that is, and nothing where none is.
std::optional<std::size_t> line_of(std::string_view text, std::string_view path);

}  // namespace gecko::settings
