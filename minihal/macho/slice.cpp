#include "minihal/macho/slice.hpp"

#include <fmt/format.h>

#include <vector>

#include "minihal/macho/format.hpp"

namespace minihal::macho {

namespace {

struct Kind {
    std::uint32_t cpu, subtype;
};

std::uint32_t wanted(Cpu cpu) noexcept {
    return cpu == Cpu::kX86_64 ? format::kCpuX86_64 : format::kCpuArm64;
}

std::string name_of(Kind kind) {
    const auto subtype = kind.subtype & format::kSubtypeMask;
    switch (kind.cpu) {
        case format::kCpuX86_64:
            return subtype == 8 ? "x86_64h" : "x86_64";
        case format::kCpuArm64:
            return subtype == 2 ? "arm64e" : "arm64";
        case 0x7:
            return "i386";
        case 0x12:
            return "ppc";
        case 0x01000012:
            return "ppc64";
        case 0x0200000C:
            return "arm64_32";
        default:
            return fmt::format("processor {:#x}", kind.cpu);
    }
}
std::string name_of(Cpu cpu) {
    return cpu == Cpu::kX86_64 ? "x86_64" : "arm64";
}

// Of the subtypes, arm64e has pointers of its own and x86_64h wants a newer processor.
bool fits(Cpu cpu, Kind kind) noexcept {
    const auto subtype = kind.subtype & format::kSubtypeMask;
    if (kind.cpu != wanted(cpu)) return false;
    return cpu == Cpu::kX86_64 ? subtype == 3 : subtype < 2;
}

struct Slice {
    Kind kind;
    std::uint64_t offset, size;
};

std::uint32_t big32(Bytes bytes, std::uint64_t at) noexcept {
    return __builtin_bswap32(read<std::uint32_t>(bytes, at).value_or(0));
}
std::uint64_t big64(Bytes bytes, std::uint64_t at) noexcept {
    return __builtin_bswap64(read<std::uint64_t>(bytes, at).value_or(0));
}

Result<std::vector<Slice>> slices_of(Bytes file) {
    const bool wide = big32(file, 0) == format::kFatMagic64;
    const std::uint64_t entry = wide ? 32 : 20;
    const auto count = big32(file, 4);
    // A Java class begins with the same four bytes; behind them it has a version of 45 or more.
    if (count > 40 || !part(file, 8, count * entry))
        return refused("it is no universal file, though it begins as one");
    std::vector<Slice> slices;
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto at = 8 + i * entry;
        slices.push_back({{big32(file, at), big32(file, at + 4)},
                          wide ? big64(file, at + 8) : big32(file, at + 8),
                          wide ? big64(file, at + 16) : big32(file, at + 12)});
    }
    return slices;
}

Result<Bytes> checked(Cpu cpu, Bytes program) {
    const auto header = read<format::Header>(program, 0);
    if (!header || header->magic != format::kMagic64) return refused("it is no 64-bit Mach-O file");
    const Kind kind{header->cpu, header->subtype};
    if (!fits(cpu, kind))
        return refused(fmt::format("it is for {}, not for {}", name_of(kind), name_of(cpu)));
    return program;
}

}  // namespace

bool has_magic(Bytes file) noexcept {
    const auto magic = read<std::uint32_t>(file, 0);
    if (!magic) return false;
    for (const auto known : {format::kFatMagic, format::kFatMagic64, format::kMagic64, format::kMagic32})
        if (*magic == known || *magic == __builtin_bswap32(known)) return true;
    return false;
}

Result<Bytes> slice_for(Cpu cpu, Bytes file) {
    const auto magic = big32(file, 0);
    if (magic != format::kFatMagic && magic != format::kFatMagic64) return checked(cpu, file);
    const auto slices = slices_of(file);
    if (!slices) return std::unexpected(slices.error());
    std::string names;
    for (const auto& slice : *slices) {
        if (fits(cpu, slice.kind)) {
            const auto program = part(file, slice.offset, slice.size);
            if (!program)
                return refused(fmt::format("its slice for {} goes beyond the file's end", name_of(cpu)));
            return checked(cpu, *program);
        }
        names += fmt::format("{}{}",
                             names.empty()               ? ""
                             : &slice == &slices->back() ? " and "
                                                         : ", ",
                             name_of(slice.kind));
    }
    return refused(fmt::format("it has {} for {}, not for {}", slices->size() == 1 ? "a slice" : "slices",
                               names.empty() ? "nothing" : names, name_of(cpu)));
}

}  // namespace minihal::macho
