#pragma once

#include <string>
#include <string_view>

#include "minihal/cf/object.hpp"

namespace minihal::cf {

class String final : public Object {
  public:
    static constexpr Type kType = Type::kString;

    // NULL when the text is not valid UTF-8.
    static const String* create(std::string_view utf8, Lifetime lifetime = Lifetime::kCounted);

    const std::string& utf8() const noexcept { return utf8_; }
    // UTF-16 code units.
    CFIndex length() const noexcept { return length_; }

    bool equals(const Object& other) const noexcept override;
    CFHashCode hash() const noexcept override;

  private:
    String(std::string_view utf8, CFIndex length, Lifetime lifetime);

    const std::string utf8_;
    const CFIndex length_;
};

}  // namespace minihal::cf
