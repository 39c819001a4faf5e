#!/usr/bin/env python3
"""GeckoAudioDevice.driver for macOS, as it lies there: what is in it, what it wants, what it shows. Nothing here runs it.

    bundle_test.py BUNDLE VERSION
"""

import pathlib
import plistlib
import re
import subprocess
import sys
import unittest

import code_signature

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools/macos"))
import sysroot  # noqa: E402  (the lists of names that the build links against)

BUNDLE = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/macos/HAL/GeckoAudioDevice.driver")
VERSION = sys.argv[2] if len(sys.argv) > 2 else None
ARCHITECTURES = ["x86_64", "arm64"]
COREFOUNDATION = "/System/Library/Frameworks/CoreFoundation.framework/Versions/A/CoreFoundation"
LIBSYSTEM = "/usr/lib/libSystem.B.dylib"


def llvm(tool, *arguments):
    done = subprocess.run([str(ROOT / "tools/dev/llvm-tool"), f"llvm-{tool}", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"llvm-{tool} failed: {done.stderr}")
    return done.stdout


class Bundle(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.info = plistlib.loads((BUNDLE / "Contents/Info.plist").read_bytes())
        cls.binary = BUNDLE / "Contents/MacOS" / cls.info["CFBundleExecutable"]
        cls.headers = {arch: llvm("objdump", "--macho", "--private-headers", f"--arch={arch}", str(cls.binary))
                       for arch in ARCHITECTURES}  # fmt: skip

    def each_slice(self):
        for arch in ARCHITECTURES:
            with self.subTest(arch):
                yield arch

    def names(self, arch, *which):
        """Symbols' C names: without the underscore that Mach-O puts in front."""
        lines = llvm("nm", f"--arch={arch}", "--format=just-symbols", *which, str(self.binary)).splitlines()
        return sorted(line.removeprefix("_") for line in lines if line and not line.endswith(":"))

    def test_runs_on_intel_and_on_apple_silicon(self):
        self.assertEqual(llvm("lipo", "-archs", str(self.binary)).split(), ARCHITECTURES)

    def test_is_a_loadable_bundle_that_binds_by_library(self):
        for arch in self.each_slice():
            flags = re.search(r"^MH_MAGIC_64 .*$", self.headers[arch], re.MULTILINE)[0].split()
            self.assertIn("BUNDLE", flags)
            self.assertIn("TWOLEVEL", flags)
            self.assertIn("NOUNDEFS", flags)

    def test_is_for_macos_11_and_later(self):
        for arch in self.each_slice():
            version = re.search(r"cmd LC_BUILD_VERSION\n(.*\n)*?.*minos (\S+)", self.headers[arch])
            self.assertIsNotNone(version, self.headers[arch])
            self.assertEqual(version[2], "11.0")
            self.assertRegex(version[0], r"platform macos")
        self.assertEqual(self.info["LSMinimumSystemVersion"], "11.0")

    def test_shows_the_factory_that_info_plist_names_and_nothing_else(self):
        factories = self.info["CFPlugInFactories"]
        self.assertEqual(self.info["CFPlugInTypes"], {"443ABAB8-E7B3-491A-B985-BEB9187030DB": list(factories)})
        for arch in self.each_slice():
            self.assertEqual(self.names(arch, "--extern-only", "--defined-only"), list(factories.values()))
            exports = llvm("objdump", "--macho", "--exports-trie", f"--arch={arch}", str(self.binary))
            self.assertEqual(re.findall(r"^0x\w+\s+_(\w+)", exports, re.MULTILINE), list(factories.values()), exports)

    def test_wants_corefoundation_and_libsystem_and_no_other_library(self):
        for arch in self.each_slice():
            self.assertEqual(sorted(re.findall(r"^\s+name (\S+) \(offset", self.headers[arch], re.MULTILINE)),
                             [COREFOUNDATION, LIBSYSTEM])  # fmt: skip

    @unittest.skipIf(sys.platform == "darwin", "Xcode's compiler may call other functions by itself, and the SDK has them all")
    def test_wants_just_the_functions_that_are_listed(self):
        listed = {library: sysroot.imports(library) for library in ("CoreFoundation", "libSystem")}
        for arch in self.each_slice():
            expected = sorted(name for names in listed.values() for which in ("", arch) for name in names[which])
            self.assertEqual(self.names(arch, "--undefined-only"), expected)

    def test_has_no_cxx_runtime_no_objective_c_and_no_thread_variables(self):
        for arch in self.each_slice():
            for name in self.names(arch, "--undefined-only"):
                self.assertFalse(name.startswith(("_Z", "__cxa", "__gxx", "objc_", "swift_", "_tlv")), name)
            for section in ("__thread_vars", "__objc_", "__swift"):
                self.assertNotIn(section, self.headers[arch])

    def test_is_signed_ad_hoc_and_every_page_is_the_one_that_was_signed(self):
        for image in code_signature.slices(self.binary.read_bytes()):
            self.assertEqual(code_signature.problems_of(image), [])

    def test_a_changed_byte_breaks_the_signature(self):
        for image in code_signature.slices(self.binary.read_bytes()):
            changed = bytearray(image)
            changed[len(changed) // 2] ^= 1
            self.assertEqual(len(code_signature.problems_of(bytes(changed))), 1)

    def test_says_nothing_of_where_it_was_built(self):
        data = self.binary.read_bytes()
        for place in (ROOT, pathlib.Path.home()):
            self.assertNotIn(str(place).encode(), data)

    def test_info_plist_says_what_it_is(self):
        self.assertEqual(self.info["CFBundlePackageType"], "BNDL")
        self.assertEqual(self.info["CFBundleIdentifier"], "com.gecko.driver.AudioDevice")
        self.assertEqual(self.info["CFBundleInfoDictionaryVersion"], "6.0")
        self.assertEqual(self.info["CFBundleExecutable"], self.binary.name)
        self.assertEqual(self.info["CFBundleSupportedPlatforms"], ["MacOSX"])
        self.assertEqual(self.info["CFBundleVersion"], self.info["CFBundleShortVersionString"])
        if VERSION is not None:
            self.assertEqual(self.info["CFBundleVersion"], VERSION)

    def test_holds_these_files_and_no_others(self):
        files = sorted(str(path.relative_to(BUNDLE)) for path in BUNDLE.rglob("*") if path.is_file())
        self.assertEqual(files, ["Contents/Info.plist", "Contents/MacOS/GeckoAudioDevice"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
