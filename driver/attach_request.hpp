#pragma once

#include <CoreAudio/AudioServerPlugIn.h>
#include <CoreFoundation/CoreFoundation.h>

#include <array>
#include <expected>

#include "shm/attach.hpp"
#include "shm/layout.hpp"

namespace gecko::driver {

/// Why a value of 'gshm' was refused. `step` and `reason` are literals; they and errno go into 'gsta' word for
/// word.
///
///   step       status                                    when
///   "request"  'what' kAudioHardwareUnspecifiedError     not the dictionary that shm/attach.hpp describes
///   "version"  'unop' ..UnsupportedOperationError        another protocol version, of request or segment
///   "format"   '!dat' kAudioDeviceUnsupportedFormatError geometry the driver has not, or not the announced
///   "open"     'what'                                    shm_open refused; errno says why
///   "size"     '!siz' kAudioHardwareBadPropertySizeError the segment is smaller than its geometry
///   "map"      'what'                                    mmap refused; errno says why
///   "user"     '!hog' kAudioDevicePermissionsError       the segment is not the console user's
///   "owner"    'nope' kAudioHardwareIllegalOperationError another process owns the driver and is alive
///   "busy"     'nrdy' kAudioHardwareNotReadyError        the IO thread has not left the segment before last
struct AttachFailure {
    OSStatus status;
    const char* step;
    const char* reason;
    int error_number = 0;
    std::uint32_t app_protocol = 0;  ///< of step "version": what the app speaks, where it is known
};

/// A value of 'gshm' that asks for a segment, with everything in range.
struct AttachRequest {
    std::array<char, shm::kNameLimit + 1> name;
    shm::Geometry geometry;
};

/// Whether the dictionary is {detach: true}.
bool asks_for_detach(CFDictionaryRef dictionary) noexcept;

/// Reads and checks a request; believes nothing about it but that `dictionary` is one. Control threads.
std::expected<AttachRequest, AttachFailure> parse_attach_request(CFDictionaryRef dictionary) noexcept;

}  // namespace gecko::driver
