# What uninstall.sh and autostart.sh share: whose settings and login items are meant. To be sourced by a POSIX sh, behind functions.sh.
# shellcheck shell=sh

agent_label=com.gecko.app

# Sets where this user's things are. 1 for root, who has none, and where there is no home.
find_user() {
    user_id=$(id -u)
    user_home=${HOME:-}
    case $user_id:$user_home in
        0:*) return 1 ;;
        *:/*) ;;
        *) return 1 ;;
    esac
    agent=$user_home/Library/LaunchAgents/$agent_label.plist
    user_folder="$user_home/Library/Application Support/Gecko" # settings/folders.cpp
}

# Sets $user_id to the user that root acts for: who has called sudo, else who sits at the Mac. 1 if there is none.
find_roots_user() {
    user_id=${SUDO_UID:-}
    case $user_id in
        '' | 0 | *[!0-9]*)
            # shellcheck disable=SC2012
            user_id=$(ls -ln "$system_root/dev/console" 2>/dev/null | {
                read -r _ _ number _
                printf '%s' "${number:-0}"
            })
            ;;
    esac
    [ "${user_id:-0}" -ne 0 ]
}

# Runs a command as $user_id, in that user's session if there is one: root neither follows the links of a user's folders nor removes
# anything there.
as_user() {
    if launchctl asuser "$user_id" true 2>/dev/null; then
        launchctl asuser "$user_id" sudo -n -H -u "#$user_id" "$@"
    else
        sudo -n -H -u "#$user_id" "$@"
    fi
}

# Ends gecko if launchd has started it (by TERM, so that it gives the default output back), and has launchd forget it.
agent_off() {
    launchctl bootout "gui/$user_id/$agent_label" 2>/dev/null || true
    rm -f "$agent"
}
