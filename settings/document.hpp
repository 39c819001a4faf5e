#pragma once

#include <cstddef>
#include <expected>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace gecko::settings {

/// A JSON text with the lines that its parts stand on.
struct Document {
    nlohmann::json value;
    /// Lines, from 1, of keys and of items of lists by their path: "applications/0/preset".
    std::map<std::string, std::size_t, std::less<>> lines;
};

/// Why a text is no JSON.
struct SyntaxError {
    std::size_t line;    ///< from 1
    std::size_t column;  ///< in characters, from 1
    std::string what;
};

/// Parses UTF-8. A key twice in one object, and what is nested deeper than settings ever are, is an error as well.
std::expected<Document, SyntaxError> parse_document(std::string_view text);

}  // namespace gecko::settings
