// Segments that somebody else made: of any size, with anything in them, resized meanwhile. They are refused, or they can be
// written and read whole.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "fuzz/support.hpp"
#include "fuzz/surroundings.hpp"
#include "shm/ring_reader.hpp"
#include "shm/ring_writer.hpp"
#include "shm/segment.hpp"

namespace gecko::fuzz {
namespace {

/// A name, and a descriptor of what it stands for.
class Object {
  public:
    explicit Object(off_t bytes)
        : name(new_segment_name()), descriptor_(::shm_open(name.c_str(), O_CREAT | O_EXCL | O_RDWR, 0600)) {
        require(descriptor_ >= 0, "an object can be made");
        resize(bytes);
    }
    ~Object() {
        ::close(descriptor_);
        shm::unlink_segment(name.c_str());
    }
    Object(const Object&) = delete;
    Object& operator=(const Object&) = delete;

    void resize(off_t bytes) const {
        require(::ftruncate(descriptor_, bytes) == 0, "an object can be sized");
    }
    void write(off_t at, const void* from, std::size_t size) const {
        (void)!::pwrite(descriptor_, from, size, at);
    }

    const std::string name;

  private:
    int descriptor_;
};

std::uint32_t dimension(FuzzedDataProvider& bytes, std::uint32_t right) {
    return bytes.ConsumeIntegralInRange(0, 9) == 0 ? static_cast<std::uint32_t>(whole(bytes)) : right;
}

void use(const shm::Segment& segment, FuzzedDataProvider& bytes) {
    shm::RingWriter writer(segment.base(), segment.geometry());
    const shm::RingReader reader(segment.base(), segment.geometry());
    const std::uint32_t channels = segment.geometry().channels();
    std::vector<float> pcm(std::size_t{channels} * 3'000, 0.25f);
    std::int64_t time = 0;
    for (int i = 0; i < 8 && bytes.remaining_bytes() > 0; ++i) {
        const auto frames = bytes.ConsumeIntegralInRange<std::uint32_t>(1, 3'000);
        writer.write_mix({.sample_time = time,
                          .pcm = pcm.data(),
                          .frames = frames,
                          .lead = static_cast<std::uint32_t>(whole(bytes)),
                          .clock = {.anchor_frame = 0, .anchor_host_time = 0, .ticks_per_frame = 500}});
        std::vector<float> out(std::size_t{channels} * std::min(frames, segment.geometry().frames()), 9.0f);
        const auto result = reader.copy(reader.state().position - out.size() / channels, out);
        require(result.late == 0 && result.overtaken == 0, "what was just written can be read");
        require(std::ranges::all_of(out, [](float sample) { return sample == 0.25f; }),
                "it is what was written");
        time += frames;
    }
}

void run(FuzzedDataProvider& bytes) {
    // The largest geometry would have a tmpfs full of them.
    const auto announced = shm::Geometry::of(std::uint32_t{1} << bytes.ConsumeIntegralInRange(10, 12),
                                             bytes.ConsumeIntegralInRange<std::uint32_t>(1, 8),
                                             bytes.ConsumeIntegralInRange<std::uint32_t>(0, 2));
    require(announced.has_value(), "these dimensions are allowed");
    const auto right = static_cast<off_t>(announced->segment_bytes());
    const auto odd_size = [&] {
        switch (bytes.ConsumeIntegralInRange(0, 3)) {
            case 0:
                return static_cast<off_t>(bytes.ConsumeIntegralInRange(0, 20'000));
            case 1:
                return right - bytes.ConsumeIntegralInRange(1, 5'000);
            default:
                return right + bytes.ConsumeIntegralInRange(0, 5'000);
        }
    };
    const Object object(bytes.ConsumeBool() ? right : odd_size());

    const std::uint32_t header[] = {
        static_cast<std::uint32_t>(whole(bytes)), static_cast<std::uint32_t>(whole(bytes)),
        dimension(bytes, announced->samples()), dimension(bytes, announced->channels()),
        static_cast<std::uint32_t>(whole(bytes))};
    object.write(0, header, sizeof header);
    const std::uint32_t identity[] = {dimension(bytes, shm::kMagic), dimension(bytes, shm::kProtocolVersion),
                                      dimension(bytes, announced->frames()),
                                      dimension(bytes, announced->channels()),
                                      dimension(bytes, announced->client_rings())};
    object.write(static_cast<off_t>(announced->control_offset()), identity, sizeof identity);
    const auto rest = bytes.ConsumeBytes<std::uint8_t>(bytes.ConsumeIntegralInRange<std::size_t>(0, 400));
    object.write(static_cast<off_t>(announced->control_offset() + sizeof(shm::Identity)), rest.data(),
                 rest.size());

    const auto found = shm::FoundSegment::open(object.name.c_str());
    require(found.has_value(), "an object that is there can be opened");
    if (bytes.ConsumeIntegralInRange(0, 3) == 0) object.resize(odd_size());
    const auto segment = found->map(*announced);
    if (segment) use(*segment, bytes);
}

}  // namespace
}  // namespace gecko::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    FuzzedDataProvider bytes(data, size);
    gecko::fuzz::run(bytes);
    return 0;
}
