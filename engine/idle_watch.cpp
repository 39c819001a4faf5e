#include "engine/idle_watch.hpp"

namespace gecko::engine {

IdleWatch::Verdict IdleWatch::look(const Look& look) noexcept {
    // An application that starts is most likely about to be heard: the output takes a while to start, so it does at once.
    const bool starts = look.playing && !was_playing_;
    was_playing_ = look.playing;
    if (starts || look.audible) {
        run_ = true;
        quiet_since_ = look.now;
    }
    if (!quiet_since_) quiet_since_ = look.now;
    if (run_ && look.now - *quiet_since_ >= kPatience) run_ = false;

    return {.run = run_, .listen = !run_ && look.playing};
}

}  // namespace gecko::engine
