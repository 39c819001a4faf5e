#include "engine/application_mix.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/distance.hpp"

namespace gecko::engine {
namespace {

bool same_text(const shm::BundleId& left, const shm::BundleId& right) noexcept GECKO_NONBLOCKING {
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (left[i] != right[i]) return false;
        if (left[i] == '\0') return true;
    }
    return true;
}

}  // namespace

void ApplicationMix::prepare(double rate_hz) noexcept {
    rate_hz_ = rate_hz;
    blend_ = 0;
    wanted_ = false;
    written_.reset();
    for (Application& application : applications_) {
        application.client = {};
        application.chosen = application.own_chain = application.playing = application.tail = false;
        application.chain.set_target(nullptr);
        application.chain.prepare(rate_hz);
    }
    tell();
}

const ApplicationSettings* ApplicationMix::settings_of(const shm::Client& client) const noexcept
    GECKO_NONBLOCKING {
    if (client.sequence == 0) return nullptr;
    for (const ApplicationSettings& settings : std::span(settings_).first(settings_count_)) {
        const bool any_bundle = settings.bundle_id[0] == '\0';
        if (!any_bundle && !same_text(settings.bundle_id, client.bundle_id)) continue;
        if (settings.process_id != 0 && settings.process_id != client.process_id) continue;
        if (any_bundle && settings.process_id == 0) continue;  // says nothing
        return &settings;
    }
    return nullptr;
}

void ApplicationMix::choose(std::span<const ApplicationSettings> settings) noexcept GECKO_NONBLOCKING {
    settings_count_ = std::min(settings.size(), settings_.size());
    std::copy_n(settings.begin(), settings_count_, settings_.begin());
    for (Application& application : applications_) {
        const ApplicationSettings* chosen = settings_of(application.client);
        application.chosen = chosen != nullptr;
        application.own_chain = application.own_chain || application.chosen;
        application.chain.set_target(chosen);
    }
    tell();
}

void ApplicationMix::begin(std::uint64_t written) noexcept GECKO_NONBLOCKING {
    known_ = written_;
    written_ = written;
}

void ApplicationMix::look(const shm::RingReader& ring, std::uint64_t position) noexcept GECKO_NONBLOCKING {
    rings_ = std::min<std::size_t>(ring.geometry().client_rings(), kApplications);
    bool others = false;
    bool changed = false;
    wanted_ = false;
    for (std::uint32_t i = 0; i < rings_; ++i) {
        Application& application = applications_[i];
        if (ring.client_changed(i, application.client.sequence)) {
            const auto client = ring.client(i);
            if (!client) continue;  // nothing of the new one is to be read in this pull
            application.client = *client;
            const ApplicationSettings* chosen = settings_of(*client);
            application.own_chain = application.chosen = chosen != nullptr;
            application.chain.set_target(chosen);
            application.chain.prepare(rate_hz_);
            others = true;
        }
        if (!application.chosen && application.own_chain && application.chain.is_identity())
            application.own_chain = false;
        const std::int64_t since = distance(ring.client_end(i), position);
        application.tail =
            application.client.sequence != 0 && static_cast<double>(since) < kTailSeconds * rate_hz_;
        const bool playing = application.tail && since < 0;
        changed = changed || playing != application.playing;
        application.playing = playing;
        wanted_ = wanted_ || (application.tail && application.own_chain);
    }
    if (others) order();
    if (others || changed) tell();
}

void ApplicationMix::order() noexcept GECKO_NONBLOCKING {
    std::iota(order_.begin(), order_.end(), std::uint8_t{0});
    std::ranges::sort(order_, [this](std::uint8_t left, std::uint8_t right) noexcept GECKO_NONBLOCKING {
        return applications_[left].client.client_id < applications_[right].client.client_id;
    });
}

void ApplicationMix::tell() noexcept GECKO_NONBLOCKING {
    Playing playing;
    for (const std::uint8_t i : order_) {
        const Application& application = applications_[i];
        if (!application.playing) continue;
        playing.rings[playing.count] = i;
        playing.applications[playing.count] = {.bundle_id = application.client.bundle_id,
                                               .process_id = application.client.process_id,
                                               .client_id = application.client.client_id,
                                               .own_chain = application.chosen};
        ++playing.count;
    }
    told_.set(playing);
}

