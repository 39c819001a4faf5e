#include "minihal/cf/array.hpp"

#include <algorithm>

namespace minihal::cf {
namespace {

const void* retain(CFAllocatorRef /*allocator*/, const void* value) {
    return CFRetain(value);
}
void release(CFAllocatorRef /*allocator*/, const void* value) {
    CFRelease(value);
}

}  // namespace

Array::Array(const CFArrayCallBacks* callbacks, Mutability mutability)
    : Object(kType),
      callbacks_(callbacks == nullptr ? CFArrayCallBacks{} : *callbacks),
      mutability_(mutability) {}

Array::~Array() {
    clear();
}

bool Array::holds_objects() const noexcept {
    return callbacks_.retain == kCFTypeArrayCallBacks.retain &&
           callbacks_.release == kCFTypeArrayCallBacks.release;
}

void Array::append(const void* value) {
    values_.push_back(callbacks_.retain == nullptr ? value : callbacks_.retain(nullptr, value));
}

void Array::clear() noexcept {
    if (callbacks_.release != nullptr) {
        for (const void* value : values_) callbacks_.release(nullptr, value);
    }
    values_.clear();
}

bool Array::same(const void* first, const void* second) const noexcept {
    return first == second || (callbacks_.equal != nullptr && callbacks_.equal(first, second));
}

bool Array::equals(const Object& other) const noexcept {
    const auto& theirs = static_cast<const Array&>(other).values_;
    return std::equal(values_.begin(), values_.end(), theirs.begin(), theirs.end(),
                      [this](const void* a, const void* b) { return same(a, b); });
}

}  // namespace minihal::cf

using minihal::cf::Array;
using minihal::cf::as;
using minihal::cf::Mutability;
using minihal::cf::reference_to;

namespace {

Array& mutable_array(const char* function, CFArrayRef array) {
    auto& object = as<Array>(function, array);
    if (!object.is_mutable()) minihal::cf::fail(function, "the array is immutable");
    return object;
}

}  // namespace

extern "C" {

const CFArrayCallBacks kCFTypeArrayCallBacks = {0, minihal::cf::retain, minihal::cf::release, nullptr,
                                                CFEqual};

CFTypeID CFArrayGetTypeID() {
    return static_cast<CFTypeID>(Array::kType);
}

CFArrayRef CFArrayCreate(CFAllocatorRef /*allocator*/, const void** values, CFIndex count,
                         const CFArrayCallBacks* callbacks) {
    auto* array = new Array(callbacks, Mutability::kImmutable);
    for (CFIndex i = 0; i < count; ++i) array->append(values[i]);
    return reference_to<CFArrayRef>(array);
}

CFMutableArrayRef CFArrayCreateMutable(CFAllocatorRef /*allocator*/, CFIndex /*capacity*/,
                                       const CFArrayCallBacks* callbacks) {
    return reference_to<CFMutableArrayRef>(new Array(callbacks, Mutability::kMutable));
}

CFIndex CFArrayGetCount(CFArrayRef array) {
    return static_cast<CFIndex>(as<const Array>("CFArrayGetCount", array).values().size());
}

const void* CFArrayGetValueAtIndex(CFArrayRef array, CFIndex index) {
    const auto& values = as<const Array>("CFArrayGetValueAtIndex", array).values();
    if (index < 0 || static_cast<size_t>(index) >= values.size()) {
        minihal::cf::fail("CFArrayGetValueAtIndex", "the index is outside of the array");
    }
    return values[static_cast<size_t>(index)];
}

Boolean CFArrayContainsValue(CFArrayRef array, CFRange range, const void* value) {
    const auto& object = as<const Array>("CFArrayContainsValue", array);
    const auto count = static_cast<CFIndex>(object.values().size());
    if (range.location < 0 || range.length < 0 || range.location > count ||
        range.length > count - range.location) {
        minihal::cf::fail("CFArrayContainsValue", "the range is outside of the array");
    }
    const auto first = object.values().begin() + range.location;
    return std::any_of(first, first + range.length,
                       [&](const void* candidate) { return object.same(candidate, value); });
}

void CFArrayAppendValue(CFMutableArrayRef array, const void* value) {
    mutable_array("CFArrayAppendValue", array).append(value);
}

void CFArrayRemoveAllValues(CFMutableArrayRef array) {
    mutable_array("CFArrayRemoveAllValues", array).clear();
}

}  // extern "C"
