#include "minihal/cf/number.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <type_traits>

namespace minihal::cf {
namespace {

// The float's value as an integer, when it has one.
std::optional<int64_t> whole(double value) noexcept {
    // 2^63 is the first double beyond the range.
    if (!(value >= -0x1p63 && value < 0x1p63) || value != std::trunc(value)) return std::nullopt;
    return static_cast<int64_t>(value);
}

// Numbers of equal value compare equal whatever their type, as on a Mac; so integers are brought to one form.
Number::Value canonical(const Number::Value& value) noexcept {
    if (const auto* real = std::get_if<double>(&value)) {
        if (const auto integer = whole(*real)) return *integer;
    }
    return value;
}

// The type with a fixed size that stands for `type`, or nothing for a number that is no type.
std::optional<CFNumberType> fixed(CFNumberType type) noexcept {
    switch (type) {
        case kCFNumberSInt8Type:
        case kCFNumberCharType:
            return kCFNumberSInt8Type;
        case kCFNumberSInt16Type:
        case kCFNumberShortType:
            return kCFNumberSInt16Type;
        case kCFNumberSInt32Type:
        case kCFNumberIntType:
            return kCFNumberSInt32Type;
        case kCFNumberSInt64Type:
        case kCFNumberLongType:
        case kCFNumberLongLongType:
        case kCFNumberCFIndexType:
        case kCFNumberNSIntegerType:
            return kCFNumberSInt64Type;
        case kCFNumberFloat32Type:
        case kCFNumberFloatType:
            return kCFNumberFloat32Type;
        case kCFNumberFloat64Type:
        case kCFNumberDoubleType:
        case kCFNumberCGFloatType:
            return kCFNumberFloat64Type;
    }
    return std::nullopt;
}

template <class T>
Number::Value load(const void* source) noexcept {
    T value{};
    std::memcpy(&value, source, sizeof(T));
    if constexpr (std::is_floating_point_v<T>) {
        return static_cast<double>(value);
    } else {
        return static_cast<int64_t>(value);
    }
}

// Calls `action` with a value of the C type that stands for a fixed-size type.
template <class Action>
auto with_c_type(CFNumberType type, Action action) {
    switch (type) {
        case kCFNumberSInt8Type:
            return action(int8_t{});
        case kCFNumberSInt16Type:
            return action(int16_t{});
        case kCFNumberSInt32Type:
            return action(int32_t{});
        case kCFNumberFloat32Type:
            return action(float{});
        case kCFNumberFloat64Type:
            return action(double{});
        default:
            return action(int64_t{});
    }
}

template <class T>
bool store(int64_t value, void* target) noexcept {
    const T converted = static_cast<T>(value);
    std::memcpy(target, &converted, sizeof(T));
    if constexpr (std::is_floating_point_v<T>) {
        return whole(static_cast<double>(converted)) == value;
    } else {
        return converted == value;
    }
}

template <class T>
bool store(double value, void* target) noexcept {
    if constexpr (std::is_same_v<T, double>) {
        std::memcpy(target, &value, sizeof(T));
        return true;
    } else if constexpr (std::is_same_v<T, float>) {
        const float converted = static_cast<float>(value);
        std::memcpy(target, &converted, sizeof(T));
        return static_cast<double>(converted) == value || std::isnan(value);
    } else {
        constexpr double kLow = static_cast<double>(std::numeric_limits<T>::min());
        constexpr double kBeyond = -kLow;  // the range of an integer ends before this
        T converted = 0;
        if (value >= kBeyond) {
            converted = std::numeric_limits<T>::max();
        } else if (value <= kLow) {
            converted = std::numeric_limits<T>::min();
        } else if (!std::isnan(value)) {
            converted = static_cast<T>(value);
        }
        std::memcpy(target, &converted, sizeof(T));
        const auto integer = whole(value);
        return integer && *integer == converted;
    }
}

}  // namespace

bool Number::equals(const Object& other) const noexcept {
    const Value a = canonical(value_);
    const Value b = canonical(static_cast<const Number&>(other).value_);
    const auto* real_a = std::get_if<double>(&a);
    const auto* real_b = std::get_if<double>(&b);
    if (real_a != nullptr && real_b != nullptr) {
        return *real_a == *real_b || (std::isnan(*real_a) && std::isnan(*real_b));
    }
    const auto* integer_a = std::get_if<int64_t>(&a);
    const auto* integer_b = std::get_if<int64_t>(&b);
    return integer_a != nullptr && integer_b != nullptr && *integer_a == *integer_b;
}

CFHashCode Number::hash() const noexcept {
    const Value value = canonical(value_);
    if (const auto* integer = std::get_if<int64_t>(&value)) return hash_bytes(integer, sizeof *integer);
    const auto* real = std::get_if<double>(&value);
    // NaNs of any bits are equal.
    if (real == nullptr || std::isnan(*real)) return 0;
    return hash_bytes(real, sizeof *real);
}

}  // namespace minihal::cf

using minihal::cf::as;
using minihal::cf::Number;

extern "C" {

CFTypeID CFNumberGetTypeID() {
    return static_cast<CFTypeID>(Number::kType);
}

CFNumberRef CFNumberCreate(CFAllocatorRef /*allocator*/, CFNumberType type, const void* value) {
    const auto fixed = minihal::cf::fixed(type);
    if (!fixed || value == nullptr) return nullptr;
    const Number::Value loaded = minihal::cf::with_c_type(
        *fixed, [value](auto zero) { return minihal::cf::load<decltype(zero)>(value); });
    return minihal::cf::reference_to<CFNumberRef>(new Number(*fixed, loaded));
}

CFNumberType CFNumberGetType(CFNumberRef number) {
    return as<const Number>("CFNumberGetType", number).number_type();
}

Boolean CFNumberIsFloatType(CFNumberRef number) {
    return std::holds_alternative<double>(as<const Number>("CFNumberIsFloatType", number).value());
}

Boolean CFNumberGetValue(CFNumberRef number, CFNumberType type, void* value) {
    const Number::Value& held = as<const Number>("CFNumberGetValue", number).value();
    const auto fixed = minihal::cf::fixed(type);
    if (!fixed || value == nullptr) return FALSE;
    return minihal::cf::with_c_type(*fixed, [&held, value](auto zero) -> bool {
        return std::visit(
            [value](auto content) { return minihal::cf::store<decltype(zero)>(content, value); }, held);
    });
}

}  // extern "C"
