#include "platform/running_gecko.hpp"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>

namespace gecko::platform {
namespace {

constexpr const char* kKept = "keeps the default output";
constexpr const char* kTaken = "takes the default output";
constexpr const char* kEnd = "end";

/// A UID in one line; "" for one that is none.
std::string line_of(const std::string& uid) {
    return uid.contains('\n') ? "" : uid;
}

}  // namespace

std::string to_text(const RunningGecko& gecko) {
    return fmt::format("{}\n{}\n{}\n{}\n{}\n", gecko.process, gecko.takes_default ? kTaken : kKept,
                       line_of(gecko.source), line_of(gecko.output), kEnd);
}

std::optional<RunningGecko> parse_running_gecko(const std::string& text) {
    std::istringstream lines(text);
    RunningGecko gecko;
    std::string process;
    std::string takes;
    std::string end;
    std::getline(lines, process);
    std::getline(lines, takes);
    std::getline(lines, gecko.source);
    std::getline(lines, gecko.output);
    std::getline(lines, end);
    const char* const last = process.data() + process.size();
    if (std::from_chars(process.data(), last, gecko.process).ptr != last || gecko.process <= 0)
        return std::nullopt;
    gecko.takes_default = takes == kTaken;
    if ((!gecko.takes_default && takes != kKept) || end != kEnd) return std::nullopt;
    return gecko;
}

std::optional<RunningGecko> read_running_gecko(const std::filesystem::path& state_folder) {
    if (state_folder.empty()) return std::nullopt;
    std::ifstream in(state_folder / kLockFile, std::ios::binary);
    return parse_running_gecko({std::istreambuf_iterator<char>(in), {}});
}

}  // namespace gecko::platform
