// No error object is ever made by this subset: where a Mac hands one out, the caller gets NULL with the
// failure.
#ifndef MINIHAL_COREFOUNDATION_CFERROR_H
#define MINIHAL_COREFOUNDATION_CFERROR_H

#include <CoreFoundation/CFBase.h>

typedef struct __CFError* CFErrorRef;

#endif
