#include "minihal/host/storage.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace minihal {

namespace {

wire::CfRef read_dictionary(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
    const wire::CfRef data(CFDataCreate(nullptr, reinterpret_cast<const UInt8*>(bytes.data()),
                                        static_cast<CFIndex>(bytes.size())));
    wire::CfRef list(CFPropertyListCreateWithData(nullptr, static_cast<CFDataRef>(data.get()),
                                                  kCFPropertyListImmutable, nullptr, nullptr));
    if (!list || CFGetTypeID(list.get()) != CFDictionaryGetTypeID()) return {};
    return list;
}

}  // namespace

Storage::Storage(std::string run_directory, const std::string& bundle_id)
    : directory_(std::move(run_directory) + "/storage"), file_(directory_ + "/" + bundle_id + ".plist") {}

CFPropertyListRef Storage::copy(CFStringRef key) {
    const std::scoped_lock lock(mutex_);
    const auto* const value = CFDictionaryGetValue(values(), key);
    return value != nullptr ? CFRetain(value) : nullptr;
}

bool Storage::write(CFStringRef key, CFPropertyListRef value) {
    if (value != nullptr && CFPropertyListIsValid(value, kCFPropertyListXMLFormat_v1_0) == 0) return false;
    const std::scoped_lock lock(mutex_);
    if (value != nullptr) {
        CFDictionarySetValue(values(), key, value);
    } else {
        CFDictionaryRemoveValue(values(), key);
    }
    return save();
}

CFMutableDictionaryRef Storage::values() {
    if (!values_) {
        const auto kept = read_dictionary(file_);
        values_ = wire::CfRef(
            kept ? CFDictionaryCreateMutableCopy(nullptr, 0, static_cast<CFDictionaryRef>(kept.get()))
                 : CFDictionaryCreateMutable(nullptr, 0, &kCFTypeDictionaryKeyCallBacks,
                                             &kCFTypeDictionaryValueCallBacks));
    }
    return const_cast<CFMutableDictionaryRef>(static_cast<CFDictionaryRef>(values_.get()));
}

bool Storage::save() {
    const wire::CfRef data(
        CFPropertyListCreateData(nullptr, values(), kCFPropertyListXMLFormat_v1_0, 0, nullptr));
    if (!data) return false;
    std::error_code error;
    std::filesystem::create_directories(directory_, error);
    // Renamed into place, so that a crash leaves the old values or the new ones.
    const auto next = file_ + ".new";
    {
        std::ofstream out(next, std::ios::binary | std::ios::trunc);
        const auto bytes = static_cast<CFDataRef>(data.get());
        out.write(reinterpret_cast<const char*>(CFDataGetBytePtr(bytes)), CFDataGetLength(bytes));
        if (!out.flush()) return false;
    }
    std::filesystem::rename(next, file_, error);
    return !error;
}

}  // namespace minihal
