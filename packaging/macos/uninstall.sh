#!/bin/sh
# Removes the driver and all that came with it. What is not there any more is no error: after half of it, it is run again. Never run on a
# Mac yet.
#
#   uninstall.sh [--purge]
#
# This user's gecko is ended, so that it gives the default output back; starting at login is switched off; the driver, the package's
# receipts and what is published in shared memory go. Settings stay, unless --purge is given; they go last. Gecko.app is moved to the Trash
# by hand.
# Exit codes: 0 it is not there (any more), or only a restart is missing, which is said; 1 wrong usage; 2 a step failed;
# 3 rights are missing, or not a Mac; 4 gecko does not end, or another installation or removal is running, and the driver is as it was.
set -eu

# shellcheck source=packaging/macos/prologue.sh
case $0 in */*) . "${0%/*}/prologue.sh" ;; *) . ./prologue.sh ;; esac
# shellcheck source=packaging/macos/user.sh
. "$here/user.sh"

part=all
purge=
for argument in "$@"; do
    case $argument in
        # What this script runs of itself, as somebody else: root's part, or, from root, the user's two.
        --elevated | --users | --settings) part=${argument#--} ;;
        --purge) purge=yes ;;
        *)
            complain "usage: uninstall.sh [--purge]"
            exit 1
            ;;
    esac
done
need_a_mac 'Uninstalling the driver' 3
find_tool || complain "gecko-install-tool is missing: the default output cannot be given back; choose one in System Settings, Sound."
code=0
trap drop_lock EXIT
trap 'exit 130' HUP INT TERM

device_is_gone() {
    if [ -n "$tool" ]; then "$tool" device-absent "$device_uid" "$1"; else [ "$1" -eq 0 ] || await_sink no; fi
}

# Ends this user's gecko, whoever started it, and keeps another one from starting until this script ends. The default output has been given
# back then: its guard is waited for, too. 1 if it does not end.
held=
hold_gecko() {
    [ -z "$held" ] || return 0
    gecko_lock=$user_folder/lock
    [ -e "$gecko_lock" ] || [ -h "$gecko_lock" ] || return 0
    if [ -z "$tool" ]; then
        process=
        IFS= read -r process <"$gecko_lock" || true
        case $process in '' | *[!0-9]*) return 0 ;; esac
        ! kill -0 "$process" 2>/dev/null || {
            complain "gecko runs (process $process). Quit it, then run this again. The driver is as it was."
            return 1
        }
        return 0
    fi
    "$tool" end-gecko "$user_folder" "$wait_seconds" || {
        complain "gecko could not be ended within $wait_seconds s. Quit it, then run this again. The driver is as it was."
        return 1
    }
    [ -r "$gecko_lock" ] || return 0
    exec 8<"$gecko_lock"
    "$tool" lock 8 "$gecko_lock" 8<&8 || {
        complain "gecko was started again meanwhile. Quit it, then run this again. The driver is as it was."
        return 1
    }
    held=yes
}

# What is the user's own, but for the settings.
users() {
    agent_off || {
        complain "uninstall.sh: $agent could not be removed."
        code=2
    }
    hold_gecko || exit 4
    former=$user_folder/default-output # of a gecko that died with its guard
    if [ -n "$tool" ] && [ -f "$former" ]; then
        if "$tool" give-default-back "$former"; then
            rm -f "$former" || code=2
        else
            complain "uninstall.sh: the default output could not be given back; choose one in System Settings, Sound."
        fi
    fi
}

settings() {
    hold_gecko || exit 4
    rm -rf "$user_folder" "$user_home/Library/Logs/Gecko.log" || {
        complain "uninstall.sh: $user_folder could not be removed."
        code=2
    }
}

part() {
    case $1 in
        users) users ;;
        settings) settings ;;
    esac
}

# Does one of these as the user, who may be this one.
as_users_own() {
    [ -n "$user_id" ] || return 0
    if [ "$me" -ne 0 ]; then
        part "$1"
    else
        own_code=0
        as_user /bin/sh "$here/uninstall.sh" "--$1" || own_code=$?
        [ "$own_code" -ne 4 ] || exit 4
        [ "$own_code" -eq 0 ] || {
            complain "uninstall.sh: what is user $user_id's own could not be removed."
            code=2
        }
    fi
}

receipts='com.gecko.driver.pkg com.gecko.app.pkg'
# The next name of a receipt that is there.
receipt() {
    for package in $receipts; do
        ! pkgutil --pkg-info "$package" >/dev/null 2>&1 || return 0
    done
    return 1
}

is_programs_link() {
    [ -h "$program_link" ] && [ "$(readlink "$program_link")" = "$program" ]
}

is_anything_left() {
    [ ! -e "$hal/$name" ] && [ ! -h "$hal/$name" ] && [ ! -d "$support" ] && [ ! -e "$lock" ] || return 0
    ! is_staged || return 0
    ! is_programs_link || return 0
    ! receipt || return 0
    ! device_is_gone 0
}

remove_roots() {
    if [ -n "$tool" ] && [ -d "$beside" ]; then
        take_lock || exit
    fi
    for left in "$beside"/.gecko-staging.*; do
        ! is_staging "$left" || discard "$left" || code=2
    done
    if [ -e "$hal/$name" ] || [ -h "$hal/$name" ]; then
        # Out of the folder in one step: coreaudiod never sees half of it.
        aside=
        if ! aside=$(mktemp -d "$beside/.gecko-staging.XXXXXX") || ! mv "$hal/$name" "$aside/$name"; then
            complain "uninstall.sh: moving $hal/$name out of the folder failed; it is still installed."
            [ -z "$aside" ] || rm -rf "$aside" || true
            exit 2
        fi
        say "Removed $hal/$name"
        rm -rf "$aside" || {
            complain "uninstall.sh: $aside, where the driver lies now, could not be removed."
            code=2
        }
    fi
    for package in $receipts; do
        ! pkgutil --pkg-info "$package" >/dev/null 2>&1 || pkgutil --forget "$package" >/dev/null || {
            complain "uninstall.sh: the receipt $package could not be removed."
            code=2
        }
    done
    ! is_programs_link || rm -f "$program_link" || code=2
    if [ -n "$tool" ]; then
        "$tool" forget-shared-memory ${GECKO_FIXED_NAME:+"$GECKO_FIXED_NAME"} || code=2
    fi
    if ! device_is_gone 0; then
        if ! restart_audio_daemon; then
            say "The driver is removed; \"$device\" is gone after the restart."
        elif ! device_is_gone "$wait_seconds"; then
            complain "The driver is removed, but coreaudiod still lists \"$device\". Restart the Mac."
            code=2
        fi
    fi
}

# The package's copy. This script and the tool may lie in there: nothing of them is used after it.
remove_support() {
    rm -rf "$support" || code=2
}

done_saying() {
    [ "$code" -ne 0 ] || say "\"$device\" is removed.${purge:+ So are its settings.}"
    exit "$code"
}

me=$(id -u)
case $part in
    elevated)
        remove_roots
        remove_support
        done_saying
        ;;
    users | settings)
        find_user || exit 2
        part "$part"
        exit "$code"
        ;;
esac
if [ "$me" -eq 0 ]; then find_roots_user || user_id=; else find_user || user_id=; fi
if [ -z "$user_id" ]; then
    say "Nobody is logged in: nobody's login items or settings are touched."
fi
as_users_own users
if ! is_anything_left; then
    [ -z "$purge" ] || as_users_own settings
    say "No driver is installed in $hal."
    exit "$code"
fi
users_code=$code
code=0
if [ "$me" -eq 0 ]; then
    remove_roots
    [ -z "$purge" ] || [ "$code" -ne 0 ] || as_users_own settings
    remove_support
else
    quote /bin/sh "$here/uninstall.sh" ${purge:+--purge}
    pasted=$quoted
    as_root /bin/sh "$here/uninstall.sh" --elevated || code=$?
    [ "$code" -eq 0 ] || exit "$code" # the settings stay, too
    [ -z "$purge" ] || as_users_own settings
    [ "$code" -ne 0 ] || [ "$users_code" -ne 0 ] || exit 0 # root's part has said that it is done
fi
[ "$code" -ne 0 ] || code=$users_code
done_saying
