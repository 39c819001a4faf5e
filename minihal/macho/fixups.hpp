// Which pointers of a program the loader sets, and to what. Found by reading alone: nothing is loaded.
#pragma once

#include <fmt/format.h>

#include <vector>

#include "minihal/macho/image.hpp"

namespace minihal::macho {

struct Import {
    std::string_view name;  // in the file; a C function's begins with an underscore
    Dylib dylib = Dylib::kSystem;
    bool weak = false;  // NULL will do
};

struct Pointer {
    static constexpr std::uint32_t kOwn = 0xFFFFFFFF;

    std::uint64_t offset = 0;     // where it is
    std::uint32_t import = kOwn;  // to what: an import, or the program itself
    std::uint64_t value = 0;      // added to the import's address; for kOwn an offset
    std::uint8_t top = 0;         // for kOwn: its highest byte
};

struct Fixups {
    std::vector<Import> imports;  // each name once or more
    std::vector<Pointer> pointers;
};

// Lazy pointers are among them: all are set at once.
Result<Fixups> read_fixups(const Image& image);

// The two forms: LC_DYLD_INFO's opcodes, and chains of pointers (LC_DYLD_CHAINED_FIXUPS). For read_fixups().
Result<Fixups> read_opcodes(const Image& image);
Result<Fixups> read_chains(const Image& image);

// Adds pointers one by one; for the two above. Each lies in what a writable segment has in the file, and there are no more of
// them than fit there. The answers are empty, or what is wrong.
class Pointers {
  public:
    explicit Pointers(const Image& image) : image_(image) {}

    std::string add(const Segment& segment, std::uint64_t at, const Pointer& pointer) {
        if (!segment.writable)
            return fmt::format("it has a pointer to set in segment {}, which is not writable", segment.name);
        if (!part(segment.contents, at, sizeof(std::uint64_t)))
            return fmt::format("it has a pointer to set beyond segment {}", segment.name);
        if (fixups.pointers.size() >= image_.file_size / 4)
            return "it has more pointers to set than fit into it";
        fixups.pointers.push_back(pointer);
        fixups.pointers.back().offset = segment.offset + at;
        return {};
    }
    // `ordinal` counts libraries from 1.
    std::string add_import(std::string_view name, std::int64_t ordinal, bool weak) {
        if (ordinal == -3)
            return fmt::format("{} is a weak definition, which would have to be one with those of others",
                               name);
        if (ordinal <= 0)
            return fmt::format("it looks for {} elsewhere than in a library ({})", name, ordinal);
        if (static_cast<std::uint64_t>(ordinal) > image_.dylibs.size())
            return fmt::format("it looks for {} in library {}, and names {}", name, ordinal,
                               image_.dylibs.size());
        fixups.imports.push_back({name, image_.dylibs[static_cast<std::size_t>(ordinal) - 1], weak});
        return {};
    }

    Fixups fixups;

  private:
    const Image& image_;
};

}  // namespace minihal::macho
