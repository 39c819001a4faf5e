// LC_DYLD_CHAINED_FIXUPS: every pointer to be set holds what it is to, and how far it is to the next one on its page.
#include <array>

#include "minihal/macho/fixups.hpp"
#include "minihal/macho/format.hpp"

namespace minihal::macho {

namespace {

constexpr std::uint64_t kStride = 4;

constexpr std::uint64_t bits(std::uint64_t word, unsigned from, unsigned count) noexcept {
    return word >> from & ((std::uint64_t{1} << count) - 1);
}

struct ImportForm {
    std::uint64_t entry;  // bytes
    unsigned ordinal_bits;
    unsigned name_from;  // bit, in the first word
};

// How import tables are written, by number less 1.
constexpr std::array<ImportForm, 3> kImportForms = {{{4, 8, 9}, {8, 8, 9}, {16, 16, 32}}};

class Chains {
  public:
    explicit Chains(const Image& image) : image_(image), pointers_(image), bytes_(image.chains) {}

    Result<Fixups> read_all() {
        const auto header = read<format::ChainsHeader>(bytes_, 0);
        if (!header) return refused(cut_off());
        if (header->version != 0)
            return refused(fmt::format("its fixups are of version {}, not 0", header->version));
        if (auto why = read_imports(*header); !why.empty()) return refused(std::move(why));
        if (auto why = read_starts(header->starts); !why.empty()) return refused(std::move(why));
        return std::move(pointers_.fixups);
    }

  private:
    static std::string cut_off() { return "its fixups are cut off"; }

    std::string read_imports(const format::ChainsHeader& header) {
        if (header.import_count == 0) return {};
        if (header.import_format < 1 || header.import_format > kImportForms.size())
            return fmt::format("its imports are of format {}, which is unknown here", header.import_format);
        if (header.symbol_format != 0) return "the names of its imports are compressed";
        const auto form = kImportForms[header.import_format - 1];
        const auto entries = part(bytes_, header.imports, header.import_count * form.entry);
        if (!entries) return cut_off();
        for (std::uint64_t i = 0; i < header.import_count; ++i) {
            const auto at = i * form.entry;
            const bool wide = form.entry == 16;
            const std::uint64_t word = wide ? read<std::uint64_t>(*entries, at).value_or(0)
                                            : read<std::uint32_t>(*entries, at).value_or(0);
            auto ordinal = static_cast<std::int64_t>(bits(word, 0, form.ordinal_bits));
            const auto all = std::int64_t{1} << form.ordinal_bits;
            if (ordinal > all - 16) ordinal -= all;  // a place that is no library
            const auto name = read_text(bytes_, header.symbols + (word >> form.name_from));
            if (!name) return cut_off();
            const bool weak = bits(word, form.ordinal_bits, 1) != 0;
            if (auto why = pointers_.add_import(*name, ordinal, weak); !why.empty()) return why;
            addends_.push_back(addend_of(*entries, at, form.entry));
        }
        return {};
    }
    static std::uint64_t addend_of(Bytes entries, std::uint64_t at, std::uint64_t entry) {
        if (entry == 4) return 0;
        if (entry == 8)
            return static_cast<std::uint64_t>(std::int64_t{read<std::int32_t>(entries, at + 4).value_or(0)});
        return read<std::uint64_t>(entries, at + 8).value_or(0);
    }

    std::string read_starts(std::uint64_t starts) {
        const auto count = read<std::uint32_t>(bytes_, starts);
        if (!count) return cut_off();
        if (*count > image_.segments.size())
            return fmt::format("its fixups are for {} segments, and it has {}", *count,
                               image_.segments.size());
        for (std::uint64_t i = 0; i < *count; ++i) {
            const auto offset = read<std::uint32_t>(bytes_, starts + 4 + i * 4);
            if (!offset) return cut_off();
            if (*offset == 0) continue;  // nothing to set there
            if (auto why = read_segment(image_.segments[i], starts + *offset); !why.empty()) return why;
        }
        return {};
    }

    std::string read_segment(const Segment& segment, std::uint64_t at) {
        const auto chains = read<format::ChainsInSegment>(bytes_, at);
        if (!chains) return cut_off();
        if (chains->pointer_format != format::kPointer64 &&
            chains->pointer_format != format::kPointer64Offset)
            return fmt::format("its pointers are of format {}, which is unknown here (2 and 6 are not)",
                               chains->pointer_format);
        if (chains->segment_offset != segment.offset)
            return fmt::format("its fixups for segment {} are said to be elsewhere", segment.name);
        if (chains->page_size != 0x1000 && chains->page_size != 0x4000)
            return fmt::format("its fixups are for pages of {} bytes", chains->page_size);
        for (std::uint64_t page = 0; page < chains->page_count; ++page) {
            const auto start = read<std::uint16_t>(bytes_, at + format::kPageStarts + page * 2);
            if (!start) return cut_off();
            if (*start == format::kPageWithoutChain) continue;
            if (auto why = follow(segment, *chains, page * chains->page_size, *start); !why.empty())
                return why;
        }
        return {};
    }

    // Along one page's chain; each step goes on, so it ends.
    std::string follow(const Segment& segment, const format::ChainsInSegment& chains, std::uint64_t page,
                       std::uint64_t start) {
        for (auto in_page = start;;) {
            if (in_page >= chains.page_size)
                return fmt::format("a chain of fixups leaves its page in segment {}", segment.name);
            const auto word = read<std::uint64_t>(segment.contents, page + in_page);
            if (!word) return fmt::format("a chain of fixups leaves segment {}", segment.name);
            Pointer pointer;
            if (bits(*word, 63, 1) != 0) {
                const auto import = bits(*word, 0, 24);
                if (import >= addends_.size())
                    return fmt::format("a pointer is to import {}, and there are {}", import,
                                       addends_.size());
                pointer = {.import = static_cast<std::uint32_t>(import),
                           .value = addends_[import] + bits(*word, 24, 8)};
            } else {
                const auto target = bits(*word, 0, 36);
                const bool counts_from_header = chains.pointer_format == format::kPointer64Offset;
                pointer = {.value = counts_from_header ? target : target - image_.preferred,
                           .top = static_cast<std::uint8_t>(bits(*word, 36, 8))};
            }
            if (auto why = pointers_.add(segment, page + in_page, pointer); !why.empty()) return why;
            const auto next = bits(*word, 51, 12);
            if (next == 0) return {};
            in_page += next * kStride;
        }
    }

    const Image& image_;
    Pointers pointers_;
    Bytes bytes_;
    std::vector<std::uint64_t> addends_;
};

}  // namespace

Result<Fixups> read_chains(const Image& image) {
    return Chains(image).read_all();
}

}  // namespace minihal::macho
