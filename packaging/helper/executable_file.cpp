#include "packaging/helper/executable_file.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <optional>
#include <span>

#ifdef __APPLE__
#include <sys/sysctl.h>
#else
#include <sys/utsname.h>
#endif

namespace gecko::packaging {
namespace {

// mach-o/fat.h, mach-o/loader.h, mach/machine.h; elf.h.
constexpr std::uint32_t kUniversal = 0xcafe'babe;  // its fields are big-endian
constexpr std::uint32_t kMachO = 0xfeed'facf;      // of 64 bits, little-endian
constexpr std::uint32_t kIntel = 0x0100'0007;
constexpr std::uint32_t kArm = 0x0100'000c;
constexpr std::uint32_t kMostSlices = 16;
constexpr std::size_t kSliceRecord = 20;

std::uint32_t big_endian(std::span<const std::uint8_t> bytes, std::size_t at) {
    return static_cast<std::uint32_t>(bytes[at]) << 24 | static_cast<std::uint32_t>(bytes[at + 1]) << 16 |
           static_cast<std::uint32_t>(bytes[at + 2]) << 8 | bytes[at + 3];
}

std::uint32_t little_endian(std::span<const std::uint8_t> bytes, std::size_t at) {
    return static_cast<std::uint32_t>(bytes[at + 3]) << 24 | static_cast<std::uint32_t>(bytes[at + 2]) << 16 |
           static_cast<std::uint32_t>(bytes[at + 1]) << 8 | bytes[at];
}

std::string name_of(std::uint32_t processor) {
    return processor == kIntel ? "x86_64" : processor == kArm ? "arm64" : "unknown";
}

#ifndef __APPLE__
std::optional<std::string> processor_of_elf(std::span<const std::uint8_t> bytes) {
    if (std::memcmp(bytes.data(),
                    "\x7f"
                    "ELF",
                    4) != 0)
        return std::nullopt;
    const std::uint32_t machine = little_endian(bytes, 16) >> 16;
    return machine == 62 ? "x86_64" : machine == 183 ? "arm64" : "unknown";
}
#endif

}  // namespace

std::expected<std::vector<std::string>, std::string> processors_of(const std::filesystem::path& file) {
    std::array<std::uint8_t, 8 + kMostSlices * kSliceRecord> bytes{};
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return std::unexpected("cannot be read");
    stream.read(reinterpret_cast<char*>(bytes.data()), bytes.size());
    const auto count = static_cast<std::size_t>(stream.gcount());
    if (count < 32) return std::unexpected("is no program");
#ifndef __APPLE__
    if (auto elf = processor_of_elf(bytes)) return std::vector{*std::move(elf)};
#endif
    if (little_endian(bytes, 0) == kMachO) return std::vector{name_of(little_endian(bytes, 4))};
    if (big_endian(bytes, 0) != kUniversal) return std::unexpected("is no program for a Mac");
    const std::uint32_t slices = big_endian(bytes, 4);
    if (slices > kMostSlices || 8 + slices * kSliceRecord > count) return std::unexpected("is cut off");
    std::vector<std::string> found;
    found.reserve(slices);
    for (std::uint32_t i = 0; i < slices; ++i)
        found.push_back(name_of(big_endian(bytes, 8 + i * kSliceRecord)));
    return found;
}

#ifdef __APPLE__
std::string this_processor() {
    int arm = 0;
    std::size_t size = sizeof arm;
    return ::sysctlbyname("hw.optional.arm64", &arm, &size, nullptr, 0) == 0 && arm == 1 ? "arm64" : "x86_64";
}
#else
std::string this_processor() {
    utsname names{};
    if (::uname(&names) != 0) return "unknown";
    return std::strcmp(names.machine, "aarch64") == 0 ? "arm64" : names.machine;
}
#endif

}  // namespace gecko::packaging
