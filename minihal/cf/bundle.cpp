#include <CoreFoundation/CFBundle.h>
#include <CoreFoundation/CFPropertyList.h>
#include <sys/stat.h>
#if defined(__APPLE__)
#include <mach-o/dyld.h>
#endif

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <string>
#include <vector>

#include "minihal/cf/data.hpp"
#include "minihal/cf/dictionary.hpp"
#include "minihal/cf/url.hpp"

namespace minihal::cf {
namespace {

class Bundle final : public Object {
  public:
    static constexpr Type kType = Type::kBundle;

    // Takes over the dictionary.
    Bundle(const Url& url, CFDictionaryRef info);
    ~Bundle() override;

    const Url& url() const noexcept { return url_; }
    CFDictionaryRef info() const noexcept { return info_; }
    // nullptr when the key is missing or its value is no string.
    const String* info_string(CFStringRef key) const noexcept {
        return try_as<const String>(CFDictionaryGetValue(info_, key));
    }

    bool equals(const Object& other) const noexcept override { return this == &other; }
    CFHashCode hash() const noexcept override { return url_.hash(); }

  private:
    const Url& url_;
    const CFDictionaryRef info_;
};

// The bundles of this process that are alive.
struct Registry {
    std::mutex lock;
    std::vector<Bundle*> bundles;
};

Registry& registry() {
    // Never destroyed: a plug-in's static objects may release their bundle.
    static auto& instance = *new Registry;
    return instance;
}

Bundle::Bundle(const Url& url, CFDictionaryRef info) : Object(kType), url_(url), info_(info) {
    url_.retain();
    const std::lock_guard guard(registry().lock);
    registry().bundles.push_back(this);
}

Bundle::~Bundle() {
    {
        const std::lock_guard guard(registry().lock);
        std::erase(registry().bundles, this);
    }
    CFRelease(info_);
    url_.release();
}

CFDictionaryRef read_info(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return nullptr;
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    const auto* data = new Data(bytes);
    const CFPropertyListRef list = CFPropertyListCreateWithData(nullptr, reference_to<CFDataRef>(data),
                                                                kCFPropertyListImmutable, nullptr, nullptr);
    data->release();
    if (list != nullptr && try_as<const Dictionary>(list) == nullptr) {
        CFRelease(list);
        return nullptr;
    }
    return static_cast<CFDictionaryRef>(list);
}

CFURLRef existing_file(const std::string& path) {
    struct stat status{};
    if (stat(path.c_str(), &status) != 0) return nullptr;
    return reference_to<CFURLRef>(new Url(path, S_ISDIR(status.st_mode)));
}

std::filesystem::path program_path() {
    std::error_code ignored;
#if defined(__APPLE__)
    uint32_t size = 0;
    _NSGetExecutablePath(nullptr, &size);
    std::string path(size, '\0');
    _NSGetExecutablePath(path.data(), &size);
    return std::filesystem::canonical(path.c_str(), ignored);
#else
    return std::filesystem::read_symlink("/proc/self/exe", ignored);
#endif
}

Bundle* main_bundle() {
    const std::filesystem::path folder = program_path().parent_path();
    std::filesystem::path root = folder;
    CFDictionaryRef info = nullptr;
    if (folder.filename() == "MacOS" && folder.parent_path().filename() == "Contents") {
        info = read_info(folder.parent_path() / "Info.plist");
        if (info != nullptr) root = folder.parent_path().parent_path();
    }
    if (info == nullptr) info = CFDictionaryCreate(nullptr, nullptr, nullptr, 0, nullptr, nullptr);
    const auto* const url = new Url(root, true);
    auto* const bundle = new Bundle(*url, info);
    url->release();
    return bundle;
}

}  // namespace
}  // namespace minihal::cf

using minihal::cf::as;
using minihal::cf::Bundle;
using minihal::cf::reference_to;
using minihal::cf::String;
using minihal::cf::Url;

extern "C" {

CFTypeID CFBundleGetTypeID() {
    return static_cast<CFTypeID>(Bundle::kType);
}

CFBundleRef CFBundleCreate(CFAllocatorRef /*allocator*/, CFURLRef bundleURL) {
    const auto& url = as<const Url>("CFBundleCreate", bundleURL);
    const CFDictionaryRef info = minihal::cf::read_info(url.path() + "/Contents/Info.plist");
    return info == nullptr ? nullptr : reference_to<CFBundleRef>(new Bundle(url, info));
}

CFBundleRef CFBundleGetMainBundle() {
    static const CFBundleRef bundle = reference_to<CFBundleRef>(minihal::cf::main_bundle());
    return bundle;
}

CFBundleRef CFBundleGetBundleWithIdentifier(CFStringRef identifier) {
    auto& registry = minihal::cf::registry();
    const std::lock_guard guard(registry.lock);
    for (const Bundle* bundle : registry.bundles) {
        const String* name = bundle->info_string(kCFBundleIdentifierKey);
        if (name != nullptr && CFEqual(reference_to<CFStringRef>(name), identifier)) {
            return reference_to<CFBundleRef>(bundle);
        }
    }
    return nullptr;
}

CFDictionaryRef CFBundleGetInfoDictionary(CFBundleRef bundle) {
    return as<const Bundle>("CFBundleGetInfoDictionary", bundle).info();
}

CFTypeRef CFBundleGetValueForInfoDictionaryKey(CFBundleRef bundle, CFStringRef key) {
    return CFDictionaryGetValue(as<const Bundle>("CFBundleGetValueForInfoDictionaryKey", bundle).info(), key);
}

CFStringRef CFBundleGetIdentifier(CFBundleRef bundle) {
    const auto& object = as<const Bundle>("CFBundleGetIdentifier", bundle);
    return reference_to<CFStringRef>(object.info_string(kCFBundleIdentifierKey));
}

CFURLRef CFBundleCopyBundleURL(CFBundleRef bundle) {
    const Url& url = as<const Bundle>("CFBundleCopyBundleURL", bundle).url();
    url.retain();
    return reference_to<CFURLRef>(&url);
}

CFURLRef CFBundleCopyExecutableURL(CFBundleRef bundle) {
    const auto& object = as<const Bundle>("CFBundleCopyExecutableURL", bundle);
    const String* name = object.info_string(kCFBundleExecutableKey);
    if (name == nullptr || name->utf8().empty()) return nullptr;
    return minihal::cf::existing_file(object.url().path() + "/Contents/MacOS/" + name->utf8());
}

CFURLRef CFBundleCopyResourceURL(CFBundleRef bundle, CFStringRef name, CFStringRef type,
                                 CFStringRef subdirectory) {
    static constexpr const char* kFunction = "CFBundleCopyResourceURL";
    std::string path = as<const Bundle>(kFunction, bundle).url().path() + "/Contents/Resources/";
    if (subdirectory != nullptr) path += as<const String>(kFunction, subdirectory).utf8() + "/";
    path += as<const String>(kFunction, name).utf8();
    if (type != nullptr) path += "." + as<const String>(kFunction, type).utf8();
    return minihal::cf::existing_file(path);
}

}  // extern "C"
