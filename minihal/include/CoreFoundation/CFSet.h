// Collections of distinct values.
#ifndef MINIHAL_COREFOUNDATION_CFSET_H
#define MINIHAL_COREFOUNDATION_CFSET_H

#include <CoreFoundation/CFBase.h>

CF_EXTERN_C_BEGIN

typedef const struct __CFSet* CFSetRef;
typedef struct __CFSet* CFMutableSetRef;

typedef const void* (*CFSetRetainCallBack)(CFAllocatorRef allocator, const void* value);
typedef void (*CFSetReleaseCallBack)(CFAllocatorRef allocator, const void* value);
typedef CFStringRef (*CFSetCopyDescriptionCallBack)(const void* value);
typedef Boolean (*CFSetEqualCallBack)(const void* first, const void* second);
typedef CFHashCode (*CFSetHashCallBack)(const void* value);
typedef void (*CFSetApplierFunction)(const void* value, void* context);

typedef struct {
    CFIndex version; /* 0 */
    CFSetRetainCallBack retain;
    CFSetReleaseCallBack release;
    CFSetCopyDescriptionCallBack copyDescription; /* never called here */
    CFSetEqualCallBack equal;
    CFSetHashCallBack hash;
} CFSetCallBacks;

// The values are CF objects, which the set retains.
CF_EXPORT const CFSetCallBacks kCFTypeSetCallBacks;

CF_EXPORT CFTypeID CFSetGetTypeID(void);
// NULL callbacks: plain pointers, compared as such. Of equal values the first stays.
CF_EXPORT CFSetRef CFSetCreate(CFAllocatorRef allocator, const void** values, CFIndex count,
                               const CFSetCallBacks* callbacks);
// `capacity` is a hint.
CF_EXPORT CFMutableSetRef CFSetCreateMutable(CFAllocatorRef allocator, CFIndex capacity,
                                             const CFSetCallBacks* callbacks);
CF_EXPORT CFIndex CFSetGetCount(CFSetRef set);
CF_EXPORT Boolean CFSetContainsValue(CFSetRef set, const void* value);
// The one that is equal, or NULL. The set keeps the ownership.
CF_EXPORT const void* CFSetGetValue(CFSetRef set, const void* value);
// `values` has room for CFSetGetCount. The order is unspecified, and the same for both.
CF_EXPORT void CFSetGetValues(CFSetRef set, const void** values);
CF_EXPORT void CFSetApplyFunction(CFSetRef set, CFSetApplierFunction function, void* context);
// All abort with a message when the set is immutable. Add leaves a value that is present alone.
CF_EXPORT void CFSetAddValue(CFMutableSetRef set, const void* value);
CF_EXPORT void CFSetSetValue(CFMutableSetRef set, const void* value);
CF_EXPORT void CFSetRemoveValue(CFMutableSetRef set, const void* value);
CF_EXPORT void CFSetRemoveAllValues(CFMutableSetRef set);

CF_EXTERN_C_END

#endif
