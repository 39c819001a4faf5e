#include "minihal/cf/dictionary.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace minihal::cf {
namespace {

const void* retain_object(CFAllocatorRef /*allocator*/, const void* value) {
    return CFRetain(value);
}
void release_object(CFAllocatorRef /*allocator*/, const void* value) {
    CFRelease(value);
}

}  // namespace

size_t Dictionary::Hash::operator()(const void* key) const {
    return callback == nullptr ? std::hash<const void*>()(key) : callback(key);
}

bool Dictionary::Same::operator()(const void* first, const void* second) const {
    return first == second || (callback != nullptr && callback(first, second));
}

Dictionary::Dictionary(const CFDictionaryKeyCallBacks* keys, const CFDictionaryValueCallBacks* values,
                       Mutability mutability)
    : Object(kType),
      key_callbacks_(keys == nullptr ? CFDictionaryKeyCallBacks{} : *keys),
      value_callbacks_(values == nullptr ? CFDictionaryValueCallBacks{} : *values),
      mutability_(mutability),
      entries_(0, Hash{key_callbacks_.hash}, Same{key_callbacks_.equal}) {}

Dictionary::Dictionary(const Dictionary& other, Mutability mutability)
    : Dictionary(&other.key_callbacks_, &other.value_callbacks_, mutability) {
    for (const auto& [key, value] : other.entries_) put(key, value, IfPresent::kKeep);
}

Dictionary::~Dictionary() {
    clear();
}

void Dictionary::clear() {
    for (const auto& [key, value] :
         std::exchange(entries_, Entries(0, entries_.hash_function(), entries_.key_eq())))
        release(key, value);
}

bool Dictionary::holds_objects() const noexcept {
    return key_callbacks_.retain == kCFTypeDictionaryKeyCallBacks.retain &&
           key_callbacks_.hash == kCFTypeDictionaryKeyCallBacks.hash &&
           value_callbacks_.retain == kCFTypeDictionaryValueCallBacks.retain;
}

void Dictionary::put(const void* key, const void* value, IfPresent if_present) {
    const auto retained_value = [&] {
        return value_callbacks_.retain == nullptr ? value : value_callbacks_.retain(nullptr, value);
    };
    if (const auto found = entries_.find(key); found != entries_.end()) {
        if (if_present == IfPresent::kKeep) return;
        const void* old = found->second;
        found->second = retained_value();
        if (value_callbacks_.release != nullptr) value_callbacks_.release(nullptr, old);
        return;
    }
    const void* retained_key = key_callbacks_.retain == nullptr ? key : key_callbacks_.retain(nullptr, key);
    entries_.emplace(retained_key, retained_value());
}

void Dictionary::remove(const void* key) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return;
    const auto [old_key, old_value] = *found;
    entries_.erase(found);
    release(old_key, old_value);
}

void Dictionary::release(const void* key, const void* value) const {
    if (key_callbacks_.release != nullptr) key_callbacks_.release(nullptr, key);
    if (value_callbacks_.release != nullptr) value_callbacks_.release(nullptr, value);
}

bool Dictionary::equals(const Object& other) const noexcept {
    const auto& theirs = static_cast<const Dictionary&>(other).entries_;
    const Same same{value_callbacks_.equal};
    return entries_.size() == theirs.size() &&
           std::all_of(entries_.begin(), entries_.end(), [&](const auto& entry) {
               const auto found = theirs.find(entry.first);
               return found != theirs.end() && same(entry.second, found->second);
           });
}

}  // namespace minihal::cf

using minihal::cf::as;
using minihal::cf::Dictionary;
using minihal::cf::Mutability;
using minihal::cf::reference_to;

namespace {

Dictionary& mutable_dictionary(const char* function, CFDictionaryRef dictionary) {
    auto& object = as<Dictionary>(function, dictionary);
    if (!object.is_mutable()) minihal::cf::fail(function, "the dictionary is immutable");
    return object;
}

}  // namespace

