#!/bin/sh
# Tries on a Mac all that could only be believed without one, and collects what came of it into one file. docs/mac-first-run.md says what
# is tried and what to look at. None of it has ever run on a Mac; this script neither.
#
#   tools/mac-first-run.sh [--hours N] [--yes | --no] [--only SECTION]... [--logs]
#
#   --hours N   how long the clock is measured; 1 if not given, 0 leaves it out, 0.5 is half an hour
#   --yes       answers yes to all that it would ask before it disturbs the sound; --no answers no
#   --only X    only this section, and others that are named so
#   --logs      only what changes nothing: the state of the system and its logs
#
# A step that fails is noted, and the next one begins; Ctrl-C ends it, and what there is by then is collected all the same. Needs no rights
# but for installing and killing, and then asks sudo. The file is out/mac-first-run-DATE.tar.gz. User's and computer's names, folders, addresses and serial numbers are taken out of it; read through
# it before you send it. For the sh of macOS, which is bash 3.2.
set -u

all='system test macos bundle install devices shared-memory song log publish clock sleep kill-helper kill-server logs uninstall'
quiet='system bundle devices logs'

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
cd "$root" || exit 1
bin=$root/build/coreaudio/bin
bundle=$root/build/macos/HAL/GeckoAudioDevice.driver
song=build/song/eight-bars-of-rain.wav
# shellcheck source=packaging/macos/functions.sh
. packaging/macos/functions.sh
installed=$hal/GeckoAudioDevice.driver

usage() {
    echo "usage: tools/mac-first-run.sh [--hours N] [--yes | --no] [--only SECTION]... [--logs]" >&2
    echo "sections: $all" >&2
    exit 1
}

hours=1
answer=
chosen=
while [ $# -gt 0 ]; do
    case $1 in
        --hours | --only)
            [ $# -ge 2 ] || usage
            if [ "$1" = --hours ]; then
                case $2 in '' | *[!0-9.]* | *.*.*) usage ;; esac
                hours=$2
            else
                case " $all " in *" $2 "*) chosen="$chosen $2" ;; *) usage ;; esac
            fi
            shift
            ;;
        --yes) answer=yes ;;
        --no) answer=no ;;
        --logs) chosen=$quiet ;;
        *) usage ;;
    esac
    shift
done
[ -n "$chosen" ] || chosen=$all

need_a_mac mac-first-run.sh

date=$(date +%Y-%m-%d-%H%M%S)
title=mac-first-run-$date
work=$(mktemp -d "${TMPDIR:-/tmp}/gecko.XXXXXX") || exit 2
folder=$work/$title
mkdir -p "$folder" "$root/out"
report=$folder/report.txt
gecko=
player=
may_install= # whether the driver may be installed; empty: nobody was asked yet
publishing=  # whether the driver that is installed publishes

stop_gecko() {
    for process in $player $gecko; do
        kill "$process" 2>/dev/null
    done
    [ -z "$gecko" ] || wait "$gecko" 2>/dev/null
    gecko=
    player=
}
trap 'stop_gecko; rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM

# To the terminal and the report; to the report alone.
tell() {
    printf '%s\n' "$*" | tee -a "$report"
}
note() {
    printf '%s\n' "$*" >>"$report"
}

# Runs a command, with all it says, into the report.
try() {
    note "\$ $*"
    "$@" >>"$report" 2>&1 </dev/null
    code=$?
    note "=> $code"
    note
    if [ "$code" -ne 0 ]; then
        printf '    %s: exit code %s\n' "$1${2:+ $2}" "$code"
        failures="$failures
  $section: $(printf '%s' "$*" | head -n 1) => $code"
    fi
    return "$code"
}

# Asks before what disturbs. Without a person: as --yes or --no says, else no.
ask() {
    case $answer in
        yes) return 0 ;;
        no) return 1 ;;
    esac
    [ -t 0 ] || return 1
    printf '    %s [y/N] ' "$1"
    read -r typed
    case $typed in [yY]*) return 0 ;; esac
    return 1
}

