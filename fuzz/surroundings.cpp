#include "fuzz/surroundings.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>

#include "fuzz/support.hpp"
#include "minihal/system/host_clock.hpp"

namespace gecko::fuzz {
namespace {

std::atomic<std::uint64_t> the_time{1'000'000'000};

std::uint64_t read_time() {
    return the_time.load();
}

}  // namespace

void set_up_surroundings() {
    // In the folder that tools/dev/fuzz makes and takes away.
    const char* temporary = std::getenv("TMPDIR");
    std::string folder = std::string(temporary != nullptr ? temporary : "/tmp") + "/gecko-fuzz-XXXXXX";
    require(::mkdtemp(folder.data()) != nullptr, "a temporary folder can be made");
    require(::setenv("MINIHAL_RUN_DIR", folder.c_str(), 1) == 0, "the run directory can be named");
    const int console = ::open((folder + "/console").c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    require(console >= 0, "a console can be made");
    ::close(console);
    minihal::set_virtual_clock(&read_time);
}

void set_now(std::uint64_t ticks) {
    the_time.store(ticks);
}

std::uint64_t now() {
    return the_time.load();
}

std::string new_segment_name() {
    static std::uint32_t count = 0;
    std::string random(shm::kNameRandom, 'a');
    std::uint64_t value = static_cast<std::uint64_t>(::getpid()) << 32 | ++count;
    for (char& c : random) {
        c = shm::kNameAlphabet[value & 31];
        value >>= 5;
    }
    return shm::kNamePrefix + random;
}

}  // namespace gecko::fuzz
