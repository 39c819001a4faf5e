#include "minihal/macho/image.hpp"

#include <fmt/format.h>

#include "minihal/macho/format.hpp"

namespace minihal::macho {

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kLargest = std::uint64_t{256} << 20;

std::string fixed_name(const char (&name)[16]) {
    return {name, strnlen(name, sizeof name)};
}

// Reads the commands, one after the other, into an image.
class Reader {
  public:
    Reader(Cpu cpu, Bytes program) : program_(program) {
        image_.cpu = cpu;
        image_.file_size = program.size();
    }

    Result<Image> read_all() {
        const auto header = read<format::Header>(program_, 0);
        if (!header) return refused("it ends within its header");
        if (header->file_type != format::kBundle)
            return refused(fmt::format("its file type is {}, not that of a bundle (8)", header->file_type));
        const auto commands = part(program_, sizeof(format::Header), header->commands_size);
        if (!commands) return refused("its load commands go beyond the file's end");
        std::uint64_t at = 0;
        for (std::uint32_t i = 0; i < header->command_count; ++i) {
            const auto command = read<format::LoadCommand>(*commands, at);
            const auto whole = command ? part(*commands, at, command->size) : std::nullopt;
            if (!whole || command->size < sizeof *command)
                return refused(fmt::format("load command {} is cut off", i));
            if (auto why = take(command->command, *whole); !why.empty()) return refused(std::move(why));
            at += command->size;
        }
        if (auto why = arrange(); !why.empty()) return refused(std::move(why));
        return std::move(image_);
    }

  private:
    std::string take(std::uint32_t command, Bytes bytes) {
        switch (command) {
            case format::kSegment64:
                return take_segment(bytes);
            case format::kLoadDylib:
            case format::kLoadWeakDylib:
                return take_dylib(bytes);
            case format::kDyldInfo:
            case format::kDyldInfoOnly:
                return take_dyld_info(bytes);
            case format::kChainedFixups:
                return take_table(bytes, image_.chains);
            case format::kExportsTrie:
                return take_table(bytes, image_.exports);
            case format::kDysymtab: {
                const auto table = read<format::DysymtabCommand>(bytes, 0);
                if (!table) return "its table of symbols is cut off";
                if (table->external_relocations != 0 || table->local_relocations != 0)
                    return "it has relocations in the old form, which only the linker of before 10.6 wrote";
                return {};
            }
            case format::kEncryptionInfo:
            case format::kEncryptionInfo64: {
                const auto info = read<format::EncryptionCommand>(bytes, 0);
                return info && info->encryption == 0 ? "" : "it is encrypted";
            }
            case format::kBuildVersion: {
                const auto version = read<format::BuildVersionCommand>(bytes, 0);
                if (version && version->platform == format::kPlatformMacOs) return {};
                return fmt::format("it is for platform {}, not for macOS (1)",
                                   version ? version->platform : 0);
            }
            case format::kMinimumIos:
                return "it is for iOS, not for macOS";
            case format::kMinimumTvOs:
                return "it is for tvOS, not for macOS";
            case format::kMinimumWatchOs:
                return "it is for watchOS, not for macOS";
            case format::kReexportDylib:
            case format::kLazyLoadDylib:
                return "it re-exports a library or loads one late";
            case format::kRoutines64:
                return "it has an initialiser in the old form (LC_ROUTINES_64)";
            case format::kRpath:  // where libraries would be searched that are refused anyway
                return {};
            default:
                if ((command & format::kRequired) != 0)
                    return fmt::format("it has the load command {:#x}, which is unknown here", command);
                return {};
        }
    }

    std::string take_segment(Bytes bytes) {
        const auto segment = read<format::SegmentCommand>(bytes, 0);
        if (!segment) return "a segment's load command is cut off";
        const auto name = fixed_name(segment->name);
        const auto contents = part(program_, segment->file_offset, segment->file_size);
        if (!contents) return fmt::format("segment {} goes beyond the file's end", name);
        if (segment->file_size > segment->memory_size)
            return fmt::format("segment {} is larger in the file than in memory", name);
        if (segment->address % kPage != 0)
            return fmt::format("segment {} does not begin at a page's beginning", name);
        if (segment->memory_size > kLargest)
            return fmt::format("segment {} is larger than {} MiB", name, kLargest >> 20);
        const auto can = [&](std::uint32_t what) { return (segment->protection & what) != 0; };
        if (can(format::kProtWrite) && can(format::kProtExecute))
            return fmt::format("segment {} is writable and executable", name);
        if (segment->file_offset == 0 && segment->file_size != 0) header_address_ = segment->address;
        // Its offset is known once the header's address is.
        image_.segments.push_back(
            {.name = name,
             .offset = segment->address,
             .size = segment->memory_size,
             .contents = *contents,
             .readable = can(format::kProtRead),
             .writable = can(format::kProtWrite),
             .executable = can(format::kProtExecute),
             .constant = (segment->flags & format::kReadOnlyAfterFixups) != 0 || name == "__DATA_CONST"});
        for (std::uint64_t i = 0; i < segment->section_count; ++i) {
            const auto section =
                read<format::Section>(bytes, sizeof(format::SegmentCommand) + i * sizeof(format::Section));
            if (!section) return fmt::format("the sections of segment {} are cut off", name);
            if (auto why = take_section(*section); !why.empty()) return why;
        }
        return {};
    }

