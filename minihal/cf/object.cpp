#include "minihal/cf/object.hpp"

#include <cstdio>
#include <cstdlib>
#include <limits>

#include "minihal/cf/live_objects.hpp"

namespace minihal {
namespace {

constinit std::atomic<int64_t> live_objects{0};

}  // namespace

int64_t live_object_count() noexcept {
    return live_objects.load(std::memory_order_relaxed);
}

namespace cf {

void fail(const char* function, const char* reason) {
    std::fprintf(stderr, "minihal: %s: %s\n", function, reason);
    std::abort();
}

Object::Object(Type type, Lifetime lifetime) noexcept
    : type_(type), immortal_(lifetime == Lifetime::kImmortal) {
    if (!immortal_) live_objects.fetch_add(1, std::memory_order_relaxed);
}

Object::~Object() {
    if (!immortal_) live_objects.fetch_sub(1, std::memory_order_relaxed);
}

void Object::retain() const noexcept {
    if (immortal_) return;
    if (count_.fetch_add(1, std::memory_order_relaxed) <= 0) fail("CFRetain", "the object is gone already");
}

void Object::release() const noexcept {
    if (immortal_) return;
    const int64_t before = count_.fetch_sub(1, std::memory_order_acq_rel);
    if (before <= 0) fail("CFRelease", "released more often than retained");
    if (before == 1) delete this;
}

CFIndex Object::retain_count() const noexcept {
    return immortal_ ? std::numeric_limits<CFIndex>::max() : CFIndex{count_.load(std::memory_order_relaxed)};
}

CFHashCode hash_bytes(const void* bytes, size_t count) noexcept {
    const auto* byte = static_cast<const unsigned char*>(bytes);
    CFHashCode hash = 0xcbf2'9ce4'8422'2325;
    for (size_t i = 0; i < count; ++i) hash = (hash ^ byte[i]) * 0x100'0000'01b3;
    return hash;
}

namespace {

class Allocator final : public Object {
  public:
    Allocator() noexcept : Object(Type::kAllocator, Lifetime::kImmortal) {}
    bool equals(const Object& other) const noexcept override { return this == &other; }
    CFHashCode hash() const noexcept override { return 0; }
};

const Permanent<Allocator> heap;

}  // namespace
}  // namespace cf
}  // namespace minihal

using minihal::cf::heap;
using minihal::cf::object_of;
using minihal::cf::reference_to;

extern "C" {

const CFAllocatorRef kCFAllocatorDefault = nullptr;
const CFAllocatorRef kCFAllocatorSystemDefault = reference_to<CFAllocatorRef>(&heap.object);
const CFAllocatorRef kCFAllocatorMalloc = reference_to<CFAllocatorRef>(&heap.object);

CFTypeRef CFRetain(CFTypeRef object) {
    object_of("CFRetain", object).retain();
    return object;
}

void CFRelease(CFTypeRef object) {
    object_of("CFRelease", object).release();
}

CFIndex CFGetRetainCount(CFTypeRef object) {
    return object_of("CFGetRetainCount", object).retain_count();
}

CFTypeID CFGetTypeID(CFTypeRef object) {
    return static_cast<CFTypeID>(object_of("CFGetTypeID", object).type());
}

Boolean CFEqual(CFTypeRef first, CFTypeRef second) {
    const auto& a = object_of("CFEqual", first);
    const auto& b = object_of("CFEqual", second);
    return &a == &b || (a.type() == b.type() && a.equals(b));
}

CFHashCode CFHash(CFTypeRef object) {
    return object_of("CFHash", object).hash();
}

}  // extern "C"