/// The clients' rings through their chains, one after the other.
void ApplicationMix::sum(const shm::RingReader& ring, std::uint64_t position, std::size_t there,
                         std::span<float> out) noexcept GECKO_NONBLOCKING {
    // Nothing added to -0 leaves any sample as it is, +0 does not.
    std::ranges::fill(out, -0.0f);
    const auto one = std::span(one_).first(out.size());
    for (const std::uint8_t i : order_) {
        Application& application = applications_[i];
        if (i >= rings_ || !application.tail) continue;
        const shm::ClientCopy got = ring.copy_client(i, position, one.first(2 * there));
        if (application.own_chain) {
            std::ranges::fill(one.first(2 * got.begin), 0.0f);
            std::ranges::fill(one.subspan(2 * got.end), 0.0f);
            application.chain.process(one);
        }
        const std::size_t begin = application.own_chain ? 0 : 2 * got.begin;
        const std::size_t end = application.own_chain ? one.size() : 2 * got.end;
        std::array<float, 2> peak{};
        for (std::size_t k = begin; k < end; ++k) {
            out[k] += one[k];
            peak[k % 2] = std::max(peak[k % 2], std::abs(one[k]));
        }
        for (std::size_t channel = 0; channel < 2; ++channel) {
            if (peak[channel] > application.peak[channel].load(std::memory_order_relaxed))
                application.peak[channel].store(peak[channel], std::memory_order_relaxed);
        }
    }
}

void ApplicationMix::blend(std::span<float> mix, std::span<const float> applications, bool in,
                           std::int64_t at_most) noexcept GECKO_NONBLOCKING {
    const double left = in ? 1.0 - blend_ : blend_;
    const double pace = std::max(1.0 / std::ceil(kBlendSeconds * rate_hz_),
                                 left / static_cast<double>(std::max<std::int64_t>(at_most, 1)));
    const double step = in ? pace : -pace;
    const double target = in ? 1.0 : 0.0;
    std::size_t k = 0;
    for (; k < mix.size() && blend_ != target; k += 2) {
        blend_ += step;
        if (std::abs(target - blend_) < pace / 2 || blend_ < 0.0 || blend_ > 1.0) blend_ = target;
        for (std::size_t channel = 0; channel < 2; ++channel) {
            const auto from = static_cast<double>(mix[k + channel]);
            mix[k + channel] =
                static_cast<float>(from + blend_ * (static_cast<double>(applications[k + channel]) - from));
        }
    }
    if (in)
        std::copy(applications.begin() + static_cast<std::ptrdiff_t>(k), applications.end(),
                  mix.begin() + static_cast<std::ptrdiff_t>(k));
}

void ApplicationMix::play(const shm::RingReader& ring, std::uint64_t position, std::size_t there,
                          std::span<float> mix) noexcept GECKO_NONBLOCKING {
    const std::uint64_t complete_from = ring.complete_from();
    std::size_t chunk = 0;
    for (; !mix.empty() && !idle(); mix = mix.subspan(2 * chunk)) {
        chunk = std::min(mix.size() / 2, kChunk);
        // Where nothing is written nothing is lacking either.
        bool complete = complete_from != shm::kNever || there == 0;
        const std::int64_t until_complete =
            complete_from != shm::kNever ? distance(position, complete_from) : 0;
        if (complete && there > 0 && until_complete > 0) {
            complete = false;
            chunk = static_cast<std::size_t>(std::min(until_complete, static_cast<std::int64_t>(chunk)));
        }
        if (complete && there > 0 && written_) complete_until_ = *written_;
        const bool in = wanted_ && complete;
        if (in && blend_ == 0) {
            for (Application& application : applications_) application.chain.prepare(rate_hz_);
        }
        const std::size_t there_now = std::min(there, chunk);
        if (in || blend_ > 0) {
            const auto part = mix.first(2 * chunk);
            const auto applications = std::span(sum_).first(part.size());
            sum(ring, position, there_now, applications);
            std::int64_t at_most = std::numeric_limits<std::int64_t>::max();
            if (in) at_most = known_ ? distance(position, *known_) : 0;
            if (!complete) at_most = distance(position, complete_until_);
            blend(part, applications, in, at_most);
        }
        position += chunk;
        there -= there_now;
    }
    apart_.store(blend_ > 0, std::memory_order_relaxed);
}

std::size_t ApplicationMix::status(std::span<ApplicationStatus, kApplications> out) noexcept {
    if (const Playing* playing = told_.take()) shown_ = *playing;
    for (std::size_t i = 0; i < shown_.count; ++i) {
        out[i] = shown_.applications[i];
        out[i].own_chain = out[i].own_chain && apart_.load(std::memory_order_relaxed);
        for (std::size_t channel = 0; channel < 2; ++channel)
            out[i].peak[channel] =
                applications_[shown_.rings[i]].peak[channel].exchange(0.0f, std::memory_order_relaxed);
    }
    return shown_.count;
}

}  // namespace gecko::engine
