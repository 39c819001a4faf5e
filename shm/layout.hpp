#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>

/// What lies where in a Gecko shared-memory segment: header, mix ring, control block, client rings.
///
/// Everything here is protocol: a change is a new kProtocolVersion. One producer (the driver), one consumer (the app). Neither side reads geometry
/// back from the segment after it has checked it once (Geometry), and neither believes a value of the other
/// without checking its range at each use.
namespace gecko::shm {

inline constexpr std::uint32_t kMagic = 0x4745'434b;  // 'GECK'
inline constexpr std::uint32_t kProtocolVersion = 2;
inline constexpr std::uint32_t kDefaultFrames = 65'536;
inline constexpr std::uint32_t kClientRings = 16;
inline constexpr std::size_t kLine = 128;  // bytes; a cache line of Apple silicon, two of x86-64
inline constexpr std::uint64_t kNever = UINT64_MAX;
inline constexpr std::size_t kBundleIdSize = 104;  // bytes, its terminating zero included

/// The first 20 bytes of a segment; the mix ring's PCM (Float32, interleaved, native endian) follows at once.
struct Header {
    std::atomic<std::uint32_t> write_head;   ///< index of the next sample to write; stored by the driver
    std::atomic<std::uint32_t> read_head;    ///< index of the next sample to read; stored by the app
    std::uint32_t buffer_size;               ///< in samples (frames x channels)
    std::uint32_t channels;                  ///< 2 for stereo
    std::atomic<std::uint32_t> sample_rate;  ///< Hz; stored by the driver when the nominal rate changes
};
static_assert(sizeof(Header) == 20 && offsetof(Header, sample_rate) == 16);
static_assert(std::atomic<std::uint64_t>::is_always_lock_free && std::atomic<double>::is_always_lock_free);
static_assert(std::endian::native == std::endian::little);

/// Written once by whoever creates the segment; `magic` last.
struct alignas(kLine) Identity {
    std::atomic<std::uint32_t> magic;
    std::uint32_t version;
    std::uint32_t frames;
    std::uint32_t channels;
    std::uint32_t client_rings;
};

/// A time line: the device's clock as a line in frames of P, and where in P it began. Under a sequence lock (odd while it is
/// being written), since neither means anything without the other.
struct TimeLineCell {
    std::atomic<std::uint32_t> sequence;
    std::atomic<std::uint32_t> lead;   ///< frames; P was at least position(now) + lead of late, while IO runs
    std::atomic<std::uint64_t> start;  ///< P at which the time line began
    std::atomic<std::int64_t>
        anchor_position;                   ///< frames of P; negative where P began after the device's clock
    std::atomic<double> anchor_host_time;  ///< host ticks
    std::atomic<double> ticks_per_frame;   ///< host ticks
};

/// UTF-8, filled up with zeros, the last byte being one.
using BundleId = std::array<char, kBundleIdSize>;

/// One client's ring: whose it is, and which frames of P it holds. Its PCM lies behind the control block.
struct ClientEntry {
    std::atomic<std::uint32_t>
        sequence;  ///< odd while the identity is being written; 0: nobody has had this ring yet
    std::atomic<std::uint32_t> client_id;
    std::atomic<std::uint32_t> process_id;
    std::uint32_t unused;
    std::array<std::atomic<std::uint64_t>, kBundleIdSize / 8> bundle_id;  ///< BundleId in words
    std::atomic<std::uint64_t> reserved;  ///< as the mix ring's, for this ring
    std::atomic<std::uint64_t> start;     ///< [start, end) in frames of P; outside it is silence
    std::atomic<std::uint64_t> end;       ///< never beyond P; before start: the interval is empty
};

/// Stored by the driver only.
struct alignas(kLine) ProducerBlock {
    std::atomic<std::uint64_t>
        reserved;  ///< end of the cycle being written; frames before reserved - frames are gone
    std::atomic<std::uint64_t> position;  ///< P: frames before it are complete
    std::atomic<std::uint64_t>
        complete_from;  ///< P from which every playing client has a ring; kNever while one has none
    std::atomic<std::uint32_t> generation;  ///< + 1 at each change of rate; the consumer discards up to P
    std::atomic<std::uint32_t> running;     ///< 1 while the device's IO runs
    std::atomic<float> volume;              ///< linear gain 0..1, applied by the consumer
    std::atomic<std::uint32_t> mute;        ///< 1: silence
    std::atomic<std::uint32_t>
        line_known;  ///< 0 from the start of IO to its first cycle: the line is an old one
    alignas(kLine) TimeLineCell time_line;
    alignas(kLine) std::array<ClientEntry, kClientRings> clients;
};

/// Stored by the app only.
struct alignas(kLine) ConsumerBlock {
    std::atomic<std::uint64_t>
        alive;  ///< host ticks; by a control thread each second; decides who owns the driver
    std::atomic<std::uint64_t>
        pulled;  ///< host ticks; by the output's callback; decides whether to follow steering
    std::atomic<double> steering;                 ///< ppm asked of the driver's clock; 0 is nominal
    std::atomic<std::uint64_t> overtaken_frames;  ///< overwritten before they were read
    std::atomic<std::uint64_t> underrun_frames;   ///< not there yet when they were due
};

struct ControlBlock {
    Identity identity;
    ProducerBlock producer;
    ConsumerBlock consumer;
};
static_assert(sizeof(Identity) == kLine && sizeof(ClientEntry) == 144 && sizeof(ConsumerBlock) == kLine);
static_assert(offsetof(ControlBlock, producer) == kLine && sizeof(ControlBlock) % kLine == 0);

/// A segment's dimensions, checked once and kept in private memory.
class Geometry {
  public:
    /// Frames: a power of two, 1024 to 2^20. Channels: 1 to 8. Client rings: 0 to kClientRings. Otherwise
    /// nothing.
    static constexpr std::optional<Geometry> of(std::uint32_t frames, std::uint32_t channels,
                                                std::uint32_t client_rings = kClientRings) noexcept {
        if (!std::has_single_bit(frames) || frames < 1024 || frames > 1u << 20) return std::nullopt;
        if (channels < 1 || channels > 8 || client_rings > kClientRings) return std::nullopt;
        return Geometry(frames, channels, client_rings);
    }

