#!/usr/bin/env python3
"""check_layers.py catches what it is for, and finds nothing in the project."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def check(root):
    done = subprocess.run([sys.executable, ROOT / "tools/check_layers.py", root], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


class CheckLayers(unittest.TestCase):
    def check_file(self, path, text):
        with tempfile.TemporaryDirectory() as folder:
            for header in ("shm/header.hpp", "engine/engine.hpp", "driver/device.hpp", "minihal/host/host.hpp"):
                (pathlib.Path(folder) / header).parent.mkdir(parents=True, exist_ok=True)
                (pathlib.Path(folder) / header).touch()
            file = pathlib.Path(folder) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            return check(folder)

    def assert_caught(self, path, text, line):
        code, output = self.check_file(path, text)
        self.assertEqual(code, 1, output)
        self.assertEqual(len(output.splitlines()), 1, output)
        self.assertTrue(output.startswith(f"{path}:{line}: "), output)

    def assert_fine(self, path, text):
        self.assertEqual(self.check_file(path, text), (0, ""))

    def test_the_project_keeps_to_its_arrows(self):
        self.assertEqual(check(ROOT), (0, ""))

    def test_an_arrow_upwards_is_caught(self):
        self.assert_caught("shm/ring.cpp", '#include "shm/header.hpp"\n#include "engine/engine.hpp"\n', 2)
        self.assert_caught("dsp/eq.hpp", '#  include "shm/header.hpp"\n', 1)
        self.assert_caught("engine/mix.cpp", '\n\n#include <driver/device.hpp>\n', 3)
        self.assert_caught("settings/x.cpp", '#include "../engine/engine.hpp"\n', 1)

    def test_a_file_that_is_not_there_still_names_its_room(self):
        self.assert_caught("dsp/eq.hpp", '#include "app/main.hpp"\n', 1)

    def test_the_player_sees_neither_shared_memory_nor_driver(self):
        self.assert_caught("tools/play/main.cpp", '#include "shm/header.hpp"\n', 1)
        self.assert_caught("tools/play/main.cpp", '#include "driver/device.hpp"\n', 1)
        self.assert_caught("tools/play/main.cpp", '#include "settings/presets.hpp"\n', 1)

    def test_the_product_includes_no_source_of_minihal(self):
        for room in ("driver", "engine", "platform/coreaudio", "app", "tools/song"):
            self.assert_caught(f"{room}/x.cpp", '#include "minihal/host/host.hpp"\n', 1)

    def test_minihal_includes_nothing_of_the_product_and_does_not_name_it(self):
        self.assert_caught("minihal/host/x.cpp", '#include "shm/header.hpp"\n', 1)
        self.assert_caught("minihal/host/x.cpp", "// as GECKO does\n", 1)
        self.assert_caught("minihal/notes.md", "one\ntwo, for Gecko\n", 2)
        self.assert_caught("minihal/gecko.md", "", 1)

    def test_apples_interface_stays_where_it_belongs(self):
        self.assert_caught("engine/x.cpp", "#include <CoreAudio/CoreAudio.h>\n", 1)
        self.assert_caught("shm/x.cpp", "#include <mach/mach_time.h>\n", 1)
        for room in ("driver", "platform/coreaudio", "tools/play", "tests/driver"):
            self.assert_fine(f"{room}/x.cpp", "#include <CoreAudio/CoreAudio.h>\n")

    def test_arrows_downwards_are_fine(self):
        self.assert_fine("driver/x.cpp", '#include "driver/device.hpp"\n#include "shm/header.hpp"\n#include "rt/nonblocking.hpp"\n')
        self.assert_fine("app/x.cpp", '#include "engine/engine.hpp"\n#include <vector>\n')
        self.assert_fine("tests/engine/x.cpp", '#include "minihal/host/host.hpp"\n#include "driver/device.hpp"\n')
        self.assert_fine("engine/x.cpp", '// #include "driver/device.hpp"\n')


if __name__ == "__main__":
    unittest.main()
