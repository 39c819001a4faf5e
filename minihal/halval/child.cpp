#include "minihal/halval/child.hpp"

#include <fcntl.h>
#include <poll.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <optional>

#include "minihal/halval/findings.hpp"
#include "minihal/halval/subject.hpp"

namespace minihal::halval {

namespace {

using Steady = std::chrono::steady_clock;

[[noreturn]] void child_main(const Check& check, const BundleInfo& bundle, const Patience& patience,
                             int findings_to, int errors_to) {
    // What the plug-in starts goes with it, and it goes with halval.
    setpgid(0, 0);
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    dup2(errors_to, STDERR_FILENO);
    const int nothing = open("/dev/null", O_RDWR);
    dup2(nothing, STDIN_FILENO);
    dup2(nothing, STDOUT_FILENO);  // the table's
    Findings findings(findings_to);
    Subject subject(bundle, patience.notification_seconds);
    if (const auto error = subject.reach(check.needs)) {
        findings.write(Kind::kBlocked, *error);
    } else {
        findings.write(Kind::kBegun, "");
        check.run(subject, findings);
        findings.write(Kind::kDone, "");
    }
    // Without destructors: the plug-in's threads are still running.
    _exit(0);
}

// Everything up to the ends of both pipes; false when that took too long.
bool read_all(int (&descriptors)[2], std::string (&texts)[2], Steady::time_point deadline) {
    bool open[2] = {true, true};
    while (open[0] || open[1]) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Steady::now());
        if (left.count() <= 0) return false;
        pollfd polled[2] = {{.fd = open[0] ? descriptors[0] : -1, .events = POLLIN, .revents = 0},
                            {.fd = open[1] ? descriptors[1] : -1, .events = POLLIN, .revents = 0}};
        if (poll(polled, 2, static_cast<int>(left.count()) + 1) < 0 && errno != EINTR) return false;
        for (int i = 0; i < 2; ++i) {
            if (!open[i] || polled[i].revents == 0) continue;
            char buffer[4096];
            const auto count = read(descriptors[i], buffer, sizeof buffer);
            if (count > 0) texts[i].append(buffer, static_cast<size_t>(count));
            if (count == 0 || (count < 0 && errno != EINTR)) open[i] = false;
        }
    }
    return true;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (size_t from = 0; from < text.size();) {
        const auto end = std::min(text.find('\n', from), text.size());
        if (end > from) lines.push_back(text.substr(from, end - from));
        from = end + 1;
    }
    return lines;
}

// How a process that did not end by itself ended, and the last that it said.
std::string violent_end(int status, bool hung, int seconds, const std::string& errors) {
    std::string text;
    if (hung) {
        text = fmt::format("hung: it was ended after {} s", seconds);
    } else if (WIFSIGNALED(status)) {
        text = fmt::format("crashed: {}", strsignal(WTERMSIG(status)));
    } else if (WEXITSTATUS(status) != 0) {
        text = fmt::format("the process ended with {}", WEXITSTATUS(status));
    } else {
        text = "the process ended before the check did";
    }
    std::string said;
    bool telling = false;  // a line that says why, as opposed to the last one of any kind
    for (const auto& line : lines_of(errors)) {
        const bool tells = line.starts_with("minihal: ") || line.find("ERROR: ") != std::string::npos;
        if (telling && !tells) continue;
        said = line;
        telling = tells;
    }
    return said.empty() ? text : text + " (" + said + ")";
}

// Whether the child got to its own end: the check was done, or could not begin.
bool is_complete(const std::string& lines) {
    return std::ranges::any_of(lines_of(lines), [](const std::string& line) {
        const auto kind = static_cast<Kind>(line[0]);
        return kind == Kind::kDone || kind == Kind::kBlocked;
    });
}

