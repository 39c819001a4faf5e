#pragma once

namespace gecko::simulation {

/// Sanitizers make everything many times slower; spans may be shorter then.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)
inline constexpr bool kSanitized = __has_feature(address_sanitizer) || __has_feature(realtime_sanitizer);
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace gecko::simulation
