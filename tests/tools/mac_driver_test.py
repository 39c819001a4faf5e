#!/usr/bin/env python3
"""sink-seen and mac-output with a Mac's commands that only write down how they were called."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent.parent / "packaging/macos"
NAME = "GeckoAudioDevice.driver"

# Every fake writes a line, and fails if FAKE_FAIL begins it. What moves files then does as the real one.
FAKE = r"""#!/bin/sh
case $0 in *sudo) [ "$FAKE_SUDO" = yes ] || exit 1; shift; exec "$@";; esac
line="$(basename "$0") $*"
echo "$line" >>"$FAKE_LOG"
IFS='|'
for fail in $FAKE_FAIL; do case $line in "$fail"*) echo "$line: not today" >&2; exit 1;; esac; done
unset IFS
restarted() { echo "$1" >"$FAKE_STATE/pid"; rm -f "$FAKE_STATE/device"; [ ! -e "$GECKO_ROOT/Library/Audio/Plug-Ins/HAL/GeckoAudioDevice.driver" ] || touch "$FAKE_STATE/device"; }
case $(basename "$0") in
uname) echo "$FAKE_SYSTEM";;
id) echo "$FAKE_UID";;
pgrep) cat "$FAKE_STATE/pid";;
launchctl) restarted kickstarted;;
killall) case "$*" in -9*) restarted killed;; *) [ "$FAKE_DAEMON" = stubborn ] || restarted terminated;; esac;;
system_profiler)
    default=$FAKE_OUTPUT; [ ! -e "$FAKE_STATE/chosen" ] || default='BlackHole 2ch'
    echo '{ "SPAudioDataType" : [ { "_items" : [ { "_name" : "Microphone", "coreaudio_device_input" : 1 }'
    output() {
        echo ", { \"coreaudio_device_output\" : 2,"
        if [ "$1" = "$default" ]; then echo '"coreaudio_default_audio_output_device" : "spaudio_yes",'; fi
        echo "\"_name\" : \"$1\" }"
    }
    if [ -e "$FAKE_STATE/device" ] && [ "$FAKE_DEVICE" != never ]; then output 'Gecko Sink'; fi
    if [ -e "$FAKE_STATE/chosen" ]; then output 'BlackHole 2ch'; fi
    if [ -n "$FAKE_SPEAKERS" ]; then output "$FAKE_SPEAKERS"; fi
    echo '] } ] }';;
