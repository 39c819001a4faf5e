#include "packaging/helper/bundle_check.hpp"

#include <CoreFoundation/CoreFoundation.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>

#include "packaging/helper/cf_ref.hpp"
#include "packaging/helper/executable_file.hpp"
#include "shm/attach.hpp"

namespace gecko::packaging {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProgram = "GeckoAudioDevice";
// kAudioServerPlugInTypeUUID
constexpr const char* kPlugInType = "443ABAB8-E7B3-491A-B985-BEB9187030DB";

CFTypeRef value_in(CFTypeRef dictionary, const char* key) {
    if (dictionary == nullptr || CFGetTypeID(dictionary) != CFDictionaryGetTypeID()) return nullptr;
    const CFRef name(CFStringCreateWithCString(kCFAllocatorDefault, key, kCFStringEncodingUTF8));
    return CFDictionaryGetValue(static_cast<CFDictionaryRef>(dictionary), name.get());
}

/// The first of the factories of audio server plug-ins; a list or one alone.
std::string factory_in(CFTypeRef info) {
    CFTypeRef named = value_in(value_in(info, "CFPlugInTypes"), kPlugInType);
    if (named != nullptr && CFGetTypeID(named) == CFArrayGetTypeID()) {
        const auto* list = static_cast<CFArrayRef>(named);
        named = CFArrayGetCount(list) > 0 ? CFArrayGetValueAtIndex(list, 0) : nullptr;
    }
    return text_of(named).value_or("");
}

bool is_version(const std::string& text) {
    return !text.empty() && text.size() < 32 && text.find_first_not_of("0123456789.") == std::string::npos &&
           text.front() != '.';
}

std::expected<std::string, std::string> version_in(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(stream)), {});
    if (!stream || bytes.empty()) return std::unexpected("its Info.plist cannot be read");
    const CFRef data(CFDataCreate(kCFAllocatorDefault, reinterpret_cast<const UInt8*>(bytes.data()),
                                  static_cast<CFIndex>(bytes.size())));
    const CFRef info(CFPropertyListCreateWithData(kCFAllocatorDefault, static_cast<CFDataRef>(data.get()),
                                                  kCFPropertyListImmutable, nullptr, nullptr));
    if (info.get() == nullptr) return std::unexpected("its Info.plist is no property list");
    const auto text = [&info](const char* key) { return text_of(value_in(info.get(), key)).value_or(""); };
    if (text("CFBundleIdentifier") != shm::kDriverBundleId) {
        return std::unexpected("its identifier is \"" + text("CFBundleIdentifier") + "\", not \"" +
                               shm::kDriverBundleId + '"');
    }
    if (text("CFBundlePackageType") != "BNDL") return std::unexpected("its Info.plist says it is no bundle");
    if (text("CFBundleExecutable") != kProgram)
        return std::unexpected("its Info.plist names another program");
    const std::string factory = factory_in(info.get());
    if (factory.empty() ||
        !text_of(value_in(value_in(info.get(), "CFPlugInFactories"), factory.c_str())).has_value()) {
        return std::unexpected("its Info.plist names no factory of an audio server plug-in");
    }
    std::string version = text("CFBundleShortVersionString");
    if (!is_version(version)) return std::unexpected("its Info.plist has no version");
    return version;
}

}  // namespace

std::expected<std::string, std::string> check_driver(const fs::path& bundle) {
    std::error_code error;
    if (!fs::is_directory(fs::symlink_status(bundle, error))) return std::unexpected("it is no folder");
    for (fs::recursive_directory_iterator entry(bundle, error), end; !error && entry != end;
         entry.increment(error)) {
        const fs::file_status status = entry->symlink_status(error);
        if (error) break;
        if (!fs::is_directory(status) && !fs::is_regular_file(status)) {
            return std::unexpected(entry->path().lexically_relative(bundle).string() +
                                   " is neither a file nor a folder");
        }
    }
    if (error) return std::unexpected("it cannot be read: " + error.message());
    auto version = version_in(bundle / "Contents/Info.plist");
    if (!version) return version;
    const auto processors = processors_of(bundle / "Contents/MacOS" / kProgram);
    if (!processors) return std::unexpected("its program " + processors.error());
    if (std::ranges::find(*processors, this_processor()) == processors->end()) {
        std::string all;
        for (const std::string& processor : *processors) all += (all.empty() ? "" : " and ") + processor;
        return std::unexpected("it is for " + all + ", and this computer is " + this_processor());
    }
    return version;
}

}  // namespace gecko::packaging
