#include "app/autostart_command.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>

#include "app/exit_code.hpp"
#include "app/scripts.hpp"

namespace gecko::app {

void add_autostart_command(CLI::App& cli, std::function<int()>& chosen) {
    CLI::App* autostart =
        cli.add_subcommand("autostart", "Whether gecko is started when this user logs in (macOS)");
    autostart->require_subcommand(0, 1);
    autostart->add_subcommand("on", "Start it at login, and now; again after a crash")->callback([&chosen] {
        chosen = [] { return run_script("autostart.sh", {"on", own_path()}); };
    });
    autostart->callback([&chosen, autostart] {
        if (!autostart->get_subcommands().empty()) return;
        chosen = [] {
            fmt::print(stderr, "gecko: `gecko autostart on`, or `gecko autostart off`?\n");
            return int{kUsage};
        };
    });
    autostart->add_subcommand("off", "No longer; ends the one that was started so")->callback([&chosen] {
        chosen = [] { return run_script("autostart.sh", {"off"}); };
    });
}

}  // namespace gecko::app
