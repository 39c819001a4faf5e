#include "app.hpp"

#include <unistd.h>

#include <stdexcept>

#include "driver/cf.hpp"
#include "shm/attach.hpp"

namespace gecko::simulation {
namespace {

/// Not to be guessed is the real app's business; here it is enough that no two are the same.
std::string next_name() {
    static std::uint32_t count = 0;
    std::string random(shm::kNameRandom, 's');
    std::uint64_t value = static_cast<std::uint64_t>(::getpid()) << 32 | ++count;
    for (char& c : random) {
        c = shm::kNameAlphabet[value & 31];
        value >>= 5;
    }
    return shm::kNamePrefix + random;
}

shm::Segment make_segment(const std::string& name, std::uint32_t rate) {
    auto segment = shm::Segment::create(name.c_str(), *shm::Geometry::of(shm::kDefaultFrames, 2), rate, 0600);
    if (!segment) throw std::runtime_error("cannot create a segment");
    return std::move(*segment);
}

}  // namespace

App::App(pid_t pid, std::uint32_t rate)
    : pid_(pid), name_(next_name()), segment_(make_segment(name_, rate)) {}

bool App::attach(SinkHost& host) {
    beat();
    driver::DictionaryBuilder request;
    request.add(shm::key::kName, name_.c_str());
    request.add(shm::key::kAbi, std::int64_t{shm::kProtocolVersion});
    request.add(shm::key::kChannels, std::int64_t{segment_.geometry().channels()});
    request.add(shm::key::kFrames, std::int64_t{segment_.geometry().frames()});
    const driver::CfOwned dictionary(request.release());
    const OSStatus status = host.set_attachment(dictionary.get(), pid_);
    shm::unlink_segment(name_.c_str());
    if (status != kAudioHardwareNoError) return false;
    engine_.attach(ring());
    return true;
}

void App::beat() {
    view().control->consumer.alive.store(now(), std::memory_order_release);
}

}  // namespace gecko::simulation
