#include "virtual_time.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "minihal/system/host_clock.hpp"
#include "minihal/system/run_directory.hpp"

namespace gecko::simulation {
namespace {

constexpr Ticks kBeginning = 1'000'000'000;

Ticks the_time = kBeginning;
std::filesystem::path directory;

Ticks read_time() {
    return the_time;
}

}  // namespace

Ticks now() {
    return the_time;
}

void set_now(Ticks ticks) {
    the_time = ticks;
}

Surroundings::Surroundings() {
    // In memory where that can be had: thousands of simulations write thousands of small files.
    std::error_code none;
    const std::filesystem::path memory = "/dev/shm";
    const bool there = std::filesystem::is_directory(memory, none) && ::access(memory.c_str(), W_OK) == 0;
    std::string pattern =
        (there ? memory : std::filesystem::temp_directory_path()) / "gecko-simulation-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make " + pattern);
    directory = pattern;
    ::setenv("MINIHAL_RUN_DIR", directory.c_str(), 1);
    std::ofstream(directory / minihal::kConsoleFile).put('\n');
    minihal::set_virtual_clock(&read_time);
    the_time = kBeginning;
}

Surroundings::~Surroundings() {
    minihal::set_virtual_clock(nullptr);
    std::error_code ignored;
    std::filesystem::remove_all(directory, ignored);
}

}  // namespace gecko::simulation