# Has sudo ask for the password now, where a person is there to type it: the scripts themselves never ask.
get_rights() {
    [ "$answer" != no ] || return 0
    [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }
}

# Whether the driver may be installed, by this script or by `make run REAL=1`. Asks once.
let_install() {
    if [ -z "$may_install" ]; then
        may_install=no
        ask 'Install the driver and restart coreaudiod? All sound stops for a second or two.' && may_install=yes
    fi
    [ "$may_install" = yes ]
}

# Whether a song can be played: `make run REAL=1` installs the driver where it is missing or another one.
can_play() {
    if [ ! -e "$installed" ]; then
        skip 'no song: the driver is not installed'
    elif ! let_install; then
        skip 'no song: it might have to install the driver'
    else
        return 0
    fi
    return 1
}

skip() {
    tell "    left out: $1"
    note
}

# Starts `gecko run --json` into a file of this name, and waits for it to run.
start_gecko() {
    status=$folder/$1
    : >"$status"
    "$bin/gecko" run --json >"$status" 2>"$status.err" </dev/null &
    gecko=$!
    seen=0
    await_gecko 15
}

# What the last line of gecko's status says: STATE ATTACHED STEERING LOST PROBLEM.
gecko_says() {
    tail -n 1 "$status" | python3 -c '
import json, sys
try:
    line = json.loads(sys.stdin.readline())
    print(line["state"], "attached" if line["attached"] else "not-attached", "%+.2f ppm" % line["steering_ppm"],
          line["underrun_frames"] + line["overtaken_frames"], "frames lost", line.get("problem", ""))
except Exception as error:
    print("nothing that can be read:", error)' 2>&1
}

# Makes await_gecko believe only what gecko says from now on.
forget_status() {
    seen=$(wc -l <"$status")
}

says_more() {
    [ "$(wc -l <"$status")" -gt "$seen" ]
}

# Until gecko, alive, says that it runs, or sleeps, attached; or so many seconds.
await_gecko() {
    left=$1
    while [ "$left" -gt 0 ]; do
        says=
        says_more && says=$(gecko_says)
        kill -0 "$gecko" 2>/dev/null || return 1
        case $says in
            'running attached'* | 'asleep attached'*) return 0 ;;
        esac
        left=$((left - 1))
        sleep 1
    done
    return 1
}

# After something was killed: does gecko find back, and is a song then whole?
finds_back() {
    if await_gecko 60; then
        tell "    gecko is back: $(gecko_says)"
    else
        if ! kill -0 "$gecko" 2>/dev/null; then
            tell "    gecko is NOT back: it has ended. Its last words: $(gecko_says)"
            try cat "$status.err"
        elif ! says_more; then
            tell "    gecko is NOT back: it said nothing more for a minute. Its last words: $(gecko_says)"
        else
            tell "    gecko is NOT back after a minute: $(gecko_says)"
        fi
        failures="$failures
  $section: gecko did not find back"
    fi
    stop_gecko
    can_play || return
    try make run REAL=1 "OUT=$folder/$1.wav"
    rm -f "$folder/$1.wav"
}

begin_system() {
    try sw_vers
    try uname -mrs
    try sysctl -n machdep.cpu.brand_string hw.ncpu
    try xcodebuild -version
    try clang --version
    try brew --version
    try csrutil status
    try git rev-parse HEAD
    try id -u
    try id -G
    note "the console's owner and mode:"
    try stat -f '%u %Sp' /dev/console
}

begin_test() {
    try make test V=1
}

begin_macos() {
    try make macos V=1
    try tools/dev/build coreaudio gecko gecko-play gecko-song
}

