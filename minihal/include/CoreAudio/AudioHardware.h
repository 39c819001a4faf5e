/* The client API of the HAL, as far as this project's programs use it: properties of objects, property
 * listeners, IO procs.
 *
 * Written from the published interface: names, values and layouts are Apple's, the text is this project's.
 *
 * Every function may be called from any thread, from an IO proc and from a listener included; none of them
 * but AudioGetCurrentHostTime() is fit for a real-time thread. Errors are returned as OSStatus
 * (AudioHardwareBase.h); kAudioHardwareNotRunningError says that there is no server to talk to. */
#pragma once

#include <CoreAudio/AudioHardwareBase.h>

#if defined(__GNUC__)
#pragma GCC system_header /* the four-character constants are multi-character literals */
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The object that stands for the whole system. */
CF_ENUM(AudioObjectID){kAudioObjectSystemObject = 1};
CF_ENUM(AudioClassID){kAudioSystemObjectClassID = 'asys'};

typedef AudioObjectID AudioDeviceID;
typedef AudioObjectID AudioStreamID;

CF_ENUM(AudioObjectPropertySelector){kAudioObjectPropertyCreator = 'oplg',
                                     kAudioObjectPropertyListenerAdded = 'lisa',
                                     kAudioObjectPropertyListenerRemoved = 'lisr',
                                     kAudioHardwarePropertyDevices = 'dev#',
                                     kAudioHardwarePropertyDefaultInputDevice = 'dIn ',
                                     kAudioHardwarePropertyDefaultOutputDevice = 'dOut',
                                     kAudioHardwarePropertyDefaultSystemOutputDevice = 'sOut',
                                     kAudioHardwarePropertyTranslateUIDToDevice = 'uidd',
                                     kAudioHardwarePropertyMixStereoToMono = 'stmo',
                                     kAudioHardwarePropertyPlugInList = 'plg#',
                                     kAudioHardwarePropertyTranslateBundleIDToPlugIn = 'bidp',
                                     kAudioHardwarePropertyBoxList = 'box#',
                                     kAudioHardwarePropertyTranslateUIDToBox = 'uidb',
                                     kAudioHardwarePropertyServiceRestarted = 'srst',
                                     kAudioHardwarePropertyPowerHint = 'powh',
                                     kAudioHardwarePropertyRunLoop = 'rnlp'};

/* Properties of devices that the HAL itself provides to clients. */
CF_ENUM(AudioObjectPropertySelector){kAudioDevicePropertyPlugIn = 'plug',
                                     kAudioDevicePropertyDeviceHasChanged = 'diff',
                                     kAudioDevicePropertyDeviceIsRunningSomewhere = 'gone',
                                     kAudioDeviceProcessorOverload = 'over',
                                     kAudioDevicePropertyIOStoppedAbnormally = 'stpd',
                                     kAudioDevicePropertyHogMode = 'oink',
                                     kAudioDevicePropertyBufferFrameSize = 'fsiz',
                                     kAudioDevicePropertyBufferFrameSizeRange = 'fsz#',
                                     kAudioDevicePropertyUsesVariableBufferFrameSizes = 'vfsz',
                                     kAudioDevicePropertyIOCycleUsage = 'ncyc',
                                     kAudioDevicePropertyStreamConfiguration = 'slay',
                                     kAudioDevicePropertyIOProcStreamUsage = 'suse',
                                     kAudioDevicePropertyActualSampleRate = 'asrt',
                                     kAudioDevicePropertyClockDevice = 'apcd',
                                     kAudioDevicePropertyJackIsConnected = 'jack',
                                     kAudioDevicePropertyVolumeScalar = 'volm',
                                     kAudioDevicePropertyVolumeDecibels = 'vold',
                                     kAudioDevicePropertyVolumeRangeDecibels = 'vdb#',
                                     kAudioDevicePropertyVolumeScalarToDecibels = 'v2db',
                                     kAudioDevicePropertyVolumeDecibelsToScalar = 'db2v',
                                     kAudioDevicePropertyMute = 'mute'};

/* Aggregate devices: what they are made of, as an array of UIDs. */
CF_ENUM(AudioClassID){kAudioAggregateDeviceClassID = 'aagg'};
CF_ENUM(AudioObjectPropertySelector){kAudioAggregateDevicePropertyFullSubDeviceList = 'grup'};

/* kAudioDevicePropertyIOProcStreamUsage, in the input or the output scope: the streams that an IO proc wants. It is named by mIOProc when
 * the value is got, too. Buffers of streams that are off come without data. */