extern "C" {

const CFDictionaryKeyCallBacks kCFTypeDictionaryKeyCallBacks = {
    0, minihal::cf::retain_object, minihal::cf::release_object, nullptr, CFEqual, CFHash};
const CFDictionaryValueCallBacks kCFTypeDictionaryValueCallBacks = {
    0, minihal::cf::retain_object, minihal::cf::release_object, nullptr, CFEqual};

CFTypeID CFDictionaryGetTypeID() {
    return static_cast<CFTypeID>(Dictionary::kType);
}

CFDictionaryRef CFDictionaryCreate(CFAllocatorRef /*allocator*/, const void** keys, const void** values,
                                   CFIndex count, const CFDictionaryKeyCallBacks* keyCallBacks,
                                   const CFDictionaryValueCallBacks* valueCallBacks) {
    auto* dictionary = new Dictionary(keyCallBacks, valueCallBacks, Mutability::kImmutable);
    for (CFIndex i = 0; i < count; ++i) {
        dictionary->put(keys[i], values[i], Dictionary::IfPresent::kKeep);
    }
    return reference_to<CFDictionaryRef>(dictionary);
}

CFDictionaryRef CFDictionaryCreateCopy(CFAllocatorRef /*allocator*/, CFDictionaryRef dictionary) {
    const auto& original = as<const Dictionary>("CFDictionaryCreateCopy", dictionary);
    return reference_to<CFDictionaryRef>(new Dictionary(original, Mutability::kImmutable));
}

CFMutableDictionaryRef CFDictionaryCreateMutable(CFAllocatorRef /*allocator*/, CFIndex /*capacity*/,
                                                 const CFDictionaryKeyCallBacks* keyCallBacks,
                                                 const CFDictionaryValueCallBacks* valueCallBacks) {
    return reference_to<CFMutableDictionaryRef>(
        new Dictionary(keyCallBacks, valueCallBacks, Mutability::kMutable));
}

CFMutableDictionaryRef CFDictionaryCreateMutableCopy(CFAllocatorRef /*allocator*/, CFIndex /*capacity*/,
                                                     CFDictionaryRef dictionary) {
    const auto& original = as<const Dictionary>("CFDictionaryCreateMutableCopy", dictionary);
    return reference_to<CFMutableDictionaryRef>(new Dictionary(original, Mutability::kMutable));
}

CFIndex CFDictionaryGetCount(CFDictionaryRef dictionary) {
    return static_cast<CFIndex>(as<const Dictionary>("CFDictionaryGetCount", dictionary).entries().size());
}

Boolean CFDictionaryContainsKey(CFDictionaryRef dictionary, const void* key) {
    return as<const Dictionary>("CFDictionaryContainsKey", dictionary).entries().contains(key);
}

const void* CFDictionaryGetValue(CFDictionaryRef dictionary, const void* key) {
    const void* value = nullptr;
    CFDictionaryGetValueIfPresent(dictionary, key, &value);
    return value;
}

Boolean CFDictionaryGetValueIfPresent(CFDictionaryRef dictionary, const void* key, const void** value) {
    const auto& entries = as<const Dictionary>("CFDictionaryGetValueIfPresent", dictionary).entries();
    const auto found = entries.find(key);
    if (found == entries.end()) return FALSE;
    if (value != nullptr) *value = found->second;
    return TRUE;
}

void CFDictionaryGetKeysAndValues(CFDictionaryRef dictionary, const void** keys, const void** values) {
    for (const auto& [key, value] :
         as<const Dictionary>("CFDictionaryGetKeysAndValues", dictionary).entries()) {
        if (keys != nullptr) *keys++ = key;
        if (values != nullptr) *values++ = value;
    }
}

void CFDictionaryAddValue(CFMutableDictionaryRef dictionary, const void* key, const void* value) {
    mutable_dictionary("CFDictionaryAddValue", dictionary).put(key, value, Dictionary::IfPresent::kKeep);
}

void CFDictionarySetValue(CFMutableDictionaryRef dictionary, const void* key, const void* value) {
    mutable_dictionary("CFDictionarySetValue", dictionary).put(key, value, Dictionary::IfPresent::kReplace);
}

void CFDictionaryRemoveAllValues(CFMutableDictionaryRef dictionary) {
    mutable_dictionary("CFDictionaryRemoveAllValues", dictionary).clear();
}

void CFDictionaryRemoveValue(CFMutableDictionaryRef dictionary, const void* key) {
    mutable_dictionary("CFDictionaryRemoveValue", dictionary).remove(key);
}

}  // extern "C"
