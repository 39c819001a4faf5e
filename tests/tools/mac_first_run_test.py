#!/usr/bin/env python3
"""mac-first-run.sh with a Mac's commands that only pretend: it walks through all sections, whatever fails, and names nobody."""

import pathlib
import re
import shutil
import subprocess
import tarfile
import tempfile
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
    "sleep "*) exec /bin/sleep 0.02;;
    "gecko run --json")
        trap 'exit 0' TERM
        while :; do
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
        program = self.project / "build/macos/HAL/GeckoAudioDevice.driver/Contents/MacOS/GeckoAudioDevice"
        program.parent.mkdir(parents=True)
        program.touch()
        fakes = [self.folder / "bin" / name for name in COMMANDS]
        fakes += [self.project / name for name in ("packaging/macos/driver-install", "packaging/macos/driver-uninstall", "tools/dev/build",
                                                   "build/coreaudio/bin/gecko", "build/coreaudio/bin/gecko-play")]  # fmt: skip
        for fake in fakes:
            fake.parent.mkdir(parents=True, exist_ok=True)
            fake.write_text(FAKE)
            fake.chmod(0o755)

    def run_script(self, *arguments, shell="/bin/sh", system="Darwin", **environment):
        log = self.folder / "log"
        log.write_text("")
        settings = {"PATH": f"{self.folder}/bin:/usr/bin:/bin", "HOME": "/Users/annabel", "FAKE_LOG": str(log), "FAKE_SYSTEM": system,
                    "FAKE_FAIL": "", "TMPDIR": str(self.folder / "tmp"), "GECKO_HAL_FOLDER": str(self.folder / "HAL"), **environment}  # fmt: skip
        done = subprocess.run([*shell.split(), str(self.project / "tools/mac-first-run.sh"), *arguments], env=settings,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120, check=False)  # fmt: skip
        self.log = log.read_text()
        self.assertEqual(list((self.folder / "tmp").iterdir()), [], "something is left")
        return done

    def report(self):
        (archive,) = (self.project / "out").glob("mac-first-run-*.tar.gz")
        with tarfile.open(archive) as tar:
            self.texts = {pathlib.Path(member.name).name: tar.extractfile(member).read().decode() for member in tar if member.isfile()}
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
                                "sudo kill -9 4321", "driver-install", "driver-uninstall", "make run REAL=1 OUT="):  # fmt: skip
                    self.assertIn(command, self.log)

    def test_nothing_that_fails_stops_it(self):
        done = self.run_script("--yes", "--hours", "0.0003", FAKE_FAIL="all")
        self.assertEqual(done.returncode, 0, done.stderr)
        report = self.report()
        self.assertEqual(self.walked(report), SECTIONS)
        self.assertIn("test: make test V=1 => 9", report)

    def test_names_nobody(self):
        self.run_script("--yes", "--hours", "0")
        self.report()
        for name, text in self.texts.items():
            for secret in ("annabel", "example", "C02XYZ", "AA-BB-CC", "12345"):
                self.assertNotIn(secret, text.lower() if secret.islower() else text, name)
        self.assertIn("a Mac", self.texts["report.txt"])

    def test_without_a_person_nothing_is_disturbed(self):
        self.run_script("--hours", "0")
        self.assertEqual(self.walked(self.report()), SECTIONS)
        for word in ("driver-install", "driver-uninstall", "killall", "kill -9"):
            self.assertNotIn(word, self.log)

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

    def test_the_document_says_what_each_section_is_for(self):
        document = (ROOT / "docs/mac-first-run.md").read_text(encoding="utf-8")
        self.assertEqual(re.findall(r"^\d+\. \*\*([a-z-]+)\*\*", document, re.M), SECTIONS)


if __name__ == "__main__":
    unittest.main()
