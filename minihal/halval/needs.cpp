#include "minihal/halval/needs.hpp"

#include <dlfcn.h>
#ifdef __linux__
#include <elf.h>

#include "minihal/macho/load.hpp"
#endif

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>

#include "minihal/system/printable.hpp"

namespace minihal::halval {

namespace {

#ifdef __linux__

using Image = std::vector<char>;

Image read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// Reads that stay inside of the file, whatever it says of itself.
template <typename T>
std::optional<T> at(const Image& image, std::uint64_t offset) {
    T value;
    if (offset > image.size() || image.size() - offset < sizeof value) return std::nullopt;
    std::memcpy(&value, image.data() + offset, sizeof value);
    return value;
}
std::string string_at(const Image& image, std::uint64_t offset) {
    if (offset >= image.size()) return {};
    const auto from = image.begin() + static_cast<std::ptrdiff_t>(offset);
    return {from, std::find(from, image.end(), '\0')};
}

template <typename Visit>
void for_each_section(const Image& image, const Visit& visit) {
    const auto header = at<Elf64_Ehdr>(image, 0);
    if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
        header->e_ident[EI_CLASS] != ELFCLASS64)
        return;
    const auto section = [&](std::uint64_t index) {
        return at<Elf64_Shdr>(image, header->e_shoff + index * sizeof(Elf64_Shdr));
    };
    for (std::uint64_t i = 0; i < header->e_shnum; ++i) {
        const auto entry = section(i);
        const auto strings = entry ? section(entry->sh_link) : std::nullopt;
        if (strings) visit(*entry, strings->sh_offset);
    }
}

#endif

}  // namespace

std::string foreign_format(const std::filesystem::path& executable) {
#ifdef __linux__
    if (macho::is_mach_o(executable)) return {};
    const auto image = read_file(executable);
    if (image.size() < SELFMAG || std::memcmp(image.data(), ELFMAG, SELFMAG) != 0)
        return "neither an ELF nor a Mach-O file";
#else
    (void)executable;
#endif
    return {};
}

std::vector<std::string> missing_symbols(const std::filesystem::path& executable) {
    std::vector<std::string> missing;
#ifdef __linux__
    // Of a Mach-O file that cannot be read, loading says what is wrong.
    if (macho::is_mach_o(executable)) return macho::missing_imports(executable).value_or(missing);
    const auto image = read_file(executable);
    std::vector<void*> libraries = {RTLD_DEFAULT};
    for_each_section(image, [&](const Elf64_Shdr& section, std::uint64_t strings) {
        if (section.sh_type != SHT_DYNAMIC) return;
        for (std::uint64_t offset = 0; offset + sizeof(Elf64_Dyn) <= section.sh_size;
             offset += sizeof(Elf64_Dyn)) {
            const auto entry = at<Elf64_Dyn>(image, section.sh_offset + offset);
            if (!entry || entry->d_tag != DT_NEEDED) continue;
            const auto name = string_at(image, strings + entry->d_un.d_val);
            if (void* const library = dlopen(name.c_str(), RTLD_LAZY | RTLD_LOCAL))
                libraries.push_back(library);
        }
    });
    for_each_section(image, [&](const Elf64_Shdr& section, std::uint64_t strings) {
        if (section.sh_type != SHT_DYNSYM) return;
        for (std::uint64_t offset = sizeof(Elf64_Sym); offset + sizeof(Elf64_Sym) <= section.sh_size;
             offset += sizeof(Elf64_Sym)) {
            const auto symbol = at<Elf64_Sym>(image, section.sh_offset + offset);
            if (!symbol || symbol->st_shndx != SHN_UNDEF || ELF64_ST_BIND(symbol->st_info) == STB_WEAK)
                continue;
            auto name = string_at(image, strings + symbol->st_name);
            const bool found = name.empty() || std::ranges::any_of(libraries, [&](void* library) {
                                   return dlsym(library, name.c_str()) != nullptr;
                               });
            if (!found) missing.push_back(printable(std::move(name)));
        }
    });
    std::ranges::sort(missing);
#else
    (void)executable;
#endif
    return missing;
}

}  // namespace minihal::halval
