// The programs that the build makes for these tests (CMakeLists.txt), and means to damage them.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "minihal/macho/fixups.hpp"
#include "minihal/macho/format.hpp"
#include "minihal/macho/load.hpp"

namespace minihal_test::macho {

using namespace minihal::macho;

inline std::filesystem::path fixture(const std::string& name, Cpu cpu = kThisCpu) {
    const auto folder = std::filesystem::path(MACHO_FIXTURES);
    if (name == "universal") return folder / name;
    return folder / (name + (cpu == Cpu::kX86_64 ? ".x86_64" : ".arm64"));
}

// Exactly as much memory as the file has bytes, so that AddressSanitizer sees who reads on.
inline std::vector<char> bytes_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
    EXPECT_FALSE(bytes.empty()) << path;
    return {bytes.begin(), bytes.end()};
}

// All that loading does before it takes memory; empty, or what it says. What it finds is touched.
inline std::string refusal(const std::vector<char>& bytes, Cpu cpu = kThisCpu) {
    const auto image = read_image(cpu, std::as_bytes(std::span(bytes)));
    if (!image) return image.error();
    const auto fixups = read_fixups(*image);
    if (!fixups) return fixups.error();
    for (const auto& pointer : fixups->pointers)
        EXPECT_LE(pointer.offset + sizeof(std::uint64_t), image->extent);
    for (const auto& segment : image->segments)
        EXPECT_LE(segment.offset + std::max<std::uint64_t>(segment.size, segment.contents.size()),
                  image->extent);
    const auto found = find_export(*image, "_own_pointers");
    EXPECT_LT(found.value_or(0), image->extent);
    return {};
}

// A thin file to be changed.
class Edited {
  public:
    explicit Edited(const std::string& name, Cpu cpu = kThisCpu)
        : bytes(bytes_of(fixture(name, cpu))), cpu_(cpu) {}

    template <typename T>
    T get(std::size_t offset) const {
        T value;
        std::memcpy(&value, bytes.data() + offset, sizeof value);
        return value;
    }
    template <typename T>
    void set(std::size_t offset, T value) {
        std::memcpy(bytes.data() + offset, &value, sizeof value);
    }
    // Where the first load command of a kind is.
    std::size_t command(std::uint32_t kind) const {
        std::size_t at = sizeof(format::Header);
        for (auto left = get<format::Header>(0).command_count; left > 0; --left) {
            const auto command = get<format::LoadCommand>(at);
            if (command.command == kind) return at;
            at += command.size;
        }
        ADD_FAILURE() << "no load command " << kind;
        return 0;
    }
    std::size_t segment(const std::string& name) const {
        std::size_t at = sizeof(format::Header);
        for (auto left = get<format::Header>(0).command_count; left > 0; --left) {
            const auto command = get<format::SegmentCommand>(at);
            if (command.command == format::kSegment64 && name == command.name) return at;
            at += command.size;
        }
        ADD_FAILURE() << "no segment " << name;
        return 0;
    }
    std::string refusal() const { return macho::refusal(bytes, cpu_); }

    std::vector<char> bytes;

  private:
    Cpu cpu_;
};

// What a fixture exports, loaded.
template <typename T>
T* found(const std::string& name, const std::string& symbol) {
    const auto library = load(fixture(name));
    if (!library) throw std::runtime_error(library.error());
    void* const address = (*library)->find(symbol);
    if (address == nullptr) throw std::runtime_error(name + " has no " + symbol);
    return reinterpret_cast<T*>(address);
}

}  // namespace minihal_test::macho
