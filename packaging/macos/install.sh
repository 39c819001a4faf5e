#!/bin/sh
# Installs the driver, or another version of it, so that applications find "Gecko Sink". Never run on a Mac yet.
#
#   install.sh [--publish | --publish=0644 | --publish=0666] [BUNDLE]
#
# BUNDLE is the driver that came with this script, or that `make macos` built. Nothing is done if just this one is installed and at work.
# --publish has it write what is played under a fixed name that everybody can read (docs/driver.md, docs/security.md).
#
# The new driver takes the former one's place in one step, whole and verified; the former one is kept until the audio server has the new one's
# device, and takes its place again if it does not appear (docs/installing.md).
# Exit codes: 0 installed, or only a restart is missing, which is said; 1 wrong usage; 2 a step failed, and what was installed
# before is as it was; 3 rights are missing, or not a Mac; 4 another installation or removal is running.
set -eu

# shellcheck source=packaging/macos/prologue.sh
case $0 in */*) . "${0%/*}/prologue.sh" ;; *) . ./prologue.sh ;; esac

usage() {
    complain "usage: install.sh [--publish | --publish=0644 | --publish=0666] [BUNDLE]"
    exit 1
}

elevated=
publish=
while [ $# -gt 0 ]; do
    case $1 in
        --elevated) elevated=yes ;; # the second half, as root; BUNDLE has been prepared by the first
        --publish) publish=0644 ;;
        --publish=0644 | --publish=0666) publish=${1#*=} ;;
        -*) usage ;;
        *) break ;;
    esac
    shift
done
[ $# -le 1 ] || usage
bundle=${1:-}
if [ -z "$bundle" ]; then
    bundle=$here/../$name
    [ -d "$bundle" ] || bundle=$here/../../build/macos/HAL/$name
fi
case $bundle in
    /*) ;;
    *) bundle=$PWD/$bundle ;;
esac

need_a_mac 'Installing the driver' 3
need_tool

work=    # a folder of this user's, where the bundle is prepared
staging= # root's, beside the folder that coreaudiod reads
restarts=
leave() {
    code=$?
    trap - EXIT
    trap '' HUP INT TERM
    if [ -n "$staging" ]; then
        if take_back "$staging"; then
            discard "$staging" || complain "$staging could not be removed."
            [ -z "$restarts" ] || restart_audio_daemon || true
        else
            not_taken_back "$staging"
        fi
    fi
    drop_lock || true
    [ -z "$work" ] || rm -rf "$work" || true
    exit "$code"
}
trap leave EXIT
trap 'exit 130' HUP INT TERM

# step WHAT COMMAND...
step() {
    what=$1
    shift
    "$@" || {
        complain "install.sh: $what failed. What was installed before is as it was."
        exit 2
    }
}

is_whole() {
    codesign --verify --strict "$1"
}

# A copy of $bundle in $work, for this user, as it is to be installed.
prepare() {
    "$tool" check-driver "$bundle" >/dev/null || {
        complain "This cannot be installed. \`make macos\` builds the driver. Nothing was changed."
        exit 2
    }
    work=$(mktemp -d "${TMPDIR:-/tmp}/gecko-install.XXXXXX") || {
        complain "install.sh: a folder for temporary files could not be made. Nothing was changed."
        exit 2
    }
    prepared=$work/$name
    step "making a folder" mkdir "$prepared"
    step "copying the driver" cp -R "$bundle/." "$prepared"
    # It may be another user's, who has changed it meanwhile: only what is in the copy counts.
    "$tool" check-driver "$prepared" >/dev/null || step "checking the copy" false
    step "removing extended attributes" xattr -cr "$prepared"
    [ -z "$publish" ] || step "setting GeckoPublish" plutil -replace GeckoPublish -string "$publish" "$prepared/Contents/Info.plist"
    # What a linker signs holds the program alone. What somebody signed is never signed again, but for a change to it.
    signed=$(codesign -dvv "$prepared" 2>&1) || signed='not signed'
    case $publish$signed in
        0* | *'not signed'* | *linker-signed*) step "signing (codesign --sign -)" codesign --force --sign - "$prepared" ;;
    esac
    step "verifying the signature" is_whole "$prepared"
    step "setting modes" set_modes "$prepared"
}

# Whether just this one is installed, by all signs, and at work.
is_installed() {
    [ ! -h "$hal/$name" ] && [ -d "$hal/$name" ] || return 1
    ! is_staged || return 1
    diff -r "$prepared" "$hal/$name" >/dev/null 2>&1 && [ -z "$(wrong_rights "$hal/$name")" ] &&
        version=$("$tool" check-driver "$prepared") && "$tool" device-present "$device_uid" 0 "$version"
}

# As root: puts $prepared, which may be another user's, into its place.
install_prepared() {
    check_place || exit 2
    step "making $hal" make_hal
    take_lock || exit
    settle_earlier_runs now || exit 2
    staging=$(mktemp -d "$beside/.gecko-staging.XXXXXX") || {
        complain "install.sh: a folder beside $hal could not be made. Nothing was changed."
        exit 2
    }
    new=$staging/$name
    step "making a folder" mkdir "$new"
    step "copying the driver" cp -R "$prepared/." "$new"
    # Nobody but root can change it from here on: what is checked is what is installed. Nothing is done to it before it is known that there
    # are no links in it.
    version=$("$tool" check-driver "$new") || step "checking the copy" false
    step "giving it to root" chown -R "$owner" "$new"
    step "setting modes" set_modes "$new"
    step "verifying the signature" is_whole "$new"
    [ -z "$(wrong_rights "$new")" ] || step "setting owner and modes" false
    former=
    [ ! -d "$hal/$name" ] || former=yes
    inode_of "$new" >"$staging/journal.part" || step "noting what is done" false
    printf '\n' >>"$staging/journal.part" || step "noting what is done" false
    step "noting what is done" mv "$staging/journal.part" "$staging/journal"
    step "writing it to the disk" "$tool" sync "$staging"
    if [ -n "$former" ]; then
        step "exchanging the drivers" "$tool" exchange "$new" "$hal/$name"
    else
        step "moving the driver into its place" "$tool" place "$new" "$hal/$name"
    fi
    say "Installed version $version: $hal/$name"

    restarts=yes
    if ! restart_audio_daemon; then
        say "The driver is in its place; \"$device\" is there after the restart.${former:+ The former driver is kept in $staging until it is seen.}"
        staging= # restart.sh or the next run settles it
        return 0
    fi
    if "$tool" device-present "$device_uid" "$wait_seconds" "$version"; then
        discard "$staging" || complain "$staging could not be removed."
        staging=
        say "\"$device\" is there."
        return 0
    fi
    complain "\"$device\" of version $version did not appear within $wait_seconds s."
    where_to_look
    if ! take_back "$staging"; then
        exit 2 # leave() says where the former one is
    fi
    discard "$staging" || complain "$staging could not be removed."
    staging=
    restart_audio_daemon || true
    if [ -z "$former" ]; then
        complain "The driver was taken out again; none is installed, as before."
    elif "$tool" device-present "$device_uid" "$wait_seconds"; then
        complain "The former driver is back in its place, and at work."
    else
        complain "The former driver is back in its place, but its device did not appear either. Restart the Mac."
    fi
    exit 2
}

if [ -n "$elevated" ]; then
    prepared=$bundle
    install_prepared
else
    prepare
    if is_installed; then
        say "Version $version is installed already, and \"$device\" is there."
    elif [ "$(id -u)" -eq 0 ]; then
        install_prepared
    else
        quote /bin/sh "$here/install.sh" ${publish:+"--publish=$publish"} "$bundle"
        pasted=$quoted
        as_root /bin/sh "$here/install.sh" --elevated "$prepared"
    fi
fi
