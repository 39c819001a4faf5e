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

void Array::insert(size_t index, const void* value) {
    append(value);
    std::rotate(values_.begin() + static_cast<std::ptrdiff_t>(index), values_.end() - 1, values_.end());
}

void Array::remove(size_t index) {
    const void* value = values_[index];
    values_.erase(values_.begin() + static_cast<std::ptrdiff_t>(index));
    if (callbacks_.release != nullptr) callbacks_.release(nullptr, value);
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

// Below the count, or `behind` beyond.
size_t checked_index(const char* function, const Array& array, CFIndex index, size_t behind) {
    const auto at = static_cast<size_t>(index);
    if (index < 0 || at >= array.values().size() + behind)
        minihal::cf::fail(function, "the index is outside of the array");
    return at;
}

CFIndex index_of(const char* function, CFArrayRef array, CFRange range, const void* value) {
    const auto& object = as<const Array>(function, array);
    const auto count = static_cast<CFIndex>(object.values().size());
    if (range.location < 0 || range.length < 0 || range.location > count ||
        range.length > count - range.location) {
        minihal::cf::fail(function, "the range is outside of the array");
    }
    const auto first = object.values().begin() + range.location;
    const auto found = std::find_if(first, first + range.length,
                                    [&](const void* candidate) { return object.same(candidate, value); });
    return found == first + range.length ? kCFNotFound : found - object.values().begin();
}

Array* copy_of(const char* function, CFArrayRef array, Mutability mutability) {
    const auto& object = as<const Array>(function, array);
    auto* copy = new Array(&object.callbacks(), mutability);
    for (const void* value : object.values()) copy->append(value);
    return copy;
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

CFIndex CFArrayGetFirstIndexOfValue(CFArrayRef array, CFRange range, const void* value) {
    return index_of("CFArrayGetFirstIndexOfValue", array, range, value);
}

Boolean CFArrayContainsValue(CFArrayRef array, CFRange range, const void* value) {
    return index_of("CFArrayContainsValue", array, range, value) != kCFNotFound;
}

CFArrayRef CFArrayCreateCopy(CFAllocatorRef /*allocator*/, CFArrayRef array) {
    return reference_to<CFArrayRef>(copy_of("CFArrayCreateCopy", array, Mutability::kImmutable));
}

CFMutableArrayRef CFArrayCreateMutableCopy(CFAllocatorRef /*allocator*/, CFIndex /*capacity*/,
                                           CFArrayRef array) {
    return reference_to<CFMutableArrayRef>(copy_of("CFArrayCreateMutableCopy", array, Mutability::kMutable));
}

void CFArrayInsertValueAtIndex(CFMutableArrayRef array, CFIndex index, const void* value) {
    auto& object = mutable_array("CFArrayInsertValueAtIndex", array);
    object.insert(checked_index("CFArrayInsertValueAtIndex", object, index, 1), value);
}

void CFArraySetValueAtIndex(CFMutableArrayRef array, CFIndex index, const void* value) {
    auto& object = mutable_array("CFArraySetValueAtIndex", array);
    const auto at = checked_index("CFArraySetValueAtIndex", object, index, 1);
    object.insert(at, value);
    if (at + 1 < object.values().size()) object.remove(at + 1);
}

void CFArrayRemoveValueAtIndex(CFMutableArrayRef array, CFIndex index) {
    auto& object = mutable_array("CFArrayRemoveValueAtIndex", array);
    object.remove(checked_index("CFArrayRemoveValueAtIndex", object, index, 0));
}

void CFArrayAppendValue(CFMutableArrayRef array, const void* value) {
    mutable_array("CFArrayAppendValue", array).append(value);
}

void CFArrayRemoveAllValues(CFMutableArrayRef array) {
    mutable_array("CFArrayRemoveAllValues", array).clear();
}

}  // extern "C"
