// Clients of any kind: they come, go, use IDs again, play cycles of any length at any time, some of which never are mixed, while apps
// attach. From complete_from on their rings add up to the mix, and nobody's ring has what nobody played.
#include <algorithm>
#include <bit>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "driver/cf.hpp"
#include "fuzz/support.hpp"
#include "fuzz/surroundings.hpp"
#include "shm/ring_reader.hpp"
#include "shm/segment.hpp"

namespace gecko::fuzz {
namespace {

using driver::CfOwned;
using driver::DictionaryBuilder;
using driver::kDeviceId;

constexpr std::uint64_t kRing = 1'024;  // frames
constexpr UInt32 kIds = 24;

/// An app: a segment, and a reader of it.
class App {
  public:
    App() : name_(new_segment_name()) {
        auto made = shm::Segment::create(name_.c_str(), *shm::Geometry::of(kRing, 2), 48'000, 0600);
        require(made.has_value(), "a segment can be made");
        segment_.emplace(std::move(*made));
    }
    ~App() { shm::unlink_segment(name_.c_str()); }
    App(const App&) = delete;
    App& operator=(const App&) = delete;

    [[nodiscard]] shm::View view() const { return segment_->view(); }
    [[nodiscard]] shm::RingReader ring() const { return {segment_->base(), segment_->geometry()}; }

    OSStatus attach(Driver& driver) const {
        DictionaryBuilder builder;
        builder.add(shm::key::kName, name_.c_str());
        builder.add(shm::key::kAbi, std::int64_t{shm::kProtocolVersion});
        builder.add(shm::key::kChannels, std::int64_t{2});
        builder.add(shm::key::kFrames, std::int64_t{kRing});
        const CfOwned<CFPropertyListRef> request(builder.release());
        return driver.set(kDeviceId, shm::kAttachProperty, request.get(), 100);
    }

    /// Whether the rings add up to the mix wherever the driver says so; and whether none has a sample that is not a client's.
    void look() const {
        const shm::RingReader ring = this->ring();
        const std::uint64_t end = ring.state().position;
        const std::uint64_t begin = end - std::min(end, kRing);
        const std::uint64_t complete = std::clamp(ring.complete_from(), begin, end);
        const auto frames = static_cast<std::size_t>(end - begin);
        std::vector<float> mix(2 * frames), sum(2 * frames), one(2 * frames);
        (void)ring.copy(begin, mix);
        std::multimap<std::uint32_t, std::uint32_t> order;
        for (std::uint32_t i = 0; i < shm::kClientRings; ++i) {
            const auto client = ring.client(i);
            require(client.has_value(), "a ring's owner can be read while nobody writes");
            order.emplace(client->client_id, i);
        }
        for (const auto& [client, i] : order) {
            const shm::ClientCopy got = ring.copy_client(i, begin, one);
            for (std::size_t k = 2 * got.begin; k < 2 * got.end; ++k) {
                require(one[k] == 0.0f || one[k] == static_cast<float>(1u << client % kIds),
                        "a ring has what its client played");
                sum[k] += one[k];
            }
        }
        for (std::size_t k = 2 * static_cast<std::size_t>(complete - begin); k < sum.size(); ++k)
            require(sum[k] == mix[k], "the rings add up to the mix");
    }

  private:
    std::string name_;
    std::optional<shm::Segment> segment_;
};

class Session {
  public:
    explicit Session(FuzzedDataProvider& bytes) : bytes_(bytes), hostile_(bytes.ConsumeBool()) {
        set_now(1'000'000'000);
        require(app_->attach(driver_) == 0, "an app can attach to a fresh driver");
        (void)driver_.table().StartIO(driver_.ref(), kDeviceId, 1);
    }
    ~Session() { driver_.drain(); }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    void step() {
        switch (bytes_.ConsumeIntegralInRange(0, 7)) {
            case 0:
            case 1:
            case 2:
                disturb();
                break;
            default:
                cycle();
                break;
        }
    }

  private:
    void disturb() {
        const UInt32 id = bytes_.ConsumeIntegralInRange<UInt32>(0, kIds - 1);
        const AudioServerPlugInClientInfo info{id, static_cast<pid_t>(bytes_.ConsumeIntegral<std::uint8_t>()),
                                               true,
                                               bytes_.ConsumeBool() ? CFSTR("com.example.player") : nullptr};
        switch (bytes_.ConsumeIntegralInRange(0, 9)) {
            case 0:
                (void)driver_.table().RemoveDeviceClient(driver_.ref(), kDeviceId, &info);
                break;
            case 1:
                app_ = std::make_unique<App>();
                require(app_->attach(driver_) == 0, "the same app can attach again");
                break;
            case 2:
                (void)driver_.set(driver::kStreamId, kAudioStreamPropertyIsActive,
                                  bytes_.ConsumeIntegralInRange<UInt32>(0, 1));
                break;
            case 3:
                (void)driver_.table().StopIO(driver_.ref(), kDeviceId, 1);
                (void)driver_.table().StartIO(driver_.ref(), kDeviceId, 1);
                break;
            default:
                (void)driver_.table().AddDeviceClient(driver_.ref(), kDeviceId, &info);
                break;
        }
    }

    void operate(UInt32 operation, UInt32 client, double time, std::vector<float>& pcm) {
        AudioServerPlugInIOCycleInfo cycle{};
        cycle.mOutputTime.mSampleTime = time;
        cycle.mOutputTime.mFlags = kAudioTimeStampSampleTimeValid;
        (void)driver_.table().DoIOOperation(driver_.ref(), kDeviceId, driver::kStreamId, client, operation,
                                            static_cast<UInt32>(pcm.size() / 2), &cycle, pcm.data(), nullptr);
    }

    /// Client n plays 2^n, so that any sum is exact and says who is in it.
    void cycle() {
        if (bytes_.ConsumeIntegralInRange(0, 4) == 0) next_ = real(bytes_, next_);
        // A host that takes back a cycle that it has begun, and then runs one for the same time, cannot be told from one that does not.
        if (next_ == not_mixed_) next_ += 1;
        const std::size_t frames = bytes_.ConsumeIntegralInRange<std::size_t>(
            1, bytes_.ConsumeIntegralInRange(0, 15) == 1 ? 2'500 : 300);
        const auto who = bytes_.ConsumeIntegral<std::uint32_t>() &
                         (bytes_.ConsumeIntegralInRange(0, 7) == 1 ? 0xff'ffffu : 0x7u);
        std::vector<float> mix(2 * frames), pcm;
        for (UInt32 id = 0; id < kIds; ++id) {
            if ((who >> id & 1) == 0) continue;
            if (bytes_.ConsumeIntegralInRange(0, 99) == 1) disturb();
            if (hostile_ && bytes_.ConsumeIntegralInRange(0, 3) == 1) scribble(app_->view(), bytes_);
            pcm.assign(2 * frames, static_cast<float>(1u << id));
            operate(kAudioServerPlugInIOOperationProcessOutput, id, next_, pcm);
            for (float& sample : mix) sample += static_cast<float>(1u << id);
        }
        const std::uint64_t before = app_->ring().state().position;
        not_mixed_ = next_;
        if (bytes_.ConsumeIntegralInRange(0, 7) != 1) {
            operate(kAudioServerPlugInIOOperationWriteMix, kAudioServerPlugInHostClientID, next_, mix);
            not_mixed_ = -1;
        }
        // What is written for a cycle overwrites what is a ring old before its mix says so.
        const bool written = app_->ring().state().position != before;
        if (!hostile_ && written && ++cycles_ % 3 == 0) app_->look();
        next_ += static_cast<double>(frames);
    }

    FuzzedDataProvider& bytes_;
    bool hostile_;  // the app writes anything anywhere: nothing is expected but that the driver lives
    Driver driver_;
    std::unique_ptr<App> app_ = std::make_unique<App>();
    std::uint32_t cycles_ = 0;
    double next_ = 0;
    double not_mixed_ = -1;
};

}  // namespace
}  // namespace gecko::fuzz

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    gecko::fuzz::set_up_surroundings();
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return gecko::fuzz::run_session<gecko::fuzz::Session>(data, size, 60);
}
