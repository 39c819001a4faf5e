#!/usr/bin/env python3
"""install-packages, with a package manager that only writes down how it was called."""

import os
import pathlib
import subprocess
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parent.parent.parent / "tools/install-packages"

FAKES = {
    "uname": "echo Linux",
    "id": 'echo "$FAKE_UID"',
    # Says, as the real one does, only what it knows.
    "dpkg-query": 'shift 2; for p in "$@"; do case " $FAKE_INSTALLED " in *" $p "*) echo "installed $p";; '
                  '*) case " $FAKE_REMOVED " in *" $p "*) echo "config-files $p";; esac;; esac; done; true',
    "sudo": '[ "$FAKE_SUDO" = yes ] || exit 1; shift; echo "sudo $*" >>"$FAKE_LOG"; exec "$@"',
    "apt-get": 'echo "apt-get $*" >>"$FAKE_LOG"; [ -t 0 ] && exit 9; '
               'if [ "$1" = install ] && [ "$FAKE_LISTS" = old ] && ! grep -q "apt-get update" "$FAKE_LOG"; then '
               'echo "E: Unable to locate package"; exit 100; fi; [ "$FAKE_LISTS" != broken ]',
}  # fmt: skip


class InstallPackages(unittest.TestCase):
    def run_script(self, *lists, more_commands=(), **environment):
        with tempfile.TemporaryDirectory() as folder:
            for name, body in (FAKES | dict.fromkeys(more_commands, "exit 1")).items():
                fake = pathlib.Path(folder) / name
                fake.write_text(f"#!/bin/sh\n{body}\n")
                fake.chmod(0o755)
            log = pathlib.Path(folder) / "log"
            log.touch()
            settings = {"FAKE_UID": "1000", "FAKE_INSTALLED": "", "FAKE_REMOVED": "", "FAKE_SUDO": "no", "FAKE_LISTS": "new",
                        "FAKE_LOG": str(log), "PATH": f"{folder}:{os.environ['PATH']}", **environment}  # fmt: skip
            done = subprocess.run([SCRIPT, *lists], env=settings, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                                  timeout=20, check=False)  # fmt: skip
            return done, log.read_text()

    @staticmethod
    def packages(name):
        text = (SCRIPT.parent / "packages/debian" / f"{name}.txt").read_text()
        return [line.split("#")[0].split()[0] for line in text.splitlines() if line.split("#")[0].strip()]

    def test_nothing_missing_calls_nothing(self):
        done, log = self.run_script("build", "test", FAKE_INSTALLED=" ".join(self.packages("build") + self.packages("test")))
        self.assertEqual((done.returncode, done.stdout, done.stderr, log), (0, "", "", ""))

    def test_root_installs_what_is_missing_and_nothing_else(self):
        all_but_one = [package for package in self.packages("build") if package != "cmake"]
        done, log = self.run_script("build", FAKE_UID="0", FAKE_INSTALLED=" ".join(all_but_one))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(log.split(), "apt-get install --yes --no-install-recommends cmake".split())

    def test_a_removed_package_is_missing(self):
        others = [package for package in self.packages("build") if package != "cmake"]
        _, log = self.run_script("build", FAKE_UID="0", FAKE_INSTALLED=" ".join(others), FAKE_REMOVED="cmake")
        self.assertIn("cmake", log)

    def test_a_command_from_elsewhere_stands_for_its_package(self):
        others = [package for package in self.packages("macos") if package != "npm"]
        done, log = self.run_script("macos", more_commands=["npm"], FAKE_INSTALLED=" ".join(others))
        self.assertEqual((done.returncode, done.stdout, done.stderr, log), (0, "", "", ""))

    def test_old_lists_are_updated(self):
        done, log = self.run_script("test", FAKE_UID="0", FAKE_LISTS="old")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([line.split()[1] for line in log.splitlines()], ["install", "update", "install"])

    def test_a_package_manager_that_fails_is_an_error(self):
        done, _ = self.run_script("test", FAKE_UID="0", FAKE_LISTS="broken")
        self.assertEqual(done.returncode, 2)
        self.assertIn("could not install", done.stderr)

    def test_sudo_without_password_installs(self):
        done, log = self.run_script("test", FAKE_SUDO="yes")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("apt-get install --yes --no-install-recommends", log)

    def test_otherwise_one_line_to_paste(self):
        done, log = self.run_script("test")
        self.assertEqual((done.returncode, log), (3, ""))
        lines = [line for line in done.stderr.splitlines() if line.startswith("    ")]
        self.assertEqual(len(lines), 1)
        self.assertTrue(lines[0].strip().startswith("sudo apt-get update && sudo apt-get install --yes"))
        self.assertIn("libgtest-dev", lines[0])

    def test_without_arguments_it_names_all_lists(self):
        done, log = self.run_script()
        self.assertEqual((done.returncode, log), (1, ""))
        named = done.stderr.split("lists:")[1].strip(" )\n").split()
        self.assertEqual(set(named), {path.stem for path in (SCRIPT.parent / "packages").glob("*/*.txt")})

    def test_an_unknown_list_is_an_error(self):
        done, log = self.run_script("nonsense")
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(log, "")
        self.assertIn("nonsense", done.stderr)


if __name__ == "__main__":
    unittest.main()
