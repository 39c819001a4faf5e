// The factory of the simulated devices' plug-in: one output, "Simulated Speakers" (UID SimulatedSpeakers_UID).
#pragma once

#include <CoreFoundation/CFUUID.h>

namespace minihal {

// A CFPlugIn factory as an Info.plist would name one: a new AudioServerPlugInDriverRef for
// kAudioServerPlugInTypeUUID, NULL for any other type. Any thread.
void* create_simulated_hardware(CFAllocatorRef allocator, CFUUIDRef type);

// What the crystals of simulated devices run fast by, ppm, from the next start of each device on; the host clock keeps perfect
// time. Any thread.
void set_crystal_error(double ppm);

}  // namespace minihal
