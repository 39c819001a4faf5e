#include "settings/document.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>
#include <vector>

namespace gecko::settings {
namespace {

using nlohmann::json;

constexpr std::size_t kDeepest = 32;

/// Steps through a text and tells how far the parser has come.
class Reader {
  public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    Reader() = default;
    Reader(const char* at, const char** reached) : at_(at), reached_(reached) {}
    reference operator*() const { return *at_; }
    Reader& operator++() {
        *reached_ = ++at_;
        return *this;
    }
    Reader operator++(int) {
        Reader before = *this;
        ++*this;
        return before;
    }
    friend bool operator==(const Reader& a, const Reader& b) { return a.at_ == b.at_; }

  private:
    const char* at_ = nullptr;
    const char** reached_ = nullptr;
};

SyntaxError error_at(std::string_view text, std::size_t byte, std::string what) {
    const std::string_view before = text.substr(0, std::min(byte, text.size()));
    const auto line = 1 + std::ranges::count(before, '\n');
    const std::string_view same = before.substr(before.rfind('\n') + 1);  // npos + 1 is 0
    const auto column = 1 + std::ranges::count_if(same, [](unsigned char c) { return (c & 0xC0U) != 0x80U; });
    return {.line = static_cast<std::size_t>(line),
            .column = static_cast<std::size_t>(column),
            .what = std::move(what)};
}

/// The part of the library's message that says what is wrong, without the text it quotes, which may be anything.
std::string words_of(std::string_view message) {
    if (const auto end = message.find("] "); end != std::string_view::npos) message.remove_prefix(end + 2);
    if (message.starts_with("parse error at ")) message.remove_prefix(message.find(": ") + 2);
    std::string words(message.substr(0, message.find("; last read")));
    std::ranges::replace_if(words, [](unsigned char c) { return c < 0x20 || c >= 0x7F; }, '?');
    return words;
}

/// Follows the parser and notes where things stand.
class Lines {
  public:
    Lines(std::string_view text, const char*& reached) : text_(text), reached_(reached) {}

    bool null() { return item(); }
    bool boolean(bool) { return item(); }
    bool number_integer(json::number_integer_t) { return item(); }
    bool number_unsigned(json::number_unsigned_t) { return item(); }
    bool number_float(json::number_float_t, const std::string&) { return item(); }
    bool string(std::string&) { return item(); }
    bool binary(json::binary_t&) { return item(); }
    bool start_object(std::size_t) { return item() && enter(false); }
    bool start_array(std::size_t) { return item() && enter(true); }
    bool end_object() { return leave(); }
    bool end_array() { return leave(); }
    bool key(std::string& name) {
        Level& level = levels_.back();
        level.name = name;
        note();
        if (level.seen.insert(name).second) return true;
        return refuse("the key \"" + path() + "\" is there twice");
    }
    bool parse_error(std::size_t byte, const std::string&, const json::exception& error) {
        error_ = error_at(text_, byte == 0 ? 0 : byte - 1, words_of(error.what()));
        return false;
    }

    std::map<std::string, std::size_t, std::less<>> take_lines() { return std::move(lines_); }
    SyntaxError take_error() { return std::move(error_); }

  private:
    struct Level {
        bool list;
        std::size_t index = 0;       // of the next item
        std::string name;            // of the key or item that is being read
        std::set<std::string> seen;  // keys
    };

    [[nodiscard]] std::string path() const {
        std::string text;
        for (const Level& level : levels_) text += (text.empty() ? "" : "/") + level.name;
        return text;
    }
    void note() { lines_[path()] = error_at(text_, position() - 1, {}).line; }
    [[nodiscard]] std::size_t position() const { return static_cast<std::size_t>(reached_ - text_.data()); }
    bool item() {
        if (levels_.empty() || !levels_.back().list) return true;
        levels_.back().name = std::to_string(levels_.back().index++);
        note();
        return true;
    }
    bool enter(bool list) {
        if (levels_.size() == kDeepest) return refuse("it is nested too deeply");
        levels_.push_back({.list = list, .index = 0, .name = {}, .seen = {}});
        return true;
    }
    bool leave() {
        levels_.pop_back();
        return true;
    }
    bool refuse(std::string what) {
        std::ranges::replace_if(what, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
        error_ = error_at(text_, position() - 1, std::move(what));
        return false;
    }

    std::string_view text_;
    const char*& reached_;
    std::vector<Level> levels_;
    std::map<std::string, std::size_t, std::less<>> lines_;
    SyntaxError error_{};
};

}  // namespace

std::expected<Document, SyntaxError> parse_document(std::string_view text) {
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const char* reached = begin;
    Lines lines(text, reached);
    if (!json::sax_parse(Reader(begin, &reached), Reader(end, &reached), &lines))
        return std::unexpected(lines.take_error());
    return Document{.value = json::parse(text), .lines = lines.take_lines()};
}

}  // namespace gecko::settings
