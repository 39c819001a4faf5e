#include "platform/coreaudio/rate_agreement.hpp"

#include <fmt/format.h>

#include "platform/coreaudio/hardware.hpp"

namespace gecko::platform::coreaudio {
namespace {

constexpr HostTime kOfferPause = std::chrono::seconds(2);
constexpr HostTime kPatience = std::chrono::seconds(2);

}  // namespace

bool RateAgreement::ask(AudioObjectID device, double rate_hz, HostTime now) {
    if (!request_rate(device, rate_hz)) return false;
    change_ = Change{.device = device, .rate_hz = rate_hz, .until = now + kPatience};
    return true;
}

bool RateAgreement::may_offer(double rate_hz, HostTime now) const {
    return rate_hz != refused_hz_ && (!offered_ || now - *offered_ >= kOfferPause);
}

std::expected<std::optional<double>, PlatformError> RateAgreement::settle(AudioObjectID sink,
                                                                          AudioObjectID output,
                                                                          HostTime now) {
    const double sink_hz = nominal_rate(sink);
    const double output_hz = nominal_rate(output);
    if (change_) {
        const double hz = change_->device == sink ? sink_hz : output_hz;
        if (hz != change_->rate_hz && now < change_->until) return std::nullopt;
        if (hz != change_->rate_hz && change_->device == output) refused_hz_ = change_->rate_hz;
        const bool sink_stays = hz != change_->rate_hz && change_->device == sink;
        change_.reset();
        if (sink_stays && sink_hz != output_hz) {
            return std::unexpected(
                PlatformError{.kind = PlatformError::Kind::device_refused,
                              .cause = fmt::format("{} stays at {} Hz, {} runs at {} Hz", device_name(sink),
                                                   sink_hz, device_name(output), output_hz)});
        }
    }
    if (sink_hz == output_hz && output_hz > 0) {
        agreed_hz_ = output_hz;
        refused_hz_ = 0;
        return output_hz;
    }
    const bool sink_was_changed = agreed_hz_ != 0 && sink_hz != agreed_hz_ && output_hz == agreed_hz_;
    if (sink_was_changed && may_offer(sink_hz, now)) {
        offered_ = now;
        if (ask(output, sink_hz, now)) return std::nullopt;
        refused_hz_ = sink_hz;
    }
    if (ask(sink, output_hz, now)) return std::nullopt;
    return std::unexpected(
        PlatformError{.kind = PlatformError::Kind::device_refused,
                      .cause = fmt::format("{} runs at {} Hz, which {} has not", device_name(output),
                                           output_hz, device_name(sink))});
}

}  // namespace gecko::platform::coreaudio
