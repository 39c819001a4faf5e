#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "engine/application_chain.hpp"
#include "engine/applications.hpp"
#include "engine/latest_value.hpp"
#include "rt/nonblocking.hpp"
#include "shm/ring_reader.hpp"

namespace gecko::engine {

/// The applications, each through its own chain, instead of the driver's mix.
///
/// As long as no application that plays has settings of its own the mix stays what it is, bit for bit. Otherwise it is replaced by the
/// sum of the clients' rings, in the order of their client IDs (the order in which hosts are known to mix), wherever the driver
/// says that they add up to it (`complete_from`). From one to the other it takes kBlendSeconds, or less: what begins behind the P of the
/// pull before is heard as it is to be from its first frame on, be it that a client with a chain starts or one that has no ring.
class ApplicationMix {
  public:
    static constexpr double kBlendSeconds = 0.004;
    /// What still sounds in a chain once its application has stopped is played for so long.
    static constexpr double kTailSeconds = 1.0;

    /// Another rate in Hz, another driver, another time: nobody is known to play. Control thread, output stopped.
    void prepare(double rate_hz) noexcept;

    /// Settings for applications; of two that fit one the first counts. The output's callback, or before the output runs.
    void choose(std::span<const ApplicationSettings> settings) noexcept GECKO_NONBLOCKING;

    /// A pull begins that reads frames of P. The output's callback.
    ///
    /// written  P
    void begin(std::uint64_t written) noexcept GECKO_NONBLOCKING;
    /// Looks who plays. Once a part of a pull, behind the copying of the mix. The output's callback.
    ///
    /// position  that the pull reads from, in frames of P
    void look(const shm::RingReader& ring, std::uint64_t position) noexcept GECKO_NONBLOCKING;

    /// Puts the applications in place of the mix. The output's callback, frames in the order in which they are heard.
    ///
    /// position  of the first frame, in frames of P
    /// there     frames that are written; the others, and those of which there is no position (0), are silence
    /// mix       interleaved stereo, what copying the mix ring gave
    void play(const shm::RingReader& ring, std::uint64_t position, std::size_t there,
              std::span<float> mix) noexcept GECKO_NONBLOCKING;

    /// Nothing is heard of applications by themselves, nor is about to be. The output's callback.
    [[nodiscard]] bool idle() const noexcept GECKO_NONBLOCKING { return blend_ == 0 && !wanted_; }

    /// Who plays, in the order of client IDs; how many. One thread at a time (it takes the peaks).
    std::size_t status(std::span<ApplicationStatus, kApplications> out) noexcept;

  private:
    static constexpr std::size_t kChunk = 256;  // frames

    struct Application {
        shm::Client client;      // of the ring; sequence 0: nobody
        bool chosen = false;     // has settings
        bool own_chain = false;  // goes through its chain: has settings, or had some a moment ago
        bool playing = false;    // so far as others are told
        bool tail = false;       // plays, or its chain still sounds
        ApplicationChain chain;
        std::array<std::atomic<float>, 2> peak{};
    };
    /// Who plays, for status().
    struct Playing {
        std::size_t count = 0;
        std::array<std::uint8_t, kApplications> rings{};
        std::array<ApplicationStatus, kApplications> applications{};
    };

    [[nodiscard]] const ApplicationSettings* settings_of(const shm::Client& client) const noexcept
        GECKO_NONBLOCKING;
    void order() noexcept GECKO_NONBLOCKING;
    void tell() noexcept GECKO_NONBLOCKING;
    void sum(const shm::RingReader& ring, std::uint64_t position, std::size_t there,
             std::span<float> out) noexcept GECKO_NONBLOCKING;
    void blend(std::span<float> mix, std::span<const float> applications, bool in,
               std::int64_t at_most) noexcept GECKO_NONBLOCKING;

    double rate_hz_ = 48'000;
    std::array<ApplicationSettings, kApplications> settings_{};
    std::size_t settings_count_ = 0;
    std::array<Application, kApplications> applications_{};  // by ring
    std::array<std::uint8_t, kApplications> order_{};        // rings by client ID
    std::size_t rings_ = 0;
    bool wanted_ = false;                   // an application that plays has a chain of its own
    double blend_ = 0;                      // 0: the mix, 1: the applications
    std::optional<std::uint64_t> written_;  // P at this pull
    std::optional<std::uint64_t> known_;    // P at the one before: what is new begins there or later
    std::uint64_t complete_until_ = 0;      // P at the last pull that found the rings complete
    std::array<float, 2 * kChunk> sum_{};
    std::array<float, 2 * kChunk> one_{};

    std::atomic<bool> apart_{false};  // applications are heard, not the mix
    LatestValue<Playing> told_;
    Playing shown_;  // status()'s
};

}  // namespace gecko::engine
