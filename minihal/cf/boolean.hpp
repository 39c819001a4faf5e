#pragma once

#include "minihal/cf/object.hpp"

namespace minihal::cf {

// There are two of these, kCFBooleanTrue and kCFBooleanFalse.
class BooleanObject final : public Object {
  public:
    static constexpr Type kType = Type::kBoolean;

    explicit BooleanObject(bool value) noexcept : Object(kType, Lifetime::kImmortal), value_(value) {}
    bool value() const noexcept { return value_; }

    bool equals(const Object& other) const noexcept override { return this == &other; }
    CFHashCode hash() const noexcept override { return value_ ? 1 : 0; }

  private:
    const bool value_;
};

}  // namespace minihal::cf
