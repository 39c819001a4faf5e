// Immutable Unicode strings. Lengths count UTF-16 code units, as on a Mac.
#ifndef MINIHAL_COREFOUNDATION_CFSTRING_H
#define MINIHAL_COREFOUNDATION_CFSTRING_H

#include <CoreFoundation/CFBase.h>
#include <CoreFoundation/CFDictionary.h>
#include <stdarg.h>

CF_EXTERN_C_BEGIN

typedef UInt32 CFStringEncoding;

// The encodings that this subset reads and writes.
CF_ENUM(CFStringEncoding){
    kCFStringEncodingASCII = 0x0600,
    kCFStringEncodingUTF8 = 0x08000100,
};

// An immortal string for a literal of the source; equal literals give the same object for the life of the
// process.
#define CFSTR(literal) __CFStringMakeConstantString("" literal "")
CF_EXPORT CFStringRef __CFStringMakeConstantString(const char* utf8);

CF_EXPORT CFTypeID CFStringGetTypeID(void);

// NULL when the bytes are not valid in the encoding, or the encoding is not one of the two.
CF_EXPORT CFStringRef CFStringCreateWithCString(CFAllocatorRef allocator, const char* text,
                                                CFStringEncoding encoding);
// A leading byte order mark is dropped when isExternalRepresentation.
CF_EXPORT CFStringRef CFStringCreateWithBytes(CFAllocatorRef allocator, const UInt8* bytes, CFIndex count,
                                              CFStringEncoding encoding, Boolean isExternalRepresentation);
// printf's conversions but %n, and %@ for a CF object: the text of a string, number or boolean. `options` is not looked at.
CF_EXPORT CFStringRef CFStringCreateWithFormat(CFAllocatorRef allocator, CFDictionaryRef options,
                                               CFStringRef format, ...);
CF_EXPORT CFStringRef CFStringCreateWithFormatAndArguments(CFAllocatorRef allocator, CFDictionaryRef options,
                                                           CFStringRef format, va_list arguments);
CF_EXPORT CFStringRef CFStringCreateCopy(CFAllocatorRef allocator, CFStringRef string);

// UTF-16 code units.
CF_EXPORT CFIndex CFStringGetLength(CFStringRef string);
// Bytes that `length` code units can need, without the terminating zero; kCFNotFound for an unknown encoding.
CF_EXPORT CFIndex CFStringGetMaximumSizeForEncoding(CFIndex length, CFStringEncoding encoding);
// Writes a terminated C string. False, with the buffer's contents unspecified, when it does not fit into
// `size` bytes with its zero or cannot be expressed in the encoding.
CF_EXPORT Boolean CFStringGetCString(CFStringRef string, char* buffer, CFIndex size,
                                     CFStringEncoding encoding);

// NULL when the string cannot be read in place in the encoding; here that is never so for UTF-8.
CF_EXPORT const char* CFStringGetCStringPtr(CFStringRef string, CFStringEncoding encoding);
CF_EXPORT Boolean CFStringHasPrefix(CFStringRef string, CFStringRef prefix);
CF_EXPORT Boolean CFStringHasSuffix(CFStringRef string, CFStringRef suffix);

typedef CF_OPTIONS(CFOptionFlags, CFStringCompareFlags) {
    kCFCompareNonliteral = 16,
};
// By UTF-16 code units whatever the options (a Mac, asked for kCFCompareNonliteral, also equates composed
// with decomposed characters).
CF_EXPORT CFComparisonResult CFStringCompare(CFStringRef first, CFStringRef second,
                                             CFStringCompareFlags options);

CF_EXTERN_C_END

#endif
