#!/usr/bin/env python3
"""Holds the sources to the arrows of the house (docs/architecture.md): which folder may include which.

    check_layers.py [ROOT]      (default: the project that this script is in)

Prints a line "file:line: what is wrong" for each violation and ends with 1 if there is one.
"""

import pathlib
import re
import sys

# Folder: folders it may include from beside itself. The longest folder that a file lies in rules.
ALLOWED = {
    "rt": [],
    "shm": ["rt"],
    "driver": ["shm", "rt"],
    "dsp": ["rt"],
    "settings": ["dsp", "rt"],
    "engine": ["shm", "dsp", "rt"],
    "platform": ["engine", "shm", "dsp", "rt"],
    "doctor": ["packaging/helper", "platform", "settings", "shm", "rt"],
    "app": ["doctor", "platform", "engine", "settings", "dsp", "shm", "rt"],
    "packaging": ["shm", "rt"],
    "tools": ["settings", "dsp", "rt"],
    # The player is any application: it knows the HAL and nothing of the product.
    "tools/play": ["tools/song_file", "rt"],
    "minihal": [],
    # Tests, benchmarks and fuzzers look into everything.
    "tests": ["*"],
    "bench": ["*"],
    "fuzz": ["*"],
}

# Apple's API: where it may be used.
APPLE = re.compile(r"<(CoreAudio|CoreFoundation|mach)/")
APPLE_ALLOWED = ["bench", "driver", "packaging/helper", "platform/coreaudio", "tools/play", "minihal", "tests", "fuzz"]

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<][^">]+[">])')
SUFFIXES = {".c", ".cpp", ".h", ".hpp", ".in"}


def within(path, folder):
    return path == folder or path.startswith(folder + "/")


def room_of(path):
    """The entry of ALLOWED that rules a path from the root, or None."""
    rooms = [room for room in ALLOWED if within(path, room)]
    return max(rooms, key=len, default=None)


def included_path(root, file, name):
    """The path from the root that an include names, or None if it is none of the project's."""
    for base in (root, file.parent):
        candidate = (base / name).resolve()
        if candidate.is_file() and candidate.is_relative_to(root):
            return candidate.relative_to(root).as_posix()
    # A file that is not there still names its room.
    return name if name.split("/")[0] in {room.split("/")[0] for room in ALLOWED} and "/" in name else None


def check_include(root, file, path, text):
    room = room_of(path)
    if APPLE.match(text) and not any(within(path, folder) for folder in APPLE_ALLOWED):
        return f"{text} is Apple's API; only {', '.join(APPLE_ALLOWED)} may use it"
    target = included_path(root, file, text[1:-1])
    if target is None or room is None or within(target, room) or "*" in ALLOWED[room]:
        return None
    # The plain names <CoreAudio/...> reach minihal's headers the way they reach a Mac's.
    if any(within(target, allowed) for allowed in ALLOWED[room]):
        return None
    return f"{room}/ may not include {text}; it may include {', '.join(ALLOWED[room]) or 'nothing of the project'}"


def violations(root):
    for folder in sorted({room.split("/")[0] for room in ALLOWED}):
        for file in sorted((root / folder).rglob("*")):
            path = file.relative_to(root).as_posix()
            if not file.is_file():
                continue
            if folder == "minihal" and "gecko" in path.lower():
                yield f"{path}:1: minihal knows no product; this file's name says Gecko"
            if file.suffix not in SUFFIXES and folder != "minihal":
                continue
            for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
                if folder == "minihal" and "gecko" in line.lower():
                    yield f"{path}:{number}: minihal knows no product; this line says Gecko"
                include = INCLUDE.match(line)
                problem = include and check_include(root, file, path, include.group(1))
                if problem:
                    yield f"{path}:{number}: {problem}"


def main():
    if len(sys.argv) > 2:
        print("usage: check_layers.py [ROOT]", file=sys.stderr)
        return 1
    root = pathlib.Path(sys.argv[1] if len(sys.argv) == 2 else pathlib.Path(__file__).parent.parent).resolve()
    found = list(violations(root))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
