# How the scripts that are installed begin: sets $here, their folder, and sources what they share. To be sourced by a POSIX sh, from its own
# folder.
# shellcheck shell=sh

case $0 in */*) here=${0%/*}/ ;; *) here=. ;; esac
here=$(CDPATH='' cd -- "$here" && pwd -P && printf x)
here=${here%?x} # so that a line end at its end stays
# shellcheck source=packaging/macos/functions.sh
. "$here/functions.sh"
# shellcheck source=packaging/macos/installing.sh
. "$here/installing.sh"
