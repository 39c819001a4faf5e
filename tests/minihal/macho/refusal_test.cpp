// What the loader does not do it refuses, and says what that is.
#include <fmt/format.h>

#include "tests/minihal/macho/fixtures.hpp"

namespace {

using namespace minihal_test::macho;

#define EXPECT_SAYS(text, words) EXPECT_NE((text).find(words), std::string::npos) << (text)

// A file of some bytes, for as long as it is looked at.
struct Temporary {
    explicit Temporary(const std::vector<char>& bytes)
        : path(std::filesystem::temp_directory_path() / ("macho." + std::to_string(getpid()))) {
        std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }
    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;
    ~Temporary() { std::filesystem::remove(path); }

    std::filesystem::path path;
};

std::string said_of(const std::string& name) {
    return refusal(bytes_of(fixture(name)));
}

TEST(MachORefused, OtherFiles) {
    EXPECT_SAYS(refusal({}), "no 64-bit Mach-O");
    EXPECT_SAYS(refusal({'\x7f', 'E', 'L', 'F'}), "no 64-bit Mach-O");
    std::vector<char> java = {'\xCA', '\xFE', '\xBA', '\xBE', 0, 0, 0, 52, 1, 2, 3, 4};
    EXPECT_SAYS(refusal(java), "no universal file");
}

TEST(MachORefused, OtherFileTypes) {
    Edited dylib("opcodes");
    dylib.set<std::uint32_t>(offsetof(format::Header, file_type), 6);
    EXPECT_SAYS(dylib.refusal(), "its file type is 6, not that of a bundle (8)");
}

TEST(MachORefused, OtherProcessors) {
    EXPECT_EQ(refusal(bytes_of(fixture("opcodes", Cpu::kX86_64)), Cpu::kArm64),
              "it is for x86_64, not for arm64");
    EXPECT_EQ(refusal(bytes_of(fixture("opcodes", Cpu::kArm64)), Cpu::kX86_64),
              "it is for arm64, not for x86_64");
}

// A universal file has a list of big-endian numbers: processor, subtype, offset, size, alignment.
TEST(MachORefused, UniversalFilesWithoutThisProcessorsSlice) {
    auto bytes = bytes_of(fixture("universal"));
    constexpr std::size_t kSecond = 8 + 20;
    ASSERT_EQ(bytes[kSecond + 3], 0x0C);
    bytes[kSecond + 7] = 2;
    EXPECT_EQ(refusal(bytes, Cpu::kArm64), "it has slices for x86_64 and arm64e, not for arm64");
    bytes[7] = 1;
    EXPECT_EQ(refusal(bytes, Cpu::kArm64), "it has a slice for x86_64, not for arm64");
    bytes[7] = 2;
    bytes[kSecond + 7] = 0;
    bytes[kSecond + 8] = 0x7F;
    EXPECT_EQ(refusal(bytes, Cpu::kArm64), "its slice for arm64 goes beyond the file's end");
}

TEST(MachORefused, EncryptedFiles) {
    Edited file("opcodes");
    const auto at = file.command(0x1B);  // LC_UUID is as long
    file.set(at, format::EncryptionCommand{format::kEncryptionInfo64, 24, 0, 4096, 1});
    EXPECT_EQ(file.refusal(), "it is encrypted");
    file.set(at, format::EncryptionCommand{format::kEncryptionInfo64, 24, 0, 0, 0});
    EXPECT_EQ(file.refusal(), "");
}

TEST(MachORefused, OtherPlatforms) {
    Edited file("opcodes");
    file.set<std::uint32_t>(file.command(format::kBuildVersion) + 8, 2);
    EXPECT_EQ(file.refusal(), "it is for platform 2, not for macOS (1)");
}

TEST(MachORefused, OtherPlatformsOfBeforeTheyHadNumbers) {
    Edited file("opcodes");
    const auto at = file.command(format::kBuildVersion);
    const auto with = [&](std::uint32_t command) {
        file.set<std::uint32_t>(at, command);
        return file.refusal();
    };
    EXPECT_EQ(with(0x24), "");  // LC_VERSION_MIN_MACOSX
    EXPECT_EQ(with(0x25), "it is for iOS, not for macOS");
    EXPECT_EQ(with(0x2F), "it is for tvOS, not for macOS");
    EXPECT_EQ(with(0x30), "it is for watchOS, not for macOS");
}

TEST(MachORefused, UnknownCommandsThatAreRequired) {
    Edited file("opcodes");
    const auto at = file.command(0x1B);
    file.set<std::uint32_t>(at, 0x77);
    EXPECT_EQ(file.refusal(), "");
    file.set<std::uint32_t>(at, 0x80000077);
    EXPECT_EQ(file.refusal(), "it has the load command 0x80000077, which is unknown here");
}

TEST(MachORefused, OtherLibraries) {
    Edited file("opcodes");
    const auto at = file.command(format::kLoadDylib);
    std::strcpy(file.bytes.data() + at + sizeof(format::DylibCommand), "/usr/lib/libc++.1");
    EXPECT_EQ(file.refusal(), "it needs /usr/lib/libc++.1; only CoreFoundation and libSystem.B are here");
    file.set<std::uint32_t>(at, format::kReexportDylib);
    EXPECT_SAYS(file.refusal(), "re-exports");
}

TEST(MachORefused, ThreadLocalVariablesAndObjectiveC) {
    EXPECT_SAYS(said_of("thread_locals"), "it has thread-local variables (section __thread_");
    EXPECT_EQ(said_of("objective_c"), "it has Objective-C in it (section __objc_classlist)");
    Edited swift("objective_c");
    constexpr std::string_view kName = "__objc_classlist";
    const auto at = std::search(swift.bytes.begin(), swift.bytes.end(), kName.begin(), kName.end());
    ASSERT_NE(at, swift.bytes.end());
    std::ranges::copy("__swift5_types\0", at);
    EXPECT_EQ(swift.refusal(), "it has Swift in it (section __swift5_types)");
}

TEST(MachORefused, SectionsThatWouldHaveToBeActedOn) {
    for (const auto type : {format::kTerminatorPointers, format::kInterposing, format::kLazyDylibPointers}) {
        Edited file("opcodes");
        const auto section = file.segment("__DATA") + sizeof(format::SegmentCommand);
        file.set<std::uint32_t>(section + offsetof(format::Section, flags), type);
        EXPECT_SAYS(file.refusal(), "(section __la_symbol_ptr)");
    }
}

TEST(MachORefused, WeakDefinitions) {
    EXPECT_EQ(said_of("weak"), "it has weak definitions, which would have to be one with those of others");
    EXPECT_EQ(said_of("weak_chains"),
              "_shared_by_all is a weak definition, which would have to be one with those of others");
}

TEST(MachORefused, NamesThatAreLookedUpAnywhere) {
    EXPECT_EQ(said_of("anywhere"), "it looks for _from_anywhere elsewhere than in a library (-2)");
}

TEST(MachORefused, SegmentsThatAreWritableAndExecutable) {
    Edited file("chains");
    file.set<std::uint32_t>(file.segment("__TEXT") + offsetof(format::SegmentCommand, protection), 7);
    EXPECT_EQ(file.refusal(), "segment __TEXT is writable and executable");
}

TEST(MachORefused, SegmentsThatDoNotFit) {
    const auto with = [](const char* segment, std::size_t field, std::uint64_t value) {
        Edited file("opcodes");
        file.set(file.segment(segment) + field, value);
        return file.refusal();
    };
    using Command = format::SegmentCommand;
    EXPECT_SAYS(with("__DATA", offsetof(Command, file_offset), 1U << 20), "goes beyond the file's end");
    EXPECT_SAYS(with("__DATA", offsetof(Command, file_offset), ~0ULL), "goes beyond the file's end");
    EXPECT_SAYS(with("__DATA", offsetof(Command, memory_size), 8), "is larger in the file than in memory");
    EXPECT_SAYS(with("__DATA", offsetof(Command, memory_size), 1ULL << 40), "is larger than 256 MiB");
    EXPECT_SAYS(with("__DATA", offsetof(Command, address), 8), "does not begin at a page's beginning");
    EXPECT_SAYS(with("__DATA", offsetof(Command, address), 0), "overlaps another");
    EXPECT_SAYS(with("__DATA", offsetof(Command, address), 1ULL << 40), "lies too far");
    EXPECT_SAYS(with("__TEXT", offsetof(Command, address), 1ULL << 32), "lies before the header");
    EXPECT_SAYS(with("__TEXT", offsetof(Command, file_size), 0), "its header is in none of its segments");
}

TEST(MachORefused, RelocationsInTheOldForm) {
    Edited file("opcodes");
    file.set<std::uint32_t>(
        file.command(format::kDysymtab) + offsetof(format::DysymtabCommand, local_relocations), 1);
    EXPECT_SAYS(file.refusal(), "relocations in the old form");
    Edited routines("opcodes");
    routines.set<std::uint32_t>(routines.command(0x1B), format::kRoutines64);
    EXPECT_SAYS(routines.refusal(), "LC_ROUTINES_64");
}

TEST(MachORefused, UnknownOpcodes) {
    const auto with = [](std::size_t table, std::initializer_list<int> program) {
        Edited file("opcodes");
        const auto at = file.get<std::uint32_t>(file.command(format::kDyldInfoOnly) + table);
        std::ranges::copy(program, file.bytes.begin() + at);
        return file.refusal();
    };
    constexpr auto kRebase = offsetof(format::DyldInfoCommand, rebase);
    constexpr auto kBind = offsetof(format::DyldInfoCommand, bind);
    EXPECT_EQ(with(kRebase, {0x90}), "it has the rebase opcode 0x90, which is unknown here");
    EXPECT_EQ(with(kRebase, {0x12}), "it has a fixup of type 2, and only pointers (1) are known");
    EXPECT_EQ(with(kRebase, {0x51}), "a pointer is set before it is said where");
    EXPECT_EQ(with(kRebase, {0x2F, 0}), "a pointer is set in segment 15, which there is not");
    EXPECT_EQ(with(kRebase, {0x20, 0, 0x51}),
              "it has a pointer to set in segment __TEXT, which is not writable");
    EXPECT_EQ(with(kRebase, {0x22, 0xFF, 0xFF, 0x03, 0x51}), "it has a pointer to set beyond segment __DATA");
    EXPECT_EQ(with(kBind, {0xD0}), "it has the bind opcode 0xd0, which is unknown here");
    EXPECT_EQ(with(kBind, {0x19, 0x40, 'a', 0, 0x72, 0, 0x90}), "it looks for a in library 9, and names 2");
    EXPECT_EQ(with(kBind, {0x3F, 0x40, 'a', 0, 0x72, 0, 0x90}),
              "it looks for a elsewhere than in a library (-1)");
}

TEST(MachORefused, UnknownFormsOfChains) {
    const auto with = [](std::size_t field, std::uint32_t value) {
        Edited file("chains");
        const auto at = file.get<format::DataCommand>(file.command(format::kChainedFixups)).offset;
        file.set(at + field, value);
        return file.refusal();
    };
    EXPECT_EQ(with(offsetof(format::ChainsHeader, version), 1), "its fixups are of version 1, not 0");
    EXPECT_EQ(with(offsetof(format::ChainsHeader, import_format), 4),
              "its imports are of format 4, which is unknown here");
    EXPECT_EQ(with(offsetof(format::ChainsHeader, symbol_format), 1),
              "the names of its imports are compressed");
    EXPECT_SAYS(with(offsetof(format::ChainsHeader, import_count), 0x7FFFFFFF), "cut off");

    Edited file("chains");
    const auto header = file.get<format::DataCommand>(file.command(format::kChainedFixups)).offset;
    const auto starts = header + file.get<format::ChainsHeader>(header).starts;
    const auto in_segment = starts + file.get<std::uint32_t>(starts + 4 + 4);  // of __DATA_CONST
    file.set<std::uint16_t>(in_segment + offsetof(format::ChainsInSegment, pointer_format), 1);
    EXPECT_SAYS(file.refusal(), "its pointers are of format 1, which is unknown here");
}

TEST(MachORefused, FixupsInTwoForms) {
    Edited file("opcodes");
    file.set(file.command(0x26),
             format::DataCommand{format::kChainedFixups, 16, 0, 64});  // LC_FUNCTION_STARTS
    EXPECT_EQ(file.refusal(), "it has fixups in two forms");
}

TEST(MachORefused, WhatIsRefusedIsNotLoaded) {
    EXPECT_EQ(load(fixture("objective_c")).error(), "it has Objective-C in it (section __objc_classlist)");
    EXPECT_SAYS(load("/nowhere").error(), "no 64-bit Mach-O");
    EXPECT_SAYS(missing_imports(fixture("thread_locals")).error(), "thread-local");
}

// A terminal obeys what begins with an escape.
constexpr std::string_view kRed = "\x1B[31m";
constexpr std::string_view kRedShown = "\\x1b[31m";

std::string with_red(const std::string& fixture_name, std::string_view name,
                     std::string (*said)(const std::vector<char>&)) {
    auto bytes = bytes_of(fixture(fixture_name));
    for (auto at = bytes.begin();; at += static_cast<std::ptrdiff_t>(kRed.size())) {
        at = std::search(at, bytes.end(), name.begin(), name.end());
        if (at == bytes.end()) break;
        std::ranges::copy(kRed, at + 1);
    }
    return said(bytes);
}

TEST(MachORefused, NamesAreShownAndNotObeyed) {
    const auto refused = [](const std::vector<char>& bytes) { return refusal(bytes); };
    const auto red = [](std::string_view before, std::string_view after) {
        return std::string(before) + std::string(kRedShown) + std::string(after);
    };
    EXPECT_EQ(with_red("anywhere", "_from_anywhere", refused),
              red("it looks for _", "anywhere elsewhere than in a library (-2)"));
    EXPECT_EQ(with_red("opcodes", "/usr/lib/libSystem.B.dylib", refused),
              red("it needs /", "ib/libSystem.B.dylib; only CoreFoundation and libSystem.B are here"));
    EXPECT_EQ(with_red("thread_locals", "__thread_", refused),
              red("it has thread-local variables (section _", "ad_vars)"));
    Edited segment("chains");
    const auto at = segment.segment("__TEXT");
    segment.set<std::uint32_t>(at + offsetof(format::SegmentCommand, protection), 7);
    std::ranges::copy("\x9B\n\x7F", segment.bytes.begin() + static_cast<std::ptrdiff_t>(at) + 8);
    EXPECT_EQ(segment.refusal(), "segment \\x9b\\x0a\\x7f is writable and executable");
}

TEST(MachORefused, MissingImportsAreShownAndNotObeyed) {
    const auto missing = [](const std::vector<char>& bytes) {
        const Temporary file(bytes);
        EXPECT_SAYS(load(file.path).error(), kRedShown);
        EXPECT_EQ(load(file.path).error().find('\x1B'), std::string::npos);
        return fmt::format("{}", fmt::join(missing_imports(file.path).value(), " "));
    };
    EXPECT_EQ(with_red("needy", "_dispatch_queue_create", missing),
              "CFRunLoopGetMain " + std::string(kRedShown) + "tch_queue_create nobodys_data");
}

TEST(MachORefused, InitialisersThatAreNoCode) {
    Edited file("opcodes");
    // The pointers of __mod_init_func point into the data.
    const auto data_const = file.segment("__DATA_CONST");
    const auto segment = file.get<format::SegmentCommand>(data_const);
    for (std::uint32_t i = 0; i < segment.section_count; ++i) {
        const auto section =
            file.get<format::Section>(data_const + sizeof segment + i * sizeof(format::Section));
        if ((section.flags & 0xFF) == format::kInitialiserPointers)
            file.set<std::uint64_t>(section.offset, segment.address);
    }
    const Temporary edited(file.bytes);
    EXPECT_EQ(load(edited.path).error(), "one of its initialisers lies outside of its code");
}

}  // namespace