SwitchAudioSource) [ "$FAKE_CHOICE" = ignored ] || touch "$FAKE_STATE/chosen";;
brew) [ "$1" != list ] || [ -n "$FAKE_BREW" ] || echo switchaudio-osx;;
cp|mv|rm|mkdir|tee|mktemp|chmod) PATH=/usr/bin:/bin exec "$(basename "$0")" "$@";;
esac
"""
COMMANDS = ("uname id sudo pgrep launchctl killall system_profiler codesign xattr chown sleep cp mv rm mkdir tee mktemp chmod "
            "brew SwitchAudioSource").split()  # fmt: skip


class MacDriver(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mac-driver-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.hal = self.folder / "Library/Audio/Plug-Ins/HAL"
        self.hal.mkdir(parents=True)
        (self.folder / "bin").mkdir()
        (self.folder / "state").mkdir()
        (self.folder / "state/pid").write_text("100\n")
        for command in COMMANDS:
            fake = self.folder / "bin" / command
            fake.write_text(FAKE)
            fake.chmod(0o755)

    def make_bundle(self, folder, text):
        bundle = self.folder / folder / NAME
        (bundle / "Contents/MacOS").mkdir(parents=True)
        (bundle / "Contents/Info.plist").write_text("<plist/>")
        (bundle / "Contents/MacOS/GeckoAudioDevice").write_text(text)
        return bundle

    def run_script(self, script, **environment):
        log = self.folder / "log"
        log.write_text("")
        settings = {"PATH": f"{self.folder}/bin:/usr/bin:/bin", "FAKE_LOG": str(log), "FAKE_STATE": str(self.folder / "state"),
                    "FAKE_SYSTEM": "Darwin", "FAKE_UID": "0", "FAKE_SUDO": "no", "FAKE_FAIL": "", "FAKE_DEVICE": "", "FAKE_OUTPUT": "",
                    "FAKE_SPEAKERS": "", "FAKE_CHOICE": "", "FAKE_BREW": "",
                    "FAKE_DAEMON": "", "GECKO_ROOT": str(self.folder), **environment}  # fmt: skip
        done = subprocess.run([str(SCRIPTS / script)], env=settings, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, check=False)  # fmt: skip
        self.log = log.read_text()
        return done

    def install(self):
        """As if somebody had."""
        shutil.copytree(self.make_bundle("built", "the driver"), self.hal / NAME)
        (self.folder / "state/device").touch()

    def test_elsewhere_nothing_is_touched(self):
        for script in ("sink-seen", "mac-output"):
            with self.subTest(script):
                done = self.run_script(script, FAKE_SYSTEM="Linux")
                self.assertEqual(done.returncode, 2)
                self.assertIn("needs a Mac", done.stderr)
                self.assertEqual(self.log, "uname -s\n")

    @unittest.skipUnless(shutil.which("shellcheck"), "shellcheck is not installed")
    def test_shellcheck_has_nothing_to_say(self):
        root = SCRIPTS.parent.parent
        scripts = [*(SCRIPTS / name for name in ("sink-seen", "mac-output")),
                   root / "tools/mac-first-run.sh", root / "tools/dev/need-a-mac", root / "tools/dev/lint-workflows"]  # fmt: skip
        done = subprocess.run(["shellcheck", "-x", "-P", str(root), *map(str, scripts)], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_sink_seen(self):
        self.assertEqual(self.run_script("sink-seen").returncode, 2)
        self.install()
        self.assertEqual(self.run_script("sink-seen").returncode, 0)

    def test_an_output_that_is_there_is_left_alone(self):
        done = self.run_script("mac-output", FAKE_OUTPUT="Null Audio Device", FAKE_SPEAKERS="Null Audio Device")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Null Audio Device", done.stdout)
        self.assertNotIn("brew", self.log)

    def test_an_output_that_is_not_the_default_one_is_enough(self):
        self.install()
        for default, words in {"Gecko Sink": '"Gecko Sink" itself', "": "no default output"}.items():
            with self.subTest(default):
                done = self.run_script("mac-output", FAKE_OUTPUT=default, FAKE_SPEAKERS="Annabel\u2019s Speakers", FAKE_SUDO="yes")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(words, done.stdout)
                self.assertIn("\nAnnabel\u2019s Speakers\n", done.stdout)
                self.assertNotIn("brew", self.log)
                self.assertNotIn("SwitchAudioSource", self.log)

    def test_gecko_sink_alone_is_no_output(self):
        self.install()
        done = self.run_script("mac-output", FAKE_OUTPUT="Gecko Sink", FAKE_UID="501", FAKE_SUDO="yes")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("brew install --quiet --cask blackhole-2ch", self.log)

    def test_whatever_fails_on_the_way_to_an_output_is_a_failed_step(self):
        for settings in ({"FAKE_FAIL": "brew install --quiet --cask"}, {"FAKE_FAIL": "brew install --quiet switchaudio", "FAKE_BREW": "lacks it"},
                         {"FAKE_FAIL": "SwitchAudioSource"}, {"FAKE_FAIL": "launchctl|killall"}, {"FAKE_CHOICE": "ignored"},
                         {"FAKE_FAIL": "system_profiler"}):  # fmt: skip
            with self.subTest(settings):
                done = self.run_script("mac-output", FAKE_UID="501", FAKE_SUDO="yes", **settings)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertNotEqual(done.stderr, "")

    def test_a_mac_without_an_output_gets_one(self):
        done = self.run_script("mac-output", FAKE_UID="501", FAKE_SUDO="yes")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("brew install --quiet --cask blackhole-2ch", self.log)
        self.assertIn("SwitchAudioSource -t output -s BlackHole 2ch", self.log)
        self.assertEqual(self.run_script("mac-output", FAKE_UID="501").returncode, 0, "it is chosen now")

    def test_without_rights_no_output_is_installed(self):
        done = self.run_script("mac-output", FAKE_UID="501")
        self.assertEqual(done.returncode, 3)
        self.assertIn("    brew install --cask blackhole-2ch", done.stderr)
        self.assertNotIn("brew", self.log)


if __name__ == "__main__":
    unittest.main()
