#!/usr/bin/env python3
"""driver-install, driver-uninstall, sink-seen and mac-output with a Mac's commands that only write down how they were called."""

import os
import pathlib
import shlex
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
restarted() { echo "$1" >"$FAKE_STATE/pid"; rm -f "$FAKE_STATE/device"; [ ! -e "$GECKO_HAL_FOLDER/GeckoAudioDevice.driver" ] || touch "$FAKE_STATE/device"; }
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
# What the installation may not do without, in the order in which it does.
STEPS = ("mktemp", "mkdir", "cp", "tee", "xattr", "chown", "chmod", "codesign --force", "codesign --verify")


class MacDriver(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mac-driver-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.hal = self.folder / "Plug-Ins/HAL"
        self.hal.mkdir(parents=True)
        (self.folder / "bin").mkdir()
        (self.folder / "state").mkdir()
        (self.folder / "state/pid").write_text("100\n")
        for command in COMMANDS:
            fake = self.folder / "bin" / command
            fake.write_text(FAKE)
            fake.chmod(0o755)
        self.bundle = self.make_bundle("built", "the new one")

    def make_bundle(self, folder, text):
        bundle = self.folder / folder / NAME
        (bundle / "Contents/MacOS").mkdir(parents=True)
        (bundle / "Contents/Info.plist").write_text("<plist/>")
        (bundle / "Contents/MacOS/GeckoAudioDevice").write_text(text)
        return bundle

    def install_former(self):
        shutil.copytree(self.make_bundle("former", "the former one"), self.hal / NAME)
        (self.folder / "state/device").touch()

    def installed(self):
        file = self.hal / NAME / "Contents/MacOS/GeckoAudioDevice"
        return file.read_text() if file.exists() else None

    def run_script(self, script, *arguments, left=0, cwd=None, **environment):
        log = self.folder / "log"
        log.write_text("")
        settings = {"PATH": f"{self.folder}/bin:/usr/bin:/bin", "FAKE_LOG": str(log), "FAKE_STATE": str(self.folder / "state"),
                    "FAKE_SYSTEM": "Darwin", "FAKE_UID": "0", "FAKE_SUDO": "no", "FAKE_FAIL": "", "FAKE_DEVICE": "", "FAKE_OUTPUT": "",
                    "FAKE_SPEAKERS": "", "FAKE_CHOICE": "", "FAKE_BREW": "",
                    "FAKE_DAEMON": "", "GECKO_HAL_FOLDER": str(self.hal), **environment}  # fmt: skip
        done = subprocess.run([str(SCRIPTS / script), *arguments], env=settings, capture_output=True, text=True, cwd=cwd,
                              stdin=subprocess.DEVNULL, timeout=60, check=False)  # fmt: skip
        self.log = log.read_text()
        self.left = [path for path in self.hal.parent.iterdir() if path != self.hal]
        self.assertEqual(len(self.left), left, "something is left")
        return done

    def install(self, *arguments, **environment):
        return self.run_script("driver-install", *arguments, str(self.bundle), **environment)

    def test_installs_whole_signed_and_verified_and_waits_for_the_device(self):
        done = self.install()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.installed(), "the new one")
        places = [self.log.index("\n" + step) for step in (*STEPS, "mv", "launchctl kickstart -k system/com.apple.audio.coreaudiod",
                                                           "system_profiler SPAudioDataType -json")]  # fmt: skip
        self.assertEqual(places, sorted(places), self.log)
        self.assertIn("chown -R root:wheel", self.log)
        self.assertIn("codesign --force --sign - ", self.log)
        self.assertNotIn("killall", self.log)
        self.assertIn('"Gecko Sink" is there', done.stdout)
        self.assertEqual((self.hal / NAME / "Contents/MacOS/GeckoAudioDevice").stat().st_mode & 0o777, 0o755)
        self.assertEqual((self.hal / NAME / "Contents/Info.plist").stat().st_mode & 0o777, 0o644)

    def test_takes_a_former_ones_place(self):
        self.install_former()
        self.assertEqual(self.install().returncode, 0)
        self.assertEqual(self.installed(), "the new one")

    def test_makes_the_folder_of_a_fresh_system(self):
        self.hal.rmdir()
        self.assertEqual(self.install().returncode, 0)
        self.assertEqual(self.installed(), "the new one")

    def test_whatever_step_fails_the_former_one_stays(self):
        self.install_former()
        for step in (*STEPS, "mv"):
            with self.subTest(step):
                done = self.install(FAKE_FAIL=step)
                self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
                self.assertEqual(self.installed(), "the former one")
                self.assertNotIn("launchctl", self.log)
                self.assertIn("failed" if step != "mktemp" else "could not be made", done.stderr)

    def test_the_former_one_comes_back_where_the_new_one_cannot_be_moved_in(self):
        self.install_former()
        for rights in ({}, {"FAKE_UID": "501", "FAKE_SUDO": "yes"}):
            staged = f"mv {self.hal.parent}/.gecko."
            # Both directions begin alike: the first move out of the staging folder fails, the way back does not.
            real = (self.folder / "bin/mv").read_text()
            (self.folder / "bin/mv").write_text(real.replace('echo "$line" >>"$FAKE_LOG"', 'echo "$line" >>"$FAKE_LOG"; case $1 in */new/*) exit 1;; esac'))
            done = self.install(**rights)
            (self.folder / "bin/mv").write_text(real)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertEqual(self.installed(), "the former one")
            self.assertIn("The former driver is back", done.stderr)
            self.assertIn(staged, self.log)

    def test_where_even_the_way_back_fails_it_says_where_the_former_one_lies(self):
        self.install_former()
        # Moving aside works, nothing moves into the folder.
        done = self.install(left=1, FAKE_FAIL=f"mv {self.hal.parent}/.gecko.")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIsNone(self.installed())
        self.assertIn(f"The former driver lies in {self.left[0]}/former.", done.stderr)
        self.assertTrue((self.left[0] / "former" / NAME / "Contents/MacOS/GeckoAudioDevice").exists())
        self.assertNotIn("as it was", done.stderr)

    def test_a_staging_folder_that_stays_is_said_and_changes_no_exit_code(self):
        done = self.install(left=1, FAKE_FAIL="rm -rf")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"{self.left[0]} could not be removed", done.stderr)

    def test_from_macos_14_4_on_the_daemon_is_killed_instead(self):
        done = self.install(FAKE_FAIL="launchctl")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("killall coreaudiod\n", self.log)
        self.assertNotIn("killall -9", self.log)
        self.assertIn("restarted by killall (", done.stdout)

    def test_a_daemon_that_ignores_that_is_killed_for_good(self):
        done = self.install(FAKE_FAIL="launchctl", FAKE_DAEMON="stubborn")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("killall -9 coreaudiod\n", self.log)

    def test_a_daemon_that_cannot_be_restarted_is_said(self):
        done = self.install(FAKE_FAIL="launchctl|killall")
        self.assertEqual(done.returncode, 2)
        self.assertIn("Restart the Mac", done.stderr)
        self.assertEqual(self.installed(), "the new one")

    def test_a_device_that_never_appears_is_an_error_that_says_where_to_look(self):
        done = self.install(FAKE_DEVICE="never")
        self.assertEqual(done.returncode, 2)
        self.assertIn("did not appear", done.stderr)
        self.assertIn("log show", done.stderr)
        self.assertEqual(self.log.count("sleep"), 30)

    def test_without_rights_it_prints_one_line_to_paste(self):
        done = self.install(FAKE_UID="501")
        self.assertEqual(done.returncode, 3)
        lines = [line.strip() for line in done.stderr.splitlines() if line.startswith("    ")]
        self.assertEqual([shlex.split(line) for line in lines], [["sudo", f"{SCRIPTS}/driver-install", str(self.bundle)]])
        self.assertIsNone(self.installed())

    def test_that_line_can_be_pasted_anywhere_whatever_the_folders_name(self):
        bundle = self.make_bundle("it's a $(folder)", "another one")
        done = self.run_script("driver-install", f"it's a $(folder)/{NAME}", cwd=self.folder, FAKE_UID="501")
        self.assertEqual(done.returncode, 3, done.stderr)
        (line,) = [line for line in done.stderr.splitlines() if line.startswith("    ")]
        self.assertEqual(shlex.split(line), ["sudo", f"{SCRIPTS}/driver-install", str(bundle)])

    def test_a_sudo_that_asks_nothing_is_used(self):
        self.assertEqual(self.install(FAKE_UID="501", FAKE_SUDO="yes").returncode, 0)
        self.assertEqual(self.installed(), "the new one")

    def test_if_changed_leaves_the_very_same_driver_alone(self):
        self.assertEqual(self.install("--if-changed").returncode, 0)
        self.assertEqual(self.install("--if-changed").returncode, 0)
        self.assertNotIn("codesign", self.log)
        (self.bundle / "Contents/MacOS/GeckoAudioDevice").write_text("a newer one")
        self.assertEqual(self.install("--if-changed").returncode, 0)
        self.assertEqual(self.installed(), "a newer one")

    def test_if_changed_installs_again_what_is_not_seen(self):
        self.install("--if-changed")
        self.install("--if-changed", FAKE_DEVICE="never")
        self.assertIn("codesign", self.log)

    def test_without_a_bundle_it_says_what_builds_it(self):
        shutil.rmtree(self.bundle)
        done = self.install()
        self.assertEqual(done.returncode, 2)
        self.assertIn("make macos", done.stderr)

    def test_wrong_usage(self):
        self.assertEqual(self.run_script("driver-install", "--what").returncode, 1)
        self.assertEqual(self.run_script("driver-install", "a", "b").returncode, 1)

    def test_elsewhere_nothing_is_touched(self):
        self.install_former()
        for script in ("driver-install", "driver-uninstall", "sink-seen", "mac-output"):
            with self.subTest(script):
                done = self.run_script(script, FAKE_SYSTEM="Linux")
                self.assertEqual(done.returncode, 2)
                self.assertIn("needs a Mac", done.stderr)
                self.assertEqual(self.log, "uname -s\n")
        self.assertEqual(self.installed(), "the former one")

    def test_uninstalls_and_restarts(self):
        self.install_former()
        done = self.run_script("driver-uninstall")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIsNone(self.installed())
        self.assertIn("launchctl kickstart", self.log)
        self.assertIn('"Gecko Sink" is gone', done.stdout)

    def test_a_driver_that_was_only_moved_away_is_said_and_coreaudiod_is_restarted(self):
        self.install_former()
        done = self.run_script("driver-uninstall", left=1, FAKE_FAIL="rm -rf")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIsNone(self.installed())
        self.assertIn(str(self.left[0]), done.stderr)
        self.assertIn("launchctl kickstart", self.log)
        self.assertIn('"Gecko Sink" is gone', done.stdout)

    def test_uninstalling_nothing_is_fine(self):
        done = self.run_script("driver-uninstall")
        self.assertEqual(done.returncode, 0)
        self.assertNotIn("launchctl", self.log)

    def test_a_driver_that_cannot_be_moved_stays_whole(self):
        self.install_former()
        for step in ("mv", "mktemp"):
            done = self.run_script("driver-uninstall", FAKE_FAIL=step)
            self.assertEqual(done.returncode, 2)
            self.assertEqual(self.installed(), "the former one")
            self.assertNotIn("launchctl", self.log)

    @unittest.skipUnless(shutil.which("shellcheck"), "shellcheck is not installed")
    def test_shellcheck_has_nothing_to_say(self):
        root = SCRIPTS.parent.parent
        scripts = [*(SCRIPTS / name for name in ("driver-install", "driver-uninstall", "sink-seen", "mac-output")),
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
