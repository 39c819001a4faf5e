#pragma once

#include <optional>

namespace gecko::engine {

/// When the output may stop, so that the machine can sleep, and when it has to run again.
///
/// Reads no clock: time comes with each look. Looks follow each other by a second at most while the output runs,
/// and whenever an application starts or stops. Control threads, one at a time.
class IdleWatch {
  public:
    /// s of nothing to hear until the output stops
    static constexpr double kPatience = 10.0;
    /// s between looks at the ring while an application plays silence and the output is stopped
    static constexpr double kListeningPeriod = 0.02;

    struct Look {
        double now;    ///< s, on any clock that does not go back
        bool playing;  ///< an application runs Gecko Sink
        bool audible;  ///< something that is not digital silence has come since the look before
    };
    struct Verdict {
        bool run;     ///< the output is to run
        bool listen;  ///< an application plays silence: the next look is in kListeningPeriod
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
