#pragma once

#include <string>
#include <string_view>

#include "minihal/cf/object.hpp"

namespace minihal::cf {

class Data final : public Object {
  public:
    static constexpr Type kType = Type::kData;

    explicit Data(std::string_view bytes) : Object(kType), bytes_(bytes) {}
    const std::string& bytes() const noexcept { return bytes_; }

    bool equals(const Object& other) const noexcept override {
        return bytes_ == static_cast<const Data&>(other).bytes_;
    }
    CFHashCode hash() const noexcept override { return hash_bytes(bytes_.data(), bytes_.size()); }

  private:
    const std::string bytes_;
};

}  // namespace minihal::cf
