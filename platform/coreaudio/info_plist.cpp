#include "platform/info_plist.hpp"

#include <fstream>
#include <iterator>
#include <vector>

#include "platform/coreaudio/hal.hpp"

namespace gecko::platform {

using coreaudio::CFOwned;

std::optional<InfoPlist> read_info_plist(const std::filesystem::path& bundle) {
    // Not through CFBundle, which remembers what it has read of a path.
    std::ifstream file(bundle / "Contents" / "Info.plist", std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    if (bytes.empty()) return std::nullopt;
    const CFOwned<CFDataRef> data(CFDataCreate(kCFAllocatorDefault,
                                               reinterpret_cast<const UInt8*>(bytes.data()),
                                               static_cast<CFIndex>(bytes.size())));
    if (!data) return std::nullopt;
    const CFOwned<CFPropertyListRef> list(CFPropertyListCreateWithData(
        kCFAllocatorDefault, data.get(), kCFPropertyListImmutable, nullptr, nullptr));
    if (!list || CFGetTypeID(list.get()) != CFDictionaryGetTypeID()) return std::nullopt;
    const auto dictionary = static_cast<CFDictionaryRef>(list.get());
    const auto count = static_cast<std::size_t>(CFDictionaryGetCount(dictionary));
    std::vector<const void*> keys(count);
    std::vector<const void*> values(count);
    CFDictionaryGetKeysAndValues(dictionary, keys.data(), values.data());
    InfoPlist info;
    for (std::size_t i = 0; i < count; ++i)
        if (CFGetTypeID(values[i]) == CFStringGetTypeID())
            info.texts[coreaudio::to_string(keys[i])] = coreaudio::to_string(values[i]);
    return info;
}

}  // namespace gecko::platform