begin_bundle() {
    for one in "$bundle" "$installed"; do
        [ -e "$one" ] || {
            note "there is no $one"
            continue
        }
        program=$one/Contents/MacOS/GeckoAudioDevice
        try ls -leR@ "$one"
        try lipo -info "$program"
        try file "$program"
        try otool -L "$program"
        try otool -l "$program"
        try nm -gU "$program"
        try plutil -p "$one/Contents/Info.plist"
        try codesign -dv --verbose=4 "$one"
        try codesign --verify --strict --verbose=4 "$one"
    done
}

begin_install() {
    let_install || {
        skip 'the driver was not installed'
        return
    }
    get_rights
    try packaging/macos/install.sh
    try "$bin/gecko" driver status
    ask 'Should this Mac have no output but Gecko Sink: install one that goes nowhere (BlackHole, by Homebrew)?' || {
        skip 'no output was installed'
        return
    }
    get_rights
    try make mac-output
}

begin_devices() {
    try make sink-seen
    try system_profiler SPAudioDataType -json
    try "$bin/gecko" devices
    note "the processes of the audio server, their users (UID) and groups:"
    try sh -c "ps -axo uid,gid,pid,ppid,comm | grep -i -e 'core.audio.driver' -e coreaudiod -e UID | grep -v grep"
}

begin_shared_memory() {
    note "What the driver's process can open of what this user makes (facts: owner's mode 0600, others' 0606, the group's 0660, all 0666):"
    try "$bin/gecko" driver --try
    try "$bin/gecko" driver
    note "The user that the driver's process is:"
    try sh -c "id _coreaudiod"
    if start_gecko attach.jsonl; then
        tell "    gecko: $(gecko_says)"
        try "$bin/gecko" driver
    else
        tell "    gecko does not run: $(gecko_says)"
        try cat "$folder/attach.jsonl.err"
    fi
    stop_gecko
}

