"""A Mac for the scripts of packaging/macos: a root folder, a minihald that is restarted like coreaudiod, and stand-ins for macOS's commands.

The stand-ins count the commands that a script runs, and fail or kill it (the whole of it, by SIGKILL) at one of them.
"""

import os
import pathlib
import plistlib
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SCRIPTS = ROOT / "packaging/macos"
NAME = "GeckoAudioDevice.driver"
PROGRAM = f"{NAME}/Contents/MacOS/GeckoAudioDevice"
FIXED_NAME = "/GeckoAudioShm.packaging-test"

COMMANDS = ("cat chmod chown codesign cp diff find gecko-install-tool grep id killall launchctl ln ls mkdir mktemp mv osascript pgrep "
            "pkgutil plutil readlink rm sed sleep sudo system_profiler uname wc tr xattr").split()  # fmt: skip

# What this computer's own cannot stand for.
MACS = ("codesign gecko-install-tool id killall launchctl lipo open osascript otool pgrep pkgbuild pkgutil plutil productbuild sleep "
        "sudo system_profiler uname xattr xcrun").split()  # fmt: skip

# What has none of macOS's own ways goes to the real command. FAKE_AT is the number of the command that FAKE_HOW befalls; FAKE_REFUSE
# names commands that always fail, by the beginning of their line; a command that begins as FAKE_HOLD does waits for the file "go".
FAKE = r"""#!/bin/sh
me=${0##*/}
PATH=/usr/bin:/bin
read -r count <"$FAKE/count"
count=$((count + 1))
echo "$count" >"$FAKE/count"
printf '%s %s %s\n' "$count" "$me" "$*" >>"$FAKE/log"
refuse() { echo "$me: not today" >&2; exit 1; }
if [ "$count" = "$FAKE_AT" ]; then
    case $FAKE_HOW in
        fails) refuse ;;
        killed) kill -KILL 0 ;;
        ended) kill -TERM 0 ;;
        half) # the work of a command that copies or removes, half done
            case $me in
                cp) mkdir -p "$3/Contents" && cp "${2%/.}/Contents/Info.plist" "$3/Contents" ;;
                rm) rm -rf "$2/Contents/MacOS" "$2/GeckoAudioDevice.driver/Contents/MacOS" ;;
                chown | chmod | xattr | plutil) ;;
                codesign) echo half >"$4/Contents/MacOS/half" ;;
            esac
            kill -KILL 0 ;;
    esac
fi
case "$me $*" in
    "${FAKE_HOLD:-nothing}"*)
        touch "$FAKE/held"
        until [ -e "$FAKE/go" ]; do sleep 0.01; done ;;
esac
line="$me $*"
IFS='|'
for start in $FAKE_REFUSE; do case $line in "$start"*) refuse ;; esac; done
unset IFS
sums() { cat "$1/Contents/Info.plist" "$1/Contents/MacOS/"* | cksum; }
pid() { cat "$FAKE/pid"; }
# Waits until launchd's stand-in has started another one.
restarted() { tries=500; while [ "$(pid)" = "$1" ] && [ "$tries" -gt 0 ]; do sleep 0.01; tries=$((tries - 1)); done; }
case $me in
    uname) echo "${FAKE_SYSTEM:-Darwin}" ;;
    id) echo "${FAKE_UID:-0}" ;;
    sudo)
        as=0
        while :; do
            case $1 in
                -n) [ "${FAKE_UID:-0}" = 0 ] || [ "$FAKE_SUDO" = yes ] || exit 1; shift ;;
                -H) shift ;;
                -u) as=${2#?}; shift 2 ;;
                *) break ;;
            esac
        done
        [ "$as" = 0 ] || [ "$(id -u)" != 0 ] || [ -z "$FAKE_DROP" ] || set -- setpriv --reuid "$as" --regid "$as" --clear-groups "$@"
        FAKE_UID=$as SUDO_UID=${FAKE_UID:-0} exec "$@" ;;
    osascript)
        for last; do :; done
        case $* in
            *'display alert'*) # what was shown, and the button that is pressed
                while [ "$1" = -e ]; do shift 2; done
                printf '%s\n' "$@" >>"$FAKE/alerts.part" && mv "$FAKE/alerts.part" "$FAKE/alerts"
                echo "$FAKE_ANSWER"
                exit ;;
        esac
        [ "$FAKE_WINDOW" = yes ] || exit 1
        FAKE_UID=0 exec /bin/sh -c "$last" ;;
    pgrep) pid ;;
    launchctl)
        case $1 in
            kickstart) old=$(pid); kill -KILL "$old" && restarted "$old" ;;
            asuser) shift 2; PATH=${0%/*}:$PATH exec "$@" ;;
            bootstrap | load) [ -z "$FAKE_BOOTSTRAP" ] || refuse ;;
        esac ;;
    killall)
        case $1:$FAKE_DAEMON in
            -TERM:stubborn) ;;
            *) kill "$1" "$(pid)" ;;
        esac ;;
    sleep) exec sleep 0.02 ;;
    codesign)
        for bundle; do :; done
        [ -d "$bundle" ] || exit 0 # a program alone carries its own
        seal=$bundle/Contents/_CodeSignature/CodeResources
        case $1 in
            --force) mkdir -p "${seal%/*}" && sums "$bundle" >"$seal" ;;
            --verify) [ -f "$seal" ] && [ "$(sums "$bundle")" = "$(cat "$seal")" ] || refuse ;;
            -dvv) if [ -f "$seal" ]; then echo Signature=adhoc; else echo 'code object is not signed at all'; exit 1; fi ;;
        esac ;;
    lipo) case $2 in */gecko) echo "${FAKE_PROCESSORS:-x86_64 arm64}" ;; *) echo "x86_64 arm64" ;; esac ;;
    otool) printf '%s:\n\t/usr/lib/libSystem.B.dylib (compatibility version 1.0.0)\n%s' "$2" "$FAKE_LIBRARIES" ;;
    pkgbuild) # a package is a tar archive here
        for file; do :; done
        [ "$1" = --analyze ] && { echo '<plist><array><dict/></array></plist>' >"$file"; exit; }
        while [ $# -gt 1 ]; do case $1 in --root) files=$2 ;; --scripts) scripts=$2 ;; esac; shift; done
        mkdir "$file.d" && cp -R "$files" "$file.d/payload"
        [ -z "$scripts" ] || cp -R "$scripts" "$file.d/scripts"
        tar -cf "$file" -C "$file.d" . ;;
    productbuild)
        for file; do :; done
        while [ $# -gt 1 ]; do case $1 in --package-path) packages=$2 ;; --distribution) distribution=$2 ;; esac; shift; done
        cp "$distribution" "$packages"
        tar -cf "$file" -C "$packages" $(cd "$packages" && ls | grep -v '[.]d$') ;;
    xcrun) ;;
    open) echo "$1" >>"$FAKE/opened" ;;
    plutil) [ "${2#0.}" = "$2" ] || exit 0; exec python3 -c '
import plistlib, sys
_, key, _, value, file = sys.argv[1:]
info = plistlib.load(open(file, "rb")); info[key] = value; plistlib.dump(info, open(file, "wb"))' "$@" ;;
    pkgutil)
        case $1 in
            --pkg-info) [ -e "$FAKE/receipts/$2" ] ;;
            --forget) rm "$FAKE/receipts/$2" ;;
        esac ;;
    xattr) ;;
    system_profiler) echo '"_name" : "Speakers"' ;;
    gecko-install-tool) exec "$FAKE_TOOL" "$@" ;;
    *) exec "$me" "$@" ;;
esac
"""


