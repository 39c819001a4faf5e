#!/bin/sh
# Says what of the driver is installed, whether the audio server runs it, and what to do. Changes nothing, as root neither. Never run on a Mac yet.
#
#   status.sh
#
# Exit codes: 0 installed, right, and at work; 1 wrong usage; 2 something is to be done; 3 not a Mac.
set -eu

# shellcheck source=packaging/macos/prologue.sh
case $0 in */*) . "${0%/*}/prologue.sh" ;; *) . ./prologue.sh ;; esac

[ $# -eq 0 ] || {
    complain "usage: status.sh"
    exit 1
}
need_a_mac 'Looking for the driver' 3
need_tool

todo=
to_do() {
    todo=${todo:-$1} # the first thing that is wrong is the first to put right
}

installed=
version=
say "path: $hal/$name"
if [ -h "$hal/$name" ]; then
    say "installed: no, a symbolic link is in its place"
    to_do "Remove the link, then \`gecko driver install\`."
elif [ ! -d "$hal/$name" ]; then
    say "installed: no"
else
    installed=yes
    if version=$("$tool" check-driver "$hal/$name"); then
        say "installed: version $version"
    else
        say "installed: damaged, or for another computer"
        to_do "\`gecko driver install\` replaces it."
    fi
    # shellcheck disable=SC2012
    say "owner and mode: $(ls -ld "$hal/$name" | { read -r mode _ user group _ && printf '%s:%s %s' "$user" "$group" "$mode"; })"
    wrong=$(wrong_rights "$hal/$name")
    if [ -n "$wrong" ]; then
        say "not root:wheel, 755 and 644: $(printf '%s\n' "$wrong" | wc -l | tr -d ' ') of its files, such as $(printf '%s\n' "$wrong" | sed 1q)"
        to_do "\`gecko driver install\` replaces it."
    fi
    signature=$(codesign -dvv "$hal/$name" 2>&1) || signature='not signed'
    case $signature in
        *Authority=*) signature=$(printf '%s\n' "$signature" | sed -n 's/^Authority=//p' | sed 1q) ;;
        *adhoc*) signature='ad hoc' ;;
        *) signature=none ;;
    esac
    if codesign --verify --strict "$hal/$name" 2>/dev/null; then
        say "signature: $signature, valid"
    else
        say "signature: $signature, not valid"
        to_do "\`gecko driver install\` replaces it."
    fi
fi
if ! (check_place) 2>/dev/null; then
    say "its folder: $( (check_place) 2>&1 || true)"
    to_do "See to its folder."
fi
running=
seen=
if running=$("$tool" device-version "$device_uid"); then
    [ -z "$version" ] || [ "$running" != "$version" ] || seen=yes
    say "running: version ${running:-unknown}"
    if [ -z "$installed" ]; then
        to_do "The audio server still runs a driver that is not there any more: \`gecko driver restart\`, or \`gecko driver install\`."
    elif [ -n "$version" ] && [ "$running" != "$version" ]; then
        to_do "The audio server runs another version than the installed one: \`gecko driver restart\`."
    fi
else
    say "running: no"
    [ -n "$installed" ] || to_do "\`gecko driver install\` installs it."
    [ -z "$installed" ] || to_do "\`gecko driver restart\`; if \"$device\" does not appear then: log show --last 5m --info --style compact --predicate '$predicate'"
fi
# What is in them only root can see.
for left in "$beside"/.gecko-staging.*; do
    is_staging "$left" || continue
    if [ -n "$seen" ]; then
        say "left by an install, perhaps with the former driver: $left; \`gecko driver restart\` or the next install removes it"
    elif [ -n "$installed" ]; then
        say "installed, not yet seen since; what was there before is kept: $left"
        todo="Restart the Mac, or \`gecko driver restart\`: what was there before takes its place again if it does not appear then."
    else
        say "left by an install that was interrupted: $left; the next one removes it"
    fi
done
say "to do: ${todo:-nothing}"
[ -z "$todo" ] || exit 2
