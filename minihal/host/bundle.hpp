// Plug-in bundles: found, read and loaded as coreaudiod does.
#pragma once

#include <CoreAudio/AudioServerPlugIn.h>
#include <CoreFoundation/CFBundle.h>

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

namespace minihal {

// Code that has been loaded and answered the factory call; not yet initialised. It stays loaded for the life of the
// process, as under macOS.
struct LoadedPlugIn {
    std::string bundle_id;
    AudioServerPlugInDriverRef driver = nullptr;
};

// DIR/*.driver by name. The error is a sentence for the user.
std::expected<std::vector<std::filesystem::path>, std::string> find_bundles(
    const std::filesystem::path& directory);

// What a bundle's Info.plist says of it. `bundle` is kept for the life of the process: a plug-in finds its own bundle by its
// identifier.
struct BundleInfo {
    CFBundleRef bundle = nullptr;
    std::string bundle_id;
    std::filesystem::path executable;  // a file that is there
    std::string factory;               // the name of the function
};
using Factory = void* (*)(CFAllocatorRef allocator, CFUUIDRef type);

// Loading, step by step. The error is what is wrong with the bundle; code runs from load_factory() on.
std::expected<BundleInfo, std::string> read_bundle(const std::filesystem::path& bundle);
std::expected<Factory, std::string> load_factory(const BundleInfo& info);
// All of it.
std::expected<LoadedPlugIn, std::string> load_bundle(const std::filesystem::path& bundle);

// Asks a factory for an audio server plug-in and its object for the driver interface. `name` is for the error.
std::expected<AudioServerPlugInDriverRef, std::string> driver_from(Factory factory, const std::string& name);

}  // namespace minihal
