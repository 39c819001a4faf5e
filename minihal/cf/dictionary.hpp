#pragma once

#include <unordered_map>

#include "minihal/cf/array.hpp"
#include "minihal/cf/object.hpp"

namespace minihal::cf {

class Dictionary final : public Object {
  public:
    static constexpr Type kType = Type::kDictionary;

    // nullptr: plain pointers.
    Dictionary(const CFDictionaryKeyCallBacks* keys, const CFDictionaryValueCallBacks* values,
               Mutability mutability);
    // The entries of another, with its callbacks.
    Dictionary(const Dictionary& other, Mutability mutability);
    ~Dictionary() override;

    struct Hash {
        CFDictionaryHashCallBack callback;
        size_t operator()(const void* key) const;
    };
    struct Same {
        CFDictionaryEqualCallBack callback;
        bool operator()(const void* first, const void* second) const;
    };
    using Entries = std::unordered_map<const void*, const void*, Hash, Same>;

    const Entries& entries() const noexcept { return entries_; }
    bool is_mutable() const noexcept { return mutability_ == Mutability::kMutable; }
    // Whether its keys and values are CF objects.
    bool holds_objects() const noexcept;

    enum class IfPresent { kKeep, kReplace };
    void put(const void* key, const void* value, IfPresent if_present);
    void remove(const void* key);
    void clear();

    bool equals(const Object& other) const noexcept override;
    CFHashCode hash() const noexcept override { return entries_.size(); }

  private:
    void release(const void* key, const void* value) const;

    const CFDictionaryKeyCallBacks key_callbacks_;
    const CFDictionaryValueCallBacks value_callbacks_;
    const Mutability mutability_;
    Entries entries_;
};

}  // namespace minihal::cf
