#include "app/settings_command.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/chosen_output.hpp"
#include "app/exit_code.hpp"
#include "engine/applications.hpp"
#include "engine/engine.hpp"
#include "platform/backend.hpp"
#include "settings/fields.hpp"
#include "settings/folders.hpp"
#include "settings/settings_json.hpp"
#include "settings/user_settings.hpp"
#include "shm/layout.hpp"

namespace gecko::app {
namespace {

static_assert(settings::kApplicationLimits.applications == engine::kApplications);
static_assert(settings::kApplicationLimits.bundle_id_bytes == shm::kBundleIdSize - 1);
static_assert(settings::kMaxVolumePercent == 100 * engine::kMaxVolume);

struct Options {
    std::vector<std::string> words;  ///< KEY and VALUEs, or with --reset perhaps a KEY
    bool reset = false;
    bool json = false;
};

int refuse(std::string_view words) {
    fmt::print(stderr, "gecko: {}\n", words);
    return kRejected;
}

std::string path_of(const std::filesystem::path& folder) {
    return folder.empty() ? "" : (folder / settings::kSettingsFile).string();
}

void list(const settings::UserSettings& chosen, const std::filesystem::path& folder) {
    for (const settings::Field& field : settings::kFields) {
        const std::string value = settings::value_text(field, chosen);
        fmt::print("{:<15} {:<14} {}\n", field.name, value.empty() ? "-" : value, field.text);
    }
    fmt::print("\nFile: {}\n", folder.empty() ? "none; this user has no home folder" : path_of(folder));
}

void list_as_json(const settings::Loaded& loaded, const std::filesystem::path& folder) {
    nlohmann::ordered_json out{{"path", path_of(folder)}, {"may_save", loaded.may_save}};
    for (const settings::Field& field : settings::kFields)
        out["settings"][std::string(field.name)] = settings::write_field(field, loaded.settings);
    out["messages"] = loaded.messages;
    // A path need not be UTF-8.
    fmt::print("{}\n", out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

using Done = std::expected<settings::Loaded, std::string>;

Done set(const std::filesystem::path& folder, const std::string& name, std::span<const std::string> typed) {
    settings::UserSettings value;  // of this field; the others' stay
    if (const auto parsed = settings::set_setting(value, name, typed); !parsed)
        return std::unexpected(parsed.error());
    return settings::update_settings(folder, name, [&](settings::UserSettings& chosen) {
        settings::copy_field(*settings::find_field(name), value, chosen);
    });
}

/// Does what was asked for. Gives what the settings are then.
Done follow(const Options& options, const std::filesystem::path& folder) {
    if (options.reset)
        return options.words.empty() ? settings::reset_settings(folder)
                                     : settings::reset_settings(folder, options.words[0]);
    if (options.words.empty()) return settings::load_settings(folder);
    return set(folder, options.words[0], std::span(options.words).subspan(1));
}

int settings_command(const Options& options) {
    const bool changes = options.reset || !options.words.empty();
    if (options.reset ? options.words.size() > 1 : options.words.size() == 1) {
        fmt::print(stderr, "gecko: Write `gecko settings KEY VALUE` or `gecko settings --reset [KEY]`.\n");
        return kUsage;
    }
    const std::filesystem::path folder = settings::settings_folder();
    const auto done = follow(options, folder);
    if (!done) return refuse(done.error());
    if (options.json) {
        list_as_json(*done, folder);
        return kOk;
    }
    for (const std::string& words : done->messages) fmt::print(stderr, "gecko: {}\n", words);
    if (!options.reset && changes && options.words[0] == "output") {
        const std::string words =
            missing_output(*platform::make_backend(), done->settings.output, "the default output");
        if (!words.empty()) fmt::print(stderr, "gecko: {}\n", words);
    }
    if (!changes) list(done->settings, folder);
    return kOk;
}

}  // namespace

void add_settings_command(CLI::App& cli, std::function<int()>& chosen) {
    const auto options = std::make_shared<Options>();
    CLI::App* settings = cli.add_subcommand(
        "settings", "Show what `gecko run` starts with, or set it: `gecko settings KEY VALUE`");
    settings->add_option("KEY VALUE", options->words,
                         "A setting and its value; for `applications` any number of APP=PRESET");
    settings->add_flag("--reset", options->reset, "Back to the default: of KEY, or of all");
    settings->add_flag("--json", options->json, "Print them as one JSON object");
    settings->callback([&chosen, options] { chosen = [options] { return settings_command(*options); }; });
}

}  // namespace gecko::app
