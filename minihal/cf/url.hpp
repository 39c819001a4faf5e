#pragma once

#include <string>

#include "minihal/cf/string.hpp"

namespace minihal::cf {

class Url final : public Object {
  public:
    static constexpr Type kType = Type::kUrl;

    // `path` is absolute, UTF-8 and has no closing slash (but for the root itself).
    Url(std::string path, bool is_directory);
    ~Url() override;

    const std::string& path() const noexcept { return path_; }
    CFStringRef text() const noexcept { return text_; }

    bool equals(const Object& other) const noexcept override {
        return CFEqual(text_, static_cast<const Url&>(other).text_);
    }
    CFHashCode hash() const noexcept override { return CFHash(text_); }

  private:
    const std::string path_;
    const CFStringRef text_;
};

}  // namespace minihal::cf
