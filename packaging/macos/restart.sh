#!/bin/sh
# Restarts the audio server, coreaudiod, so that it looks for drivers anew; all sound stops for a second or two. Never run on a Mac yet.
#
#   restart.sh
#
# Exit codes: 0 it was restarted, or the Mac has to be, which is said; 1 wrong usage; 2 not a Mac; 3 rights are missing.
set -eu

case $0 in */*) here=${0%/*}/ ;; *) here=. ;; esac
here=$(CDPATH='' cd -- "$here" && pwd -P && printf x)
here=${here%?x}
# shellcheck source=packaging/macos/functions.sh
. "$here/functions.sh"
# shellcheck source=packaging/macos/installing.sh
. "$here/installing.sh"

[ $# -eq 0 ] || {
    complain "usage: restart.sh"
    exit 1
}
need_a_mac 'Restarting the audio server'
code=0
if [ "$(id -u)" -ne 0 ]; then
    as_root /bin/sh "$here/restart.sh" || code=$?
    exit "$code"
fi
restart_audio_daemon || true
