#include "tools/song/application_bundle.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <system_error>

namespace gecko::song_run {

std::string application_bundle_id(std::size_t number) {
    return fmt::format("com.gecko.song.application{}", number);
}

Result<std::string> make_application_bundle(const std::string& folder, const std::string& player,
                                            std::size_t number) {
    namespace fs = std::filesystem;
    const std::string name = fmt::format("application{}", number);
    const fs::path contents = fs::path(folder) / (name + ".app") / "Contents";
    const fs::path program = contents / "MacOS" / name;
    std::error_code error;
    fs::create_directories(program.parent_path(), error);
    if (!error) fs::copy_file(player, program, error);
    if (error) {
        return fail(
            kNotRunning,
            fmt::format(
                "cannot copy gecko-play to {}: {}. Set TMPDIR to a folder with some megabytes to spare",
                program.string(), error.message()));
    }
    std::ofstream info(contents / "Info.plist");
    info << fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<plist version=\"1.0\"><dict>\n"
        "<key>CFBundlePackageType</key><string>APPL</string>\n"
        "<key>CFBundleIdentifier</key><string>{}</string>\n"
        "<key>CFBundleExecutable</key><string>{}</string>\n"
        "</dict></plist>\n",
        application_bundle_id(number), name);
    info.close();
    if (!info) return fail(kNotRunning, fmt::format("cannot write {}", (contents / "Info.plist").string()));
    return program.string();
}

}  // namespace gecko::song_run
