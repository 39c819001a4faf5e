// The Mach-O file format, as far as it is read here: <mach-o/loader.h>, <mach-o/fat.h>, <mach-o/fixup-chains.h>.
#pragma once

#include <cstdint>

namespace minihal::macho::format {

// Of a universal file; big-endian.
inline constexpr std::uint32_t kFatMagic = 0xCAFEBABE;
inline constexpr std::uint32_t kFatMagic64 = 0xCAFEBABF;
// Of a single program; in its machine's order.
inline constexpr std::uint32_t kMagic64 = 0xFEEDFACF;
inline constexpr std::uint32_t kMagic32 = 0xFEEDFACE;

inline constexpr std::uint32_t kCpuX86_64 = 0x01000007;
inline constexpr std::uint32_t kCpuArm64 = 0x0100000C;
inline constexpr std::uint32_t kSubtypeMask = 0x00FFFFFF;

inline constexpr std::uint32_t kBundle = 8;  // MH_BUNDLE
inline constexpr std::uint32_t kPlatformMacOs = 1;

// Load commands. One that has this bit and is not known cannot be passed over.
inline constexpr std::uint32_t kRequired = 0x80000000;
enum Command : std::uint32_t {
    kDysymtab = 0x0B,
    kLoadDylib = 0x0C,
    kLoadWeakDylib = 0x18 | kRequired,
    kSegment64 = 0x19,
    kRoutines64 = 0x1A,
    kRpath = 0x1C | kRequired,
    kReexportDylib = 0x1F | kRequired,
    kLazyLoadDylib = 0x20,
    kEncryptionInfo = 0x21,
    kDyldInfo = 0x22,
    kDyldInfoOnly = 0x22 | kRequired,
    // What said the platform before kBuildVersion did; macOS's is 0x24.
    kMinimumIos = 0x25,
    kEncryptionInfo64 = 0x2C,
    kMinimumTvOs = 0x2F,
    kMinimumWatchOs = 0x30,
    kBuildVersion = 0x32,
    kExportsTrie = 0x33 | kRequired,
    kChainedFixups = 0x34 | kRequired,
};

struct Header {
    std::uint32_t magic, cpu, subtype, file_type, command_count, commands_size, flags, reserved;
};
static_assert(sizeof(Header) == 32);

struct LoadCommand {
    std::uint32_t command, size;
};

struct SegmentCommand {
    std::uint32_t command, size;
    char name[16];
    std::uint64_t address, memory_size, file_offset, file_size;
    std::uint32_t most_protection, protection, section_count, flags;
};
static_assert(sizeof(SegmentCommand) == 72);
inline constexpr std::uint32_t kProtRead = 1;
inline constexpr std::uint32_t kProtWrite = 2;
inline constexpr std::uint32_t kProtExecute = 4;
inline constexpr std::uint32_t kReadOnlyAfterFixups = 0x10;  // SG_READ_ONLY

struct Section {
    char name[16], segment[16];
    std::uint64_t address, size;
    std::uint32_t offset, alignment, relocations_at, relocation_count, flags, reserved[3];
};
static_assert(sizeof(Section) == 80);
inline constexpr std::uint32_t kHasInstructions =
    0x80000400;  // S_ATTR_PURE_INSTRUCTIONS, S_ATTR_SOME_INSTRUCTIONS
enum SectionType : std::uint32_t {
    kInitialiserPointers = 0x9,
    kTerminatorPointers = 0xA,
    kInterposing = 0xD,
    kLazyDylibPointers = 0x10,
    kFirstThreadLocal = 0x11,
    kLastThreadLocal = 0x15,
    kInitialiserOffsets = 0x16,
};

struct DyldInfoCommand {
    std::uint32_t command, size, rebase, rebase_size, bind, bind_size, weak_bind, weak_bind_size, lazy_bind,
        lazy_bind_size, exports, exports_size;
};
struct DataCommand {
    std::uint32_t command, size, offset, data_size;
};
struct DylibCommand {
    std::uint32_t command, size, name_offset, timestamp, current, compatible;
};
struct BuildVersionCommand {
    std::uint32_t command, size, platform, minimum, sdk, tool_count;
};
struct EncryptionCommand {
    std::uint32_t command, size, offset, encrypted_size, encryption;
};
struct DysymtabCommand {
    std::uint32_t command, size, tables[14], external_relocations_at, external_relocations,
        local_relocations_at, local_relocations;
};
static_assert(sizeof(DysymtabCommand) == 80);

struct ChainsHeader {
    std::uint32_t version, starts, imports, symbols, import_count, import_format, symbol_format;
};
#pragma pack(push, 4)
struct ChainsInSegment {
    std::uint32_t size;
    std::uint16_t page_size, pointer_format;
    std::uint64_t segment_offset;
    std::uint32_t most_valid;
    std::uint16_t page_count;
    // followed by where each page's chain starts
};
#pragma pack(pop)
inline constexpr std::uint64_t kPageStarts = 22;
inline constexpr std::uint16_t kPageWithoutChain = 0xFFFF;
inline constexpr std::uint16_t kPointer64 = 2;        // a target is an address
inline constexpr std::uint16_t kPointer64Offset = 6;  // a target counts from the header

}  // namespace minihal::macho::format
