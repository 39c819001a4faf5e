"""Ad-hoc code signatures of Mach-O slices, checked as codesign -v does: each page's digest against the code directory's.

The blobs' layout is that of xnu's osfmk/kern/cs_blobs.h; all of it is big-endian.
"""

import hashlib
import struct

MH_MAGIC_64 = 0xFEEDFACF
FAT_MAGIC = 0xCAFEBABE
LC_CODE_SIGNATURE = 0x1D
EMBEDDED_SIGNATURE = 0xFADE0CC0
CODE_DIRECTORY = 0xFADE0C02
SHA256 = 2
ADHOC = 0x2


def slices(data):
    """The slices of a universal file, each from its Mach-O header on."""
    magic, count = struct.unpack_from(">II", data)
    if magic != FAT_MAGIC:
        raise ValueError("not a universal file")
    for number in range(count):
        _, _, offset, size, _ = struct.unpack_from(">5I", data, 8 + 20 * number)
        yield data[offset : offset + size]


def signature_of(image):
    """The bytes of LC_CODE_SIGNATURE, and where they begin."""
    magic, _, _, _, commands, _, _, _ = struct.unpack_from("<8I", image)
    if magic != MH_MAGIC_64:
        raise ValueError("not a 64-bit Mach-O file")
    at = 32
    for _ in range(commands):
        command, size = struct.unpack_from("<II", image, at)
        if command == LC_CODE_SIGNATURE:
            offset, length = struct.unpack_from("<II", image, at + 8)
            return image[offset : offset + length], offset
        at += size
    raise ValueError("not signed")


def problems_of(image):
    """What is wrong with the signature of one slice; nothing if it is valid and ad hoc."""
    try:
        signature, signed_bytes = signature_of(image)
    except ValueError as error:
        return [str(error)]
    magic, _, count = struct.unpack_from(">3I", signature)
    if magic != EMBEDDED_SIGNATURE:
        return ["the signature is no embedded signature"]
    directories = [offset for _, offset in struct.iter_unpack(">II", signature[12 : 12 + 8 * count])
                   if struct.unpack_from(">I", signature, offset)[0] == CODE_DIRECTORY]  # fmt: skip
    if not directories:
        return ["the signature has no code directory"]
    problems = []
    for start in directories:
        _, _, _, flags, hashes, _, _, pages, limit = struct.unpack_from(">9I", signature, start)
        size, kind, _, page_bits = struct.unpack_from(">4B", signature, start + 36)
        if not flags & ADHOC:
            problems.append(f"the signature's flags are {flags:#x}, not ad hoc")
        if kind != SHA256 or size != 32:
            problems.append(f"digests of kind {kind}")
            continue
        if limit != signed_bytes:
            problems.append(f"{limit} bytes are signed of {signed_bytes}")
        page = 1 << page_bits
        if pages != -(-limit // page):
            problems.append(f"{pages} pages of {page} bytes for {limit} bytes")
        for number in range(pages):
            content = image[number * page : min((number + 1) * page, limit)]
            if hashlib.sha256(content).digest() != signature[start + hashes + 32 * number :][:32]:
                problems.append(f"page {number} is not what was signed")
    return problems
