#pragma once

#include <cstddef>
#include <cstdint>

/// The words in which app and driver agree on a segment: device, custom properties, dictionary keys.
///
/// The app creates a segment named kNamePrefix + 16 random base-32 characters and sets the driver's property
/// 'gshm' to a dictionary {name, abi, channels, frames}; the driver opens, checks and maps it inside that
/// call, so its error reaches the caller; the app then unlinks the name. {detach: true} ends it. 'gsta' reads
/// the driver's state. Both are property lists.
namespace gecko::shm {

inline constexpr const char* kDeviceUid = "GeckoSink_UID";
inline constexpr const char* kDeviceName = "Gecko Sink";
inline constexpr const char* kDriverBundleId = "com.gecko.driver.AudioDevice";
inline constexpr const char* kAppBundleId = "com.gecko.app";

inline constexpr std::uint32_t kAttachProperty = 0x6773'686d;  // 'gshm'; reads as the geometry in use
inline constexpr std::uint32_t kStateProperty = 0x6773'7461;   // 'gsta', get only

inline constexpr const char* kNamePrefix = "/GeckoAudioShm.";
inline constexpr const char* kNameAlphabet = "abcdefghijklmnopqrstuvwxyz234567";  // base 32 of RFC 4648
inline constexpr std::size_t kNameRandom = 16;  // characters behind the prefix
inline constexpr std::size_t kNameLimit = 31;   // macOS PSHMNAMLEN

/// What the driver publishes beside, if its bundle asks for it (driver/publish.hpp).
inline constexpr const char* kFixedName = "/GeckoAudioShm";

/// The owner's `alive` heartbeat is stale after this; until then a second attach is refused.
inline constexpr std::uint64_t kAliveLimitNs = 3'000'000'000;
/// The `pulled` heartbeat is stale after this; the driver's clock then goes back to nominal.
inline constexpr std::uint64_t kPullLimitNs = 2'000'000'000;

namespace key {
// 'gshm'
inline constexpr const char* kName = "name";          // string
inline constexpr const char* kAbi = "abi";            // number: kProtocolVersion
inline constexpr const char* kChannels = "channels";  // number
inline constexpr const char* kFrames = "frames";      // number: of each ring
inline constexpr const char* kDetach = "detach";      // boolean, alone
// 'gsta'
inline constexpr const char* kDriverVersion = "driver version";  // string
inline constexpr const char* kProtocol = "protocol";             // number
inline constexpr const char* kAttached = "attached";             // boolean
inline constexpr const char* kOwnerUid = "owner uid";            // number, while attached
inline constexpr const char* kOwnerPid = "owner pid";            // number, while attached
inline constexpr const char* kLastError = "last error";          // string for people, "" if none
inline constexpr const char* kLastStep =
    "last step";  // string: which step failed (driver/attach_request.hpp)
inline constexpr const char* kLastErrno = "last errno";        // number, 0 if none
inline constexpr const char* kPublished = "published";         // boolean: kFixedName is being written
inline constexpr const char* kPublishError = "publish error";  // string for people, "" if none
}  // namespace key

}  // namespace gecko::shm
