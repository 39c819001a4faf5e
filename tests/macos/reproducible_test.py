#!/usr/bin/env python3
"""The same sources give the same bundle, byte for byte, wherever they lie and wherever they are built.

    reproducible_test.py BUNDLE
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUNDLE = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/macos/HAL/GeckoAudioDevice.driver")
# What the driver is built from; the rest of the project is not there.
SOURCES = ["CMakeLists.txt", "CMakePresets.json", "app", "cmake", "doctor", "driver", "dsp", "engine", "minihal/include", "packaging", "platform", "rt",
           "settings", "shm", "tests/macos", "tools"]  # fmt: skip


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class Reproducible(unittest.TestCase):
    def test_another_place_gives_the_same_bytes(self):
        with tempfile.TemporaryDirectory(prefix="elsewhere-") as folder:
            root = pathlib.Path(folder) / "a longer path/with a space"
            for name in SOURCES:
                source = ROOT / name
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                if source.is_dir():
                    shutil.copytree(source, root / name)
                else:
                    shutil.copy(source, root / name)
            # The headers that were downloaded need not be downloaded again.
            shutil.copytree(ROOT / "build/macos-sysroot", root / "build/macos-sysroot", symlinks=True)
            environment = {key: value for key, value in os.environ.items() if key not in ("CMAKE_TOOLCHAIN_FILE", "MAKEFLAGS")}
            done = subprocess.run([str(root / "tools/dev/build-macos"), "GeckoAudioDevice"], capture_output=True, text=True,
                                  env=environment | {"CCACHE_DISABLE": "1"}, check=False)  # fmt: skip
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            here, there = files(BUNDLE), files(root / "build/macos/HAL/GeckoAudioDevice.driver")
            self.assertEqual(sorted(here), sorted(there))
            for name, content in here.items():
                self.assertTrue(content == there[name], f"{name} is not the same: {len(content)} and {len(there[name])} bytes")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
