#pragma once

#include <vector>

#include "minihal/cf/object.hpp"

namespace minihal::cf {

enum class Mutability { kImmutable, kMutable };

class Array final : public Object {
  public:
    static constexpr Type kType = Type::kArray;

    // nullptr: the values are plain pointers.
    Array(const CFArrayCallBacks* callbacks, Mutability mutability);
    ~Array() override;

    const std::vector<const void*>& values() const noexcept { return values_; }
    bool is_mutable() const noexcept { return mutability_ == Mutability::kMutable; }
    // Whether its values are CF objects.
    bool holds_objects() const noexcept;

    void append(const void* value);
    void clear() noexcept;
    // Indices up to the count, or below it.
    void insert(size_t index, const void* value);
    void remove(size_t index);
    const CFArrayCallBacks& callbacks() const noexcept { return callbacks_; }
    bool same(const void* first, const void* second) const noexcept;

    bool equals(const Object& other) const noexcept override;
    CFHashCode hash() const noexcept override { return values_.size(); }

  private:
    const CFArrayCallBacks callbacks_;
    const Mutability mutability_;
    std::vector<const void*> values_;
};

}  // namespace minihal::cf
