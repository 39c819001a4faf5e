// Requests to attach and latencies: property lists of any make. The driver says yes or says why not, stays readable, and lets go of all.
#include <string>

#include "driver/cf.hpp"
#include "fuzz/property_lists.hpp"
#include "fuzz/support.hpp"
#include "fuzz/surroundings.hpp"
#include "shm/segment.hpp"

namespace gecko::fuzz {
namespace {

using driver::CfOwned;
using driver::create_string;
using driver::kDeviceId;

/// A segment to ask for; the one name in all requests that leads somewhere.
class Target {
  public:
    Target()
        : name(new_segment_name()),
          segment_(shm::Segment::create(name.c_str(), *shm::Geometry::of(1'024, 2), 48'000, 0600)) {
        require(segment_.has_value(), "a segment can be made");
    }
    ~Target() { shm::unlink_segment(name.c_str()); }
    Target(const Target&) = delete;
    Target& operator=(const Target&) = delete;

    const std::string name;

  private:
    std::expected<shm::Segment, shm::SegmentError> segment_;
};

void run(FuzzedDataProvider& bytes) {
    set_now(1'000'000'000);
    const Target target;
    Driver driver;
    for (int request = 0; request < 8 && bytes.remaining_bytes() > 0; ++request) {
        const CfOwned value(make_request(bytes, target.name));
        const CFTypeRef raw = value.get();
        const auto address =
            global(bytes.ConsumeIntegralInRange(0, 3) != 0 ? shm::kAttachProperty : shm::kLatencyProperty);
        const UInt32 size =
            bytes.ConsumeIntegralInRange(0, 9) != 0 ? sizeof raw : bytes.ConsumeIntegralInRange<UInt32>(0, 8);
        (void)driver.table().SetPropertyData(driver.ref(), kDeviceId,
                                             static_cast<pid_t>(bytes.ConsumeIntegralInRange(0, 2)), &address,
                                             0, nullptr, size, &raw);
        require(driver.reads_as_dictionary(shm::kStateProperty), "the state can always be read");
        require(driver.reads_as_dictionary(shm::kAttachProperty), "so can the attachment");
        require(driver.reads_as_dictionary(shm::kLatencyProperty), "and the latency");
    }
    driver.drain();
}

}  // namespace
}  // namespace gecko::fuzz

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    gecko::fuzz::set_up_surroundings();
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    FuzzedDataProvider bytes(data, size);
    gecko::fuzz::run(bytes);
    return 0;
}
