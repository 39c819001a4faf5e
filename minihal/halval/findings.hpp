// What a check found, written to its parent process as it is found, so that a crash loses nothing of it.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace minihal::halval {

enum class Kind : char {
    kBegun = 'B',    // set-up is done, the check itself runs
    kFault = 'F',    // something that the contract forbids
    kSaw = 'S',      // what was looked at, for the table
    kSkipped = 'N',  // the plug-in has nothing for this check
    kBlocked = 'X',  // the set-up failed, which another check reports
    kDone = 'D',
};

// Lines of a kind's character and a text, into a pipe; -1: only counted. Any thread.
class Findings {
  public:
    explicit Findings(int descriptor) : descriptor_(descriptor) {}

    template <typename... T>
    void fault(fmt::format_string<T...> text, T&&... values) {
        write(Kind::kFault, fmt::format(text, std::forward<T>(values)...));
    }
    template <typename... T>
    void saw(fmt::format_string<T...> text, T&&... values) {
        write(Kind::kSaw, fmt::format(text, std::forward<T>(values)...));
    }
    template <typename... T>
    void skip(fmt::format_string<T...> text, T&&... values) {
        write(Kind::kSkipped, fmt::format(text, std::forward<T>(values)...));
    }
    // A fault unless `good`; returns it.
    template <typename... T>
    bool expect(bool good, fmt::format_string<T...> text, T&&... values) {
        if (!good) fault(text, std::forward<T>(values)...);
        return good;
    }
    void write(Kind kind, std::string_view text);
    int faults() const { return faults_; }

  private:
    int descriptor_;
    int faults_ = 0;
};

}  // namespace minihal::halval
