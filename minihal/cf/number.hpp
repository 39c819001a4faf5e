#pragma once

#include <cstdint>
#include <variant>

#include "minihal/cf/object.hpp"

namespace minihal::cf {

class Number final : public Object {
  public:
    static constexpr Type kType = Type::kNumber;

    // An integer of any width, or a float of either, and the fixed-size type that it came in.
    using Value = std::variant<int64_t, double>;
    Number(CFNumberType type, Value value) noexcept : Object(kType), number_type_(type), value_(value) {}

    CFNumberType number_type() const noexcept { return number_type_; }
    const Value& value() const noexcept { return value_; }

    bool equals(const Object& other) const noexcept override;
    CFHashCode hash() const noexcept override;

  private:
    const CFNumberType number_type_;
    const Value value_;
};

}  // namespace minihal::cf
