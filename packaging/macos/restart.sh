#!/bin/sh
# Restarts the audio server, coreaudiod, so that it looks for drivers anew; all sound stops for a second or two. Never run on a Mac yet.
#
#   restart.sh
#
# A driver that was installed and not seen since is looked for then: if its device is there, the former driver, which was kept, goes; if
# not, the former one takes its place again.
# Exit codes: 0 it was restarted, or the Mac has to be, which is said; 1 wrong usage; 2 the driver gave way to the former one;
# 3 rights are missing, or not a Mac; 4 an installation or removal is running.
set -eu

# shellcheck source=packaging/macos/prologue.sh
case $0 in */*) . "${0%/*}/prologue.sh" ;; *) . ./prologue.sh ;; esac

[ $# -eq 0 ] || {
    complain "usage: restart.sh"
    exit 1
}
need_a_mac 'Restarting the audio server' 3
code=0
if [ "$(id -u)" -ne 0 ]; then
    quote /bin/sh "$here/restart.sh"
    pasted=$quoted
    as_root /bin/sh "$here/restart.sh" || code=$?
    exit "$code"
fi
trap drop_lock EXIT
trap 'exit 130' HUP INT TERM
kept=
if is_staged && find_tool; then
    check_place || exit 2
    take_lock || exit
    kept=yes
fi
restart_audio_daemon || exit 0
[ -n "$kept" ] || exit 0
settle_earlier_runs restarted || exit 2
if [ -n "$given_way" ]; then
    complain "The driver that was installed did not appear within $wait_seconds s; what was there before is back in its place."
    where_to_look
    restart_audio_daemon || true
    exit 2
fi
say "\"$device\" is there; the former driver, which was kept, is removed."