struct AudioHardwareIOProcStreamUsage {
    void* mIOProc;
    UInt32 mNumberStreams;
    UInt32 mStreamIsOn[1]; /* mNumberStreams of them */
};
typedef struct AudioHardwareIOProcStreamUsage AudioHardwareIOProcStreamUsage;
static_assert(sizeof(AudioHardwareIOProcStreamUsage) == 16, "AudioHardwareIOProcStreamUsage");

/* Called on a thread of the library, never on an IO thread, with the properties that changed. */
typedef OSStatus (*AudioObjectPropertyListenerProc)(AudioObjectID inObjectID, UInt32 inNumberAddresses,
                                                    const AudioObjectPropertyAddress* inAddresses,
                                                    void* inClientData);

/* Called on the device's IO thread once a cycle. Buffers are Float32, one AudioBuffer a stream, interleaved;
 * those of the output are zeroed. */
typedef OSStatus (*AudioDeviceIOProc)(AudioObjectID inDevice, const AudioTimeStamp* inNow,
                                      const AudioBufferList* inInputData, const AudioTimeStamp* inInputTime,
                                      AudioBufferList* outOutputData, const AudioTimeStamp* inOutputTime,
                                      void* inClientData);
typedef AudioDeviceIOProc AudioDeviceIOProcID;

MINIHAL_COREAUDIO_EXPORT Boolean AudioObjectHasProperty(AudioObjectID inObjectID,
                                                        const AudioObjectPropertyAddress* inAddress);

MINIHAL_COREAUDIO_EXPORT OSStatus AudioObjectIsPropertySettable(AudioObjectID inObjectID,
                                                                const AudioObjectPropertyAddress* inAddress,
                                                                Boolean* outIsSettable);

MINIHAL_COREAUDIO_EXPORT OSStatus AudioObjectGetPropertyDataSize(AudioObjectID inObjectID,
                                                                 const AudioObjectPropertyAddress* inAddress,
                                                                 UInt32 inQualifierDataSize,
                                                                 const void* inQualifierData,
                                                                 UInt32* outDataSize);

/* ioDataSize: bytes at outData, then bytes written. The caller releases a CF value it gets. */
MINIHAL_COREAUDIO_EXPORT OSStatus AudioObjectGetPropertyData(AudioObjectID inObjectID,
                                                             const AudioObjectPropertyAddress* inAddress,
                                                             UInt32 inQualifierDataSize,
                                                             const void* inQualifierData, UInt32* ioDataSize,
                                                             void* outData);

MINIHAL_COREAUDIO_EXPORT OSStatus AudioObjectSetPropertyData(AudioObjectID inObjectID,
                                                             const AudioObjectPropertyAddress* inAddress,
                                                             UInt32 inQualifierDataSize,
                                                             const void* inQualifierData, UInt32 inDataSize,
                                                             const void* inData);

/* Selector, scope and element may each be the wildcard. */
MINIHAL_COREAUDIO_EXPORT OSStatus AudioObjectAddPropertyListener(AudioObjectID inObjectID,
                                                                 const AudioObjectPropertyAddress* inAddress,
                                                                 AudioObjectPropertyListenerProc inListener,
                                                                 void* inClientData);

MINIHAL_COREAUDIO_EXPORT OSStatus
AudioObjectRemovePropertyListener(AudioObjectID inObjectID, const AudioObjectPropertyAddress* inAddress,
                                  AudioObjectPropertyListenerProc inListener, void* inClientData);

MINIHAL_COREAUDIO_EXPORT OSStatus AudioDeviceCreateIOProcID(AudioObjectID inDevice, AudioDeviceIOProc inProc,
                                                            void* inClientData,
                                                            AudioDeviceIOProcID* outIOProcID);

/* Stops the IO proc if it runs. */
MINIHAL_COREAUDIO_EXPORT OSStatus AudioDeviceDestroyIOProcID(AudioObjectID inDevice,
                                                             AudioDeviceIOProcID inIOProcID);

MINIHAL_COREAUDIO_EXPORT OSStatus AudioDeviceStart(AudioObjectID inDevice, AudioDeviceIOProcID inProcID);

/* When it returns, the IO proc is not running and will not be called again, unless it is itself the caller.
 */
MINIHAL_COREAUDIO_EXPORT OSStatus AudioDeviceStop(AudioObjectID inDevice, AudioDeviceIOProcID inProcID);

#ifdef __cplusplus
}
#endif