class Launchd(threading.Thread):
    """Keeps a minihald running, as launchd keeps coreaudiod."""

    def __init__(self, programs, hal, folder, drop):
        super().__init__(daemon=True)
        self.command = [str(programs / "minihald"), "--plugins", str(hal), "--run-dir", str(folder / "run")]
        self.pid_file = folder / "pid"
        self.log = folder / "minihald.log"
        self.drop = drop
        self.ending = False
        self.process = None
        self.ready = threading.Event()

    def run(self):
        while not self.ending:
            with open(self.log, "ab") as log:
                self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=log, start_new_session=True, **self.drop)
                self.process.stdout.readline()
                part = self.pid_file.with_suffix(".part")
                part.write_text(f"{self.process.pid}\n")
                os.chmod(part, 0o644)
                part.rename(self.pid_file)
                self.ready.set()
                self.process.stdout.read()
                self.process.wait()
                self.process.stdout.close()

    def end(self):
        self.ending = True
        if self.process is not None:
            self.process.kill()
        self.join(10)


def different(bundle, version):
    """Makes a bundle one of another version, of the same length."""
    info = plistlib.loads((bundle / "Contents/Info.plist").read_bytes())
    before = info["CFBundleShortVersionString"].encode()
    info["CFBundleShortVersionString"] = info["CFBundleVersion"] = version
    (bundle / "Contents/Info.plist").write_bytes(plistlib.dumps(info))
    program = bundle / "Contents/MacOS/GeckoAudioDevice"
    data = program.read_bytes()
    assert len(before) == len(version) and data.count(b"\0" + before + b"\0") == 1, "the driver's version is not once in it"
    program.write_bytes(data.replace(b"\0" + before + b"\0", b"\0" + version.encode() + b"\0"))


