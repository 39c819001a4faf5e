# What install.sh, uninstall.sh and restart.sh share beside functions.sh: rights, and the steps after each of which the folder that coreaudiod
# reads is as before or as after. To be sourced by a POSIX sh.
# shellcheck shell=sh

# Nobody's PATH has a say in what root runs.
PATH=${GECKO_COMMANDS:+$GECKO_COMMANDS:}/usr/bin:/bin:/usr/sbin:/sbin
export PATH
umask 022
beside=${hal%/*} # staging folders are made here: the same disk, and coreaudiod does not look into it
lock=$beside/.gecko-lock
locked= # whether this script has it

# Sets $tool to gecko-install-tool, which ships with these scripts; elsewhere it is where it was built.
find_tool() {
    for tool in "${GECKO_INSTALL_TOOL:-}" "$here/gecko-install-tool" "$here/../../build/macos/bin/gecko-install-tool" \
        "$here/../../build/coreaudio/bin/gecko-install-tool"; do
        [ -z "$tool" ] || [ ! -f "$tool" ] || [ ! -x "$tool" ] || return 0
    done
    tool=
    return 1
}

need_tool() {
    find_tool || {
        complain "gecko-install-tool, which belongs beside these scripts, is missing. \`make macos\` on a Mac builds it. Nothing was changed."
        exit 2
    }
}

# Runs a command as root and gives its exit code: at once, by a sudo that asks nothing, by macOS's own question in a window
# (GECKO_ASK=window), or by sudo on a terminal. 3, and the one line to paste, where there is no way to ask: it does all from the start, as
# $pasted says (quoted), for what was prepared is gone by then.
#
#   as_root COMMAND ARGUMENT...
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
        return
    fi
    quote "$@"
    code=0
    if sudo -n true 2>/dev/null; then
        sudo -n "$@" || code=$?
    elif [ "${GECKO_ASK:-}" = window ]; then
        ask_in_window "$quoted"
        return
    elif [ -t 0 ]; then
        say "This needs root's rights; sudo asks for your password."
        sudo "$@" || code=$?
    else
        complain "This needs root's rights, which this user does not have without a password. Paste this line:"
        complain
        complain "    sudo $pasted"
        complain
        return 3
    fi
    [ "$code" -ne 1 ] || code=3 # sudo's own; these scripts end with 1 only for wrong usage
    return "$code"
}

# The command goes to AppleScript as an argument, never as a part of the script.
ask_in_window() {
    said=$(osascript -e 'on run arguments' \
        -e 'do shell script (item 1 of arguments) with prompt "Gecko changes the driver of the audio server." with administrator privileges without altering line endings' \
        -e 'end run' "{ $1; } 2>&1; printf 'ended with %s.' \$?" 2>/dev/null) || {
        complain "The administrator's password was not given, or macOS did not ask for it."
        return 3
    }
    code=${said##*ended with }
    printf '%s' "${said%ended with *}"
    code=${code%.}
    case $code in
        '' | *[!0-9]*) return 2 ;;
    esac
    return "$code"
}

# Owner's number, or what identifies a file while it is renamed.
owner_of() {
    # shellcheck disable=SC2012
    ls -ldn "$1" | {
        read -r _ _ number _
        printf '%s' "$number"
    }
}

inode_of() {
    # shellcheck disable=SC2012
    ls -di "$1" 2>/dev/null | {
        read -r number _
        printf '%s' "$number"
    }
}

# Prints what of a bundle has another owner, group or mode than root:wheel, 755 and 644, or is neither a file nor a folder.
wrong_rights() {
    find "$1" \( ! -user "$owner_id" -o ! -group "$group_id" -o ! -type d ! -type f -o -type d ! -perm 755 \
        -o -type f ! -path "*/$name/Contents/MacOS/*" ! -perm 644 -o -type f -path "*/$name/Contents/MacOS/*" ! -perm 755 \) -print
}

line_end='
'

# Refuses a place that is not what macOS makes it: links, what belongs to others, and what others may write to, lead coreaudiod, and root
# itself, to what others can change. The driver itself is replaced as a whole, whatever its modes.
check_place() {
    set --
    for place in "$system_root/Library" "$system_root/Library/Audio" "$beside" "$hal" "$hal/$name"; do
        if [ -h "$place" ]; then
            complain "$place is a symbolic link. Put a folder in its place; coreaudiod does not follow links there. Nothing was changed."
            return 1
        fi
        [ -e "$place" ] || continue
        if [ ! -d "$place" ]; then
            complain "$place is no folder. Move it away. Nothing was changed."
            return 1
        fi
        set -- "$@" "$place"
    done
    [ $# -gt 0 ] || return 0
    wrong=$(find "$@" -prune \( ! -user "$owner_id" -o ! -name "$name" \( -perm -020 -o -perm -002 \) \) -print) || {
        complain "It cannot be seen whose the folders above $hal/$name are. Nothing was changed."
        return 1
    }
    [ -n "$wrong" ] || return 0
    for place in "$@"; do # the first one
        case $wrong in "$place" | "$place$line_end"*) break ;; esac
    done
    if [ "$(owner_of "$place")" != "$owner_id" ]; then
        complain "$place does not belong to root. If nobody meant that: sudo chown root:wheel that folder. Nothing was changed."
    else
        quote "$place"
        complain "Others than root may write to $place, and could change what coreaudiod loads. If nobody meant that: sudo chmod go-w $quoted. Nothing was changed."
    fi
    return 1
}

# A folder of the path to HAL that a fresh system lacks.
make_folder() {
    [ ! -d "$1" ] || return 0
    mkdir "$1" && chown "$owner" "$1" && chmod 755 "$1"
}

# One installation or removal at a time. The lock is held by this script and by what it runs, until all of them have ended, however; the
# empty file is root's alone and goes at the end. 4 if another one runs, 2 if it cannot be had; either is said.
take_lock() {
    tries=10
    while [ "$tries" -gt 0 ] && (umask 077 && true >>"$lock"); do
        tries=$((tries - 1))
        exec 9>>"$lock"
        took=0
        "$tool" lock 9 "$lock" 9>&9 || took=$?
        case $took in
            0)
                locked=yes
                return 0
                ;;
            1) ;; # whoever had it has just removed it
            4)
                complain "Another installation or removal of the driver is running. Nothing was changed; try again when it is done."
                return 4
                ;;
            *) break ;;
        esac
    done
    complain "$lock could not be made or locked. What was installed before is as it was."
    return 2
}

drop_lock() {
    [ -z "$locked" ] || rm -f "$lock"
}

make_hal() {
    make_folder "$system_root/Library/Audio" && make_folder "$beside" && make_folder "$hal" || return 1
    [ -n "$(find "$hal" -prune -perm 755)" ] || {
        say "Not everybody could read $hal, so that coreaudiod could not; that is put right (755)."
        chmod 755 "$hal"
    }
}

# Takes back what the install that a staging folder belongs to has done to the folder that coreaudiod reads. The journal has the inode
# of the bundle that was to go in: it says on which side of the exchange this is, however it was interrupted.
#
#   take_back STAGING
take_back() {
    [ -f "$1/journal" ] || return 0 # nothing had been changed
    IFS= read -r new <"$1/journal" || return 1
    if [ -d "$1/$name" ]; then
        [ "$(inode_of "$1/$name")" != "$new" ] || return 0
        if [ -e "$hal/$name" ]; then
            "$tool" exchange "$1/$name" "$hal/$name"
        else
            "$tool" place "$1/$name" "$hal/$name"
        fi
    elif [ "$(inode_of "$hal/$name")" = "$new" ]; then
        "$tool" place "$hal/$name" "$1/$name"
    fi
}

# Whether a folder is a staging folder of root's. What anybody else has put there is neither believed nor removed.
is_staging() {
    [ ! -h "$1" ] && [ -d "$1" ] && [ -n "$(find "$1" -prune -user "$owner_id" -perm 700 -print)" ]
}

# Whether one is there.
is_staged() {
    for left in "$beside"/.gecko-staging.*; do
        ! is_staging "$left" || return 0
    done
    return 1
}

# Removes a staging folder. Without its journal nothing is taken from it any more, so that half of it does no harm.
discard() {
    rm -f "$1/journal" && rm -rf "$1"
}

# What earlier runs that were killed, or that could not restart coreaudiod, have left: a driver that nobody has seen at work gives way to
# the former one, which is kept until then, and $given_way is set.
#
#   settle_earlier_runs now | restarted    "restarted": coreaudiod has been since, and is given time
settle_earlier_runs() {
    given_way=
    for left in "$beside"/.gecko-staging.*; do
        is_staging "$left" || continue
        if [ -f "$left/journal" ] && ! was_seen "$left" "$1"; then
            given_way=yes
            take_back "$left" || {
                not_taken_back "$left"
                return 1
            }
        fi
        discard "$left" || complain "$left could not be removed."
    done
}

# Says where the drivers are.
not_taken_back() {
    if [ -d "$1/$name" ]; then
        complain "The former driver could not be put back; it is in $1."
    else
        complain "The new driver could not be taken out again; it is still $hal/$name."
    fi
}

# Whether coreaudiod runs the driver that is in its place, and not the one that is kept aside.
#
#   was_seen STAGING now | restarted
was_seen() {
    placed=$("$tool" check-driver "$hal/$name" 2>/dev/null) || return 1
    if [ "$2" = restarted ]; then
        "$tool" device-present "$device_uid" "$wait_seconds" "$placed"
        return
    fi
    "$tool" device-present "$device_uid" 0 "$placed" || return 1
    [ ! -d "$1/$name" ] || [ "$("$tool" check-driver "$1/$name" 2>/dev/null)" != "$placed" ]
}

# Modes of a bundle of plain files and folders, which has its name.
set_modes() {
    find "$1" \( -type d -o -path "*/$name/Contents/MacOS/*" \) -exec chmod 755 '{}' + -o -exec chmod 644 '{}' +
}
