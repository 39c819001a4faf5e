#include "settings/document.hpp"

#include <algorithm>
#include <iterator>
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

/// What all that follows the parser has to say to it: that a value came, that a list or an object begins or ends.
template <class Derived>
class Handler {
  public:
    void follow() {
        const char* const begin = text_.data();
        json::sax_parse(Reader(begin, &reached_), Reader(begin + text_.size(), &reached_), &self());
    }

    bool null() { return self().scalar(nullptr); }
    bool boolean(bool value) { return self().scalar(value); }
    bool number_integer(json::number_integer_t value) { return self().scalar(value); }
    bool number_unsigned(json::number_unsigned_t value) { return self().scalar(value); }
    bool number_float(json::number_float_t value, const std::string&) { return self().scalar(value); }
    bool string(std::string& value) { return self().scalar(std::move(value)); }
    bool binary(json::binary_t&) { return false; }  // never in a text
    bool start_object(std::size_t) { return self().begin(json::object()); }
    bool start_array(std::size_t) { return self().begin(json::array()); }
    bool end_object() { return self().end(); }
    bool end_array() { return self().end(); }

  protected:
    [[nodiscard]] SyntaxError error_here(std::string what) const {
        return error_at(text_, static_cast<std::size_t>(reached_ - text_.data()) - 1, std::move(what));
    }

    std::string_view text_;

  private:
    friend Derived;

    explicit Handler(std::string_view text) : text_(text), reached_(text.data()) {}
    Derived& self() { return static_cast<Derived&>(*this); }

    const char* reached_;
};

/// Makes the tree. The library's own goes as deep as the text does.
class Builder : public Handler<Builder> {
  public:
    explicit Builder(std::string_view text) : Handler(text) {}

    bool scalar(json value) {
        if (left_out_ == 0) put(std::move(value));
        return true;
    }
    bool begin(json empty) {
        if (left_out_ > 0 || open_.size() == kDeepest) {
            if (left_out_++ == 0) put(std::move(empty));
        } else {
            open_.push_back({.at = put(std::move(empty)), .name = {}});
        }
        return true;
    }
    bool end() {
        if (left_out_ > 0) {
            --left_out_;
        } else {
            open_.pop_back();
        }
        return true;
    }
    bool key(std::string& name) {
        if (left_out_ > 0) return true;
        Level& level = open_.back();
        level.name = std::move(name);
        // Reads on: the version may come later.
        if (!error_ && level.at->contains(level.name)) error_ = twice();
        return true;
    }
    bool parse_error(std::size_t byte, const std::string&, const json::exception& error) {
        if (!error_) error_ = error_at(text_, byte == 0 ? 0 : byte - 1, words_of(error.what()));
        return false;
    }

    std::expected<json, SyntaxError> take() {
        if (!error_) return std::move(root_);
        error_->version = version_;
        return std::unexpected(*std::move(error_));
    }

  private:
    struct Level {
        json* at;          // stays where it is while it is open: nothing is put beside it meanwhile
        std::string name;  // of the key that is being read
    };

    json* put(json value) {
        if (open_.empty()) return &(root_ = std::move(value));
        const Level& level = open_.back();
        if (level.at->is_array()) return &level.at->emplace_back(std::move(value));
        if (open_.size() == 1 && level.name == "version" && value.is_number())
            version_ = std::max(version_, value.get<double>());
        return &((*level.at)[level.name] = std::move(value));
    }
    [[nodiscard]] SyntaxError twice() const {
        std::string path;
        for (const Level& level : open_)
            path += (path.empty() ? "" : "/") +
                    (level.at->is_array() ? std::to_string(level.at->size() - 1) : level.name);
        std::ranges::replace_if(path, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
        return error_here("the key \"" + path + "\" is there twice");
    }

    json root_;
    std::vector<Level> open_;
    std::size_t left_out_ = 0;  // levels below the deepest
    double version_ = 0;
    std::optional<SyntaxError> error_;
};

/// Looks for a path.
class Finder : public Handler<Finder> {
  public:
    Finder(std::string_view text, std::string_view path) : Handler(text), rest_(path) {}

    bool scalar(const json&) { return item(); }
    bool begin(const json& empty) {
        if (!item()) return false;
        if (++depth_ == found_ + 1) {
            list_ = empty.is_array();
            index_ = 0;
        }
        return true;
    }
    bool end() {
        --depth_;
        return true;
    }
    bool key(const std::string& name) {
        const std::size_t before = found_;
        const bool go_on = part(name);
        its_value_ = found_ > before;
        return go_on;
    }
    bool parse_error(std::size_t, const std::string&, const json::exception&) { return false; }

    [[nodiscard]] std::optional<std::size_t> line() const { return line_; }

  private:
    // False once nothing that comes can be nearer.
    bool item() {
        if (std::exchange(its_value_, false)) return true;
        if (depth_ <= found_) return false;
        return depth_ > found_ + 1 || !list_ || part(std::to_string(index_++));
    }
    bool part(std::string_view name) {
        if (depth_ <= found_) return false;
        if (depth_ > found_ + 1 || !rest_.starts_with(name)) return true;
        if (rest_.size() > name.size() && rest_[name.size()] != '/') return true;
        line_ = error_here({}).line;
        ++found_;
        rest_.remove_prefix(std::min(rest_.size(), name.size() + 1));
        return !rest_.empty();
    }

    std::string_view rest_;  // of the path
    std::size_t depth_ = 0;  // of lists and objects that are open
    std::size_t found_ = 0;  // parts of the path; the next one is a level below them
    bool its_value_ = true;  // what comes next is that of the last part
    bool list_ = false;      // what holds the next part
    std::size_t index_ = 0;  // in it
    std::optional<std::size_t> line_;
};

}  // namespace

std::expected<json, SyntaxError> parse_document(std::string_view text) {
    Builder builder(text);
    builder.follow();
    return builder.take();
}

std::optional<std::size_t> line_of(std::string_view text, std::string_view path) {
    Finder finder(text, path);
    finder.follow();
    return finder.line();
}

}  // namespace gecko::settings
