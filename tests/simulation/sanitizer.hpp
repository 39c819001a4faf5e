#pragma once

/// Sanitizers make everything many times slower; spans may be shorter then, and rates lower.
namespace gecko::simulation {

#if defined(__has_feature)
inline constexpr bool kSanitized = __has_feature(address_sanitizer) || __has_feature(realtime_sanitizer);
inline constexpr bool kThreadSanitized = __has_feature(thread_sanitizer);
#elif defined(__SANITIZE_ADDRESS__)
inline constexpr bool kSanitized = true;
inline constexpr bool kThreadSanitized = false;
#else
inline constexpr bool kSanitized = false;
inline constexpr bool kThreadSanitized = false;
#endif

}  // namespace gecko::simulation
