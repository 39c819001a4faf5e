#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace gecko::song_run {

/// What is shown while the song plays.
struct Moment {
    double seconds = 0.0;
    double total_seconds = 0.0;
    std::array<double, 2> peak_db{};  ///< of the output; -infinity for silence
    std::vector<double>
        application_peak_db;  ///< of each application, the louder channel; none where one song is played
    double ring_ms = 0.0;
};

/// How the terminal at standard output can be written to.
struct Terminal {
    bool live = false;  ///< one line can be updated in place
    bool colour = false;
    bool utf8 = false;
    int columns = 80;

    /// Looks at standard output, TERM, NO_COLOR and the locale's names.
    static Terminal detect();
};

/// "m:ss".
std::string minutes(double seconds);

/// One line without its end, not wider than the terminal.
std::string live_line(const Moment& moment, const Terminal& terminal);
/// For output that is no terminal.
std::string plain_line(const Moment& moment);

/// Shows moments: on a terminal all of them on one line, elsewhere one line every two seconds.
class Display {
  public:
    explicit Display(Terminal terminal) : terminal_(terminal) {}

    void show(const Moment& moment);
    /// Ends the line that is being updated; to be called before anything else is printed.
    void finish();

  private:
    Terminal terminal_;
    bool open_ = false;
    std::optional<std::chrono::steady_clock::time_point> last_;
};

}  // namespace gecko::song_run
