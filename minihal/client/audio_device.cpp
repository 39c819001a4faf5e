// AudioDevice...: IO procs.
#include <CoreAudio/AudioHardware.h>

#include "minihal/client/library.hpp"

OSStatus AudioDeviceCreateIOProcID(AudioObjectID inDevice, AudioDeviceIOProc inProc, void* inClientData,
                                   AudioDeviceIOProcID* outIOProcID) {
    if (inProc == nullptr || outIOProcID == nullptr) return kAudioHardwareIllegalOperationError;
    const auto id = minihal::Library::instance().device(inDevice)->add(inProc, inClientData);
    if (!id) return id.error();
    *outIOProcID = *id;
    return kAudioHardwareNoError;
}

OSStatus AudioDeviceDestroyIOProcID(AudioObjectID inDevice, AudioDeviceIOProcID inIOProcID) {
    return minihal::Library::instance().device(inDevice)->remove(inIOProcID);
}

OSStatus AudioDeviceStart(AudioObjectID inDevice, AudioDeviceIOProcID inProcID) {
    return minihal::Library::instance().device(inDevice)->start(inProcID);
}

OSStatus AudioDeviceStop(AudioObjectID inDevice, AudioDeviceIOProcID inProcID) {
    return minihal::Library::instance().device(inDevice)->stop(inProcID);
}
