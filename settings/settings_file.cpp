#include "settings/settings_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "settings/atomic_file.hpp"
#include "settings/fields.hpp"
#include "settings/settings_json.hpp"

namespace gecko::settings {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kLargestFile = 1 << 20;  // bytes; settings of all kinds have some hundreds
constexpr const char* kNoHome = "this user has no home folder, so settings are neither read nor kept";

/// The file's bytes; nothing if it is not there, an error in words if it cannot be read.
std::expected<std::optional<std::string>, std::string> read_file(const fs::path& file) {
    errno = 0;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> opened(std::fopen(file.c_str(), "rb"),
                                                                 &std::fclose);
    if (!opened && errno == ENOENT) return std::nullopt;
    std::string text(kLargestFile + 1, '\0');
    text.resize(opened ? std::fread(text.data(), 1, text.size(), opened.get()) : 0);
    if (!opened || std::ferror(opened.get()) != 0) {
        return std::unexpected(
            fmt::format("{} cannot be read: {}", file.string(), std::generic_category().message(errno)));
    }
    return text;
}

std::expected<Document, SyntaxError> parse(const std::string& text) {
    if (text.size() > kLargestFile)
        return std::unexpected(SyntaxError{.line = 1, .column = 1, .what = "it is larger than 1 MB"});
    auto document = parse_document(text);
    if (document && !document->value.is_object())
        return std::unexpected(SyntaxError{.line = 1, .column = 1, .what = "it is no JSON object"});
    return document;
}

/// The first of file.suffix1, file.suffix2, ... that is not there.
fs::path free_name(const fs::path& file, std::string_view suffix) {
    for (int n = 1;; ++n) {
        fs::path name = file.string() + fmt::format("{}{}", suffix, n);
        std::error_code ignored;
        if (fs::symlink_status(name, ignored).type() == fs::file_type::not_found) return name;
    }
}

std::string words(const fs::path& file, const SyntaxError& error) {
    return fmt::format("{}:{}:{}: {}", file.string(), error.line, error.column, error.what);
}

Loaded set_aside(const fs::path& file, const SyntaxError& error) {
    Loaded loaded;
    const fs::path aside = free_name(file, ".damaged-");
    const std::string what = words(file, error) + ".";
    if (std::rename(file.c_str(), aside.c_str()) == 0) {
        loaded.messages.push_back(fmt::format("{} The file was set aside as {}; the default settings count.",
                                              what, aside.string()));
    } else {
        loaded.messages.push_back(
            fmt::format("{} It could not be set aside ({}); the default settings count.", what,
                        std::generic_category().message(errno)));
        loaded.may_save = false;
    }
    return loaded;
}

std::string words(const fs::path& file, const Document& document, const FieldError& error) {
    std::string where = error.path;  // the nearest part that has a line
    auto line = document.lines.find(where);
    while (line == document.lines.end() && where.contains('/')) {
        where.resize(where.rfind('/'));
        line = document.lines.find(where);
    }
    std::string text = file.string();
    if (line != document.lines.end()) text += fmt::format(":{}", line->second);
    text += ": " + (error.path.empty() ? "" : error.path + ": ") + error.what;
    std::ranges::replace_if(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
    return text;
}

std::expected<int, FieldError> version_of(const json& object) {
    const auto version = object.find("version");
    if (version == object.end())
        return std::unexpected(
            FieldError{.path = "", .what = "it has no \"version\". Add \"version\": 1, or remove the file"});
    if (!version->is_number_integer() || *version < 1 || *version > INT32_MAX)
        return std::unexpected(FieldError{.path = "version", .what = "it must be a whole number from 1"});
    return version->get<int>();
}

std::expected<json, FieldError> migrated(json object, int version, const Versions& versions) {
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
    return object;
}

/// Keeps the old text and writes the new settings; what could not be done is said.
std::string replace_older(const fs::path& folder, const std::string& old, int version,
                          const UserSettings& settings, const Versions& versions) {
    const fs::path file = folder / kSettingsFile;
    fs::path backup = file.string() + fmt::format(".v{}", version);
    std::error_code ignored;
    if (fs::symlink_status(backup, ignored).type() != fs::file_type::not_found) {
        const auto kept = read_file(backup);
        if (!kept || *kept != old) backup = free_name(file, fmt::format(".v{}-", version));
    }
    auto done = write_atomically(backup, old);
    if (done) done = save_settings(folder, settings, versions);
    if (!done) return fmt::format("The settings are of version {} and stay so: {}.", version, done.error());
    return fmt::format("The settings were brought from version {} to {}; the old file is {}.", version,
                       versions.current, backup.string());
}

enum class Change : bool { none, repair };

std::expected<Loaded, std::string> load(const fs::path& folder, const Versions& versions, Change change) {
    if (folder.empty())
        return Loaded{.settings = {}, .messages = {kNoHome + std::string(".")}, .may_save = false};
    const fs::path file = folder / kSettingsFile;
    const auto text = read_file(file);
    if (!text) return std::unexpected(text.error());
    if (!*text) return Loaded{};
    const auto document = parse(**text);
    if (!document && change == Change::none) return std::unexpected(words(file, document.error()));
    if (!document) return set_aside(file, document.error());
    const auto complain = [&](const FieldError& error) {
        return std::unexpected(words(file, *document, error));
    };
    const auto version = version_of(document->value);
    if (!version) return complain(version.error());
    Loaded loaded;
    if (*version > versions.current) {
        loaded.settings = read_what_is_known(document->value);
        loaded.may_save = false;
        loaded.messages.push_back(fmt::format(
            "{} is of version {}, this gecko knows {}: what it does not know is passed over, and the "
            "file stays as it is.",
            file.string(), *version, versions.current));
        return loaded;
    }
    const auto object = migrated(document->value, *version, versions);
    if (!object) return complain(object.error());
    const auto settings = read_settings(*object);
    if (!settings) return complain(settings.error());
    loaded.settings = *settings;
    if (*version < versions.current && change == Change::repair)
        loaded.messages.push_back(replace_older(folder, **text, *version, *settings, versions));
    return loaded;
}

}  // namespace

std::expected<Loaded, std::string> load_settings(const fs::path& folder, const Versions& versions) {
    return load(folder, versions, Change::repair);
}

std::expected<void, std::string> save_settings(const fs::path& folder, const UserSettings& settings,
                                               const Versions& versions) {
    if (folder.empty()) return std::unexpected(kNoHome);
    const fs::path file = folder / kSettingsFile;
    const auto there = read_file(file);
    if (!there) return std::unexpected(there.error());
    if (const auto document = parse(there->value_or("{}"))) {
        const auto version = version_of(document->value);
        if (version && *version > versions.current)
            return std::unexpected(fmt::format("{} is of version {}, this gecko writes {}. Update gecko",
                                               file.string(), *version, versions.current));
    }
    return write_atomically(file, write_settings(settings, versions.current).dump(2) + "\n");
}

std::expected<Loaded, std::string> load_settings(const fs::path& folder) {
    return load_settings(folder, kVersions);
}

std::expected<Loaded, std::string> look_at_settings(const fs::path& folder) {
    return load(folder, kVersions, Change::none);
}

std::expected<void, std::string> save_settings(const fs::path& folder, const UserSettings& settings) {
    return save_settings(folder, settings, kVersions);
}

}  // namespace gecko::settings
