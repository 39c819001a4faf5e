# What the scripts of this folder share. To be sourced by a POSIX sh; macOS's is bash 3.2.
#
# Never run on a Mac yet: written from Apple's manual pages and from what other drivers' installers do, and tested on Linux with
# commands that only pretend.
# shellcheck shell=sh

name=GeckoAudioDevice.driver
device='Gecko Sink'
device_uid=GeckoSink_UID
# Overrides, for tests (docs/installing.md, "Overrides").
system_root=${GECKO_ROOT:-}
hal=$system_root/Library/Audio/Plug-Ins/HAL
support="$system_root/Library/Application Support/Gecko" # what the package leaves for removing it again
program=$system_root/Applications/Gecko.app/Contents/MacOS/gecko # the package's, and where a terminal finds it
program_link=$system_root/usr/local/bin/gecko
owner=${GECKO_OWNER:-root:wheel}
owner_id=${GECKO_OWNER_ID:-0}
group_id=${GECKO_GROUP_ID:-0}
wait_seconds=${GECKO_WAIT:-30}
# What of the system's log is about Gecko.
predicate='process == "coreaudiod" OR process CONTAINS "Core Audio Driver" OR process CONTAINS "Core-Audio-Driver" OR eventMessage CONTAINS "Gecko"'

say() {
    printf '%s\n' "$*"
}

complain() {
    printf '%s\n' "$*" >&2
}

# Sets $quoted to the arguments as a shell takes them, whatever is in them: quotes, dollars, line ends.
quote() {
    quoted=
    for argument in "$@"; do
        quoted="$quoted${quoted:+ }'"
        while :; do
            case $argument in
                *"'"*)
                    quoted="$quoted${argument%%"'"*}'\\''"
                    argument=${argument#*"'"}
                    ;;
                *) break ;;
            esac
        done
        quoted="$quoted$argument'"
    done
}

# Ends the script where this is no Mac, before it touches anything.
#
#   need_a_mac WHAT [EXIT CODE]
need_a_mac() {
    system=$(uname -s)
    [ "$system" = Darwin ] || {
        complain "$1 needs a Mac: it is about macOS's own audio server, coreaudiod, and this is $system."
        complain "\`make run\` and \`make test\` work here, with minihald in coreaudiod's place. Nothing was changed."
        exit "${2:-2}"
    }
}

sudo= # what root() puts in front of a command

root() {
    # shellcheck disable=SC2086
    $sudo "$@"
}

# Whether the audio server has the device. Asks through Apple's own tool, which is a client like any application.
sink_is_there() {
    system_profiler SPAudioDataType -json 2>/dev/null | grep -q "\"_name\" *: *\"$device\""
}

# Waits until sink_is_there says "yes" or "no", whichever is named: 30 times with a second in between.
await_sink() {
    tries=30
    while [ "$tries" -gt 0 ]; do
        now=no
        if sink_is_there; then now=yes; fi
        [ "$now" != "$1" ] || return 0
        tries=$((tries - 1))
        sleep 1
    done
    return 1
}

# Whether coreaudiod is another process than $1 within some seconds.
daemon_changed() {
    tries=5
    while [ "$tries" -gt 0 ]; do
        now=$(pgrep -x coreaudiod || true)
        [ -z "$now" ] || [ "$now" = "$1" ] || return 0
        tries=$((tries - 1))
        sleep 1
    done
    return 1
}

# Restarts coreaudiod, so that it looks for drivers anew; all sound stops for a second or two. From macOS 14.4 on launchctl may not
# kill it any more; launchd starts it again however it ends. 10.15's ignored a polite request.
restart_audio_daemon() {
    before=$(pgrep -x coreaudiod || true)
    if root launchctl kickstart -k system/com.apple.audio.coreaudiod 2>/dev/null; then
        say "coreaudiod was restarted by launchctl kickstart."
        return 0
    fi
    if root killall -TERM coreaudiod 2>/dev/null && daemon_changed "$before"; then
        say "coreaudiod was restarted by killall -TERM (launchctl kickstart was refused, as it is from macOS 14.4 on)."
        return 0
    fi
    if root killall -KILL coreaudiod 2>/dev/null && daemon_changed "$before"; then
        say "coreaudiod was restarted by killall -KILL (launchctl kickstart and killall were refused or ignored)."
        return 0
    fi
    complain "Audio daemon restart required: launchctl kickstart and killall were refused or did nothing. Restart the Mac."
    return 1
}

# A sentence on where to find out why the device is not there.
where_to_look() {
    complain "What coreaudiod and the process that loads the driver had to say about it:"
    complain
    complain "    log show --last 5m --info --style compact --predicate '$predicate'"
    complain
}
