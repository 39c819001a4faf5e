/* The interface between the HAL and its plug-ins: what a driver in /Library/Audio/Plug-Ins/HAL implements and
 * what the host offers it.
 *
 * Written from the published interface: names, values, order and layouts are Apple's, the text is this
 * project's.
 *
 * Threads: the IO operations (GetZeroTimeStamp, Begin-, Do- and EndIOOperation) come on the host's real-time
 * IO thread, everything else on other threads of the host, several of them at once. The functions of the host
 * interface may be called from any thread but the IO thread. */
#pragma once

#include <CoreAudio/AudioHardwareBase.h>
#include <CoreFoundation/CFPlugInCOM.h>
#include <CoreFoundation/CoreFoundation.h>
#include <sys/types.h>

#if defined(__GNUC__)
#pragma GCC system_header /* the four-character constants are multi-character literals */
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The plug-in type that the host looks for in CFPlugInTypes: 443ABAB8-E7B3-491A-B985-BEB9187030DB. */
#define kAudioServerPlugInTypeUUID                                                                         \
    CFUUIDGetConstantUUIDWithBytes(NULL, 0x44, 0x3A, 0xBA, 0xB8, 0xE7, 0xB3, 0x49, 0x1A, 0xB9, 0x85, 0xBE, \
                                   0xB9, 0x18, 0x70, 0x30, 0xDB)

/* The interface that it asks the factory's object for: EEA5773D-CC43-49F1-8E00-8F96E7D23B17. */
#define kAudioServerPlugInDriverInterfaceUUID                                                              \
    CFUUIDGetConstantUUIDWithBytes(NULL, 0xEE, 0xA5, 0x77, 0x3D, 0xCC, 0x43, 0x49, 0xF1, 0x8E, 0x00, 0x8F, \
                                   0x96, 0xE7, 0xD2, 0x3B, 0x17)

struct AudioServerPlugInDriverInterface;
typedef struct AudioServerPlugInDriverInterface AudioServerPlugInDriverInterface;
typedef AudioServerPlugInDriverInterface** AudioServerPlugInDriverRef;

struct AudioServerPlugInHostInterface;
typedef struct AudioServerPlugInHostInterface AudioServerPlugInHostInterface;
typedef const AudioServerPlugInHostInterface* AudioServerPlugInHostRef;

/* What the host can carry between the processes for a property it does not know. */
typedef UInt32 AudioServerPlugInCustomPropertyDataType;
CF_ENUM(AudioServerPlugInCustomPropertyDataType){
    kAudioServerPlugInCustomPropertyDataTypeNone = 0,
    kAudioServerPlugInCustomPropertyDataTypeCFString = 'cfst',
    kAudioServerPlugInCustomPropertyDataTypeCFPropertyList = 'plst'};

struct AudioServerPlugInCustomPropertyInfo {
    AudioObjectPropertySelector mSelector;
    AudioServerPlugInCustomPropertyDataType mPropertyDataType;
    AudioServerPlugInCustomPropertyDataType mQualifierDataType;
};
typedef struct AudioServerPlugInCustomPropertyInfo AudioServerPlugInCustomPropertyInfo;

/* A process, or one of several users of the device within one process. Valid only during the call. */
struct AudioServerPlugInClientInfo {
    UInt32 mClientID;
    pid_t mProcessID;
    Boolean mIsNativeEndian;
    CFStringRef mBundleID;
};
typedef struct AudioServerPlugInClientInfo AudioServerPlugInClientInfo;

/* One turn of the device's IO. Times are on the device's time line; the counter restarts at 1 with a new one.
 */
struct AudioServerPlugInIOCycleInfo {
    UInt64 mIOCycleCounter;
    UInt32 mNominalIOBufferFrameSize;
    AudioTimeStamp mCurrentTime;
    AudioTimeStamp mInputTime;
    AudioTimeStamp mOutputTime;
    Float64 mMainHostTicksPerFrame;
    Float64 mDeviceHostTicksPerFrame;
};
typedef struct AudioServerPlugInIOCycleInfo AudioServerPlugInIOCycleInfo;

CF_ENUM(AudioObjectID){kAudioObjectPlugInObject = 1};

/* Client ID in operations that belong to the device's IO as a whole. */
CF_ENUM(AudioObjectID){kAudioServerPlugInHostClientID = 0};

CF_ENUM(AudioObjectPropertySelector){kAudioObjectPropertyCustomPropertyInfoList = 'cust'};
CF_ENUM(AudioObjectPropertySelector){kAudioPlugInPropertyResourceBundle = 'rsrc'};

