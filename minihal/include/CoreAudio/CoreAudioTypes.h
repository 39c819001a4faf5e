/* Audio data as CoreAudio describes it: formats, buffers, time stamps, channel layouts.
 *
 * Written from the published interface: names, values and layouts are Apple's, the text is this project's.
 * Layouts are pinned by static assertions at the end, so that a struct passed to a real macOS would be the
 * same bytes. */
#pragma once

#include <CoreFoundation/CFBase.h>
#ifndef __cplusplus
#include <assert.h>
#endif
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#pragma GCC system_header /* the four-character constants are multi-character literals */
#endif

/* Functions of the client API are exported from a library built with hidden visibility. */
#if defined(__GNUC__)
#define MINIHAL_COREAUDIO_EXPORT __attribute__((visibility("default")))
#else
#define MINIHAL_COREAUDIO_EXPORT
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* General errors. */
CF_ENUM(OSStatus){kAudio_UnimplementedError = -4,
                  kAudio_FileNotFoundError = -43,
                  kAudio_FilePermissionError = -54,
                  kAudio_TooManyFilesOpenError = -42,
                  kAudio_BadFilePathError = 0x21707468, /* '!pth' */
                  kAudio_ParamError = -50,
                  kAudio_MemFullError = -108};

/* A range of Float64, both ends included. A single value has mMinimum == mMaximum. */
struct AudioValueRange {
    Float64 mMinimum;
    Float64 mMaximum;
};
typedef struct AudioValueRange AudioValueRange;

struct AudioValueTranslation {
    void* mInputData;
    UInt32 mInputDataSize;
    void* mOutputData;
    UInt32 mOutputDataSize;
};
typedef struct AudioValueTranslation AudioValueTranslation;

/* One buffer of samples; interleaved when mNumberChannels > 1. */
struct AudioBuffer {
    UInt32 mNumberChannels;
    UInt32 mDataByteSize;
    void* mData;
};
typedef struct AudioBuffer AudioBuffer;

/* A variable-length list: mBuffers has mNumberBuffers entries. */
struct AudioBufferList {
    UInt32 mNumberBuffers;
    AudioBuffer mBuffers[1];
};
typedef struct AudioBufferList AudioBufferList;

typedef SInt16 AudioSampleType;
typedef UInt32 AudioFormatID;
typedef UInt32 AudioFormatFlags;

/* The format of a stream. Sizes in bytes, mSampleRate in Hz. */
struct AudioStreamBasicDescription {
    Float64 mSampleRate;
    AudioFormatID mFormatID;
    AudioFormatFlags mFormatFlags;
    UInt32 mBytesPerPacket;
    UInt32 mFramesPerPacket;
    UInt32 mBytesPerFrame;
    UInt32 mChannelsPerFrame;
    UInt32 mBitsPerChannel;
    UInt32 mReserved;
};
typedef struct AudioStreamBasicDescription AudioStreamBasicDescription;

#ifdef __cplusplus
static const Float64 kAudioStreamAnyRate = 0.0;
#else
#define kAudioStreamAnyRate 0.0
#endif

CF_ENUM(AudioFormatID){kAudioFormatLinearPCM = 'lpcm'};

CF_ENUM(AudioFormatFlags){kAudioFormatFlagIsFloat = 1u << 0,
                          kAudioFormatFlagIsBigEndian = 1u << 1,
                          kAudioFormatFlagIsSignedInteger = 1u << 2,
                          kAudioFormatFlagIsPacked = 1u << 3,
                          kAudioFormatFlagIsAlignedHigh = 1u << 4,
                          kAudioFormatFlagIsNonInterleaved = 1u << 5,
                          kAudioFormatFlagIsNonMixable = 1u << 6,
                          kLinearPCMFormatFlagIsFloat = kAudioFormatFlagIsFloat,
                          kLinearPCMFormatFlagIsBigEndian = kAudioFormatFlagIsBigEndian,
                          kLinearPCMFormatFlagIsSignedInteger = kAudioFormatFlagIsSignedInteger,
                          kLinearPCMFormatFlagIsPacked = kAudioFormatFlagIsPacked,
                          kLinearPCMFormatFlagIsAlignedHigh = kAudioFormatFlagIsAlignedHigh,
                          kLinearPCMFormatFlagIsNonInterleaved = kAudioFormatFlagIsNonInterleaved,
                          kLinearPCMFormatFlagIsNonMixable = kAudioFormatFlagIsNonMixable,
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
                          kAudioFormatFlagsNativeEndian = kAudioFormatFlagIsBigEndian,
#else
                          kAudioFormatFlagsNativeEndian = 0,
#endif
                          kAudioFormatFlagsNativeFloatPacked = kAudioFormatFlagIsFloat |
                                                               kAudioFormatFlagsNativeEndian |
                                                               kAudioFormatFlagIsPacked};

/* SMPTE time, as far as a time stamp carries it. */
typedef UInt32 SMPTETimeType;
typedef UInt32 SMPTETimeFlags;
CF_ENUM(SMPTETimeFlags){kSMPTETimeUnknown = 0, kSMPTETimeValid = 1u << 0, kSMPTETimeRunning = 1u << 1};

struct SMPTETime {
    SInt16 mSubframes;
    SInt16 mSubframeDivisor;
    UInt32 mCounter;
    SMPTETimeType mType;
    SMPTETimeFlags mFlags;
    SInt16 mHours;
    SInt16 mMinutes;
    SInt16 mSeconds;
    SInt16 mFrames;
};
typedef struct SMPTETime SMPTETime;