Result outcome_of(const Check& check, const std::string& lines, const std::optional<std::string>& end) {
    Result result{.check = &check, .outcome = Outcome::kPassed, .seen = {}};
    bool begun = check.needs == Stage::kNothing;
    bool blocked = false;
    std::vector<std::string> faults;
    std::vector<std::string> skipped;
    for (const auto& line : lines_of(lines)) {
        auto text = line.substr(1);
        switch (static_cast<Kind>(line[0])) {
            case Kind::kBegun:
                begun = true;
                break;
            case Kind::kFault:
                faults.push_back(std::move(text));
                break;
            case Kind::kSaw:
                result.seen.push_back(std::move(text));
                break;
            case Kind::kSkipped:
                skipped.push_back(std::move(text));
                break;
            case Kind::kBlocked:
                blocked = true;
                skipped.push_back(std::move(text));
                break;
            case Kind::kDone:
                break;
        }
    }
    if (end) {
        if (begun) {
            faults.push_back(*end);
        } else {
            blocked = true;
            skipped.push_back("before the check began, the plug-in " + *end);
        }
    }
    if (!faults.empty()) {
        result.outcome = Outcome::kFailed;
        result.seen = std::move(faults);
    } else if (blocked || (!skipped.empty() && result.seen.empty())) {
        result.outcome = blocked ? Outcome::kBlocked : Outcome::kSkipped;
        result.seen = std::move(skipped);
    }
    return result;
}

// For this process and its child: what the plug-in starts does not get it.
bool make_pipe(int (&ends)[2]) {
    if (pipe(ends) != 0) return false;
    return std::ranges::all_of(ends, [](int end) { return fcntl(end, F_SETFD, FD_CLOEXEC) == 0; });
}

}  // namespace

void Findings::write(Kind kind, std::string_view text) {
    if (kind == Kind::kFault) ++faults_;
    if (descriptor_ < 0) return;
    std::string line(1, static_cast<char>(kind));
    for (const char character : text) line += character == '\n' ? ' ' : character;
    line += '\n';
    for (std::string_view rest = line; !rest.empty();) {
        const auto count = ::write(descriptor_, rest.data(), rest.size());
        if (count > 0) rest.remove_prefix(static_cast<size_t>(count));
        if (count <= 0 && errno != EINTR) _exit(1);
    }
}

std::optional<std::string> try_loading(const BundleInfo& bundle, const Patience& patience) {
    static constexpr Check kLoading{.name = "",
                                    .level = 0,
                                    .needs = Stage::kLoaded,
                                    .run = [](Subject&, Findings&) {},
                                    .rule = "",
                                    .where = ""};
    const auto result = run_check(kLoading, bundle, patience);
    const bool crashed = !result.seen.empty() && result.seen[0].starts_with("before the check began");
    if (result.outcome != Outcome::kBlocked || crashed) return std::nullopt;
    return result.seen[0];
}

Result run_check(const Check& check, const BundleInfo& bundle, const Patience& patience) {
    int findings[2];
    int errors[2];
    if (!make_pipe(findings) || !make_pipe(errors))
        return {.check = &check, .outcome = Outcome::kBlocked, .seen = {"no pipe: out of descriptors"}};
    const pid_t child = fork();
    if (child > 0) setpgid(child, child);  // as the child does: whichever comes first
    if (child == 0) {
        close(findings[0]);
        close(errors[0]);
        child_main(check, bundle, patience, findings[1], errors[1]);
    }
    close(findings[1]);
    close(errors[1]);
    int descriptors[2] = {findings[0], errors[0]};
    std::string texts[2];
    bool hung = false;
    int status = 0;
    if (child > 0) {
        hung = !read_all(descriptors, texts, Steady::now() + std::chrono::seconds(patience.check_seconds));
        if (hung) kill(-child, SIGKILL);
        // What it left behind is ended while its ID is still its own.
        siginfo_t ended{};
        while (waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
        }
        kill(-child, SIGKILL);
        while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
        }
    }
    for (const int descriptor : descriptors) close(descriptor);
    if (child < 0)
        return {.check = &check, .outcome = Outcome::kBlocked, .seen = {"no process: fork failed"}};
    std::optional<std::string> end;
    if (hung || !WIFEXITED(status) || WEXITSTATUS(status) != 0 || !is_complete(texts[0]))
        end = violent_end(status, hung, patience.check_seconds, texts[1]);
    return outcome_of(check, texts[0], end);
}

}  // namespace minihal::halval