    [[nodiscard]] constexpr std::uint32_t frames() const noexcept { return frames_; }
    [[nodiscard]] constexpr std::uint32_t channels() const noexcept { return channels_; }
    [[nodiscard]] constexpr std::uint32_t client_rings() const noexcept { return client_rings_; }
    /// Samples in a ring (the header's buffer_size).
    [[nodiscard]] constexpr std::uint32_t samples() const noexcept { return frames_ * channels_; }
    /// Index of frame `position` in a ring, in samples.
    [[nodiscard]] constexpr std::uint32_t index_of(std::uint64_t position) const noexcept {
        return static_cast<std::uint32_t>(position & (frames_ - 1)) * channels_;
    }

    [[nodiscard]] constexpr std::size_t ring_bytes() const noexcept {
        return std::size_t{samples()} * sizeof(float);
    }
    [[nodiscard]] static constexpr std::size_t pcm_offset() noexcept { return sizeof(Header); }
    [[nodiscard]] constexpr std::size_t control_offset() const noexcept {
        return (pcm_offset() + ring_bytes() + kLine - 1) / kLine * kLine;
    }
    [[nodiscard]] constexpr std::size_t client_ring_offset(std::uint32_t ring) const noexcept {
        return control_offset() + sizeof(ControlBlock) + ring * ring_bytes();
    }
    [[nodiscard]] constexpr std::size_t segment_bytes() const noexcept {
        return client_ring_offset(client_rings_);
    }

    friend constexpr bool operator==(const Geometry&, const Geometry&) noexcept = default;

  private:
    constexpr Geometry(std::uint32_t frames, std::uint32_t channels, std::uint32_t client_rings) noexcept
        : frames_(frames), channels_(channels), client_rings_(client_rings) {}

    std::uint32_t frames_;
    std::uint32_t channels_;
    std::uint32_t client_rings_;
};

/// The parts of a mapped segment. `base` must be the start of at least geometry.segment_bytes() mapped bytes.
struct View {
    Header* header;
    float* mix;
    ControlBlock* control;
    float* clients;  ///< client ring after client ring

    static View of(std::byte* base, const Geometry& geometry) noexcept {
        return {.header = reinterpret_cast<Header*>(base),
                .mix = reinterpret_cast<float*>(base + Geometry::pcm_offset()),
                .control = reinterpret_cast<ControlBlock*>(base + geometry.control_offset()),
                .clients = reinterpret_cast<float*>(base + geometry.client_ring_offset(0))};
    }
};

}  // namespace gecko::shm
