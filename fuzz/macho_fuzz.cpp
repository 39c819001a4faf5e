// Programs for macOS that somebody else made, as minihal's loader reads them: refused, or all that is to be set, run or found lies
// within them. Nothing of them is mapped or run.
#include <vector>

#include "fuzz/support.hpp"
#include "minihal/macho/fixups.hpp"

namespace {

using namespace minihal::macho;
using gecko::fuzz::require;

void read_it(Cpu cpu, Bytes file) {
    const auto image = read_image(cpu, file);
    if (!image) return;
    for (const auto& segment : image->segments) {
        require(segment.contents.size() <= segment.size, "a segment's contents fit into it");
        require(segment.offset + segment.size <= image->extent, "a segment lies in the image");
    }
    for (const auto* const ranges : {&image->initialiser_pointers, &image->initialiser_offsets})
        for (const auto& range : *ranges)
            require(range.offset + range.size <= image->extent, "initialisers are listed in the image");
    for (const auto* const name : {"_f", "_CFRelease", ""}) {
        const auto offset = find_export(*image, name);
        require(!offset || *offset < image->extent, "an export lies in the image");
    }
    const auto fixups = read_fixups(*image);
    if (!fixups) return;
    std::size_t letters = 0;
    for (const auto& import : fixups->imports) letters += import.name.size();
    require(letters <= fixups->imports.size() * file.size(), "names lie in the file");
    for (const auto& pointer : fixups->pointers) {
        require(pointer.offset + sizeof(std::uint64_t) <= image->extent, "a pointer lies in the image");
        require(pointer.import == Pointer::kOwn || pointer.import < fixups->imports.size(),
                "a pointer's import is there");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    // Exactly as much memory as there are bytes.
    const std::vector<std::uint8_t> file(data + 1, data + size);
    read_it((data[0] & 1) != 0 ? Cpu::kArm64 : Cpu::kX86_64, std::as_bytes(std::span(file)));
    return 0;
}
