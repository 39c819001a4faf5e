// What a bundle's program says of itself: where its parts go in memory, what it needs, where its tables are.
#pragma once

#include <vector>

#include "minihal/macho/slice.hpp"

namespace minihal::macho {

// Offsets count from the program's header, in memory and in bytes, unless they say otherwise.
struct Segment {
    std::string name;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    Bytes contents;  // what it begins with; the rest is zero
    bool readable = false;
    bool writable = false;  // at first
    bool executable = false;
    bool constant = false;  // not writable any more when pointers have been put in
};

enum class Dylib { kCoreFoundation, kSystem };

struct Range {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

struct Image {
    Cpu cpu = kThisCpu;
    std::uint64_t preferred = 0;  // the address of the header that pointers in the file are made for
    std::uint64_t extent = 0;     // bytes of memory, from the header on
    std::size_t file_size = 0;
    std::vector<Segment> segments;            // in the file's order, which tables count in
    std::vector<Dylib> dylibs;                // the same
    std::vector<Range> initialiser_pointers;  // addresses
    std::vector<Range> initialiser_offsets;   // of 32 bits
    std::vector<Range> code;                  // sections that have instructions in them
    // Tables; those that are not there are empty.
    Bytes rebases, binds, lazy_binds;
    Bytes chains;
    Bytes exports;

    // The segment that an offset lies in; nullptr: none.
    const Segment* segment_at(std::uint64_t offset) const noexcept;
    // Whether it is one of an instruction.
    bool is_code(std::uint64_t offset) const noexcept;
};

// Reads and checks all that is said before any table is: every segment lies in the file and in the memory, none on another.
// Refuses by name what this loader does not do. The image points into `file`, which must outlive it.
Result<Image> read_image(Cpu cpu, Bytes file);

// The offset of what is exported under a name (a C function's begins with an underscore).
Result<std::uint64_t> find_export(const Image& image, std::string_view name);

}  // namespace minihal::macho
