// The types and the calls that everything in CoreFoundation shares. Names, values and layouts are those of
// macOS; where this subset does less, the declaration says so. Every function may be called on any thread; an
// object that is being changed belongs to the thread that changes it.
#ifndef MINIHAL_COREFOUNDATION_CFBASE_H
#define MINIHAL_COREFOUNDATION_CFBASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define CF_EXTERN_C_BEGIN extern "C" {
#define CF_EXTERN_C_END }
#else
#define CF_EXTERN_C_BEGIN
#define CF_EXTERN_C_END
#endif

#define CF_EXPORT extern __attribute__((visibility("default")))
#define CF_INLINE static inline

// CF_ENUM(type) { ... }; gives unnamed constants; typedef CF_ENUM(type, name) { ... }; a type of its own in
// C++. CF_OPTIONS stays an integer in C++, so that flags can be or-ed.
#ifdef __cplusplus
#define MINIHAL_CF_NAMED_ENUM(type, name)                      \
    type name##Integer; /* for the typedef before the macro */ \
    enum name : type
#define MINIHAL_CF_UNNAMED_ENUM(type) enum : type
#define CF_OPTIONS(type, name) \
    type name;                 \
    enum : type
#else
#define MINIHAL_CF_NAMED_ENUM(type, name) \
    type name;                            \
    enum
#define MINIHAL_CF_UNNAMED_ENUM(type) enum
#define CF_OPTIONS(type, name) \
    type name;                 \
    enum
#endif
#define MINIHAL_CF_PICK_ENUM(first, second, macro, ...) macro
#define CF_ENUM(...) \
    MINIHAL_CF_PICK_ENUM(__VA_ARGS__, MINIHAL_CF_NAMED_ENUM, MINIHAL_CF_UNNAMED_ENUM, unused)(__VA_ARGS__)

// The guard is the one of macOS's <MacTypes.h>, which declares these there; both may be seen where this is
// built on a Mac.
#ifndef __MACTYPES__
#define __MACTYPES__
typedef uint8_t UInt8;
typedef int8_t SInt8;
typedef uint16_t UInt16;
typedef int16_t SInt16;
typedef uint32_t UInt32;
typedef int32_t SInt32;
typedef uint64_t UInt64;
typedef int64_t SInt64;
typedef float Float32;
typedef double Float64;
typedef unsigned char Boolean;
typedef UInt16 UniChar;
typedef SInt32 OSStatus;
typedef UInt32 FourCharCode;
typedef FourCharCode OSType;
enum { noErr = 0 };
#endif

#ifndef TRUE
#define TRUE 1
#endif
#ifndef FALSE
#define FALSE 0
#endif

CF_EXTERN_C_BEGIN

typedef unsigned long CFTypeID;
typedef unsigned long CFOptionFlags;
typedef unsigned long CFHashCode;
typedef signed long CFIndex;

typedef const void* CFTypeRef;
typedef const struct __CFAllocator* CFAllocatorRef;
typedef const struct __CFString* CFStringRef;
typedef struct __CFString* CFMutableStringRef;

typedef CF_ENUM(CFIndex, CFComparisonResult) {
    kCFCompareLessThan = -1L,
    kCFCompareEqualTo = 0,
    kCFCompareGreaterThan = 1,
};

#define kCFNotFound ((CFIndex) - 1)

typedef struct {
    CFIndex location;
    CFIndex length;
} CFRange;

CF_INLINE CFRange CFRangeMake(CFIndex location, CFIndex length) {
    CFRange range;
    range.location = location;
    range.length = length;
    return range;
}

// Every allocator is the same here: memory comes from the C++ heap. kCFAllocatorDefault is NULL.
CF_EXPORT const CFAllocatorRef kCFAllocatorDefault;
CF_EXPORT const CFAllocatorRef kCFAllocatorSystemDefault;
CF_EXPORT const CFAllocatorRef kCFAllocatorMalloc;

// An object is made with a count of one, owned by the caller of a function with Create or Copy in its name.
// Releasing an object whose count is already zero, or passing NULL, aborts with a message on stderr, as on a
// Mac it crashes. Immortal objects (CFSTR, the booleans, constant UUIDs) ignore both calls. Constant time and
// lock free, except the release that destroys the object.
CF_EXPORT CFTypeRef CFRetain(CFTypeRef object);
CF_EXPORT void CFRelease(CFTypeRef object);
// The count; for an immortal object the largest CFIndex.
CF_EXPORT CFIndex CFGetRetainCount(CFTypeRef object);

CF_EXPORT CFTypeID CFGetTypeID(CFTypeRef object);
// By value within one type; objects of different types differ. Equal objects have equal hashes.
CF_EXPORT Boolean CFEqual(CFTypeRef first, CFTypeRef second);
CF_EXPORT CFHashCode CFHash(CFTypeRef object);

CF_EXTERN_C_END

#endif
