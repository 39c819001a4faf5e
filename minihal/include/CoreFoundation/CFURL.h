// File URLs; no other scheme.
#ifndef MINIHAL_COREFOUNDATION_CFURL_H
#define MINIHAL_COREFOUNDATION_CFURL_H

#include <CoreFoundation/CFBase.h>
#include <CoreFoundation/CFString.h>

CF_EXTERN_C_BEGIN

typedef const struct __CFURL* CFURLRef;

CF_EXPORT CFTypeID CFURLGetTypeID(void);
// `path` is not terminated; a relative one is taken from the current directory. NULL when it is empty or not
// UTF-8.
CF_EXPORT CFURLRef CFURLCreateFromFileSystemRepresentation(CFAllocatorRef allocator, const UInt8* path,
                                                           CFIndex length, Boolean isDirectory);
typedef CF_ENUM(CFIndex, CFURLPathStyle) {
    kCFURLPOSIXPathStyle = 0,
};
// The same for a path that is a string; NULL for another style.
CF_EXPORT CFURLRef CFURLCreateWithFileSystemPath(CFAllocatorRef allocator, CFStringRef path,
                                                 CFURLPathStyle style, Boolean isDirectory);
// The text of a URL, "file:///..." with percent escapes; NULL for any other scheme, text that is no URL, or a base, which this
// subset does not resolve against.
CF_EXPORT CFURLRef CFURLCreateWithBytes(CFAllocatorRef allocator, const UInt8* bytes, CFIndex length,
                                        CFStringEncoding encoding, CFURLRef baseURL);
// Writes the terminated path, without a directory's closing slash; false when it does not fit.
// `resolveAgainstBase` changes nothing: the path is always absolute.
CF_EXPORT Boolean CFURLGetFileSystemRepresentation(CFURLRef url, Boolean resolveAgainstBase, UInt8* buffer,
                                                   CFIndex size);
// "file:///..." with percent escapes; a directory ends with a slash. The URL keeps the ownership.
CF_EXPORT CFStringRef CFURLGetString(CFURLRef url);

CF_EXTERN_C_END

#endif
