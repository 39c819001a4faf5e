// What callers and callees agree on across the binary interface, as on 64-bit macOS.
#include <CoreFoundation/CoreFoundation.h>
#include <mach/mach_time.h>

#include <cstddef>
#include <type_traits>

namespace {

static_assert(sizeof(CFIndex) == 8 && std::is_signed_v<CFIndex>);
static_assert(sizeof(CFTypeID) == 8 && sizeof(CFOptionFlags) == 8 && sizeof(CFHashCode) == 8);
static_assert(sizeof(Boolean) == 1 && sizeof(UniChar) == 2 && sizeof(OSStatus) == 4);
static_assert(sizeof(HRESULT) == 4 && sizeof(ULONG) == 4 && sizeof(LPVOID) == 8);
static_assert(sizeof(CFNumberType) == 8 && sizeof(CFPropertyListFormat) == 8);
static_assert(sizeof(CFComparisonResult) == 8 && sizeof(CFStringEncoding) == 4);

static_assert(sizeof(CFRange) == 16 && offsetof(CFRange, length) == 8);
static_assert(sizeof(CFUUIDBytes) == 16 && alignof(CFUUIDBytes) == 1 && offsetof(CFUUIDBytes, byte15) == 15);

static_assert(sizeof(CFArrayCallBacks) == 40);
static_assert(offsetof(CFArrayCallBacks, retain) == 8 && offsetof(CFArrayCallBacks, release) == 16);
static_assert(offsetof(CFArrayCallBacks, copyDescription) == 24 && offsetof(CFArrayCallBacks, equal) == 32);
static_assert(sizeof(CFDictionaryKeyCallBacks) == 48);
static_assert(offsetof(CFDictionaryKeyCallBacks, retain) == 8);
static_assert(offsetof(CFDictionaryKeyCallBacks, release) == 16);
static_assert(offsetof(CFDictionaryKeyCallBacks, copyDescription) == 24);
static_assert(offsetof(CFDictionaryKeyCallBacks, equal) == 32);
static_assert(offsetof(CFDictionaryKeyCallBacks, hash) == 40);
static_assert(sizeof(CFDictionaryValueCallBacks) == 40);
static_assert(offsetof(CFDictionaryValueCallBacks, equal) == 32);

struct Interface {
    IUNKNOWN_C_GUTS;
};
static_assert(sizeof(Interface) == 32);
static_assert(offsetof(Interface, QueryInterface) == 8 && offsetof(Interface, AddRef) == 16);
static_assert(offsetof(Interface, Release) == 24);

static_assert(sizeof(mach_timebase_info_data_t) == 8 && offsetof(mach_timebase_info_data_t, denom) == 4);

}  // namespace
