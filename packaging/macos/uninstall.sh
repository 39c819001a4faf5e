#!/bin/sh
# Removes the driver and all that came with it. What is not there any more is no error: after half of it, it is run again. Never run on a
# Mac yet.
#
#   uninstall.sh [--purge]
#
# The default output is given back to the device that had it; starting at login is switched off; the driver, the package's receipts and
# what is published in shared memory go. Settings stay, unless --purge is given. Gecko.app is moved to the Trash by hand.
# Exit codes: 0 it is not there (any more), or only a restart is missing, which is said; 1 wrong usage; 2 not a Mac, or a step failed;
# 3 rights are missing.
set -eu

case $0 in */*) here=${0%/*}/ ;; *) here=. ;; esac
here=$(CDPATH='' cd -- "$here" && pwd -P && printf x)
here=${here%?x}
# shellcheck source=packaging/macos/functions.sh
. "$here/functions.sh"
# shellcheck source=packaging/macos/installing.sh
. "$here/installing.sh"
# shellcheck source=packaging/macos/user.sh
. "$here/user.sh"

elevated=
purge=
for argument in "$@"; do
    case $argument in
        --elevated) elevated=yes ;; # the second half, as root
        --purge) purge=yes ;;
        *)
            complain "usage: uninstall.sh [--purge]"
            exit 1
            ;;
    esac
done
need_a_mac 'Uninstalling the driver'
find_tool || complain "gecko-install-tool is missing: the default output cannot be given back; choose one in System Settings, Sound."

device_is_gone() {
    if [ -n "$tool" ]; then "$tool" device-absent "$device_uid" "$1"; else [ "$1" -eq 0 ] || await_sink no; fi
}

# What is the user's own.
code=0
remove_users() {
    find_user || {
        say "Nobody is logged in: nobody's login items or settings are touched."
        return 0
    }
    agent_off || {
        complain "uninstall.sh: $agent could not be removed."
        code=2
    }
    former=$user_folder/default-output
    if [ -n "$tool" ] && [ -f "$former" ]; then
        if "$tool" give-default-back "$former"; then
            rm -f "$former" || code=2
        else
            complain "uninstall.sh: the default output could not be given back; choose one in System Settings, Sound."
        fi
    fi
    if [ -n "$purge" ]; then
        rm -rf "$user_folder" "$user_home/Library/Logs/Gecko.log" || {
            complain "uninstall.sh: $user_folder could not be removed."
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

is_anything_left() {
    [ ! -e "$hal/$name" ] && [ ! -h "$hal/$name" ] && [ ! -d "$support" ] || return 0
    for left in "$beside"/.gecko-staging.*; do
        [ ! -e "$left" ] || return 0
    done
    ! receipt || return 0
    ! device_is_gone 0
}

remove_roots() {
    for left in "$beside"/.gecko-staging.*; do
        [ ! -d "$left" ] || discard "$left" || code=2
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
    # This script and the tool may lie in there.
    rm -rf "$support" || code=2
}

if [ -z "$elevated" ]; then
    remove_users
    if ! is_anything_left; then
        say "No driver is installed in $hal."
        exit "$code"
    fi
fi
if [ "$(id -u)" -ne 0 ]; then
    elevated_code=0
    as_root /bin/sh "$here/uninstall.sh" --elevated || elevated_code=$?
    [ "$elevated_code" -eq 0 ] || exit "$elevated_code"
    exit "$code"
fi
remove_roots
[ "$code" -ne 0 ] || say "\"$device\" is removed.${purge:+ So are its settings.}"
exit "$code"
