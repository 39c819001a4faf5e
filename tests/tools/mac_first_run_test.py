#!/usr/bin/env python3
"""mac-first-run.sh with a Mac's commands that only pretend: it walks through all sections, whatever fails, and names nobody."""

import gzip
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tarfile
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

FAKE = r"""#!/bin/sh
name=$(basename "$0")
echo "$name $*" >>"$FAKE_LOG"
case "$name $*" in
    "uname -s") echo "$FAKE_SYSTEM"; exit;;
    "id -un") echo annabel; exit;;
    "id -u") echo 501; exit;;
    "id -F") echo "Annabel Example"; exit;;
    "hostname ") echo "Annabels-MacBook.local"; exit;;
    "scutil --get LocalHostName") echo "Annas-Laptop"; exit;;
    "sleep "*) exec /bin/sleep 0.02;;
    "$FAKE_HANG") echo $$ >"$FAKE_LOG.hangs"; exec /bin/sleep 30;;
    "gecko run --json")
        trap 'exit 0' TERM
        [ "$FAKE_GECKO" != "does not run" ] || { echo "gecko: not today" >&2; exit 2; }
        while :; do
            if [ -e "$FAKE_LOG.killed" ]; then
                [ "$FAKE_GECKO" != dies ] || exit 1
                [ "$FAKE_GECKO" != hangs ] || { /bin/sleep 0.05; continue; }
            fi
            echo '{"state":"running","attached":true,"playing":true,"steering_ppm":1.5,"fill_frames":192.0,"latency_frames":700.0,"underrun_frames":0,"overtaken_frames":0}'
            /bin/sleep 0.05
        done;;
esac
[ "$FAKE_FAIL" != all ] || { echo "$name: not today"; exit 9; }
case "$name $*" in
    "system_profiler "*) echo "Annabel's AirPods, annabel AA-BB-CC-DD-EE-FF Serial Number: C02XYZ AppleUSBAudioEngine:Maker:Thing:12345:1 a Mac";;
    "gecko devices") echo "/Users/annabel/x on Annabels-MacBook";;
    "pgrep "*) echo 4321;;
    "ps "*) echo "202 202 4321 1 Core Audio Driver (GeckoAudioDevice.driver)";;
    "install.sh "*) mkdir -p "$GECKO_ROOT/Library/Audio/Plug-Ins/HAL/GeckoAudioDevice.driver";;
    "uninstall.sh "*) rmdir "$GECKO_ROOT/Library/Audio/Plug-Ins/HAL/GeckoAudioDevice.driver";;
    "sudo kill"*) touch "$FAKE_LOG.killed"; /bin/sleep 0.3;;
    "gecko driver --try") echo "shared memory of mode 0600: the driver refuses it";;
esac
"""
COMMANDS = ("uname id hostname sleep sw_vers sysctl xcodebuild clang brew csrutil git stat make ls lipo file otool nm plutil codesign "
            "system_profiler ps log sudo pgrep scutil").split()  # fmt: skip
SECTIONS = ("system test macos bundle install devices shared-memory song log publish clock sleep kill-helper kill-server logs "
            "uninstall").split()  # fmt: skip


