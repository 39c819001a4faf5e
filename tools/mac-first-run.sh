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
# A step that fails is noted, and the next one begins. Needs no rights but for installing and killing, and then asks sudo. The file is
# out/mac-first-run-DATE.tar.gz. User's and computer's names, folders, addresses and serial numbers are taken out of it; read through
# it before you send it. For the sh of macOS, which is bash 3.2.
set -u

all='system test macos bundle install devices shared-memory song log publish clock sleep kill-helper kill-server logs uninstall'
quiet='system bundle devices logs'

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
cd "$root" || exit 1
bin=$root/build/coreaudio/bin
bundle=$root/build/macos/HAL/GeckoAudioDevice.driver
installed=${GECKO_HAL_FOLDER:-/Library/Audio/Plug-Ins/HAL}/GeckoAudioDevice.driver
predicate='process == "coreaudiod" OR process CONTAINS "Core Audio Driver" OR process CONTAINS "Core-Audio-Driver" OR eventMessage CONTAINS "Gecko"'

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

if [ "$(uname -s)" != Darwin ]; then
    echo "mac-first-run.sh needs a Mac; this is $(uname -s). \`make test\` tries here what can be tried here. Nothing was changed." >&2
    exit 2
fi

date=$(date +%Y-%m-%d-%H%M%S)
name=mac-first-run-$date
work=$(mktemp -d "${TMPDIR:-/tmp}/gecko.XXXXXX") || exit 2
folder=$work/$name
mkdir -p "$folder" "$root/out"
report=$folder/report.txt
gecko=
player=

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

skip() {
    tell "    left out: $1"
    note
}

