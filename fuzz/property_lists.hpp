#pragma once

#include <CoreFoundation/CoreFoundation.h>
#include <fuzzer/FuzzedDataProvider.h>

#include <string>

/// Objects as a host may hand them over: of any type, often nearly a request to attach to the segment `name`. The caller's, or null.
namespace gecko::fuzz {

CFTypeRef make_value(FuzzedDataProvider& bytes, const std::string& name, int depth = 0);
/// A property list in the bytes as they are, XML or binary, or one that is put together.
CFTypeRef make_request(FuzzedDataProvider& bytes, const std::string& name);

}  // namespace gecko::fuzz
