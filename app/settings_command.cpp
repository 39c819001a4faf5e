#include "app/settings_command.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/exit_code.hpp"
#include "engine/applications.hpp"
#include "engine/engine.hpp"
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

/// Changes what was asked for.
std::expected<void, std::string> change(settings::UserSettings& chosen, const Options& options) {
    if (!options.reset)
        return settings::set_setting(chosen, options.words[0], std::span(options.words).subspan(1));
    if (!options.words.empty()) return settings::reset_setting(chosen, options.words[0]);
    chosen = {};
    return {};
}

int settings_command(const Options& options) {
    const bool changes = options.reset || !options.words.empty();
    if (options.reset ? options.words.size() > 1 : options.words.size() == 1) {
        fmt::print(stderr, "gecko: Write `gecko settings KEY VALUE` or `gecko settings --reset [KEY]`.\n");
        return kUsage;
    }
    const std::filesystem::path folder = settings::settings_folder();
    auto loaded = settings::load_settings(folder);
    if (!loaded) return refuse(loaded.error());
    if (!options.json)
        for (const std::string& words : loaded->messages) fmt::print(stderr, "gecko: {}\n", words);
    if (changes) {
        if (const auto done = change(loaded->settings, options); !done) return refuse(done.error());
        if (const auto saved = settings::save_settings(folder, loaded->settings); !saved)
            return refuse(saved.error());
        if (!options.json) return kOk;
    }
    if (options.json) {
        list_as_json(*loaded, folder);
    } else {
        list(loaded->settings, folder);
    }
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
