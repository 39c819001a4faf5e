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

inline constexpr std::uint32_t kAttachProperty = 0x6773'686d;   // 'gshm'; reads as the geometry in use
inline constexpr std::uint32_t kStateProperty = 0x6773'7461;    // 'gsta', get only
inline constexpr std::uint32_t kLatencyProperty = 0x676c'6174;  // 'glat'; the latency of the app's path

inline constexpr const char* kNamePrefix = "/GeckoAudioShm.";
inline constexpr const char* kNameAlphabet = "abcdefghijklmnopqrstuvwxyz234567";  // base 32 of RFC 4648
inline constexpr std::size_t kNameRandom = 16;  // characters behind the prefix
inline constexpr std::size_t kNameLimit = 31;   // macOS PSHMNAMLEN

/// The longest path that 'glat' takes, in seconds at the rate in force.
inline constexpr std::uint32_t kMaxLatencySeconds = 2;

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
// 'glat', and in 'gsta'
inline constexpr const char* kLatency = "latency";  // number: frames
inline constexpr const char* kLatencyTime =
    "latency_us";  // number: microseconds on top; 0 if it is not there
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
inline constexpr const char* kConsoleUid = "console uid";  // number; not there if nobody sits at the machine
inline constexpr const char* kRate = "rate";               // number: Hz
inline constexpr const char* kRunning = "running";         // boolean: IO runs
inline constexpr const char* kClients = "clients";         // number: programs that the host has told of
// 'gsta', while attached; what stands in the segment and cannot be is not there
inline constexpr const char* kClientRings = "client rings";  // number
inline constexpr const char* kSteering = "steering";         // number: ppm that the app asks for
inline constexpr const char* kOvertaken = "overtaken";       // number: frames
inline constexpr const char* kUnderruns = "underruns";       // number: frames
inline constexpr const char* kAliveAge = "alive ms ago";     // number: the owner's heartbeat
inline constexpr const char* kPulledAge = "pulled ms ago";   // number: the output's last callback
}  // namespace key

}  // namespace gecko::shm
