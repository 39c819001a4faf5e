// The app's side: whatever stands in a segment, and however it changes between two pulls, what comes out is finite, of the
// length asked for, and nothing is read or written beside it.
#include <algorithm>
#include <memory>
#include <new>
#include <vector>

#include "engine/engine.hpp"
#include "engine/sound_search.hpp"
#include "fuzz/support.hpp"
#include "shm/ring_reader.hpp"

namespace gecko::fuzz {
namespace {

struct Free {
    void operator()(std::byte* bytes) const { ::operator delete[](bytes, std::align_val_t{shm::kLine}); }
};

/// Exactly as many bytes as a segment has, so that AddressSanitizer guards both ends.
std::unique_ptr<std::byte[], Free> segment_of(FuzzedDataProvider& bytes, const shm::Geometry& geometry) {
    std::unique_ptr<std::byte[], Free> segment(new (std::align_val_t{shm::kLine})
                                                   std::byte[geometry.segment_bytes()]{});
    const auto pattern = bytes.ConsumeBytes<std::uint8_t>(bytes.ConsumeIntegralInRange<std::size_t>(0, 32));
    if (!pattern.empty()) {
        for (std::size_t i = 0; i < geometry.ring_bytes(); ++i)
            segment[shm::Geometry::pcm_offset() + i] = std::byte{pattern[i % pattern.size()]};
        for (std::size_t at = geometry.client_ring_offset(0); at < geometry.segment_bytes(); ++at)
            segment[at] = std::byte{pattern[at % pattern.size()]};
    }
    const auto raw = [&](std::size_t at, std::size_t most) {
        const auto values =
            bytes.ConsumeBytes<std::uint8_t>(bytes.ConsumeIntegralInRange<std::size_t>(0, most));
        std::transform(values.begin(), values.end(), &segment[at],
                       [](std::uint8_t value) { return std::byte{value}; });
    };
    if (bytes.ConsumeBool()) {
        raw(0, sizeof(shm::Header));
        raw(geometry.control_offset(), sizeof(shm::ControlBlock));
    } else {  // a time line to begin with
        const shm::View view = shm::View::of(segment.get(), geometry);
        view.header->sample_rate.store(48'000);
        view.control->producer.position.store(100'000);
        view.control->producer.reserved.store(100'000);
        view.control->producer.running.store(1);
        view.control->producer.volume.store(1.0f);
        auto& line = view.control->producer.time_line;
        view.control->producer.line_known.store(1);
        line.sequence.store(2);
        line.lead.store(512);
        line.start.store(90'000);
        line.anchor_position.store(99'000);
        line.anchor_host_time.store(1e9);
        line.ticks_per_frame.store(500);
        if (bytes.ConsumeBool()) view.control->producer.complete_from.store(90'000);
        std::uint32_t id = 0;
        for (shm::ClientEntry& client : view.control->producer.clients) {
            client.sequence.store(2);
            client.client_id.store(++id);
            client.process_id.store(id % 4);
            client.bundle_id[0].store('a' + id % 4);
            client.start.store(99'000);
            client.end.store(100'000);
            client.reserved.store(100'000);
        }
    }
    return segment;
}

engine::OutputCycle cycle_of(FuzzedDataProvider& bytes, double& sample_time, std::uint64_t& now) {
    if (bytes.ConsumeIntegralInRange(0, 7) == 0) {
        sample_time = real(bytes, sample_time);
        now = whole(bytes, now);
    }
    engine::OutputCycle cycle;
    cycle.sample_time = sample_time;
    cycle.host_time = bytes.ConsumeIntegralInRange(0, 9) != 0 ? now + 5'000 : whole(bytes, now);
    cycle.now = now;
    return cycle;
}

void copy_anywhere(const shm::RingReader& reader, FuzzedDataProvider& bytes, const shm::View& view) {
    const std::uint64_t written = view.control->producer.position.load();
    std::vector<float> out(2 * bytes.ConsumeIntegralInRange<std::size_t>(0, 3'000), 9.0f);
    const shm::CopyResult result = reader.copy(whole(bytes, written), out);
    require(result.overtaken + result.late <= out.size() / 2,
            "what was lost is no more than what was asked for");
    const auto silent = [](std::span<const float> part) {
        return std::ranges::all_of(part, [](float sample) { return sample == 0.0f; });
    };
    require(silent(std::span(out).first(2 * result.overtaken)), "frames that were overtaken are silence");
    require(silent(std::span(out).last(2 * result.late)), "frames that are late are silence");
}

/// Any ring's client may be anybody, and any frames may be its own.
void copy_clients_anywhere(const shm::RingReader& reader, FuzzedDataProvider& bytes, const shm::View& view) {
    const std::uint64_t written = view.control->producer.position.load();
    std::vector<float> out(2 * bytes.ConsumeIntegralInRange<std::size_t>(0, 3'000), 9.0f);
    for (std::uint32_t ring = 0; ring < reader.geometry().client_rings(); ++ring) {
        if (const auto client = reader.client(ring))
            require(client->bundle_id.back() == '\0', "a bundle ID ends");
        const shm::ClientCopy got = reader.copy_client(ring, whole(bytes, written), out);
        require(got.begin <= got.end && got.end <= out.size() / 2 && got.overtaken <= out.size() / 2,
                "a client's frames are some of those asked for");
    }
}

/// Some applications of any kind with chains of any kind.
engine::Settings settings_of(FuzzedDataProvider& bytes) {
    engine::Settings settings;
    for (double& gain : settings.eq.gains_db) gain = real(bytes);
    settings.volume = real(bytes);
    settings.application_count = bytes.ConsumeIntegralInRange<std::size_t>(0, 20);
    for (engine::ApplicationSettings& own : settings.applications) {
        if (bytes.ConsumeBool())
            own.bundle_id[0] = static_cast<char>('a' + bytes.ConsumeIntegralInRange(0, 3));
        if (bytes.ConsumeBool()) own.process_id = bytes.ConsumeIntegralInRange<std::uint32_t>(0, 4);
        if (bytes.ConsumeBool()) own.volume = bytes.ConsumeFloatingPointInRange(0.0, 2.0);
        if (bytes.ConsumeBool()) own.eq.gains_db[0] = bytes.ConsumeFloatingPointInRange(-12.0, 12.0);
    }
    return settings;
}

void run(FuzzedDataProvider& bytes) {
    const auto geometry = *shm::Geometry::of(1'024, 2, bytes.PickValueInArray({0u, 3u, shm::kClientRings}));
    const auto segment = segment_of(bytes, geometry);
    const shm::View view = shm::View::of(segment.get(), geometry);
    shm::RingReader reader(segment.get(), geometry);
    engine::Engine engine;
    engine.prepare(48'000);
    engine.attach(reader);
    if (bytes.ConsumeBool()) engine.set(settings_of(bytes));
    if (bytes.ConsumeBool()) engine.resume_at(whole(bytes, 99'000));
    engine::SoundSearch search(reader, whole(bytes, 99'000));
    double sample_time = 0;
    std::uint64_t now = 1'000'000'000;
    for (int pull = 0; pull < 32 && bytes.remaining_bytes() > 0; ++pull) {
        for (int i = bytes.ConsumeIntegralInRange(0, 6); i > 0; --i) scribble(view, bytes);
        view.control->consumer.steering.store(0);  // the app's own
        if (bytes.ConsumeIntegralInRange(0, 7) == 0) (void)search.find(reader);
        if (bytes.ConsumeIntegralInRange(0, 7) == 0) {
            copy_anywhere(reader, bytes, view);
            copy_clients_anywhere(reader, bytes, view);
            continue;
        }
        if (bytes.ConsumeIntegralInRange(0, 7) == 1) engine.set(settings_of(bytes));
        const std::size_t frames = bytes.ConsumeIntegralInRange<std::size_t>(0, 600);
        std::vector<float> out(2 * frames, std::numeric_limits<float>::quiet_NaN());
        engine.render(cycle_of(bytes, sample_time, now), out);
        require(all_finite(out), "every sample is finite, and was written");
        sample_time += static_cast<double>(frames);
        now += 500 * frames;
        (void)engine.status();
        const double asked = view.control->consumer.steering.exchange(0);
        require(std::abs(asked) <= engine::Steering::kLimit,
                "what is asked of the clock is within its limit");
    }
}

/// What a pull reads of the producer is read once, each value for itself. So values that change during a pull are pulls with
/// values that do not belong together.
void plan(FuzzedDataProvider& bytes) {
    engine::ReadPhase phase;
    phase.restart(static_cast<std::uint32_t>(bytes.ConsumeIntegralInRange(0, 4'096)));
    double sample_time = 0;
    std::uint64_t now = 1'000'000'000;
    std::uint64_t position = 100'000;
    for (int pull = 0; pull < 64 && bytes.remaining_bytes() > 0; ++pull) {
        position = whole(bytes, position);
        const shm::ProducerState state{
            .position = position,
            .generation = static_cast<std::uint32_t>(bytes.ConsumeIntegralInRange(0, 2)),
            .rate = 48'000,
            .running = bytes.ConsumeBool(),
            .volume = 1.0f,
            .muted = false};
        std::optional<shm::TimeLine> line;
        if (bytes.ConsumeBool()) {
            line =
                shm::TimeLine{.start = whole(bytes, position),
                              .clock = {.anchor_frame = static_cast<std::int64_t>(whole(bytes, position)),
                                        .anchor_host_time = real(bytes, 1e9),
                                        .ticks_per_frame = std::abs(real(bytes, 500))},
                              .lead = static_cast<std::uint32_t>(bytes.ConsumeIntegralInRange(0, 1 << 20))};
            // RingReader::time_line lets nothing else through.
            if (!std::isfinite(line->clock.anchor_host_time) || !std::isfinite(line->clock.ticks_per_frame) ||
                line->clock.ticks_per_frame <= 0)
                line.reset();
        }
        const std::size_t frames = bytes.ConsumeIntegralInRange<std::size_t>(0, 4'096);
        const engine::ReadPlan plan = phase.plan(state, line, cycle_of(bytes, sample_time, now), frames);
        require(plan.old_frames <= frames && plan.silent_frames <= frames && plan.frames <= frames &&
                    plan.old_frames + plan.silent_frames + plan.frames == frames,
                "a plan's parts add up to the pull");
        sample_time += static_cast<double>(frames);
        now += 500 * frames;
    }
}

}  // namespace
}  // namespace gecko::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    FuzzedDataProvider bytes(data, size);
    if (bytes.ConsumeIntegralInRange(0, 3) == 0) {
        gecko::fuzz::plan(bytes);
    } else {
        gecko::fuzz::run(bytes);
    }
    return 0;
}
