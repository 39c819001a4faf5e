// What a loaded program finds: minihal's CoreFoundation as it is, and of libSystem what C plug-ins use. Where Darwin differs
// from Linux in numbers, structures or manners, an adapter stands between (darwin_*.cpp). Those differences are from
// published headers and sources; they have not been compared with a Mac.
#pragma once

#include <span>
#include <string_view>

#include "minihal/macho/image.hpp"

namespace minihal::macho {

// nullptr: that library has nothing of the name, which is the file's (a C function's begins with an underscore). Any thread.
const void* provided(Dylib dylib, std::string_view name) noexcept;

struct Provided {
    std::string_view name;  // the file's
    const void* address = nullptr;
};
template <typename T>
Provided entry(std::string_view name, T* what) noexcept {
    return {name, reinterpret_cast<const void*>(what)};
}

// By subject.
std::span<const Provided> provided_errors() noexcept;
std::span<const Provided> provided_files() noexcept;
std::span<const Provided> provided_text() noexcept;
std::span<const Provided> provided_threads() noexcept;
std::span<const Provided> provided_locks() noexcept;
std::span<const Provided> provided_time() noexcept;
std::span<const Provided> provided_runtime() noexcept;
// Functions with variable arguments, and of CoreFoundation those that the two systems call differently on this processor.
std::span<const Provided> provided_variadics() noexcept;
std::span<const Provided> provided_core_foundation() noexcept;

}  // namespace minihal::macho
