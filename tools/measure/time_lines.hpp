#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

namespace gecko::measure {

/// One time line of a simulated device, recorded: one line of recordings.jsonl.
struct TimeLine {
    std::string device;
    std::string path;  ///< of the WAV file
    std::uint32_t rate = 0;
    std::int64_t frames = 0;
    /// Host time in ns at which the device's clock presents the first recorded frame.
    double first_host_time_ns = 0.0;

    /// Host time in ns at which `frame` of the recording is presented, at the nominal rate.
    double host_time_ns(std::int64_t frame) const {
        return first_host_time_ns + static_cast<double>(frame) * 1e9 / static_cast<double>(rate);
    }
};

/// Reads `folder`/recordings.jsonl, in the order in which the time lines ended. The error says what is wrong
/// with the file.
std::expected<std::vector<TimeLine>, std::string> read_time_lines(const std::string& folder);

}  // namespace gecko::measure
