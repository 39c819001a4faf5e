// AudioDevice...: IO procs.
#include <CoreAudio/AudioHardware.h>

#include "minihal/client/client_library.hpp"

OSStatus AudioDeviceCreateIOProcID(AudioObjectID inDevice, AudioDeviceIOProc inProc, void* inClientData,
                                   AudioDeviceIOProcID* outIOProcID) {
    if (inProc == nullptr || outIOProcID == nullptr) return kAudioHardwareIllegalOperationError;
    const auto id = minihal::client_library().add_proc(inDevice, inProc, inClientData);
    if (!id) return id.error();
    *outIOProcID = *id;
    return kAudioHardwareNoError;
}

OSStatus AudioDeviceDestroyIOProcID(AudioObjectID inDevice, AudioDeviceIOProcID inIOProcID) {
    return minihal::client_library().remove_proc(inDevice, inIOProcID);
}

OSStatus AudioDeviceStart(AudioObjectID inDevice, AudioDeviceIOProcID inProcID) {
    return minihal::client_library().start_proc(inDevice, inProcID);
}

OSStatus AudioDeviceStop(AudioObjectID inDevice, AudioDeviceIOProcID inProcID) {
    return minihal::client_library().stop_proc(inDevice, inProcID);
}
