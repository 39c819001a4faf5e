// How a test finds a leak of CoreFoundation objects.
#pragma once

#include <cstdint>

#include "minihal/system/export.hpp"

namespace minihal {

// Objects made and not yet destroyed in this process, without the immortal ones. Any thread.
MINIHAL_EXPORT int64_t live_object_count() noexcept;

}  // namespace minihal
