#!/usr/bin/env python3
"""The Makefile: what it says, and that names reach the program as they were typed."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class Makefile(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="makefile-"))
        self.addCleanup(shutil.rmtree, self.folder)
        shutil.copy(ROOT / "Makefile", self.folder)
        (self.folder / "tools/dev").mkdir(parents=True)
        for name, body in {"install-packages": 'echo "packages: $*"', "dev/step": 'echo "step: $*"',
                           "dev/need-a-mac": 'echo "needs a Mac: $*"; [ "$MAC" = yes ]',
                           "dev/run-song": 'printf "%s|%s|%s|%s\\n" "$GECKO_FILE" "$GECKO_PRESET" "$GECKO_OUT" "$GECKO_APPS"'}.items():  # fmt: skip
            script = self.folder / "tools" / name
            script.write_text(f"#!/bin/sh\n{body}\n")
            script.chmod(0o755)

    def make(self, *arguments, **environment):
        done = subprocess.run(["make", "--no-print-directory", *arguments], cwd=self.folder, capture_output=True, text=True,
                              env={"PATH": "/usr/local/bin:/usr/bin:/bin", **environment}, check=False)  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_alone_it_prints_what_there_is(self):
        for target in ("run", "test", "check", "format", "lint", "bench", "soak", "halval", "macos", "driver-install", "sink-seen", "mac-first-run"):
            self.assertIn(f"make {target} ", self.make())
        self.assertEqual(self.make(), self.make("help"))

    def test_it_says_that_check_looks_at_the_driver_for_macos(self):
        check = self.make().split("make check ")[1].split("\nmake ")[0]
        self.assertIn("macOS", check)
        self.assertIn("arm64", check)

    def test_names_arrive_as_they_were_typed(self):
        for name in ("a song.flac", "it's.wav", 'say "hi".wav', "a$b$(c).wav", "a;b&c.wav", "~/x*.wav", "-dash.wav", "#1.wav"):
            with self.subTest(name):
                said = self.make("run", f"FILE={name}", "OUT=o ut.wav", "PRESET=rock")
                self.assertEqual(said.splitlines()[-1], f"{name}|rock|o ut.wav|")

    def test_a_list_of_applications_arrives_as_it_was_typed(self):
        for apps in ("a.flac:rock b.flac:vocal", "my\\ song.flac:rock", "it's.wav:flat $(x)$y.wav:rock"):
            with self.subTest(apps):
                self.assertEqual(self.make("run", f"APPS={apps}").splitlines()[-1], f"|||{apps}")

    def test_without_names_they_are_empty(self):
        self.assertTrue(self.make("run").endswith("|||\n"))

    def test_names_in_the_environment_do_not_count(self):
        self.assertTrue(self.make("run", FILE="x", OUT="y", PRESET="z", APPS="w").endswith("|||\n"))

    def test_a_real_run_installs_the_driver_and_needs_a_mac(self):
        (self.folder / "Makefile").write_text((self.folder / "Makefile").read_text() + "\nmacos:\n\t@echo the bundle\n")
        # As from a shell: the make that runs this test is none of it.
        environment = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
        done = subprocess.run(["make", "run", "REAL=1"], cwd=self.folder, env=environment, capture_output=True, text=True, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(done.stdout, "needs a Mac: make run REAL=1\n")
        said = self.make("run", "REAL=1", "PRESET=flat", MAC="yes").splitlines()
        self.assertEqual(said, ["needs a Mac: make run REAL=1", "packages: build", "the bundle",
                                "step: driver: installing packaging/macos/install.sh",
                                "step: building tools/dev/build coreaudio gecko gecko-play gecko-song", "|flat||"])  # fmt: skip

    def test_run_needs_the_packages_for_building_only(self):
        self.assertIn("packages: build\n", self.make("run"))


if __name__ == "__main__":
    unittest.main()
