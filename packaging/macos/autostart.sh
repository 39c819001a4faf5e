#!/bin/sh
# Has gecko started when this user logs in, or no longer. Never run on a Mac yet.
#
#   autostart.sh on PROGRAM | off
#
# A LaunchAgent, com.gecko.app, in the user's own folder; no rights are needed. It is started at once, too, and again after a crash, not
# after it was ended. At logout launchd ends it by TERM and waits for 10 s, so that it gives the default output back.
# Exit codes: 0 done; 1 wrong usage; 2 a step failed; 3 not a Mac: it is not there yet.
set -eu

# shellcheck source=packaging/macos/prologue.sh
case $0 in */*) . "${0%/*}/prologue.sh" ;; *) . ./prologue.sh ;; esac
# shellcheck source=packaging/macos/user.sh
. "$here/user.sh"

case ${1:-}$# in
    on2 | off1) ;;
    *)
        complain "usage: autostart.sh on PROGRAM | off"
        exit 1
        ;;
esac
system=$(uname -s)
[ "$system" = Darwin ] || {
    complain "Starting at login is not there yet on $system. Nothing was changed."
    exit 3
}
if [ "$(id -u)" -eq 0 ] || ! find_user; then
    complain "This is a user's own choice: run it as that user, not as root. Nothing was changed."
    exit 2
fi

if [ "$1" = off ]; then
    there=
    [ ! -e "$agent" ] || there=yes
    agent_off || {
        complain "autostart.sh: $agent could not be removed."
        exit 2
    }
    if [ -n "$there" ]; then say "gecko is not started at login any more."; else say "gecko was not started at login."; fi
    exit 0
fi

case $2 in
    /*) ;;
    *)
        complain "autostart.sh: $2 is not the whole path of a program."
        exit 1
        ;;
esac
# Sets $xml to a text as XML has it; a mark keeps a line end at its end.
in_xml() {
    xml=$(printf '%sx' "$1" | sed -e 's/&/\&amp;/g' -e 's/</\&lt;/g' -e 's/>/\&gt;/g') || return 1
    xml=${xml%x}
    [ -n "$xml" ]
}

new=
trap '[ -z "$new" ] || rm -f "$new"' EXIT
trap 'exit 130' HUP INT TERM
write_agent() {
    in_xml "$2" || return 1
    started=$xml
    in_xml "$user_home/Library/Logs/Gecko.log" || return 1
    log=$xml
    mkdir -p "${agent%/*}" "$user_home/Library/Logs" && new=$(mktemp "${agent%/*}/.com.gecko.app.XXXXXX") &&
        cat >"$new" <<END && chmod 644 "$new" && mv -f "$new" "$agent" && new=
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>$agent_label</string>
	<key>ProgramArguments</key>
	<array>
		<string>$started</string>
		<string>run</string>
		<string>--wait</string>
	</array>
	<key>RunAtLoad</key>
	<true/>
	<key>KeepAlive</key>
	<dict>
		<key>Crashed</key>
		<true/>
	</dict>
	<key>ExitTimeOut</key>
	<integer>10</integer>
	<key>ProcessType</key>
	<string>Interactive</string>
	<key>LimitLoadToSessionType</key>
	<string>Aqua</string>
	<key>StandardOutPath</key>
	<string>$log</string>
	<key>StandardErrorPath</key>
	<string>$log</string>
</dict>
</plist>
END
}
write_agent "$@" || {
    complain "autostart.sh: $agent could not be written."
    exit 2
}
# Who had it off by hand has it on again; the former one may still be ending.
launchctl enable "gui/$user_id/$agent_label" 2>/dev/null || true
launchctl bootout "gui/$user_id/$agent_label" 2>/dev/null || true
tries=10
until launchctl bootstrap "gui/$user_id" "$agent" 2>/dev/null && launchctl print "gui/$user_id/$agent_label" >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || {
        complain "autostart.sh: launchctl bootstrap did not take it, so that it was not started now; it counts from the next login on."
        exit 2
    }
    launchctl bootout "gui/$user_id/$agent_label" 2>/dev/null || true
    sleep 1
done
say "gecko is started at login, and was started now."
