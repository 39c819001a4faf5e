#include "engine/late_watch.hpp"

#include <algorithm>

namespace gecko::engine {

std::uint64_t LateWatch::note(double now_s, std::size_t frames, std::size_t late,
                              std::uint64_t shortage) noexcept GECKO_NONBLOCKING {
    // Where P goes on, a pull later, by as much as was pulled, frames are there again, if too late.
    const bool begins = late > 0 && (late < frames || !missing_ || shortage <= last_);
    missing_ = late > 0;
    last_ = shortage;
    if (late == 0) return 0;
    if (begins) {
        if (times_ == 0 || now_s - since_s_ > kSeconds || now_s < since_s_) {
            times_ = 0;
            worst_ = 0;
            since_s_ = now_s;
        }
        ++times_;
    }
    worst_ = std::max(worst_, shortage);
    if (times_ < kTimes) return 0;
    const std::uint64_t worst = worst_;
    reset();
    return worst;
}

}  // namespace gecko::engine