typedef CF_ENUM(UInt32, AudioDeviceClockAlgorithmSelector) {
    kAudioDeviceClockAlgorithmRaw = 'raww',
    kAudioDeviceClockAlgorithmSimpleIIR = 'iirf',
    kAudioDeviceClockAlgorithm12PtMovingWindowAverage = 'mavg'
};

CF_ENUM(AudioObjectPropertySelector){kAudioDevicePropertyZeroTimeStampPeriod = 'ring',
                                     kAudioDevicePropertyClockAlgorithm = 'clok',
                                     kAudioDevicePropertyClockIsStable = 'cstb'};

/* IO operations, in the order in which a cycle comes by them. */
typedef CF_ENUM(UInt32, AudioServerPlugInIOOperation) {
    kAudioServerPlugInIOOperationThread = 'thrd',
    kAudioServerPlugInIOOperationCycle = 'cycl',
    kAudioServerPlugInIOOperationReadInput = 'read',
    kAudioServerPlugInIOOperationConvertInput = 'cinp',
    kAudioServerPlugInIOOperationProcessInput = 'pinp',
    kAudioServerPlugInIOOperationProcessOutput = 'pout',
    kAudioServerPlugInIOOperationMixOutput = 'mixo',
    kAudioServerPlugInIOOperationProcessMix = 'pmix',
    kAudioServerPlugInIOOperationConvertMix = 'cmix',
    kAudioServerPlugInIOOperationWriteMix = 'rite'
};

struct AudioServerPlugInHostInterface {
    OSStatus (*PropertiesChanged)(AudioServerPlugInHostRef inHost, AudioObjectID inObjectID,
                                  UInt32 inNumberAddresses, const AudioObjectPropertyAddress* inAddresses);
    OSStatus (*CopyFromStorage)(AudioServerPlugInHostRef inHost, CFStringRef inKey,
                                CFPropertyListRef* outData);
    OSStatus (*WriteToStorage)(AudioServerPlugInHostRef inHost, CFStringRef inKey, CFPropertyListRef inData);
    OSStatus (*DeleteFromStorage)(AudioServerPlugInHostRef inHost, CFStringRef inKey);
    OSStatus (*RequestDeviceConfigurationChange)(AudioServerPlugInHostRef inHost,
                                                 AudioObjectID inDeviceObjectID, UInt64 inChangeAction,
                                                 void* inChangeInfo);
};

struct AudioServerPlugInDriverInterface {
    /* IUnknown */
    void* _reserved;
    HRESULT (*QueryInterface)(void* inDriver, REFIID inUUID, LPVOID* outInterface);
    ULONG (*AddRef)(void* inDriver);
    ULONG (*Release)(void* inDriver);

    /* Set-up, clients, configuration */
    OSStatus (*Initialize)(AudioServerPlugInDriverRef inDriver, AudioServerPlugInHostRef inHost);
    OSStatus (*CreateDevice)(AudioServerPlugInDriverRef inDriver, CFDictionaryRef inDescription,
                             const AudioServerPlugInClientInfo* inClientInfo,
                             AudioObjectID* outDeviceObjectID);
    OSStatus (*DestroyDevice)(AudioServerPlugInDriverRef inDriver, AudioObjectID inDeviceObjectID);
    OSStatus (*AddDeviceClient)(AudioServerPlugInDriverRef inDriver, AudioObjectID inDeviceObjectID,
                                const AudioServerPlugInClientInfo* inClientInfo);
    OSStatus (*RemoveDeviceClient)(AudioServerPlugInDriverRef inDriver, AudioObjectID inDeviceObjectID,
                                   const AudioServerPlugInClientInfo* inClientInfo);
    OSStatus (*PerformDeviceConfigurationChange)(AudioServerPlugInDriverRef inDriver,
                                                 AudioObjectID inDeviceObjectID, UInt64 inChangeAction,
                                                 void* inChangeInfo);
    OSStatus (*AbortDeviceConfigurationChange)(AudioServerPlugInDriverRef inDriver,
                                               AudioObjectID inDeviceObjectID, UInt64 inChangeAction,
                                               void* inChangeInfo);

