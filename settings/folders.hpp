#pragma once

#include <filesystem>

namespace gecko::settings {

/// Where what the user chose is kept. Not created here; empty where the user has no home.
///
/// macOS: ~/Library/Application Support/Gecko. Elsewhere: $XDG_CONFIG_HOME/gecko or ~/.config/gecko. A home that HOME does not name
/// is the account's; a relative XDG path counts as unset (XDG Base Directory Specification). $GECKO_HOME, if absolute, is taken instead of
/// all that, for both: a gecko beside the user's own.
std::filesystem::path settings_folder();

/// Where what gecko has to remember from one run to the next is kept, as settings_folder().
///
/// macOS: ~/Library/Application Support/Gecko. Elsewhere: $XDG_STATE_HOME/gecko or ~/.local/state/gecko.
std::filesystem::path state_folder();

}  // namespace gecko::settings