    std::string take_section(const format::Section& section) {
        const auto name = fixed_name(section.name);
        if (name.starts_with("__objc_")) return fmt::format("it has Objective-C in it (section {})", name);
        if (name.starts_with("__swift")) return fmt::format("it has Swift in it (section {})", name);
        if ((section.flags & format::kHasInstructions) != 0)
            image_.code.push_back({section.address, section.size});
        const auto type = section.flags & 0xFF;
        if (type >= format::kFirstThreadLocal && type <= format::kLastThreadLocal)
            return fmt::format("it has thread-local variables (section {})", name);
        switch (type) {
            case format::kInitialiserPointers:
                image_.initialiser_pointers.push_back({section.address, section.size});
                return {};
            case format::kInitialiserOffsets:
                image_.initialiser_offsets.push_back({section.address, section.size});
                return {};
            case format::kTerminatorPointers:
                return fmt::format("it has functions to run at its end in the old form (section {})", name);
            case format::kInterposing:
                return fmt::format("it replaces functions of others (section {})", name);
            case format::kLazyDylibPointers:
                return fmt::format("it loads a library late (section {})", name);
            default:
                return {};
        }
    }

    std::string take_dylib(Bytes bytes) {
        const auto dylib = read<format::DylibCommand>(bytes, 0);
        const auto name = dylib ? read_text(bytes, dylib->name_offset) : std::nullopt;
        if (!name) return "the name of a library is cut off";
        if (*name == "/System/Library/Frameworks/CoreFoundation.framework/Versions/A/CoreFoundation") {
            image_.dylibs.push_back(Dylib::kCoreFoundation);
        } else if (*name == "/usr/lib/libSystem.B.dylib") {
            image_.dylibs.push_back(Dylib::kSystem);
        } else {
            return fmt::format("it needs {}; only CoreFoundation and libSystem.B are here", *name);
        }
        return {};
    }

    std::string take_dyld_info(Bytes bytes) {
        const auto info = read<format::DyldInfoCommand>(bytes, 0);
        const auto cut_off = "its tables of pointers go beyond the file's end";
        if (!info) return cut_off;
        const auto table = [&](std::uint32_t offset, std::uint32_t size, Bytes& to) {
            const auto there = part(program_, offset, size);
            if (there) to = *there;
            return there.has_value();
        };
        Bytes weak;
        if (!table(info->rebase, info->rebase_size, image_.rebases) ||
            !table(info->bind, info->bind_size, image_.binds) ||
            !table(info->weak_bind, info->weak_bind_size, weak) ||
            !table(info->lazy_bind, info->lazy_bind_size, image_.lazy_binds) ||
            !table(info->exports, info->exports_size, image_.exports))
            return cut_off;
        // Beside nothing there is only the end, 0.
        if (std::ranges::any_of(weak, [](std::byte byte) { return byte != std::byte{0}; }))
            return "it has weak definitions, which would have to be one with those of others";
        return {};
    }

    std::string take_table(Bytes bytes, Bytes& to) const {
        const auto data = read<format::DataCommand>(bytes, 0);
        const auto there = data ? part(program_, data->offset, data->data_size) : std::nullopt;
        if (!there) return "one of its tables goes beyond the file's end";
        to = *there;
        return {};
    }

    // From addresses to offsets, when all segments are known.
    std::string arrange() {
        if (!header_address_) return "its header is in none of its segments";
        image_.preferred = *header_address_;
        std::vector<const Segment*> order;
        for (auto& segment : image_.segments) {
            if (segment.offset < image_.preferred)
                return fmt::format("segment {} lies before the header", segment.name);
            segment.offset -= image_.preferred;
            if (segment.offset > kLargest)
                return fmt::format("segment {} lies too far from the header", segment.name);
            order.push_back(&segment);
        }
        std::ranges::sort(order, {}, &Segment::offset);
        for (const auto* const segment : order) {
            if (segment->offset < image_.extent && segment->size != 0)
                return fmt::format("segment {} overlaps another", segment->name);
            image_.extent =
                std::max(image_.extent, (segment->offset + segment->size + kPage - 1) / kPage * kPage);
        }
        for (auto& range : image_.code) range.offset -= image_.preferred;
        for (auto* const ranges : {&image_.initialiser_pointers, &image_.initialiser_offsets}) {
            for (auto& range : *ranges) {
                range.offset -= image_.preferred;
                const auto* const segment = image_.segment_at(range.offset);
                if (segment == nullptr || range.size > segment->offset + segment->size - range.offset)
                    return "its table of initialisers is in none of its segments";
            }
        }
        return {};
    }

    Bytes program_;
    Image image_;
    std::optional<std::uint64_t> header_address_;
};

}  // namespace

const Segment* Image::segment_at(std::uint64_t offset) const noexcept {
    const auto found = std::ranges::find_if(
        segments, [&](const Segment& one) { return offset >= one.offset && offset - one.offset < one.size; });
    return found == segments.end() ? nullptr : &*found;
}

bool Image::is_code(std::uint64_t offset) const noexcept {
    const auto* const segment = segment_at(offset);
    return segment != nullptr && segment->executable && std::ranges::any_of(code, [&](const Range& range) {
               return offset >= range.offset && offset - range.offset < range.size;
           });
}

Result<Image> read_image(Cpu cpu, Bytes file) {
    const auto program = slice_for(cpu, file);
    if (!program) return std::unexpected(program.error());
    return Reader(cpu, *program).read_all();
}

}  // namespace minihal::macho