# Starts `gecko run --json` into a file of this name, and waits for it to run.
start_gecko() {
    status=$folder/$1
    "$bin/gecko" run --json >"$status" 2>"$status.err" </dev/null &
    gecko=$!
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

# Until gecko runs, or sleeps, attached; or so many seconds.
await_gecko() {
    left=$1
    while [ "$left" -gt 0 ]; do
        case $(gecko_says) in
            'running attached'* | 'asleep attached'*) return 0 ;;
        esac
        kill -0 "$gecko" 2>/dev/null || return 1
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
        tell "    gecko is NOT back after a minute: $(gecko_says)"
        failures="$failures
  $section: gecko did not find back"
    fi
    stop_gecko
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
    ask 'Install the driver and restart coreaudiod? All sound stops for a second or two.' || {
        skip 'the driver was not installed'
        return
    }
    get_rights
    try packaging/macos/driver-install
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
    try make run REAL=1 "OUT=$folder/flat.wav"
    try make run REAL=1 PRESET=rock "OUT=$folder/rock.wav"
    song=build/song/eight-bars-of-rain.wav
    try make run REAL=1 "APPS=$song:rock $song:vocal" "OUT=$folder/applications.wav"
    rm -f "$folder"/*.wav # the reports and pictures stay
}

begin_log() {
    try log show --last 10m --info --style compact --predicate "$predicate"
}

begin_publish() {
    ask 'Have the driver publish what is played under a fixed name for a moment? coreaudiod is restarted twice.' || {
        skip 'publishing was not tried'
        return
    }
    get_rights
    rm -rf "$work/publish"
    mkdir "$work/publish"
    copy=$work/publish/GeckoAudioDevice.driver
    try cp -R "$bundle" "$copy"
    try plutil -insert GeckoPublish -string 0644 "$copy/Contents/Info.plist"
    try packaging/macos/driver-install "$copy"
    try "$bin/gecko" driver
    note "This user opens what the driver made, to read:"
    try python3 -c '
import _posixshmem, mmap, os, struct
descriptor = _posixshmem.shm_open("/GeckoAudioShm", os.O_RDONLY, mode=0)
status = os.fstat(descriptor)
print("mode %o, uid %d, gid %d, %d bytes" % (status.st_mode, status.st_uid, status.st_gid, status.st_size))
print("write_head, read_head, buffer_size, channels, sample_rate:", struct.unpack("=5I", mmap.mmap(descriptor, status.st_size, mmap.MAP_SHARED, mmap.PROT_READ)[:20]))'
    try packaging/macos/driver-install
}

begin_clock() {
    seconds=$(awk -v hours="$hours" 'BEGIN { printf "%d", 3600 * hours }')
    if [ "$seconds" -eq 0 ]; then
        skip 'no time was given for it (--hours)'
        return
    fi
    tell "    a song plays, over and over, for $seconds s; play nothing else"
    start_gecko clock.jsonl || tell "    gecko does not run: $(gecko_says)"
    (
        # A sleep that outlives this is no harm.
        end=$(($(date +%s) + seconds))
        while [ "$(date +%s)" -lt "$end" ]; do
            "$bin/gecko-play" build/song/eight-bars-of-rain.wav >/dev/null 2>&1 || sleep 1
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
    sleep 3
    finds_back after-kill-server
}

begin_logs() {
    note "the last hour's log of the audio server is in log.txt"
    log show --last 1h --info --style compact --predicate "$predicate" >"$folder/log.txt" 2>&1
    for place in "$HOME/Library/Logs/DiagnosticReports" /Library/Logs/DiagnosticReports; do
        for crash in "$place"/*oreaudiod* "$place"/*Core*Audio*Driver* "$place"/gecko*; do
            [ -f "$crash" ] || continue
            note "a crash report: $(basename "$crash")"
            cp "$crash" "$folder"
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
    try packaging/macos/driver-uninstall
}

# What could say whose Mac this is.
redact() {
    python3 - "$folder" "$(id -un)" "$(id -F 2>/dev/null)" "$HOME" "$(hostname)" "$(scutil --get ComputerName 2>/dev/null)" "$root" "$work" <<'END'
import pathlib, re, sys

folder, user, full, home, host, computer, root, work = sys.argv[1:]
literal = [(work, "WORK"), (root, "PROJECT"), (home, "HOME"), (computer, "COMPUTER"), (host, "COMPUTER"), (host.split(".")[0], "COMPUTER"), (full, "NAME"),
           (user, "USER"), (user + "s", "USER")] + [(word, "NAME") for word in full.split() if len(word) > 2]  # fmt: skip
# Names that say nothing of anybody, and are words of the report.
common = {"admin", "audio", "core", "gecko", "imac", "localhost", "mac", "macbook", "root", "sink", "test", "user"}
patterns = [(re.compile(r"(?<!\w)" + re.escape(text) + r"(?!\w)", re.I), word)
            for text, word in literal if len(text) > 1 and text.lower() not in common]  # fmt: skip
patterns += [
    (re.compile(r"/Users/[^/\s\"']+"), "/Users/USER"),
    (re.compile(r"\b(?:[0-9A-F]{2}[-:]){5}[0-9A-F]{2}\b", re.I), "ADDRESS"),
    (re.compile(r"(AppleUSBAudioEngine:)\S+"), r"\1SERIAL"),
    (re.compile(r"((?:serial|uuid|udid|crashReporterKey)[^\n:=]*[:=]\s*)\S+", re.I), r"\1REDACTED"),
]
for file in pathlib.Path(folder).rglob("*"):
    if file.is_file():
        text = file.read_bytes().decode("utf-8", "replace")
        for pattern, word in patterns:
            text = pattern.sub(word, text)
        file.write_text(text)
END
}

failures=
number=0
tell "Gecko's first run on a Mac, $date: $chosen"
for section in $all; do
    case " $chosen " in *" $section "*) ;; *) continue ;; esac
    number=$((number + 1))
    tell "== $number. $section"
    "begin_$(printf %s "$section" | tr - _)"
done
stop_gecko
tell
tell "What failed:${failures:- nothing}"

if ! redact; then
    echo "Names could not be taken out of the file (python3 failed): read it before you send it." >&2
fi
tar -czf "$root/out/$name.tar.gz" -C "$work" "$name" || exit 2
echo "All of it is in out/$name.tar.gz. Please read it through, then send it."
