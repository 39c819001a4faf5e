// Property lists: strings, numbers, booleans, data, and arrays and dictionaries (with string keys) of these.
// Dates are not part of this subset.
#ifndef MINIHAL_COREFOUNDATION_CFPROPERTYLIST_H
#define MINIHAL_COREFOUNDATION_CFPROPERTYLIST_H

#include <CoreFoundation/CFBase.h>
#include <CoreFoundation/CFData.h>
#include <CoreFoundation/CFError.h>

CF_EXTERN_C_BEGIN

typedef CFTypeRef CFPropertyListRef;

typedef CF_ENUM(CFIndex, CFPropertyListFormat) {
    kCFPropertyListOpenStepFormat = 1, /* refused by this subset */
    kCFPropertyListXMLFormat_v1_0 = 100,
    kCFPropertyListBinaryFormat_v1_0 = 200,
};

typedef CF_OPTIONS(CFOptionFlags, CFPropertyListMutabilityOptions) {
    kCFPropertyListImmutable = 0,
};

// Whether the object can be written in the format: its types, string keys, no object that contains itself,
// and no deeper than 128 levels.
CF_EXPORT Boolean CFPropertyListIsValid(CFPropertyListRef plist, CFPropertyListFormat format);
// NULL, and *error NULL, when the list is not valid. `options` must be 0.
CF_EXPORT CFDataRef CFPropertyListCreateData(CFAllocatorRef allocator, CFPropertyListRef plist,
                                             CFPropertyListFormat format, CFOptionFlags options,
                                             CFErrorRef* error);
// A list of the same values that shares nothing with this one; NULL when it is not valid. The result is immutable whatever the
// options.
CF_EXPORT CFPropertyListRef CFPropertyListCreateDeepCopy(CFAllocatorRef allocator, CFPropertyListRef plist,
                                                         CFOptionFlags options);
// Reads either format, from any source: NULL, and *error NULL, for what is malformed, deeper than 128 levels,
// or holds another type. `format`, when not NULL, receives the format found. The result is immutable whatever
// the options.
CF_EXPORT CFPropertyListRef CFPropertyListCreateWithData(CFAllocatorRef allocator, CFDataRef data,
                                                         CFOptionFlags options, CFPropertyListFormat* format,
                                                         CFErrorRef* error);

CF_EXTERN_C_END

#endif
