// Writes what a device plays into WAV files, one for each time line.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "minihal/host/output_tap.hpp"

namespace minihal {

// The IO thread's. What cannot be written is reported on stderr once a time line, and playing goes on.
class Recorder final : public OutputTap {
  public:
    // Files go to `directory`, named after the device; an empty directory records nothing.
    Recorder(std::string directory, std::string device_name, std::string device_uid);
    // Ends the time line.
    ~Recorder() override;

    // Interleaved frames for the device's sample time. The first call of a time line makes its file after `line`; later
    // ones are placed by sample time: holes are zeros, what has been written before is left as it is.
    void write(const Recording& line, int64_t sample_time, std::span<const float> samples) override;
    // Closes the file and adds its line to recordings.jsonl.
    void end_line() override;

  private:
    struct File;
    bool open(const Recording& line);

    std::string directory_;
    std::string device_name_;
    std::string device_uid_;
    uint32_t next_number_ = 1;
    std::unique_ptr<File> file_;
};

}  // namespace minihal