def contents(bundle):
    """All that is in a bundle, by name; None if there is none."""
    if not os.path.lexists(bundle):
        return None
    return {str(path.relative_to(bundle)): path.read_bytes() if path.is_file() else None for path in sorted(bundle.rglob("*"))}


class FakeMac:
    """One computer. `user` is a number to run everything as, or None for whoever runs the test."""

    def __init__(self, programs, driver, user=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fake-mac-"))
        self.programs = programs
        self.user = user
        self.drop = {} if user is None else {"user": user, "group": user, "extra_groups": []}
        self.root = self.folder / "root"
        self.hal = self.root / "Library/Audio/Plug-Ins/HAL"
        self.home = self.root / "Users/annabel"
        self.bundle = self.folder / "built" / NAME
        for folder in (self.hal, self.home, self.root / "dev", self.root / "Applications", self.folder / "bin", self.folder / "tmp", self.folder / "receipts",
                       self.folder / "run"):  # fmt: skip
            folder.mkdir(parents=True)
        (self.root / "dev/console").touch()
        (self.folder / "count").write_text("0\n")
        shutil.copytree(driver, self.bundle)
        fake = self.folder / "bin/fake"
        fake.write_text(FAKE)
        fake.chmod(0o755)
        for command in COMMANDS:
            os.link(fake, self.folder / "bin" / command)
        (self.folder / "macs").mkdir()
        for command in MACS:
            os.link(fake, self.folder / "macs" / command)
        self.folder.chmod(0o755)
        self.own(self.folder)
        self.launchd = None

    def own(self, top):
        if self.user is not None:
            for path in [top, *top.rglob("*")]:
                os.chown(path, self.user, self.user, follow_symlinks=False)

    def start(self):
        self.launchd = Launchd(self.programs, self.hal, self.folder, self.drop)
        self.launchd.start()
        assert self.launchd.ready.wait(10), "minihald does not start"
        return self

    def restart(self):
        """What a person does who was told to."""
        before = (self.folder / "pid").read_text()
        os.kill(int(before), signal.SIGKILL)
        until = time.monotonic() + 10
        while (self.folder / "pid").read_text() == before and time.monotonic() < until:
            time.sleep(0.005)

    def close(self):
        if self.launchd is not None:
            self.launchd.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def environment(self, **more):
        user = os.getuid() if self.user is None else self.user
        group = os.getgid() if self.user is None else self.user
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.home), "TMPDIR": str(self.folder / "tmp"), "GECKO_ROOT": str(self.root),
                "GECKO_COMMANDS": str(self.folder / "bin"), "GECKO_OWNER": f"{user}:{group}", "GECKO_OWNER_ID": str(user),
                "GECKO_GROUP_ID": str(group), "GECKO_WAIT": "5", "GECKO_INSTALL_TOOL": str(self.folder / "bin/gecko-install-tool"),
                "GECKO_FIXED_NAME": FIXED_NAME, "MINIHAL_RUN_DIR": str(self.folder / "run"), "FAKE": str(self.folder),
                "FAKE_TOOL": str(self.programs / "gecko-install-tool"), **more}  # fmt: skip

    def run(self, script, *arguments, shell="/bin/sh", folder=SCRIPTS, **environment):
        """Runs a script to its end, in a process group of its own. With `FAKE_AT` each of its commands is counted."""
        if "FAKE_AT" not in environment:
            environment.setdefault("GECKO_COMMANDS", str(self.folder / "macs"))
        (self.folder / "count").write_text("0\n")
        (self.folder / "log").write_text("")
        self.own(self.folder / "count")
        self.own(self.folder / "log")
        done = subprocess.run([*shell.split(), str(folder / script), *map(str, arguments)], env=self.environment(**environment),
                              capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, check=False,
                              start_new_session=True, cwd=self.folder, **self.drop)  # fmt: skip
        self.said = done.stdout + done.stderr
        self.log = [line.split(" ", 1)[1] for line in (self.folder / "log").read_text().splitlines() if " " in line]
        return done

    def paste(self, done, **environment):
        """Runs the line that a script has asked a person to paste, with a sudo that is given the password."""
        (line,) = [line for line in done.stderr.splitlines() if line.startswith("    ")]
        environment = {"GECKO_COMMANDS": str(self.folder / "macs"), "FAKE_UID": "501", "FAKE_SUDO": "yes", **environment}
        environment["PATH"] = environment["GECKO_COMMANDS"] + ":/usr/bin:/bin"
        done = subprocess.run(["/bin/sh", "-c", line], env=self.environment(**environment), capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=60, check=False, cwd=self.folder, **self.drop)  # fmt: skip
        self.said = line + "\n" + done.stdout + done.stderr
        return done

    def install(self, *arguments, **environment):
        return self.run("install.sh", *(arguments or (self.bundle,)), **environment)

    def installed(self):
        return contents(self.hal / NAME)

    def left_over(self):
        """What is beside the folder that coreaudiod reads, and in the folder for temporary files."""
        return [path for path in [*self.hal.parent.iterdir(), *(self.folder / "tmp").iterdir()] if path != self.hal]

    def tool(self, *arguments):
        """Asks as a client of the audio server."""
        return subprocess.run([str(self.programs / "gecko-install-tool"), *arguments], env=self.environment(), capture_output=True,
                              text=True, timeout=60, check=False, **self.drop)  # fmt: skip

    def running(self):
        """The version of the driver that the audio server runs, or None."""
        done = self.tool("device-version", "GeckoSink_UID")
        return done.stdout.strip() if done.returncode == 0 else None

    def commands(self):
        return [line.split()[0] for line in self.log]


class MacTest(unittest.TestCase):
    programs = driver = None  # set by main()
    user = None

    def mac(self, user=None, **options):
        mac = FakeMac(self.programs, self.driver, user, **options)
        self.addCleanup(mac.close)
        return mac

    def assert_done(self, mac, done, code=0):
        self.assertEqual(done.returncode, code, mac.said + "\n".join(mac.log))


def main(arguments, module="__main__"):
    MacTest.programs, MacTest.driver = (pathlib.Path(argument).resolve() for argument in arguments[1:3])
    unittest.main(module, argv=[arguments[0], *arguments[3:]])
