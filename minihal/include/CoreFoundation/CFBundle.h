// Bundles laid out as Contents/{Info.plist,MacOS,Resources}. Loading the executable is the caller's.
#ifndef MINIHAL_COREFOUNDATION_CFBUNDLE_H
#define MINIHAL_COREFOUNDATION_CFBUNDLE_H

#include <CoreFoundation/CFBase.h>
#include <CoreFoundation/CFDictionary.h>
#include <CoreFoundation/CFURL.h>

CF_EXTERN_C_BEGIN

typedef struct __CFBundle* CFBundleRef;

#define kCFBundleExecutableKey CFSTR("CFBundleExecutable")
#define kCFBundleIdentifierKey CFSTR("CFBundleIdentifier")

CF_EXPORT CFTypeID CFBundleGetTypeID(void);
// Reads Contents/Info.plist. NULL when it is missing, is no property list, or its root is no dictionary. (A
// Mac also makes bundles of folders without one.)
CF_EXPORT CFBundleRef CFBundleCreate(CFAllocatorRef allocator, CFURLRef bundleURL);
// The bundle with that identifier that is alive in this process, or NULL. Not retained for the caller: a
// plug-in finds its own bundle so, which its host keeps.
CF_EXPORT CFBundleRef CFBundleGetBundleWithIdentifier(CFStringRef identifier);
// The bundle that this process' program lies in: X for X/Contents/MacOS/program with X/Contents/Info.plist. Of any other
// program it is the folder that holds it, with an empty info dictionary, so without an identifier. Never NULL, not retained
// for the caller.
CF_EXPORT CFBundleRef CFBundleGetMainBundle(void);
// The bundle keeps the ownership of these three; the last two are NULL when the key is missing or no string.
CF_EXPORT CFDictionaryRef CFBundleGetInfoDictionary(CFBundleRef bundle);
CF_EXPORT CFTypeRef CFBundleGetValueForInfoDictionaryKey(CFBundleRef bundle, CFStringRef key);
CF_EXPORT CFStringRef CFBundleGetIdentifier(CFBundleRef bundle);
CF_EXPORT CFURLRef CFBundleCopyBundleURL(CFBundleRef bundle);
// Contents/MacOS/<CFBundleExecutable>; NULL when the key is missing or the file is.
CF_EXPORT CFURLRef CFBundleCopyExecutableURL(CFBundleRef bundle);
// Contents/Resources/[subdirectory/]name[.type]; NULL when there is no such file. `type` and `subdirectory`
// may be NULL.
CF_EXPORT CFURLRef CFBundleCopyResourceURL(CFBundleRef bundle, CFStringRef name, CFStringRef type,
                                           CFStringRef subdirectory);

CF_EXTERN_C_END

#endif
