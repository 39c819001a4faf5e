#include "doctor/signature.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <expected>
#include <string>
#include <string_view>

extern "C" char** environ;  // NOLINT(readability-redundant-declaration): macOS declares it nowhere

namespace gecko::doctor {
namespace {

struct Answer {
    int exit_code;
    std::string text;  ///< all that it wrote
};

/// All that can be read until the writers are gone.
std::string read_all(int descriptor) {
    std::string text;
    std::array<char, 4096> part{};
    for (;;) {
        const ssize_t count = ::read(descriptor, part.data(), part.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return text;
        text.append(part.data(), static_cast<std::size_t>(count));
    }
}

/// Runs a program with these arguments, of which the last is null. The error says why it could not be run to its end.
std::expected<Answer, std::string> ask(const std::string& program, std::array<const char*, 5> arguments) {
    const auto failed = [](int error) {
        return std::unexpected(fmt::format("codesign could not be run: {}", std::strerror(error)));
    };
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return failed(errno);
    for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
    posix_spawn_file_actions_t actions{};
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    for (const int stream : {STDOUT_FILENO, STDERR_FILENO})
        ::posix_spawn_file_actions_adddup2(&actions, ends[1], stream);
    pid_t process = 0;
    const int error = ::posix_spawn(&process, program.c_str(), &actions, nullptr,
                                    const_cast<char* const*>(arguments.data()), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    if (error != 0) {
        ::close(ends[0]);
        return failed(error);
    }
    Answer answer{.exit_code = 0, .text = read_all(ends[0])};
    ::close(ends[0]);
    int status = 0;
    while (::waitpid(process, &status, 0) < 0)
        if (errno != EINTR) return failed(errno);
    if (!WIFEXITED(status)) return std::unexpected("codesign was ended by a signal");
    answer.exit_code = WEXITSTATUS(status);
    return answer;
}

/// Whose signature `codesign -dvv` tells of.
std::string signer_in(std::string_view text) {
    constexpr std::string_view kAuthority = "Authority=";  // the first is the signer, the others vouch for it
    if (const auto at = text.find(kAuthority); at != std::string_view::npos) {
        const std::string_view rest = text.substr(at + kAuthority.size());
        return std::string(rest.substr(0, rest.find('\n')));
    }
    return text.contains("adhoc") ? kAdHoc : "";
}

}  // namespace

Signature look_at_signature(const std::filesystem::path& bundle, const std::filesystem::path& codesign) {
    Signature found;
    const std::string program = codesign.string();
    const std::string path = bundle.string();
    const auto verified = ask(program, {"codesign", "--verify", "--strict", path.c_str()});
    if (!verified) {
        found.unchecked = verified.error();
        return found;
    }
    if (verified->exit_code != 0) found.problem = "codesign --verify --strict does not accept it";
    if (const auto told = ask(program, {"codesign", "-dvv", path.c_str()}); told && told->exit_code == 0)
        found.signer = signer_in(told->text);
    return found;
}

}  // namespace gecko::doctor
