#include "minihal/cf/data.hpp"

using minihal::cf::as;
using minihal::cf::Data;

extern "C" {

CFTypeID CFDataGetTypeID() {
    return static_cast<CFTypeID>(Data::kType);
}

CFDataRef CFDataCreate(CFAllocatorRef /*allocator*/, const UInt8* bytes, CFIndex length) {
    if (length < 0 || (bytes == nullptr && length > 0)) return nullptr;
    const std::string_view content(reinterpret_cast<const char*>(bytes), static_cast<size_t>(length));
    return minihal::cf::reference_to<CFDataRef>(new Data(content));
}

CFIndex CFDataGetLength(CFDataRef data) {
    return static_cast<CFIndex>(as<const Data>("CFDataGetLength", data).bytes().size());
}

const UInt8* CFDataGetBytePtr(CFDataRef data) {
    return reinterpret_cast<const UInt8*>(as<const Data>("CFDataGetBytePtr", data).bytes().data());
}

}  // extern "C"
