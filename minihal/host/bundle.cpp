#include "minihal/host/bundle.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>

#ifdef __linux__
#include "minihal/macho/load.hpp"
#endif
#include "minihal/system/printable.hpp"
#include "minihal/wire/cf_value.hpp"

namespace minihal {

namespace {

using wire::CfRef;
using wire::text_of;

constexpr const char* kTypeUuidText = "443ABAB8-E7B3-491A-B985-BEB9187030DB";

bool is_plug_in_type(CFTypeRef key) {
    const CfRef uuid(text_of(key) ? CFUUIDCreateFromString(nullptr, static_cast<CFStringRef>(key)) : nullptr);
    return uuid && CFEqual(uuid.get(), kAudioServerPlugInTypeUUID) != 0;
}

CFDictionaryRef dictionary(CFTypeRef object) {
    const bool fits = object != nullptr && CFGetTypeID(object) == CFDictionaryGetTypeID();
    return fits ? static_cast<CFDictionaryRef>(object) : nullptr;
}

// The UUIDs of the factories for audio server plug-ins: an array, or (some vendors') one string.
std::vector<CFTypeRef> factory_uuids(CFDictionaryRef types) {
    const auto count = static_cast<size_t>(CFDictionaryGetCount(types));
    std::vector<const void*> keys(count);
    std::vector<const void*> values(count);
    CFDictionaryGetKeysAndValues(types, keys.data(), values.data());
    for (size_t i = 0; i < count; ++i) {
        if (!is_plug_in_type(keys[i])) continue;
        if (CFGetTypeID(values[i]) == CFStringGetTypeID()) return {values[i]};
        if (CFGetTypeID(values[i]) != CFArrayGetTypeID()) return {};
        const auto array = static_cast<CFArrayRef>(values[i]);
        std::vector<CFTypeRef> uuids;
        uuids.reserve(static_cast<size_t>(CFArrayGetCount(array)));
        for (CFIndex k = 0; k < CFArrayGetCount(array); ++k) {
            uuids.push_back(CFArrayGetValueAtIndex(array, k));
        }
        return uuids;
    }
    return {};
}

std::expected<std::string, std::string> factory_name(CFDictionaryRef info) {
    const auto types = dictionary(CFDictionaryGetValue(info, CFSTR("CFPlugInTypes")));
    if (types == nullptr) {
        return std::unexpected("Info.plist has no CFPlugInTypes, so it is no plug-in");
    }
    const auto uuids = factory_uuids(types);
    if (uuids.empty()) {
        return std::unexpected(
            fmt::format("wrong type: CFPlugInTypes in Info.plist has no entry for audio server plug-ins ({})",
                        kTypeUuidText));
    }
    const auto factories = dictionary(CFDictionaryGetValue(info, CFSTR("CFPlugInFactories")));
    for (const auto* const uuid : uuids) {
        const auto name =
            factories != nullptr ? text_of(CFDictionaryGetValue(factories, uuid)) : std::nullopt;
        if (name) return *name;
    }
    return std::unexpected("no factory: CFPlugInFactories in Info.plist names no function for its type");
}

// A function of an executable, which stays loaded; NULL if it has nothing of that name.
std::expected<void*, std::string> load_symbol(const std::filesystem::path& executable,
                                              const std::string& name) {
#ifdef __linux__
    if (macho::is_mach_o(executable)) {
        const auto library = macho::load(executable);
        if (!library) return std::unexpected(library.error());
        return (*library)->function(name);
    }
#endif
    void* const image = dlopen(executable.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (image == nullptr) return std::unexpected(dlerror());
    return dlsym(image, name.c_str());
}

}  // namespace

std::expected<std::vector<std::filesystem::path>, std::string> find_bundles(
    const std::filesystem::path& directory) {
    std::error_code error;
    std::vector<std::filesystem::path> bundles;
    for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
        if (entry.path().extension() == ".driver") bundles.push_back(entry.path());
    }
    if (error) {
        return std::unexpected(
            fmt::format("cannot read the plug-in folder {}: {}", directory.string(), error.message()));
    }
    std::ranges::sort(bundles);
    return bundles;
}

std::expected<BundleInfo, std::string> read_bundle(const std::filesystem::path& path) {
    if (!std::filesystem::exists(path / "Contents" / "Info.plist")) {
        return std::unexpected("it has no Contents/Info.plist");
    }
    const auto text = std::filesystem::absolute(path).string();
    const CfRef url(CFURLCreateFromFileSystemRepresentation(
        nullptr, reinterpret_cast<const UInt8*>(text.c_str()), static_cast<CFIndex>(text.size()), 1));
    CfRef owned(CFBundleCreate(nullptr, static_cast<CFURLRef>(url.get())));
    if (!owned) return std::unexpected("Contents/Info.plist is not a property list");
    const auto bundle = const_cast<CFBundleRef>(static_cast<const __CFBundle*>(owned.get()));

    auto factory = factory_name(CFBundleGetInfoDictionary(bundle));
    if (!factory) return std::unexpected(factory.error());
    const auto executable = text_of(CFBundleGetValueForInfoDictionaryKey(bundle, kCFBundleExecutableKey));
    if (!executable) return std::unexpected("Info.plist has no CFBundleExecutable");
    auto file = std::filesystem::path(text) / "Contents" / "MacOS" / *executable;
    if (!std::filesystem::exists(file)) {
        return std::unexpected(
            fmt::format("its executable Contents/MacOS/{} is missing", printable(*executable)));
    }
    owned.release();
    return BundleInfo{.bundle = bundle,
                      .bundle_id = text_of(CFBundleGetIdentifier(bundle)).value_or(path.stem().string()),
                      .executable = std::move(file),
                      .factory = std::move(*factory)};
}

std::expected<Factory, std::string> load_factory(const BundleInfo& info) {
    const auto symbol = load_symbol(info.executable, info.factory);
    if (!symbol) return std::unexpected(fmt::format("its executable cannot be loaded: {}", symbol.error()));
    if (*symbol == nullptr) {
        return std::unexpected(
            fmt::format("its executable has no factory function {}", printable(info.factory)));
    }
    return reinterpret_cast<Factory>(*symbol);
}

std::expected<LoadedPlugIn, std::string> load_bundle(const std::filesystem::path& path) {
    const auto info = read_bundle(path);
    if (!info) return std::unexpected(info.error());
    const auto factory = load_factory(*info);
    if (!factory) return std::unexpected(factory.error());
    const auto driver = driver_from(*factory, info->factory);
    if (!driver) return std::unexpected(driver.error());
    return LoadedPlugIn{.bundle_id = info->bundle_id, .driver = *driver};
}

std::expected<AudioServerPlugInDriverRef, std::string> driver_from(Factory factory, const std::string& name) {
    const auto unknown =
        static_cast<AudioServerPlugInDriverRef>(factory(nullptr, kAudioServerPlugInTypeUUID));
    if (unknown == nullptr || *unknown == nullptr) {
        return std::unexpected(fmt::format("its factory function {} returned NULL", printable(name)));
    }
    LPVOID driver = nullptr;
    const auto result = (*unknown)->QueryInterface(
        unknown, CFUUIDGetUUIDBytes(kAudioServerPlugInDriverInterfaceUUID), &driver);
    (*unknown)->Release(unknown);
    if (FAILED(result) || driver == nullptr) {
        return std::unexpected(fmt::format("QueryInterface for the driver interface failed with {:#010x}",
                                           static_cast<uint32_t>(result)));
    }
    return static_cast<AudioServerPlugInDriverRef>(driver);
}

}  // namespace minihal
