#include <CoreFoundation/CFSet.h>

#include <algorithm>
#include <vector>

#include "minihal/cf/array.hpp"
#include "minihal/cf/object.hpp"

namespace minihal::cf {
namespace {

const void* retain_value(CFAllocatorRef /*allocator*/, const void* value) {
    return CFRetain(value);
}
void release_value(CFAllocatorRef /*allocator*/, const void* value) {
    CFRelease(value);
}

// Searched from end to end: a plug-in's sets are small.
class Set final : public Object {
  public:
    static constexpr Type kType = Type::kSet;

    Set(const CFSetCallBacks* callbacks, Mutability mutability)
        : Object(kType),
          callbacks_(callbacks == nullptr ? CFSetCallBacks{} : *callbacks),
          mutability_(mutability) {}
    ~Set() override { clear(); }

    const std::vector<const void*>& values() const noexcept { return values_; }
    bool is_mutable() const noexcept { return mutability_ == Mutability::kMutable; }

    const void* find(const void* value) const {
        const auto found = std::find_if(values_.begin(), values_.end(), [&](const void* own) {
            return own == value || (callbacks_.equal != nullptr && callbacks_.equal(own, value));
        });
        return found == values_.end() ? nullptr : *found;
    }
    void add(const void* value) {
        if (find(value) == nullptr)
            values_.push_back(callbacks_.retain == nullptr ? value : callbacks_.retain(nullptr, value));
    }
    void remove(const void* value) {
        const void* own = find(value);
        if (own == nullptr) return;
        std::erase(values_, own);
        if (callbacks_.release != nullptr) callbacks_.release(nullptr, own);
    }
    void clear() noexcept {
        if (callbacks_.release != nullptr)
            for (const void* value : values_) callbacks_.release(nullptr, value);
        values_.clear();
    }

    bool equals(const Object& other) const noexcept override {
        const auto& theirs = static_cast<const Set&>(other);
        return values_.size() == theirs.values_.size() &&
               std::all_of(values_.begin(), values_.end(),
                           [&](const void* value) { return theirs.find(value) != nullptr; });
    }
    CFHashCode hash() const noexcept override { return values_.size(); }

  private:
    const CFSetCallBacks callbacks_;
    const Mutability mutability_;
    std::vector<const void*> values_;
};

Set& mutable_set(const char* function, CFSetRef set) {
    auto& object = as<Set>(function, set);
    if (!object.is_mutable()) fail(function, "the set is immutable");
    return object;
}

}  // namespace
}  // namespace minihal::cf

using minihal::cf::as;
using minihal::cf::Mutability;
using minihal::cf::mutable_set;
using minihal::cf::reference_to;
using minihal::cf::Set;

extern "C" {

const CFSetCallBacks kCFTypeSetCallBacks = {
    0, minihal::cf::retain_value, minihal::cf::release_value, nullptr, CFEqual, CFHash};

CFTypeID CFSetGetTypeID() {
    return static_cast<CFTypeID>(Set::kType);
}

CFSetRef CFSetCreate(CFAllocatorRef /*allocator*/, const void** values, CFIndex count,
                     const CFSetCallBacks* callbacks) {
    auto* set = new Set(callbacks, Mutability::kImmutable);
    for (CFIndex i = 0; i < count; ++i) set->add(values[i]);
    return reference_to<CFSetRef>(set);
}

CFMutableSetRef CFSetCreateMutable(CFAllocatorRef /*allocator*/, CFIndex /*capacity*/,
                                   const CFSetCallBacks* callbacks) {
    return reference_to<CFMutableSetRef>(new Set(callbacks, Mutability::kMutable));
}

CFIndex CFSetGetCount(CFSetRef set) {
    return static_cast<CFIndex>(as<const Set>("CFSetGetCount", set).values().size());
}

Boolean CFSetContainsValue(CFSetRef set, const void* value) {
    return as<const Set>("CFSetContainsValue", set).find(value) != nullptr;
}

const void* CFSetGetValue(CFSetRef set, const void* value) {
    return as<const Set>("CFSetGetValue", set).find(value);
}

void CFSetGetValues(CFSetRef set, const void** values) {
    std::ranges::copy(as<const Set>("CFSetGetValues", set).values(), values);
}

void CFSetApplyFunction(CFSetRef set, CFSetApplierFunction function, void* context) {
    for (const void* value : as<const Set>("CFSetApplyFunction", set).values()) function(value, context);
}

void CFSetAddValue(CFMutableSetRef set, const void* value) {
    mutable_set("CFSetAddValue", set).add(value);
}

void CFSetSetValue(CFMutableSetRef set, const void* value) {
    auto& object = mutable_set("CFSetSetValue", set);
    object.remove(value);
    object.add(value);
}

void CFSetRemoveValue(CFMutableSetRef set, const void* value) {
    mutable_set("CFSetRemoveValue", set).remove(value);
}

void CFSetRemoveAllValues(CFMutableSetRef set) {
    mutable_set("CFSetRemoveAllValues", set).clear();
}

}  // extern "C"
