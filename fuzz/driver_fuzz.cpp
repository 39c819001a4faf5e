// The driver's side: any cycles, any host calls around them, and an app that writes anything anywhere in the segment. The driver
// writes what is its own and nothing else, P never goes back, and its clock never jumps.
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include "driver/cf.hpp"
#include "fuzz/support.hpp"
#include "fuzz/surroundings.hpp"
#include "shm/segment.hpp"

namespace gecko::fuzz {
namespace {

using driver::CfOwned;
using driver::DictionaryBuilder;
using driver::kDeviceId;

/// An app: a segment that it made, and what in it is not the driver's to write.
class App {
  public:
    App() : geometry_(*shm::Geometry::of(1'024, 2, shm::kClientRings)), name_(new_segment_name()) {
        auto made = shm::Segment::create(name_.c_str(), geometry_, 48'000, 0600);
        require(made.has_value(), "a segment can be made");
        segment_.emplace(std::move(*made));
    }
    ~App() { shm::unlink_segment(name_.c_str()); }
    App(const App&) = delete;
    App& operator=(const App&) = delete;

    [[nodiscard]] shm::View view() const { return segment_->view(); }

    OSStatus attach(Driver& driver, pid_t pid) const {
        DictionaryBuilder builder;
        builder.add(shm::key::kName, name_.c_str());
        builder.add(shm::key::kAbi, std::int64_t{shm::kProtocolVersion});
        builder.add(shm::key::kChannels, std::int64_t{2});
        builder.add(shm::key::kFrames, std::int64_t{geometry_.frames()});
        const CfOwned<CFPropertyListRef> request(builder.release());
        return driver.set(kDeviceId, shm::kAttachProperty, request.get(), pid);
    }

    /// Remembers what is not the driver's.
    void look() { before_ = not_the_drivers(); }
    [[nodiscard]] bool untouched() const { return before_ == not_the_drivers(); }

  private:
    [[nodiscard]] std::vector<std::byte> not_the_drivers() const {
        std::vector<std::byte> bytes;
        const auto add = [&](const void* from, std::size_t size) {
            const auto* first = static_cast<const std::byte*>(from);
            bytes.insert(bytes.end(), first, first + size);
        };
        const shm::View v = view();
        add(&v.header->read_head, sizeof v.header->read_head);
        add(&v.header->buffer_size, sizeof v.header->buffer_size);
        add(&v.header->channels, sizeof v.header->channels);
        const auto* ring_end = reinterpret_cast<const std::byte*>(v.mix) + geometry_.ring_bytes();
        const auto* control = reinterpret_cast<const std::byte*>(v.control);
        add(ring_end, static_cast<std::size_t>(control - ring_end));
        add(&v.control->identity, sizeof v.control->identity);
        add(&v.control->consumer, sizeof v.control->consumer);
        // What lies behind the last ring, up to the end of the page that is mapped anyway.
        const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
        const std::size_t end = geometry_.segment_bytes();
        add(segment_->base() + end, (end + page - 1) / page * page - end);
        return bytes;
    }

    shm::Geometry geometry_;
    std::string name_;
    std::optional<shm::Segment> segment_;
    std::vector<std::byte> before_;
};

class Session {
  public:
    explicit Session(FuzzedDataProvider& bytes) : bytes_(bytes) {
        set_now(1'000'000'000);
        require(app_->attach(driver_, 100) == 0, "an app can attach to a fresh driver");
    }
    ~Session() { driver_.drain(); }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    void step() {
        switch (bytes_.ConsumeIntegralInRange(0, 15)) {
            case 0:
                (void)driver_.table().StartIO(driver_.ref(), kDeviceId, 1);
                break;
            case 1:
                (void)driver_.table().StopIO(driver_.ref(), kDeviceId, 1);
                break;
            case 2:
                change_rate();
                break;
            case 3:
                (void)driver_.set(driver::kVolumeId, kAudioLevelControlPropertyScalarValue,
                                  static_cast<float>(real(bytes_)));
                break;
            case 4:
                (void)driver_.set(driver::kMuteId, kAudioBooleanControlPropertyValue,
                                  bytes_.ConsumeIntegral<UInt32>());
                break;
            case 5:
                attach_again();
                break;
            case 6:
                require(driver_.reads_as_dictionary(shm::kStateProperty), "the state can always be read");
                break;
            case 7:
            case 8:
                set_now(now() + (bytes_.ConsumeIntegralInRange(0, 9) == 0
                                     ? bytes_.ConsumeIntegral<std::uint64_t>() >> 12
                                     : bytes_.ConsumeIntegral<std::uint32_t>() >> 8));
                break;
            case 9:
            case 10:
                zero_time_stamp();
                break;
            default:
                write_mix();
                break;
        }
    }

  private:
    void change_rate() {
        constexpr std::array kRates = {44'100.0, 48'000.0, 96'000.0, 192'000.0};
        const double rate = bytes_.ConsumeBool() ? bytes_.PickValueInArray(kRates) : real(bytes_);
        (void)driver_.set(kDeviceId, kAudioDevicePropertyNominalSampleRate, rate);
        driver_.drain();
        const bool performed = bytes_.ConsumeBool();
        for (const UInt64 action : driver_.host().take_requests()) {
            (void)(performed ? driver_.table().PerformDeviceConfigurationChange(driver_.ref(), kDeviceId,
                                                                                action, nullptr)
                             : driver_.table().AbortDeviceConfigurationChange(driver_.ref(), kDeviceId,
                                                                              action, nullptr));
        }
        stamp_.reset();
    }

    void attach_again() {
        auto app = std::make_unique<App>();
        if (app->attach(driver_, static_cast<pid_t>(bytes_.ConsumeIntegralInRange(99, 101))) != 0) return;
        app_ = std::move(app);
        position_ = 0;
    }

    // A start of IO begins a time line, with another seed.
    void zero_time_stamp() {
        Stamp stamp{};
        if (driver_.table().GetZeroTimeStamp(driver_.ref(), kDeviceId, 1, &stamp.sample_time,
                                             &stamp.host_time, &stamp.seed) != 0)
            return;
        require(std::isfinite(stamp.sample_time), "a zero timestamp is finite");
        if (stamp_ && stamp_->seed == stamp.seed) {
            require(stamp.sample_time >= stamp_->sample_time && stamp.host_time >= stamp_->host_time,
                    "the clock does not go back on a time line");
        }
        stamp_ = stamp;
    }

    void write_mix() {
        for (int i = bytes_.ConsumeIntegralInRange(0, 3); i > 0; --i) scribble(app_->view(), bytes_);
        const std::size_t frames =
            bytes_.ConsumeIntegralInRange<std::size_t>(0, bytes_.ConsumeBool() ? 600 : 3'000);
        const std::vector<float> pcm(2 * frames + 2, 0.5f);  // an empty cycle has a buffer too
        AudioServerPlugInIOCycleInfo cycle{};
        if (bytes_.ConsumeIntegralInRange(0, 3) == 0) next_ = real(bytes_, next_);
        cycle.mOutputTime.mSampleTime = next_;
        cycle.mOutputTime.mFlags =
            bytes_.ConsumeBool() ? kAudioTimeStampSampleTimeValid : bytes_.ConsumeIntegral<UInt32>();
        cycle.mOutputTime.mHostTime = bytes_.ConsumeBool() ? now() : whole(bytes_, now());
        cycle.mCurrentTime = cycle.mOutputTime;
        cycle.mCurrentTime.mSampleTime = bytes_.ConsumeBool() ? next_ - 512 : real(bytes_, next_);
        cycle.mCurrentTime.mHostTime = bytes_.ConsumeBool() ? now() : whole(bytes_, now());
        app_->look();
        app_->view().control->producer.reserved.store(7);  // what the driver writes shows itself
        app_->view().control->producer.position.store(7);
        (void)driver_.table().DoIOOperation(
            driver_.ref(), kDeviceId, driver::kStreamId, 1, kAudioServerPlugInIOOperationWriteMix,
            static_cast<UInt32>(frames), &cycle, const_cast<float*>(pcm.data()), nullptr);
        require(app_->untouched(), "the driver writes only what is its own");
        const auto& producer = app_->view().control->producer;
        const std::uint64_t position = producer.position.load();
        if (position != 7 || producer.reserved.load() != 7) {
            require(position == producer.reserved.load(), "P and reserved meet when a cycle is written");
            require(position > position_ && position - position_ <= 3'000 + 1'024,
                    "P goes on by a cycle and at most a ring");
            require(app_->view().header->write_head.load() == position % 1'024 * 2,
                    "write_head is P in the ring");
            position_ = position;
        } else {
            app_->view().control->producer.position.store(position_);
        }
        next_ += static_cast<double>(frames);
    }

    struct Stamp {
        Float64 sample_time;
        UInt64 host_time, seed;
    };

    FuzzedDataProvider& bytes_;
    Driver driver_;
    std::unique_ptr<App> app_ = std::make_unique<App>();
    std::uint64_t position_ = 0;
    double next_ = 0;
    std::optional<Stamp> stamp_;
};

}  // namespace
}  // namespace gecko::fuzz

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    gecko::fuzz::set_up_surroundings();
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return gecko::fuzz::run_session<gecko::fuzz::Session>(data, size, 100);
}
