#pragma once

#include <cstdint>
#include <vector>

#include "virtual_time.hpp"

namespace gecko::simulation {

/// What the host did with one cycle of Gecko Sink.
struct Fed {
    enum class What : std::uint8_t {
        audio,    ///< handed to the driver: frames `frame`, `frame` + 1, ...
        silence,  ///< handed to the driver: zeroes
        hole,     ///< left out by the host
    };
    What what = What::hole;
    std::uint32_t time_line = 0;   ///< counts the time lines that a consumer can tell apart
    std::int64_t sample_time = 0;  ///< of the first frame, Gecko Sink's
    std::uint32_t frames = 0;
    std::uint64_t frame = 0;  ///< number of the first frame; of the next one to come if it is no audio
    Ticks at = 0;

    [[nodiscard]] std::int64_t end_time() const { return sample_time + frames; }
    [[nodiscard]] std::uint64_t end_frame() const { return what == What::audio ? frame + frames : frame; }
};

/// The last cycles of Gecko Sink, in their order, each with a number that it keeps.
class FeedLog {
  public:
    void add(const Fed& fed) { entries_[end_++ % entries_.size()] = fed; }

    [[nodiscard]] std::uint64_t begin() const { return end_ > entries_.size() ? end_ - entries_.size() : 0; }
    [[nodiscard]] std::uint64_t end() const { return end_; }
    [[nodiscard]] const Fed& operator[](std::uint64_t number) const {
        return entries_[number % entries_.size()];
    }

    /// The first entry whose audio ends behind `frame`; end() if there is none.
    [[nodiscard]] std::uint64_t find_frame(std::uint64_t frame) const {
        return first([&](const Fed& fed) { return fed.end_frame() > frame; });
    }
    /// The first entry of this time line, or of one behind, that ends behind `sample_time`; end() if there is none.
    [[nodiscard]] std::uint64_t find_time(std::uint32_t time_line, std::int64_t sample_time) const {
        return first([&](const Fed& fed) {
            return fed.time_line != time_line ? fed.time_line > time_line : fed.end_time() > sample_time;
        });
    }

  private:
    template <class Test>
    [[nodiscard]] std::uint64_t first(const Test& holds) const {
        std::uint64_t low = begin();
        std::uint64_t high = end_;
        while (low < high) {
            const std::uint64_t middle = low + (high - low) / 2;
            if (holds((*this)[middle])) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    std::vector<Fed> entries_ = std::vector<Fed>(65'536);
    std::uint64_t end_ = 0;
};

}  // namespace gecko::simulation
