// Bytes, strings and numbers that Darwin's C library has and this one lacks, and that clang for Darwin calls on its own.
#include <array>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "minihal/macho/darwin.hpp"

namespace minihal::macho {

namespace {

template <std::size_t Size>
void memset_pattern(void* to, const void* pattern, std::size_t size) noexcept {
    auto* at = static_cast<char*>(to);
    for (; size >= Size; size -= Size, at += Size) std::memcpy(at, pattern, Size);
    std::memcpy(at, pattern, size);
}

std::size_t copy_text(char* to, const char* from, std::size_t size) noexcept {
    const auto length = std::strlen(from);
    if (size != 0) {
        const auto copied = std::min(length, size - 1);
        std::memcpy(to, from, copied);
        to[copied] = 0;
    }
    return length;
}
std::size_t append_text(char* to, const char* from, std::size_t size) noexcept {
    const auto before = strnlen(to, size);
    return before + copy_text(to + before, from, size - before);
}
std::size_t checked_copy_text(char* to, const char* from, std::size_t size, std::size_t) noexcept {
    return copy_text(to, from, size);
}
std::size_t checked_append_text(char* to, const char* from, std::size_t size, std::size_t) noexcept {
    return append_text(to, from, size);
}

template <typename T>
struct SineAndCosine {
    T sine, cosine;
};
template <typename T>
SineAndCosine<T> sine_and_cosine(T angle) noexcept {
    return {std::sin(angle), std::cos(angle)};
}
double power_of_ten(double exponent) noexcept {
    return std::pow(10.0, exponent);
}
float power_of_ten(float exponent) noexcept {
    return std::pow(10.0F, exponent);
}

void zero(void* memory, std::size_t size) noexcept {
    std::memset(memory, 0, size);
}

}  // namespace

std::span<const Provided> provided_text() noexcept {
    static const std::array kTable = {
        entry("_memset_pattern4", &memset_pattern<4>),
        entry("_memset_pattern8", &memset_pattern<8>),
        entry("_memset_pattern16", &memset_pattern<16>),
        entry("___bzero", &zero),
        entry("_strlcpy", &copy_text),
        entry("_strlcat", &append_text),
        entry("___strlcpy_chk", &checked_copy_text),
        entry("___strlcat_chk", &checked_append_text),
        entry<int(int)>("___tolower", &::tolower),
        entry<int(int)>("___toupper", &::toupper),
        entry("___sincos_stret", &sine_and_cosine<double>),
        entry("___sincosf_stret", &sine_and_cosine<float>),
        entry<double(double)>("___exp10", &power_of_ten),
        entry<float(float)>("___exp10f", &power_of_ten),
        entry("___stdoutp", &stdout),
        entry("___stderrp", &stderr),
    };
    return kTable;
}

}  // namespace minihal::macho
