# What uninstall.sh and autostart.sh share: whose settings and login items are meant. To be sourced by a POSIX sh, behind functions.sh.
# shellcheck shell=sh

agent_label=com.gecko.app

# Sets $user_id and $user_home: this user's, or, as root, the console user's. 1 if nobody sits there.
find_user() {
    user_id=$(id -u)
    user_home=${HOME:-}
    if [ "$user_id" -eq 0 ]; then
        # shellcheck disable=SC2012
        user_id=$(ls -ln "$system_root/dev/console" 2>/dev/null | {
            read -r _ _ number _
            printf '%s' "${number:-0}"
        })
        [ "${user_id:-0}" -ne 0 ] || return 1
        user_name=$(id -un "$user_id") || return 1
        user_home=$(dscl . -read "/Users/$user_name" NFSHomeDirectory | sed -e 's/^NFSHomeDirectory: *//' -e '/^$/d' -e 's/^ //') || return 1
    fi
    case $user_home in
        /*) ;;
        *) return 1 ;;
    esac
    agent=$user_home/Library/LaunchAgents/$agent_label.plist
    user_folder="$user_home/Library/Application Support/Gecko" # settings/folders.cpp
}

# Ends gecko if launchd has started it (by TERM, so that it gives the default output back), and has launchd forget it.
agent_off() {
    launchctl bootout "gui/$user_id/$agent_label" 2>/dev/null || launchctl unload -w "$agent" 2>/dev/null || true
    rm -f "$agent"
}
