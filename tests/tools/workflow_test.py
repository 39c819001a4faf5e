#!/usr/bin/env python3
"""GitHub's workflows: valid YAML, and every step's command is a make target that there is."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

try:
    import yaml
except ImportError:
    yaml = None

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def targets():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z-]+):", makefile, re.M))


class Workflows(unittest.TestCase):
    def test_every_command_is_a_make_target(self):
        self.assertTrue(WORKFLOWS)
        for workflow in WORKFLOWS:
            commands = re.findall(r"^\s*(?:- )?run: *(.*)$", workflow.read_text(encoding="utf-8"), re.M)
            self.assertTrue(commands)
            for command in commands:
                with self.subTest(command):
                    found = re.fullmatch(r"make ([a-z-]+)(?: [A-Z]+=(?:\S+|\"[^\"]*\"))*", command)
                    self.assertTrue(found, "one make target, and variables")
                    self.assertIn(found.group(1), targets())

    @unittest.skipIf(yaml is None, "python3-yaml is not installed")
    def test_is_yaml_with_jobs_of_steps(self):
        for workflow in WORKFLOWS:
            document = yaml.safe_load(workflow.read_text(encoding="utf-8"))
            for job in document["jobs"].values():
                for step in job["steps"]:
                    self.assertEqual(len({"run", "uses"} & set(step)), 1, step)

    @unittest.skipIf(yaml is None, "python3-yaml is not installed")
    def test_both_kinds_of_macs_are_there_and_logs_are_kept_in_any_case(self):
        job = yaml.safe_load((ROOT / ".github/workflows/macos.yml").read_text(encoding="utf-8"))["jobs"]["mac"]
        machines = json.loads(re.search(r"\|\| '(\[.*\])'", job["strategy"]["matrix"]["machine"]).group(1))
        self.assertEqual(machines, ["macos-15", "macos-15-intel", "macos-26", "macos-26-intel"])
        runs = [step.get("run", step.get("uses")) for step in job["steps"]]
        order = ["make test", "make macos", "make driver-install", "make sink-seen", "make run REAL=1", "make mac-logs", "make driver-uninstall"]
        places = [runs.index(command) for command in order]
        self.assertEqual(places, sorted(places))
        for step in job["steps"][-3:]:
            self.assertEqual(step["if"], "${{ always() }}")

    def test_make_check_lints_them(self):
        listed = subprocess.run(["make", "-n", "check"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        self.assertIn("tools/dev/lint-workflows", listed)

    def test_an_actionlint_that_is_installed_knows_no_machines_either(self):
        with tempfile.TemporaryDirectory() as folder:
            fake = pathlib.Path(folder) / "actionlint"
            fake.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
            fake.chmod(0o755)
            done = subprocess.run([ROOT / "tools/dev/lint-workflows"], env={"PATH": f"{folder}:{os.environ['PATH']}"}, capture_output=True,
                                  text=True, check=True)  # fmt: skip
        arguments = done.stdout.splitlines()
        pattern = arguments[arguments.index("-ignore") + 1]
        self.assertTrue(re.search(pattern, 'label "macos-26-intel" is unknown. available labels are "macos-latest", "macos-15"'))
        self.assertFalse(re.search(pattern, 'property "machines" is not defined in object type {machine: string}'))
        self.assertEqual(arguments[-len(WORKFLOWS) :], [str(path.relative_to(ROOT)) for path in WORKFLOWS])


if __name__ == "__main__":
    unittest.main()
