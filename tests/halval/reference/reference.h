// An audio server plug-in as others write them: in C, with locks, CF collections and syslog. Two devices: a loopback with an
// input and an output stream, volumes, mute, pitch and a clock source, and a second with an output stream only; both in a box.
// It keeps the contract, unless its bundle's Info.plist names a defect that it is to have.
#pragma once

#include <CoreAudio/AudioServerPlugIn.h>
#include <pthread.h>
#include <stdbool.h>

enum {
    kBox = 2,
    kLoop = 10,
    kLoopInput = 11,
    kLoopOutput = 12,
    kLoopVolume = 13,
    kLoopMute = 14,
    kLoopPitch = 15,
    kLoopClock = 16,
    kLoopGain = 17,  // the input's volume
    kMirror = 30,
    kMirrorOutput = 31,
    kMirrorVolume = 32,
    kMirrorMute = 33,
};

enum { kChannels = 2, kRingFrames = 65536, kDevices = 2, kRates = 4 };
enum { kCustomState = 0x73746174 };  // 'stat', a property list

typedef struct {
    AudioObjectID id;
    AudioObjectID owner;
    AudioClassID class_id;
    AudioClassID base;
    AudioObjectPropertyScope scope;  // the side that it is on
} Object;

typedef struct {
    AudioObjectID id;
    Float64 rate;
    UInt64 running;
    UInt64 anchor;  // host time of sample 0
    Float64 ticks_per_frame;
    UInt64 seed;
    UInt64 periods;                  // given by the last stamp, for a defect
    CFMutableDictionaryRef clients;  // client ID: bundle ID
    CFMutableSetRef started;         // client IDs
    Float32 ring[kRingFrames * kChannels];
} Device;

extern pthread_mutex_t state_lock;
extern AudioServerPlugInHostRef host;
extern Device devices[kDevices];
extern const Float64 rates[kRates];
extern Float32 scalars[64];  // of the volumes, by object
extern UInt32 switches[64];  // of mutes, streams, the clock source
extern AudioServerPlugInDriverInterface** the_driver;

// Whether the bundle asks for this defect.
bool broken(const char* defect);

const Object* find_object(AudioObjectID id);
extern const Object objects[];
extern const int object_count;
Device* find_device(AudioObjectID id);
Device* device_of(const Object* object);
bool is_stream(const Object* object);

// What a property reads as.
typedef struct {
    UInt8 bytes[1024];
    UInt32 size;
    CFTypeRef cf;  // what the caller is to own, also in bytes
} Value;
OSStatus produce(const Object* object, const AudioObjectPropertyAddress* address, UInt32 qualifier_size,
                 const void* qualifier, const void* buffer, Value* value);

OSStatus produce_control(const Object* object, const AudioObjectPropertyAddress* address,
                         UInt32 qualifier_size, const void* qualifier, const void* buffer, Value* value);
void put(Value* value, const void* bytes, UInt32 size);
void put_number(Value* value, UInt32 number);
void put_float(Value* value, Float32 number);
void put_object(Value* value, CFTypeRef object);

// Later, on the plug-in's own thread.
void request_change(AudioObjectID device, UInt64 rate);
void tell(AudioObjectID object, AudioObjectPropertySelector first, AudioObjectPropertySelector second);
Float64 host_ticks_per_second(void);
UInt32 period_frames(void);

Boolean HasProperty(AudioServerPlugInDriverRef driver, AudioObjectID object, pid_t client,
                    const AudioObjectPropertyAddress* address);
OSStatus IsPropertySettable(AudioServerPlugInDriverRef driver, AudioObjectID object, pid_t client,
                            const AudioObjectPropertyAddress* address, Boolean* out);
OSStatus GetPropertyDataSize(AudioServerPlugInDriverRef driver, AudioObjectID object, pid_t client,
                             const AudioObjectPropertyAddress* address, UInt32 qualifier_size,
                             const void* qualifier, UInt32* out);
OSStatus GetPropertyData(AudioServerPlugInDriverRef driver, AudioObjectID object, pid_t client,
                         const AudioObjectPropertyAddress* address, UInt32 qualifier_size,
                         const void* qualifier, UInt32 capacity, UInt32* size, void* out);
OSStatus SetPropertyData(AudioServerPlugInDriverRef driver, AudioObjectID object, pid_t client,
                         const AudioObjectPropertyAddress* address, UInt32 qualifier_size,
                         const void* qualifier, UInt32 size, const void* data);
OSStatus StartIO(AudioServerPlugInDriverRef driver, AudioObjectID device, UInt32 client);
OSStatus StopIO(AudioServerPlugInDriverRef driver, AudioObjectID device, UInt32 client);
OSStatus GetZeroTimeStamp(AudioServerPlugInDriverRef driver, AudioObjectID device, UInt32 client,
                          Float64* sample_time, UInt64* host_time, UInt64* seed);
OSStatus WillDoIOOperation(AudioServerPlugInDriverRef driver, AudioObjectID device, UInt32 client,
                           UInt32 operation, Boolean* will, Boolean* in_place);
OSStatus BeginIOOperation(AudioServerPlugInDriverRef driver, AudioObjectID device, UInt32 client,
                          UInt32 operation, UInt32 frames, const AudioServerPlugInIOCycleInfo* cycle);
OSStatus DoIOOperation(AudioServerPlugInDriverRef driver, AudioObjectID device, AudioObjectID stream,
                       UInt32 client, UInt32 operation, UInt32 frames,
                       const AudioServerPlugInIOCycleInfo* cycle, void* main, void* secondary);
