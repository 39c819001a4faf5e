#include "engine/application_chain.hpp"

namespace gecko::engine {

void ApplicationChain::prepare(double rate_hz) noexcept GECKO_NONBLOCKING {
    preamp_.prepare(rate_hz);
    equaliser_.prepare(rate_hz);
    volume_.prepare(rate_hz);
}

void ApplicationChain::set_target(const ApplicationSettings* settings) noexcept GECKO_NONBLOCKING {
    const ApplicationSettings flat;
    const ApplicationSettings& target = settings != nullptr ? *settings : flat;
    preamp_.set_target(dsp::preamp_factor(target.eq));
    equaliser_.set_target(target.eq.gains_db);
    equaliser_.set_bypass(target.eq.bypass);
    volume_.set_target(target.volume);
}

void ApplicationChain::process(std::span<float> frames) noexcept GECKO_NONBLOCKING {
    preamp_.process(frames);
    equaliser_.process(frames);
    volume_.process(frames);
}

bool ApplicationChain::is_identity() const noexcept GECKO_NONBLOCKING {
    const auto unity = [](const dsp::GainRamp& ramp) noexcept GECKO_NONBLOCKING {
        return ramp.settled() && ramp.target() == 1.0;
    };
    return unity(preamp_) && unity(volume_) && equaliser_.is_identity();
}

}  // namespace gecko::engine
