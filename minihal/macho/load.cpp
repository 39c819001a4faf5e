#include "minihal/macho/load.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "minihal/macho/fixups.hpp"
#include "minihal/macho/provided.hpp"

namespace minihal::macho {

struct Library::Contents {
    std::vector<char> file;
    Image image;
    std::byte* memory = nullptr;
};

namespace {

std::vector<char> read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> missing_of(const Fixups& fixups) {
    std::set<std::string> missing;
    for (const auto& import : fixups.imports) {
        if (import.weak || provided(import.dylib, import.name) != nullptr) continue;
        const auto name = import.name.starts_with('_') ? import.name.substr(1) : import.name;
        missing.insert(printable(std::string(name)));
    }
    return {missing.begin(), missing.end()};
}

std::string system_error(const char* what) {
    return fmt::format("{}: {}", what, std::strerror(errno));
}

// Memory for all of it with the contents in their places, writable.
Result<std::byte*> reserve(const Image& image) {
    void* const memory = mmap(nullptr, image.extent, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return refused(system_error("there is no memory for it"));
    auto* const base = static_cast<std::byte*>(memory);
    for (const auto& segment : image.segments) std::ranges::copy(segment.contents, base + segment.offset);
    return base;
}

void set_pointers(const Fixups& fixups, std::byte* base) {
    std::vector<std::uint64_t> addresses;
    addresses.reserve(fixups.imports.size());
    for (const auto& import : fixups.imports)
        addresses.push_back(reinterpret_cast<std::uint64_t>(provided(import.dylib, import.name)));
    for (const auto& pointer : fixups.pointers) {
        const bool own = pointer.import == Pointer::kOwn;
        const auto to = own ? reinterpret_cast<std::uint64_t>(base) : addresses[pointer.import];
        const auto value = (to + pointer.value) | std::uint64_t{pointer.top} << 56;
        std::memcpy(base + pointer.offset, &value, sizeof value);
    }
}

std::string protect(const Image& image, std::byte* base) {
    const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    for (const auto& segment : image.segments) {
        if (segment.size == 0) continue;
        const bool writable = segment.writable && !segment.constant;
        const int protection = (segment.readable ? PROT_READ : 0) | (writable ? PROT_WRITE : 0) |
                               (segment.executable ? PROT_EXEC : 0);
        const auto size = (segment.size + page - 1) / page * page;
        if (mprotect(base + segment.offset, size, protection) != 0)
            return system_error(fmt::format("segment {} cannot be protected", segment.name).c_str());
        if (segment.executable) {
            auto* const code = reinterpret_cast<char*>(base + segment.offset);
            __builtin___clear_cache(code, code + segment.size);
        }
    }
    return {};
}

// In the file's order: first those that are pointers, then those that are offsets; no program has both.
Result<std::vector<std::uint64_t>> initialisers(const Image& image, std::byte* base) {
    std::vector<std::uint64_t> offsets;
    for (const auto& range : image.initialiser_pointers) {
        for (std::uint64_t at = 0; at + 8 <= range.size; at += 8) {
            std::uint64_t address = 0;
            std::memcpy(&address, base + range.offset + at, sizeof address);
            offsets.push_back(address - reinterpret_cast<std::uint64_t>(base));
        }
    }
    for (const auto& range : image.initialiser_offsets) {
        for (std::uint64_t at = 0; at + 4 <= range.size; at += 4) {
            std::uint32_t offset = 0;
            std::memcpy(&offset, base + range.offset + at, sizeof offset);
            offsets.push_back(offset);
        }
    }
    for (const auto offset : offsets)
        if (!image.is_code(offset)) return refused("one of its initialisers lies outside of its code");
    return offsets;
}

void run(std::byte* base, const std::vector<std::uint64_t>& offsets) {
    using Initialiser = void (*)(int, const char* const*, char**, const char* const*, const void*);
    static constexpr const char* kNone[] = {nullptr};
    for (const auto offset : offsets)
        reinterpret_cast<Initialiser>(base + offset)(0, kNone, environ, kNone, nullptr);
}

struct Loaded {
    std::mutex mutex;
    std::map<std::filesystem::path, const Library*> libraries;
};
Loaded& loaded() {
    static auto& all = *new Loaded;
    return all;
}

}  // namespace

bool is_mach_o(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    char head[4]{};
    in.read(head, sizeof head);
    return has_magic(std::as_bytes(std::span(head)));
}

Result<const Library*> load(const std::filesystem::path& file) {
    std::error_code ignored;
    const auto path = std::filesystem::canonical(file, ignored);
    const std::lock_guard guard(loaded().mutex);
    if (const auto found = loaded().libraries.find(path); found != loaded().libraries.end())
        return found->second;

    auto contents = std::make_unique<Library::Contents>();
    contents->file = read_file(file);
    auto image = read_image(kThisCpu, std::as_bytes(std::span(contents->file)));
    if (!image) return std::unexpected(image.error());
    const auto fixups = read_fixups(*image);
    if (!fixups) return std::unexpected(fixups.error());
    if (const auto missing = missing_of(*fixups); !missing.empty())
        return refused(fmt::format("it needs {}, which minihal does not have", fmt::join(missing, ", ")));

    const auto memory = reserve(*image);
    if (!memory) return std::unexpected(memory.error());
    const auto give_up = [&](std::string why) {
        munmap(*memory, image->extent);
        return refused(std::move(why));
    };
    set_pointers(*fixups, *memory);
    const auto first = initialisers(*image, *memory);
    if (!first) return give_up(first.error());
    if (auto why = protect(*image, *memory); !why.empty()) return give_up(std::move(why));

    contents->image = std::move(*image);
    contents->memory = *memory;
    const auto* const library = new Library(contents.release());
    loaded().libraries.emplace(path, library);
    run(*memory, *first);
    return library;
}

void* Library::find(const std::string& name) const {
    const auto offset = find_export(contents_->image, "_" + name);
    return offset ? contents_->memory + *offset : nullptr;
}

Result<void*> Library::function(const std::string& name) const {
    void* const address = find(name);
    if (address == nullptr) return nullptr;
    const auto offset = static_cast<std::uint64_t>(static_cast<std::byte*>(address) - contents_->memory);
    if (!contents_->image.is_code(offset)) return refused(fmt::format("its export {} is no function", name));
    return address;
}

Result<std::vector<std::string>> missing_imports(const std::filesystem::path& file) {
    const auto bytes = read_file(file);
    const auto image = read_image(kThisCpu, std::as_bytes(std::span(bytes)));
    if (!image) return std::unexpected(image.error());
    const auto fixups = read_fixups(*image);
    if (!fixups) return std::unexpected(fixups.error());
    return missing_of(*fixups);
}

}  // namespace minihal::macho
