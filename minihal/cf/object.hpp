// What every CoreFoundation object is underneath.
#pragma once

#include <CoreFoundation/CoreFoundation.h>

#include <atomic>
#include <cstdint>
#include <type_traits>

namespace minihal::cf {

enum class Type : CFTypeID {
    kAllocator = 1,
    kString,
    kBoolean,
    kNumber,
    kArray,
    kDictionary,
    kData,
    kUuid,
    kUrl,
    kBundle,
    kSet,
};

enum class Lifetime { kCounted, kImmortal };

// Says on stderr what the caller did wrong and aborts: on a Mac these calls crash or corrupt memory.
[[noreturn]] void fail(const char* function, const char* reason);

// A reference (CFStringRef, ...) is the address of this base. Made with a count of one.
class Object {
  public:
    explicit Object(Type type, Lifetime lifetime = Lifetime::kCounted) noexcept;
    Object(const Object&) = delete;
    Object& operator=(const Object&) = delete;
    virtual ~Object();

    Type type() const noexcept { return type_; }

    void retain() const noexcept;
    void release() const noexcept;
    CFIndex retain_count() const noexcept;

    // `other` has the same type.
    virtual bool equals(const Object& other) const noexcept = 0;
    virtual CFHashCode hash() const noexcept = 0;

  private:
    const Type type_;
    const bool immortal_;
    mutable std::atomic<int64_t> count_{1};
};

// An object that is there when the library is and is never destroyed: it may be used while static objects are.
template <class T>
union Permanent {
    template <class... Arguments>
    explicit Permanent(Arguments... arguments) noexcept : object(arguments...) {}
    Permanent(const Permanent&) = delete;
    Permanent& operator=(const Permanent&) = delete;
    ~Permanent() {}  // not defaulted: the object has one

    T object;
};

inline const Object& object_of(const char* function, CFTypeRef reference) {
    if (reference == nullptr) fail(function, "the object is NULL");
    return *static_cast<const Object*>(reference);
}

// The object behind a reference, when it has the type of T.
template <class T>
T* try_as(CFTypeRef reference) noexcept {
    const auto* object = static_cast<const Object*>(reference);
    if (object == nullptr || object->type() != std::remove_const_t<T>::kType) return nullptr;
    return const_cast<T*>(static_cast<const T*>(object));
}

// The same; aborts when it has another type.
template <class T>
T& as(const char* function, CFTypeRef reference) {
    T* object = try_as<T>(reference);
    if (object == nullptr) fail(function, "the object is NULL or of another type");
    return *object;
}

// The reference to an object.
template <class Ref>
Ref reference_to(const Object* object) noexcept {
    return static_cast<Ref>(const_cast<void*>(static_cast<const void*>(object)));
}

// FNV-1a.
CFHashCode hash_bytes(const void* bytes, size_t count) noexcept;

}  // namespace minihal::cf
