/* Host time (ticks of mach_absolute_time()) and nanoseconds.
 *
 * Written from the published interface: names are Apple's, the text is this project's. */
#pragma once

#include <CoreAudio/CoreAudioTypes.h>

#ifdef __cplusplus
extern "C" {
#endif

MINIHAL_COREAUDIO_EXPORT UInt64 AudioGetCurrentHostTime(void);
MINIHAL_COREAUDIO_EXPORT Float64 AudioGetHostClockFrequency(void); /* ticks a second */
MINIHAL_COREAUDIO_EXPORT UInt64 AudioConvertHostTimeToNanos(UInt64 inHostTime);
MINIHAL_COREAUDIO_EXPORT UInt64 AudioConvertNanosToHostTime(UInt64 inNanos);

#ifdef __cplusplus
}
#endif