class MacFirstRun(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="first-run-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.project = self.folder / "project"
        (self.project / "tools").mkdir(parents=True)
        (self.folder / "bin").mkdir()
        (self.folder / "tmp").mkdir()
        shutil.copy(ROOT / "tools/mac-first-run.sh", self.project / "tools")
        (self.project / "packaging/macos").mkdir(parents=True)
        shutil.copy(ROOT / "packaging/macos/functions.sh", self.project / "packaging/macos")
        self.installed = self.folder / "root/Library/Audio/Plug-Ins/HAL/GeckoAudioDevice.driver"
        self.song = self.project / "build/song/eight-bars-of-rain.wav"
        self.song.parent.mkdir(parents=True)
        self.song.touch()
        program = self.project / "build/macos/HAL/GeckoAudioDevice.driver/Contents/MacOS/GeckoAudioDevice"
        program.parent.mkdir(parents=True)
        program.touch()
        fakes = [self.folder / "bin" / name for name in COMMANDS]
        fakes += [self.project / name for name in ("packaging/macos/install.sh", "packaging/macos/uninstall.sh", "tools/dev/build",
                                                   "build/coreaudio/bin/gecko", "build/coreaudio/bin/gecko-play")]  # fmt: skip
        for fake in fakes:
            fake.parent.mkdir(parents=True, exist_ok=True)
            fake.write_text(FAKE)
            fake.chmod(0o755)

    def start_script(self, *arguments, shell="/bin/sh", system="Darwin", **environment):
        log = self.folder / "log"
        log.write_text("")
        (self.folder / "log.killed").unlink(missing_ok=True)
        settings = {"PATH": f"{self.folder}/bin:/usr/bin:/bin", "HOME": "/Users/annabel", "FAKE_LOG": str(log), "FAKE_SYSTEM": system,
                    "FAKE_FAIL": "", "FAKE_GECKO": "", "FAKE_HANG": "nothing", "TMPDIR": str(self.folder / "tmp"), "GECKO_ROOT": str(self.folder / "root"), **environment}  # fmt: skip
        # In a group of its own, where Ctrl-C does what it does on a terminal, however these tests are run.
        return subprocess.Popen([*shell.split(), str(self.project / "tools/mac-first-run.sh"), *arguments], env=settings, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
                                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))  # fmt: skip

    def finish_script(self, process):
        try:
            stdout, stderr = process.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            self.fail("it does not end")
        self.log = (self.folder / "log").read_text()
        self.assertEqual(list((self.folder / "tmp").iterdir()), [], "something is left")
        return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)

    def run_script(self, *arguments, **settings):
        return self.finish_script(self.start_script(*arguments, **settings))

    def interrupt_in(self, command, *arguments, **settings):
        """Ctrl-C while this command runs, which does not end by itself. Returns its process ID, too."""
        hangs = self.folder / "log.hangs"
        hangs.unlink(missing_ok=True)
        process = self.start_script(*arguments, FAKE_HANG=command, **settings)
        until = time.monotonic() + 30
        while not (hangs.exists() and hangs.read_text()) and time.monotonic() < until:
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)
        return self.finish_script(process), int(hangs.read_text())

    def report(self):
        (archive,) = (self.project / "out").glob("mac-first-run-*.tar.gz")
        with tarfile.open(archive) as tar:
            self.members = tar.getmembers()
            self.texts = {pathlib.Path(member.name).name: tar.extractfile(member).read().decode() for member in tar if member.isfile()}
        self.unpacked = gzip.decompress(archive.read_bytes()).decode("utf-8", "replace")
        archive.unlink()
        return self.texts["report.txt"]

    def walked(self, report):
        return re.findall(r"^== \d+\. (.*)$", report, re.M)

    def test_walks_through_all_sections_and_writes_one_file(self):
        for shell in ("/bin/sh", "bash --posix"):
            with self.subTest(shell):
                done = self.run_script("--yes", "--hours", "0.0003", shell=shell)
                self.assertEqual(done.returncode, 0, done.stderr)
                report = self.report()
                self.assertEqual(self.walked(report), SECTIONS)
                # Whether anybody publishes just now is not up to this test.
                failed = [line for line in report.split("What failed:")[1].splitlines()[1:] if not line.startswith("  publish: python3")]
                self.assertEqual(failed, [])
                self.assertIn("shared memory of mode 0600: the driver refuses it", report)
                self.assertIn("steering_ppm after the first tenth: from 1.500 to 1.500", report)
                self.assertIn("gecko is back: running attached +1.50 ppm 0 frames lost", report)
                for command in ("make test V=1", "make macos V=1", "codesign --verify --strict", "log show", "sudo killall -9 coreaudiod",
                                "sudo kill -9 4321", "install.sh", "uninstall.sh", "make run REAL=1 OUT=", "make mac-output",
                                "after-kill-helper.wav", "after-kill-server.wav"):  # fmt: skip
                    self.assertIn(command, self.log)

    def test_nothing_that_fails_stops_it(self):
        done = self.run_script("--yes", "--hours", "0.0003", FAKE_FAIL="all")
        self.assertEqual(done.returncode, 0, done.stderr)
        report = self.report()
        self.assertEqual(self.walked(report), SECTIONS)
        self.assertIn("test: make test V=1 => 9", report)

    def test_names_nobody(self):
        home = self.folder / "Users/annabel"
        crashes = home / "Library/Logs/DiagnosticReports"
        crashes.mkdir(parents=True)
        (crashes / "coreaudiod_2020-11-12-133700_Annas-Laptop.crash").write_text("crashed on annas-laptop.lan, coreaudiod_Annas-Laptop\n")
        (crashes / "Core Audio Driver (GeckoAudioDevice.driver)_2020-11-12-133700_Annas-Laptop.crash").write_text("the driver crashed\n")
        (self.project / "out").mkdir()
        (self.project / "out/for_annabel.json").write_text("{}")
        self.run_script("--yes", "--hours", "0", HOME=str(home))
        self.report()
        for secret in ("annabel", "annas", "example", "C02XYZ", "AA-BB-CC", "12345"):
            for name, text in self.texts.items():
                self.assertNotIn(secret, text.lower() if secret.islower() else text, name)
            self.assertNotIn(secret, self.unpacked.lower() if secret.islower() else self.unpacked, "names of files, headers")
        for member in self.members:
            self.assertEqual((member.uname, member.gname, member.uid, member.gid), ("", "", 0, 0), member.name)
        self.assertIn("a Mac", self.texts["report.txt"])
        self.assertIn("crashed on COMPUTER", self.texts["crash-1-coreaudiod.txt"])
        self.assertIn("the driver crashed", self.texts["crash-2-driver.txt"])
        self.assertIn("for_USER.json", self.texts)

    def test_without_a_person_nothing_is_disturbed(self):
        for arguments in ((), ("--no",)):
            for former in (False, True):
                with self.subTest(arguments=arguments, former=former):
                    if former:
                        self.installed.mkdir(parents=True)
                    self.run_script("--hours", "0", *arguments)
                    self.assertEqual(self.walked(self.report()), SECTIONS)
                    # A real run installs the driver, too.
                    for word in ("install.sh", "uninstall.sh", "killall", "kill -9", "make run REAL=1", "mac-output"):
                        self.assertNotIn(word, self.log)
            self.installed.rmdir()

    def test_a_driver_that_could_not_be_installed_plays_no_song(self):
        self.run_script("--yes", "--hours", "0", FAKE_FAIL="all")
        self.assertIn("install.sh", self.log)
        self.assertNotIn("make run REAL=1", self.log)
        self.assertIn("no song: the driver is not installed", self.report())

    def test_a_gecko_that_died_or_is_silent_is_not_back(self):
        for section, fate, words, shell in (("kill-server", "dies", "it has ended", "/bin/sh"),
                                            ("kill-helper", "dies", "it has ended", "bash --posix"),
                                            ("kill-server", "hangs", "it said nothing more for a minute", "bash --posix"),
                                            ("kill-helper", "hangs", "it said nothing more for a minute", "/bin/sh")):  # fmt: skip
            with self.subTest(section=section, fate=fate):
                self.run_script("--yes", "--only", section, shell=shell, FAKE_GECKO=fate)
                report = self.report()
                self.assertNotIn("gecko is back", report)
                self.assertIn(f"gecko is NOT back: {words}", report)
                self.assertIn(f"{section}: gecko did not find back", report)

    def test_the_clock_is_not_measured_where_nothing_plays(self):
        self.run_script("--hours", "2", "--only", "clock", FAKE_GECKO="does not run")
        self.assertIn("gecko: not today", self.report())
        self.assertNotIn("gecko-play", self.log)
        self.song.unlink()
        self.run_script("--hours", "2", "--only", "clock")
        self.assertIn("left out: there is no build/song/", self.report())
        self.assertNotIn("gecko", self.log)

    def test_ctrl_c_keeps_what_there_is(self):
        for shell in ("/bin/sh", "bash --posix"):
            with self.subTest(shell):
                done, player = self.interrupt_in("gecko-play build/song/eight-bars-of-rain.wav", "--only", "system", "--only", "clock", shell=shell)
                self.assertEqual(done.returncode, 130, done.stderr)
                report = self.report()
                self.assertIn("csrutil status", report)
                self.assertIn("clock: interrupted", report)
                self.assertIn("clock.jsonl", self.texts)
                until = time.monotonic() + 10
                while self.runs(player) and time.monotonic() < until:
                    time.sleep(0.01)
                self.assertFalse(self.runs(player), "a song still plays")

    def test_ctrl_c_leaves_no_driver_that_publishes(self):
        self.installed.mkdir(parents=True)
        done, _ = self.interrupt_in("gecko driver", "--yes", "--only", "publish")
        self.assertEqual(done.returncode, 130, done.stderr)
        copy, last = re.findall(r"^install.sh (.*)$", self.log, re.M)
        self.assertEqual(copy, "--publish")
        self.assertEqual(last, "")
        self.assertIn("publish: interrupted", self.report())

    @staticmethod
    def runs(process):
        state = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False).stdout.strip()
        return state != "" and not state.startswith("Z")

    def test_the_logs_alone(self):
        done = self.run_script("--logs")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.walked(self.report()), ["system", "bundle", "devices", "logs"])
        self.assertIn("log.txt", self.texts)
        self.assertNotIn("sudo", self.log)

    def test_some_sections(self):
        self.run_script("--only", "system", "--only", "song")
        self.assertEqual(self.walked(self.report()), ["system", "song"])

    def test_wrong_usage_and_other_systems(self):
        for arguments in (["--only", "nonsense"], ["--hours", "a"], ["--what"], ["--only"]):
            self.assertEqual(self.run_script(*arguments).returncode, 1)
        done = self.run_script(system="Linux")
        self.assertEqual(done.returncode, 2)
        self.assertIn("needs a Mac", done.stderr)
        self.assertFalse((self.project / "out").exists())

    def test_what_is_looked_for_in_the_log_stands_in_one_place(self):
        scripts = [path for folder in ("tools", "packaging/macos") for path in (ROOT / folder).iterdir() if path.is_file()]
        having = [path.name for path in scripts if 'CONTAINS "Core-Audio-Driver"' in path.read_text().replace("\\", "")]
        self.assertEqual(having, ["functions.sh"])

    def test_the_document_says_what_each_section_is_for(self):
        document = (ROOT / "docs/mac-first-run.md").read_text(encoding="utf-8")
        self.assertEqual(re.findall(r"^\d+\. \*\*([a-z-]+)\*\*", document, re.M), SECTIONS)


if __name__ == "__main__":
    unittest.main()
