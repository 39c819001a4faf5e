#include "settings/stored_settings.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "settings/descriptor.hpp"
#include "settings/document.hpp"
#include "settings/settings_json.hpp"

namespace gecko::settings {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kLargestFile = 1 << 20;  // bytes; settings of all kinds have some hundreds

std::unexpected<std::string> unreadable(const fs::path& file, std::string_view why) {
    return std::unexpected(fmt::format("{} cannot be read: {}", file.string(), why));
}

std::unexpected<std::string> unreadable(const fs::path& file, int error) {
    return unreadable(file, std::generic_category().message(error));
}

/// Nobody's terminal obeys a file.
std::string printable(std::string text) {
    std::ranges::replace_if(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
    return text;
}

/// The command that takes a field out; "" where a shell would read something else.
std::string way_out(std::string_view path) {
    const std::string_view field = path.substr(0, path.find('/'));
    const bool plain = std::ranges::all_of(
        field, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
    if (field.empty() || !plain || field == "version") return "";
    return fmt::format(". To take it out: gecko settings --reset {}", field);
}

Unreadable wrong_value(const fs::path& file, std::string_view text, const FieldError& error) {
    const auto line = line_of(text, error.path);
    std::string words = file.string();
    if (line) words += fmt::format(":{}", *line);
    words += ": " + error.path + (error.path.empty() ? "" : ": ") + error.what;
    return {.words = printable(std::move(words)), .way_out = way_out(error.path), .may_replace = true};
}

/// A newer gecko's file stays even where it was cut off.
std::expected<Stored, Unreadable> damaged(const fs::path& file, const SyntaxError& error,
                                          const Versions& versions) {
    std::string words = fmt::format("{}:{}:{}: {}", file.string(), error.line, error.column, error.what);
    if (error.version > versions.current) {
        return std::unexpected(Unreadable{
            .words = fmt::format("{}. It is of version {}, this gecko knows {}, so it stays as it is", words,
                                 error.version, versions.current),
            .way_out = ". Update gecko, or move the file away"});
    }
    Stored stored;
    stored.state = Stored::State::damaged;
    stored.words = std::move(words);
    return stored;
}

std::expected<int, FieldError> version_of(const json& object) {
    const auto version = object.find("version");
    if (version == object.end())
        return std::unexpected(
            FieldError{.path = "", .what = "it has no \"version\". Add \"version\": 1, or remove the file"});
    if (!version->is_number_integer() || *version < 1)
        return std::unexpected(FieldError{.path = "version", .what = "it must be a whole number from 1"});
    return version->get<int>();
}

bool is_newer(const json& object, const Versions& versions) {
    const auto version = object.find("version");
    return version != object.end() && version->is_number() && version->get<double>() > versions.current;
}

std::expected<void, FieldError> migrate(json& object, int version, const Versions& versions) {
    for (; version < versions.current; ++version) {
        const auto step = std::ranges::find(versions.steps, version, &Migration::from);
        if (step == versions.steps.end())
            return std::unexpected(FieldError{
                .path = "version",
                .what =
                    fmt::format("nothing is known of version {}. The oldest that can be read is {}", version,
                                versions.steps.empty() ? versions.current : versions.steps.front().from)});
        if (const auto done = step->apply(object); !done)
            return std::unexpected(FieldError{.path = "", .what = done.error()});
    }
    return {};
}

}  // namespace

std::expected<std::optional<std::string>, std::string> read_file(const fs::path& file) {
    // A pipe would keep it waiting.
    Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (opened.get() < 0 && errno == ENOENT) return std::nullopt;
    struct stat what{};
    if (opened.get() < 0 || ::fstat(opened.get(), &what) != 0) return unreadable(file, errno);
    if (!S_ISREG(what.st_mode)) return unreadable(file, "it is no file");
    std::string text(kLargestFile + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const auto count = ::read(opened.get(), &text[size], text.size() - size);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return unreadable(file, errno);
        if (count == 0) break;
        size += static_cast<std::size_t>(count);
    }
    text.resize(size);
    return text;
}

std::expected<Stored, Unreadable> read_stored(const fs::path& file, const Versions& versions,
                                              std::string_view passed_over) {
    auto text = read_file(file);
    if (!text) return std::unexpected(Unreadable{.words = text.error(), .way_out = {}});
    if (!*text) return Stored{};
    if ((*text)->size() > kLargestFile) {
        return std::unexpected(Unreadable{
            .words = file.string() + " is larger than 1 MB, so it cannot be judged and stays as it is",
            .way_out = ". Move it away, and the default settings count"});
    }
    auto object = parse_document(**text);
    if (!object) return damaged(file, object.error(), versions);
    if (!object->is_object())
        return damaged(file, {.line = 1, .column = 1, .what = "it is no JSON object"}, versions);
    Stored stored;
    if (is_newer(*object, versions)) {
        stored.state = Stored::State::newer;
        stored.settings = read_what_is_known(*object);
        stored.words = fmt::format("{} is of version {}, this gecko knows {}", file.string(),
                                   object->at("version").dump(), versions.current);
        return stored;
    }
    const auto wrong = [&](const FieldError& error) {
        return std::unexpected(wrong_value(file, **text, error));
    };
    const auto version = version_of(*object);
    if (!version) return wrong(version.error());
    if (const auto done = migrate(*object, *version, versions); !done) return wrong(done.error());
    if (passed_over != "version") stored.passed_over = object->erase(std::string(passed_over)) > 0;
    auto settings = read_settings(*object);
    if (!settings) return wrong(settings.error());
    stored.settings = *std::move(settings);
    stored.version = *version;
    if (*version < versions.current) {
        stored.state = Stored::State::older;
        stored.text = **std::move(text);
    }
    return stored;
}

}  // namespace gecko::settings