typedef UInt32 AudioTimeStampFlags;
CF_ENUM(AudioTimeStampFlags){
    kAudioTimeStampNothingValid = 0,
    kAudioTimeStampSampleTimeValid = 1u << 0,
    kAudioTimeStampHostTimeValid = 1u << 1,
    kAudioTimeStampRateScalarValid = 1u << 2,
    kAudioTimeStampWordClockTimeValid = 1u << 3,
    kAudioTimeStampSMPTETimeValid = 1u << 4,
    kAudioTimeStampSampleHostTimeValid = kAudioTimeStampSampleTimeValid | kAudioTimeStampHostTimeValid};

/* One moment told on several clocks: frames of the device, ticks of mach_absolute_time(), and the ratio of
 * the actual to the nominal host ticks per frame. mFlags says which of them hold. */
struct AudioTimeStamp {
    Float64 mSampleTime;
    UInt64 mHostTime;
    Float64 mRateScalar;
    UInt64 mWordClockTime;
    SMPTETime mSMPTETime;
    AudioTimeStampFlags mFlags;
    UInt32 mReserved;
};
typedef struct AudioTimeStamp AudioTimeStamp;

struct AudioClassDescription {
    OSType mType;
    OSType mSubType;
    OSType mManufacturer;
};
typedef struct AudioClassDescription AudioClassDescription;

/* Channel layouts. */
typedef UInt32 AudioChannelLabel;
typedef UInt32 AudioChannelLayoutTag;

CF_ENUM(AudioChannelLabel){kAudioChannelLabel_Unknown = 0xFFFFFFFF,
                           kAudioChannelLabel_Unused = 0,
                           kAudioChannelLabel_UseCoordinates = 100,
                           kAudioChannelLabel_Left = 1,
                           kAudioChannelLabel_Right = 2,
                           kAudioChannelLabel_Center = 3,
                           kAudioChannelLabel_LFEScreen = 4,
                           kAudioChannelLabel_LeftSurround = 5,
                           kAudioChannelLabel_RightSurround = 6,
                           kAudioChannelLabel_LeftCenter = 7,
                           kAudioChannelLabel_RightCenter = 8,
                           kAudioChannelLabel_CenterSurround = 9,
                           kAudioChannelLabel_LeftSurroundDirect = 10,
                           kAudioChannelLabel_RightSurroundDirect = 11,
                           kAudioChannelLabel_Mono = 42};

typedef UInt32 AudioChannelBitmap;
typedef UInt32 AudioChannelFlags;
CF_ENUM(AudioChannelFlags){kAudioChannelFlags_AllOff = 0, kAudioChannelFlags_RectangularCoordinates = 1u << 0,
                           kAudioChannelFlags_SphericalCoordinates = 1u << 1,
                           kAudioChannelFlags_Meters = 1u << 2};

CF_ENUM(AudioChannelLayoutTag){kAudioChannelLayoutTag_UseChannelDescriptions = (0u << 16) | 0,
                               kAudioChannelLayoutTag_UseChannelBitmap = (1u << 16) | 0,
                               kAudioChannelLayoutTag_Mono = (100u << 16) | 1,
                               kAudioChannelLayoutTag_Stereo = (101u << 16) | 2,
                               kAudioChannelLayoutTag_StereoHeadphones = (102u << 16) | 2,
                               kAudioChannelLayoutTag_Quadraphonic = (108u << 16) | 4};

struct AudioChannelDescription {
    AudioChannelLabel mChannelLabel;
    AudioChannelFlags mChannelFlags;
    Float32 mCoordinates[3];
};
typedef struct AudioChannelDescription AudioChannelDescription;

/* A variable-length list: mChannelDescriptions has mNumberChannelDescriptions entries. */
struct AudioChannelLayout {
    AudioChannelLayoutTag mChannelLayoutTag;
    AudioChannelBitmap mChannelBitmap;
    UInt32 mNumberChannelDescriptions;
    AudioChannelDescription mChannelDescriptions[1];
};
typedef struct AudioChannelLayout AudioChannelLayout;

static_assert(sizeof(AudioValueRange) == 16, "AudioValueRange");
static_assert(sizeof(AudioValueTranslation) == 32, "AudioValueTranslation");
static_assert(sizeof(AudioBuffer) == 16, "AudioBuffer");
static_assert(sizeof(AudioBufferList) == 24, "AudioBufferList");
static_assert(offsetof(AudioBufferList, mBuffers) == 8, "AudioBufferList.mBuffers");
static_assert(sizeof(AudioStreamBasicDescription) == 40, "AudioStreamBasicDescription");
static_assert(sizeof(SMPTETime) == 24, "SMPTETime");
static_assert(sizeof(AudioTimeStamp) == 64, "AudioTimeStamp");
static_assert(offsetof(AudioTimeStamp, mFlags) == 56, "AudioTimeStamp.mFlags");
static_assert(sizeof(AudioChannelDescription) == 20, "AudioChannelDescription");
static_assert(sizeof(AudioChannelLayout) == 32, "AudioChannelLayout");
static_assert(offsetof(AudioChannelLayout, mChannelDescriptions) == 12,
              "AudioChannelLayout.mChannelDescriptions");

#ifdef __cplusplus
}
#endif
