#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "doctor/bundle.hpp"
#include "shm/attach.hpp"
#include "tests/settings/temporary_folder.hpp"

namespace gecko::doctor {

/// A driver's bundle where macOS would have it, below a folder of the test's: right in every way, but that it is this user's.
class BundleOnDisk {
  public:
    explicit BundleOnDisk(const std::string& version = "1.2.3") {
        std::filesystem::create_directories(bundle() / "Contents/MacOS");
        write("Contents/Info.plist", info(version));
        // The program of a driver for this computer begins as this one does.
        std::ifstream self("/proc/self/exe", std::ios::binary);
        std::string program(4096, '\0');
        self.read(program.data(), static_cast<std::streamsize>(program.size()));
        write("Contents/MacOS/GeckoAudioDevice", program);
        for (const char* folder :
             {"Library", "Library/Audio", "Library/Audio/Plug-Ins", "Library/Audio/Plug-Ins/HAL"})
            mode(top() / folder, 0755);
        for (const char* file : {"", "Contents", "Contents/MacOS", "Contents/MacOS/GeckoAudioDevice"})
            mode(bundle() / file, 0755);
        mode(bundle() / "Contents/Info.plist", 0644);
        // Stands in for codesign: accepts all, and says whose it is.
        codesign("case $1 in -dvv) echo Signature=adhoc >&2 ;; esac");
    }

    [[nodiscard]] std::filesystem::path top() const { return folder_.path(); }
    [[nodiscard]] std::filesystem::path hal() const { return top() / "Library/Audio/Plug-Ins/HAL"; }
    [[nodiscard]] std::filesystem::path bundle() const { return hal() / "GeckoAudioDevice.driver"; }
    [[nodiscard]] BundlePlace place() const {
        return {.bundle = bundle(),
                .codesign = top() / "codesign",
                .owner = ::geteuid(),
                .group = ::getegid(),
                .top = top()};
    }

    static std::string info(const std::string& version,
                            const std::string& identifier = shm::kDriverBundleId) {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><plist version=\"1.0\"><dict>"
               "<key>CFBundleIdentifier</key><string>" +
               identifier +
               "</string>"
               "<key>CFBundlePackageType</key><string>BNDL</string>"
               "<key>CFBundleShortVersionString</key><string>" +
               version +
               "</string>"
               "<key>CFBundleExecutable</key><string>GeckoAudioDevice</string>"
               "<key>CFPlugInFactories</key><dict><key>F</key><string>GeckoAudioDevice_Create</string></dict>"
               "<key>CFPlugInTypes</key><dict><key>443ABAB8-E7B3-491A-B985-BEB9187030DB</key>"
               "<array><string>F</string></array></dict></dict></plist>";
    }
    void write(const char* file, const std::string& text) const {
        std::ofstream(bundle() / file, std::ios::binary) << text;
    }
    /// What codesign does instead of codesign's own, as a shell script.
    void codesign(const std::string& script) const {
        std::ofstream(top() / "codesign") << "#!/bin/sh\n" << script << '\n';
        mode(top() / "codesign", 0755);
    }
    static void mode(const std::filesystem::path& file, mode_t mode) {
        ASSERT_EQ(::chmod(file.c_str(), mode), 0);
    }

  private:
    settings::TemporaryFolder folder_;
};

/// The program of a Mac's bundle for one processor: Mach-O's header, which is all that is looked at.
inline std::string program_for_a_mac(unsigned processor) {
    std::string bytes("\xcf\xfa\xed\xfe", 4);
    for (int i = 0; i < 4; ++i) bytes += static_cast<char>(processor >> (8 * i) & 0xffU);
    return bytes + std::string(64, '\0');
}

}  // namespace gecko::doctor
