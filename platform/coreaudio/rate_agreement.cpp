#include "platform/coreaudio/rate_agreement.hpp"

#include <fmt/format.h>

#include "platform/coreaudio/hardware.hpp"

namespace gecko::platform::coreaudio {
namespace {

constexpr auto kOfferPause = std::chrono::seconds(2);

}  // namespace

bool RateAgreement::offer(AudioObjectID output, double rate_hz) {
    const auto now = std::chrono::steady_clock::now();
    if (offered_ != std::chrono::steady_clock::time_point{} && now - offered_ < kOfferPause) return false;
    offered_ = now;
    return change_rate(output, rate_hz);
}

std::expected<double, PlatformError> RateAgreement::settle(AudioObjectID sink, AudioObjectID output) {
    const double sink_hz = nominal_rate(sink);
    double output_hz = nominal_rate(output);
    const bool sink_was_changed = agreed_hz_ != 0 && sink_hz != agreed_hz_ && output_hz == agreed_hz_;
    if (sink_was_changed && offer(output, sink_hz)) output_hz = sink_hz;
    if (sink_hz != output_hz && !change_rate(sink, output_hz)) {
        return std::unexpected(
            PlatformError{.kind = PlatformError::Kind::device_refused,
                          .cause = fmt::format("{} runs at {} Hz, which {} has not", device_name(output),
                                               output_hz, device_name(sink))});
    }
    agreed_hz_ = output_hz;
    return output_hz;
}

}  // namespace gecko::platform::coreaudio
