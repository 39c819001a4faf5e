#pragma once

#include <optional>

namespace gecko::engine {

/// When the output may stop, so that the machine can sleep, and when it has to run again.
///
/// Reads no clock: time comes with each look. Control threads, one at a time.
class IdleWatch {
  public:
    static constexpr double kPatience = 10.0;      ///< s of nothing to hear until the output stops
    static constexpr double kRunningPeriod = 1.0;  ///< s between looks while it runs
    static constexpr double kListeningPeriod =
        0.02;  ///< s between looks at the ring while an application plays silence

    struct Look {
        double now;    ///< s, on any clock that does not go back
        bool playing;  ///< an application runs Gecko Sink
        bool audible;  ///< something that is not digital silence has come since the look before
    };
    struct Verdict {
        bool run;  ///< the output is to run
        std::optional<double>
            look_in;  ///< s until the next look; nothing: when the device says that it starts
    };

    /// Everything is as at the start: the output runs.
    void reset() noexcept { *this = {}; }
    Verdict look(const Look& look) noexcept;

  private:
    std::optional<double> quiet_since_;
    bool run_ = true;
    bool was_playing_ = false;
};

}  // namespace gecko::engine