begin_song() {
    can_play || return
    try make run REAL=1 "OUT=$folder/flat.wav"
    try make run REAL=1 PRESET=rock "OUT=$folder/rock.wav"
    try make run REAL=1 "APPS=$song:rock $song:vocal" "OUT=$folder/applications.wav"
    rm -f "$folder"/*.wav # the reports and pictures stay
}

begin_log() {
    try log show --last 10m --info --style compact --predicate "$predicate"
}

begin_publish() {
    let_install || {
        skip 'publishing was not tried: it would install the driver'
        return
    }
    ask 'Have the driver publish what is played under a fixed name for a moment? coreaudiod is restarted twice.' || {
        skip 'publishing was not tried'
        return
    }
    get_rights
    publishing=yes
    try packaging/macos/install.sh --publish
    try "$bin/gecko" driver
    note "This user opens what the driver made, to read:"
    try python3 -c '
import _posixshmem, mmap, os, struct
descriptor = _posixshmem.shm_open("/GeckoAudioShm", os.O_RDONLY, mode=0)
status = os.fstat(descriptor)
print("mode %o, uid %d, gid %d, %d bytes" % (status.st_mode, status.st_uid, status.st_gid, status.st_size))
print("write_head, read_head, buffer_size, channels, sample_rate:", struct.unpack("=5I", mmap.mmap(descriptor, status.st_size, mmap.MAP_SHARED, mmap.PROT_READ)[:20]))'
    stop_publishing
}

# Puts the driver that does not publish in the place of the one that does.
stop_publishing() {
    [ -n "$publishing" ] || return 0
    try packaging/macos/install.sh && publishing= && return
    tell "    The driver that publishes may still be installed: packaging/macos/install.sh takes it away."
}

begin_clock() {
    seconds=$(awk -v hours="$hours" 'BEGIN { printf "%d", 3600 * hours }')
    if [ "$seconds" -eq 0 ]; then
        skip 'no time was given for it (--hours)'
        return
    fi
    if [ ! -f "$song" ]; then
        skip "there is no $song (\`make run\` makes it)"
        return
    fi
    start_gecko clock.jsonl || {
        tell "    gecko does not run: $(gecko_says)"
        try cat "$status.err"
        stop_gecko
        return
    }
    tell "    a song plays, over and over, for $seconds s; play nothing else"
    (
        one=
        trap 'kill "$one" 2>/dev/null; exit' TERM
        end=$(($(date +%s) + seconds))
        while [ "$(date +%s)" -lt "$end" ]; do
            "$bin/gecko-play" "$song" >/dev/null 2>&1 &
            one=$!
            wait "$one" || sleep 1
        done
    ) &
    player=$!
    wait "$player"
    player=
    tell "    at the end: $(gecko_says)"
    stop_gecko
    note "one line a minute:"
    awk 'NR % 600 == 1' "$folder/clock.jsonl" >>"$report"
    try python3 -c '
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1]) if line.startswith("{")]
playing = [line for line in lines if line["playing"]]
for name in ("steering_ppm", "fill_frames", "latency_frames"):
    values = [line[name] for line in playing[len(playing) // 10 :]]
    if values:
        print("%s after the first tenth: from %.3f to %.3f, mean %.3f" % (name, min(values), max(values), sum(values) / len(values)))
for name in ("underrun_frames", "overtaken_frames"):
    print(name, lines[-1][name])' "$folder/clock.jsonl"
    rm -f "$folder/clock.jsonl"
}

begin_sleep() {
    if [ ! -t 0 ] || [ "$answer" = no ]; then
        skip 'it needs a person who puts the Mac to sleep'
        return
    fi
    start_gecko sleep.jsonl || tell "    gecko does not run: $(gecko_says)"
    printf '    Put the Mac to sleep now (Apple menu, Sleep), wake it after half a minute, and press Return. '
    read -r typed
    finds_back after-sleep
}

begin_kill_helper() {
    get_rights
    helper=$(pgrep -f 'Core Audio Driver.*GeckoAudioDevice' | head -n 1)
    # Else whoever has the driver in its memory.
    [ -n "$helper" ] || helper=$(sudo -n lsof -t "$installed/Contents/MacOS/GeckoAudioDevice" 2>/dev/null | head -n 1)
    if [ -z "$helper" ]; then
        skip 'there is no process named "Core Audio Driver (GeckoAudioDevice.driver)", and none has the driver in its memory'
        return
    fi
    ask 'Kill the process that the driver runs in?' || {
        skip 'it was not killed'
        return
    }
    start_gecko kill-helper.jsonl || tell "    gecko does not run: $(gecko_says)"
    try sudo kill -9 "$helper"
    forget_status
    sleep 3
    finds_back after-kill-helper
    try sh -c "ps -axo uid,pid,ppid,comm | grep -i 'core.audio.driver' | grep -v grep"
}

begin_kill_server() {
    ask 'Kill coreaudiod? All sound stops for a second or two.' || {
        skip 'it was not killed'
        return
    }
    get_rights
    start_gecko kill-server.jsonl || tell "    gecko does not run: $(gecko_says)"
    try sudo killall -9 coreaudiod
    forget_status
    sleep 3
    finds_back after-kill-server
}

begin_logs() {
    note "the last hour's log of the audio server is in log.txt"
    log show --last 1h --info --style compact --predicate "$predicate" >"$folder/log.txt" 2>&1
    crashes=0
    for place in "$HOME/Library/Logs/DiagnosticReports" /Library/Logs/DiagnosticReports; do
        for crash in "$place"/*oreaudiod* "$place"/*Core*Audio*Driver* "$place"/gecko*; do
            [ -f "$crash" ] || continue
            # Not by its own name: that ends with the computer's, up to macOS 11.
            crashes=$((crashes + 1))
            case ${crash##*/} in
                gecko*) whose=gecko ;;
                *Driver*) whose=driver ;;
                *) whose=coreaudiod ;;
            esac
            note "a crash report: crash-$crashes-$whose.txt"
            cp "$crash" "$folder/crash-$crashes-$whose.txt"
        done
    done
    for found in out/*.json; do
        [ -f "$found" ] || continue
        cp "$found" "$folder"
    done
}

begin_uninstall() {
    ask 'Uninstall the driver again and restart coreaudiod?' || {
        skip 'the driver stays'
        return
    }
    get_rights
    try packaging/macos/uninstall.sh
}

# What could say whose Mac this is.
redact() {
    python3 - "$folder" "$(id -un)" "$(id -F 2>/dev/null)" "$HOME" "$root" "$work" "$(hostname)" "$(scutil --get ComputerName 2>/dev/null)" \
        "$(scutil --get LocalHostName 2>/dev/null)" "$(scutil --get HostName 2>/dev/null)" <<'END'
import pathlib, re, sys

folder, user, full, home, root, work, *computers = sys.argv[1:]
computers += [name.split(".")[0] for name in computers]
literal = [(work, "WORK"), (root, "PROJECT"), (home, "HOME"), *((name, "COMPUTER") for name in computers), (full, "NAME"),
           (user, "USER"), (user + "s", "USER")] + [(word, "NAME") for word in full.split() if len(word) > 2]  # fmt: skip
# Names that say nothing of anybody, and are words of the report.
common = {"admin", "audio", "core", "gecko", "imac", "localhost", "mac", "macbook", "root", "sink", "test", "user"}
patterns = [(re.compile(r"(?<![^\W_])" + re.escape(text) + r"(?![^\W_])", re.I), word)
            for text, word in literal if len(text) > 1 and text.lower() not in common]  # fmt: skip
patterns += [
    (re.compile(r"/Users/[^/\s\"']+"), "/Users/USER"),
    (re.compile(r"\b(?:[0-9A-F]{2}[-:]){5}[0-9A-F]{2}\b", re.I), "ADDRESS"),
    (re.compile(r"(AppleUSBAudioEngine:)\S+"), r"\1SERIAL"),
    (re.compile(r"((?:serial|uuid|udid|crashReporterKey)[^\n:=]*[:=]\s*)\S+", re.I), r"\1REDACTED"),
]


def anonymous(text):
    for pattern, word in patterns:
        text = pattern.sub(word, text)
    return text


for file in sorted(pathlib.Path(folder).rglob("*")):
    if file.is_file():
        file.write_text(anonymous(file.read_bytes().decode("utf-8", "replace")))
        name = anonymous(file.name)
        while name != file.name and file.with_name(name).exists():
            name = "another-" + name
        file.rename(file.with_name(name))
END
}

# The folder as an archive that does not say whose it was: Python's tarfile asks nobody's name and adds no files of extended attributes.
pack() {
    python3 - "$folder" "$title" "$1" <<'END'
import sys, tarfile


def nobody(member):
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


folder, title, file = sys.argv[1:]
with tarfile.open(file, "w:gz") as archive:
    archive.add(folder, title, filter=nobody)
END
}

# Redacts and packs what there is.
finish() {
    trap '' HUP INT TERM # it takes a second
    stop_gecko
    stop_publishing
    rm -f "$folder"/*.wav
    tell
    tell "What failed:${failures:- nothing}"
    if ! redact; then
        echo "Names could not be taken out of the file (python3 failed): read it before you send it." >&2
    fi
    archive=out/$title.tar.gz
    pack "$root/$archive" 2>/dev/null || COPYFILE_DISABLE=1 tar --numeric-owner -czf "$root/$archive" -C "$work" "$title" || exit 2
    echo "All of it is in $archive. Please read it through, then send it."
}

interrupted() {
    trap '' HUP INT TERM
    tell
    tell "    interrupted"
    failures="$failures
  $section: interrupted"
    finish
    exit 130
}

failures=
section=
number=0
trap interrupted HUP INT TERM
tell "Gecko's first run on a Mac, $date: $chosen"
for section in $all; do
    case " $chosen " in *" $section "*) ;; *) continue ;; esac
    number=$((number + 1))
    tell "== $number. $section"
    "begin_$(printf %s "$section" | tr - _)"
done
finish