    /* Properties */
    Boolean (*HasProperty)(AudioServerPlugInDriverRef inDriver, AudioObjectID inObjectID,
                           pid_t inClientProcessID, const AudioObjectPropertyAddress* inAddress);
    OSStatus (*IsPropertySettable)(AudioServerPlugInDriverRef inDriver, AudioObjectID inObjectID,
                                   pid_t inClientProcessID, const AudioObjectPropertyAddress* inAddress,
                                   Boolean* outIsSettable);
    OSStatus (*GetPropertyDataSize)(AudioServerPlugInDriverRef inDriver, AudioObjectID inObjectID,
                                    pid_t inClientProcessID, const AudioObjectPropertyAddress* inAddress,
                                    UInt32 inQualifierDataSize, const void* inQualifierData,
                                    UInt32* outDataSize);
    OSStatus (*GetPropertyData)(AudioServerPlugInDriverRef inDriver, AudioObjectID inObjectID,
                                pid_t inClientProcessID, const AudioObjectPropertyAddress* inAddress,
                                UInt32 inQualifierDataSize, const void* inQualifierData, UInt32 inDataSize,
                                UInt32* outDataSize, void* outData);
    OSStatus (*SetPropertyData)(AudioServerPlugInDriverRef inDriver, AudioObjectID inObjectID,
                                pid_t inClientProcessID, const AudioObjectPropertyAddress* inAddress,
                                UInt32 inQualifierDataSize, const void* inQualifierData, UInt32 inDataSize,
                                const void* inData);

    /* IO */
    OSStatus (*StartIO)(AudioServerPlugInDriverRef inDriver, AudioObjectID inDeviceObjectID,
                        UInt32 inClientID);
    OSStatus (*StopIO)(AudioServerPlugInDriverRef inDriver, AudioObjectID inDeviceObjectID,
                       UInt32 inClientID);
    OSStatus (*GetZeroTimeStamp)(AudioServerPlugInDriverRef inDriver, AudioObjectID inDeviceObjectID,
                                 UInt32 inClientID, Float64* outSampleTime, UInt64* outHostTime,
                                 UInt64* outSeed);
    OSStatus (*WillDoIOOperation)(AudioServerPlugInDriverRef inDriver, AudioObjectID inDeviceObjectID,
                                  UInt32 inClientID, UInt32 inOperationID, Boolean* outWillDo,
                                  Boolean* outWillDoInPlace);
    OSStatus (*BeginIOOperation)(AudioServerPlugInDriverRef inDriver, AudioObjectID inDeviceObjectID,
                                 UInt32 inClientID, UInt32 inOperationID, UInt32 inIOBufferFrameSize,
                                 const AudioServerPlugInIOCycleInfo* inIOCycleInfo);
    OSStatus (*DoIOOperation)(AudioServerPlugInDriverRef inDriver, AudioObjectID inDeviceObjectID,
                              AudioObjectID inStreamObjectID, UInt32 inClientID, UInt32 inOperationID,
                              UInt32 inIOBufferFrameSize, const AudioServerPlugInIOCycleInfo* inIOCycleInfo,
                              void* ioMainBuffer, void* ioSecondaryBuffer);
    OSStatus (*EndIOOperation)(AudioServerPlugInDriverRef inDriver, AudioObjectID inDeviceObjectID,
                               UInt32 inClientID, UInt32 inOperationID, UInt32 inIOBufferFrameSize,
                               const AudioServerPlugInIOCycleInfo* inIOCycleInfo);
};

#if defined(__LP64__)
static_assert(sizeof(AudioServerPlugInCustomPropertyInfo) == 12, "AudioServerPlugInCustomPropertyInfo");
static_assert(sizeof(AudioServerPlugInClientInfo) == 24, "AudioServerPlugInClientInfo");
static_assert(offsetof(AudioServerPlugInClientInfo, mBundleID) == 16,
              "AudioServerPlugInClientInfo.mBundleID");
static_assert(sizeof(AudioServerPlugInIOCycleInfo) == 224, "AudioServerPlugInIOCycleInfo");
static_assert(offsetof(AudioServerPlugInIOCycleInfo, mCurrentTime) == 16,
              "AudioServerPlugInIOCycleInfo.mCurrentTime");
static_assert(offsetof(AudioServerPlugInIOCycleInfo, mOutputTime) == 144,
              "AudioServerPlugInIOCycleInfo.mOutputTime");
static_assert(sizeof(AudioServerPlugInHostInterface) == 40, "AudioServerPlugInHostInterface");
static_assert(sizeof(AudioServerPlugInDriverInterface) == 184, "AudioServerPlugInDriverInterface");
static_assert(offsetof(AudioServerPlugInDriverInterface, Initialize) == 32, "vtable slot 4");
static_assert(offsetof(AudioServerPlugInDriverInterface, PerformDeviceConfigurationChange) == 72,
              "vtable slot 9");
static_assert(offsetof(AudioServerPlugInDriverInterface, HasProperty) == 88, "vtable slot 11");
static_assert(offsetof(AudioServerPlugInDriverInterface, StartIO) == 128, "vtable slot 16");
static_assert(offsetof(AudioServerPlugInDriverInterface, GetZeroTimeStamp) == 144, "vtable slot 18");
static_assert(offsetof(AudioServerPlugInDriverInterface, DoIOOperation) == 168, "vtable slot 21");
#endif

#ifdef __cplusplus
}
#endif
