#include "dsp/equaliser.hpp"

#include <algorithm>
#include <cmath>

#include "dsp/sample.hpp"

namespace gecko::dsp {
namespace {

constexpr double kTickLength = static_cast<double>(TenBandEqualiser::kTickFrames);

// What still rings below this (-200 dBFS) no float sample shows.
constexpr double kInaudible = 1e-10;

void silence_non_finite(std::span<float> samples) noexcept GECKO_NONBLOCKING {
    for (float& sample : samples) sample = std::isfinite(sample) ? sample : 0.0F;
}

Biquad step_between(const Biquad& from, const Biquad& to) noexcept GECKO_NONBLOCKING {
    return {(to.b0 - from.b0) / kTickLength, (to.b1 - from.b1) / kTickLength, (to.b2 - from.b2) / kTickLength,
            (to.a1 - from.a1) / kTickLength, (to.a2 - from.a2) / kTickLength};
}

// Whether a section with a numerator equal to its denominator would, left alone, add less than kInaudible to its input
// from now on, given what it added in the last two frames. Its ringing is as high as the last, or as their difference
// divided by the frequency of the poles, whose square is about 1 + a1 + a2 (at low frequencies an addition
// that is small just now can still swing up by a factor of a thousand).
bool decayed(const Biquad& filter, double last, double before_last) noexcept GECKO_NONBLOCKING {
    const double slope = last - before_last;
    const double pole_frequency_squared = 1.0 + filter.a1 + filter.a2;
    return std::abs(last) < kInaudible && slope * slope < kInaudible * kInaudible * pole_frequency_squared;
}

}  // namespace

TenBandEqualiser::TenBandEqualiser() noexcept {
    wet_.jump_to(1.0);
    prepare(48000.0);
}

void TenBandEqualiser::prepare(double rate_hz) noexcept GECKO_NONBLOCKING {
    rate_hz_ = rate_hz;
    for (std::size_t band = 0; band < kBandCount; ++band) {
        gains_[band].prepare(rate_hz / kTickLength);
        const Biquad filter = design_band(band, gains_[band].value(), rate_hz);
        sections_[band] = {.now = filter, .step = kNoStep, .end = filter, .output = {}};
    }
    input_ = {};
    is_active_ = {};
    wet_.prepare(rate_hz);
    tick_position_ = 0;
    moving_ = false;
    choose_active();
}

void TenBandEqualiser::set_target(const BandGains& gains_db) noexcept GECKO_NONBLOCKING {
    for (std::size_t band = 0; band < kBandCount; ++band) {
        if (!std::isfinite(gains_db[band])) continue;
        gains_[band].set_target(std::clamp(gains_db[band], kMinBandGainDb, kMaxBandGainDb));
    }
}

void TenBandEqualiser::set_bypass(bool bypass) noexcept GECKO_NONBLOCKING {
    wet_.set_target(bypass ? 0.0 : 1.0);
}

bool TenBandEqualiser::is_identity() const noexcept GECKO_NONBLOCKING {
    return active_count_ == 0 && settled() && !moving_;
}

bool TenBandEqualiser::settled() const noexcept GECKO_NONBLOCKING {
    return wet_.settled() &&
           std::all_of(gains_.begin(), gains_.end(), [](const Smoother& g) { return g.settled(); });
}

void TenBandEqualiser::process(std::span<float> frames) noexcept GECKO_NONBLOCKING {
    silence_non_finite(frames);
    while (!frames.empty()) {
        if (tick_position_ == 0) begin_tick();
        if (is_identity()) {
            remember(frames);
            tick_position_ = (tick_position_ + frames.size() / 2) % kTickFrames;
            return;
        }
        const std::size_t count = std::min(frames.size() / 2, kTickFrames - tick_position_);
        if (moving_) {
            run<true>(frames.first(2 * count));
        } else {
            run<false>(frames.first(2 * count));
        }
        frames = frames.subspan(2 * count);
        tick_position_ = (tick_position_ + count) % kTickFrames;
        if (tick_position_ == 0 && moving_) end_tick();
    }
}

void TenBandEqualiser::begin_tick() noexcept GECKO_NONBLOCKING {
    const bool inaudible = wet_.settled() && wet_.value() == 0.0;
    for (std::size_t band = 0; band < kBandCount; ++band) {
        if (gains_[band].settled()) continue;
        Section& section = sections_[band];
        if (inaudible) gains_[band].jump_to(gains_[band].target());
        section.end = design_band(band, gains_[band].advance(), rate_hz_);
        if (inaudible) {
            section.now = section.end;
        } else {
            section.step = step_between(section.now, section.end);
            moving_ = true;
        }
    }
    if (!wet_.settled()) moving_ = true;
    choose_active();
}

void TenBandEqualiser::end_tick() noexcept GECKO_NONBLOCKING {
    // The steps' rounding errors end here.
    for (Section& section : sections_) {
        section.now = section.end;
        section.step = kNoStep;
    }
    moving_ = false;
}

void TenBandEqualiser::choose_active() noexcept GECKO_NONBLOCKING {
    const bool inaudible = wet_.settled() && wet_.value() == 0.0;
    const History* input = &input_;
    active_count_ = 0;
    for (std::size_t band = 0; band < kBandCount; ++band) {
        Section& section = sections_[band];
        const bool at_zero = gains_[band].settled() && gains_[band].value() == 0.0 && section.step == kNoStep;
        // A skipped band is a wire: when it begins to act, its past output is its past input.
        if (!is_active_[band]) section.output = *input;
        bool needed = !inaudible;
        if (at_zero) {
            bool rings = false;
            for (std::size_t channel = 0; channel < 2; ++channel) {
                rings = rings || !decayed(section.now, section.output.last[channel] - input->last[channel],
                                          section.output.before_last[channel] - input->before_last[channel]);
            }
            needed = needed && rings;
        }
        is_active_[band] = needed;
        if (needed) {
            active_[active_count_++] = band;
            input = &section.output;
        }
    }
}

void TenBandEqualiser::remember(std::span<const float> frames) noexcept GECKO_NONBLOCKING {
    for (std::size_t i = frames.size() - std::min<std::size_t>(frames.size(), 4); i < frames.size(); i += 2) {
        input_.before_last = input_.last;
        input_.last = Stereo{static_cast<double>(frames[i]), static_cast<double>(frames[i + 1])};
    }
}

template <bool kMoving>
void TenBandEqualiser::run(std::span<float> frames) noexcept GECKO_NONBLOCKING {
    for (std::size_t i = 0; i < frames.size(); i += 2) {
        const Stereo dry{static_cast<double>(frames[i]), static_cast<double>(frames[i + 1])};
        Stereo x = dry;
        History past_x = input_;
        input_ = {.last = x, .before_last = past_x.last};
        for (std::size_t k = 0; k < active_count_; ++k) {
            Section& section = sections_[active_[k]];
            Biquad& f = section.now;
            const History past_y = section.output;
            // In this order a filter whose numerator equals its denominator returns its input exactly.
            const Stereo y = f.b0 * x + ((f.b1 * past_x.last - f.a1 * past_y.last) +
                                         (f.b2 * past_x.before_last - f.a2 * past_y.before_last));
            section.output = {.last = y, .before_last = past_y.last};
            past_x = past_y;
            x = y;
            if constexpr (kMoving) {
                f.b0 += section.step.b0;
                f.b1 += section.step.b1;
                f.b2 += section.step.b2;
                f.a1 += section.step.a1;
                f.a2 += section.step.a2;
            }
        }
        if constexpr (kMoving) {
            const double wet = wet_.advance();
            x = wet * x + (1.0 - wet) * dry;
        }
        frames[i] = to_sample(x[0]);
        frames[i + 1] = to_sample(x[1]);
    }
}

}  // namespace gecko::dsp
