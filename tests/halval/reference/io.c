// Starting, stopping, time stamps and the samples.
#include <mach/mach_time.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "reference.h"

Float64 host_ticks_per_second(void) {
    mach_timebase_info_data_t base;
    mach_timebase_info(&base);
    return 1e9 * base.denom / base.numer;
}

// The pitch control turns the loopback's clock by a per cent each way, while the adjustable clock is chosen.
static Float64 speed_of(const Device* device) {
    if (broken("runs-too-fast")) return 1.03;
    if (device->id != kLoop || switches[kLoopClock] == 0) return 1;
    return 1 + ((Float64)scalars[kLoopPitch] - 0.5) * 0.02;
}

static CFNumberRef number_of(UInt32 client) {
    const SInt64 value = client;
    return CFNumberCreate(NULL, kCFNumberSInt64Type, &value);
}

OSStatus StartIO(AudioServerPlugInDriverRef driver, AudioObjectID id, UInt32 client) {
    (void)driver;
    Device* device = find_device(id);
    if (device == NULL) return kAudioHardwareBadObjectError;
    if (device->started == NULL) return kAudioHardwareNotReadyError;
    if (broken("exits-in-a-call") && client == 24) _exit(0);
    pthread_mutex_lock(&state_lock);
    if (broken("few-starts") && device->running >= 16) {
        pthread_mutex_unlock(&state_lock);
        return kAudioHardwareUnspecifiedError;
    }
    if (device->running == 0) {
        device->anchor = mach_absolute_time();
        device->ticks_per_frame = host_ticks_per_second() / device->rate / speed_of(device);
        device->periods = 0;
        device->seed = broken("one-seed") ? 1 : device->seed + 1;
        memset(device->ring, 0, sizeof device->ring);
    }
    const bool first = device->running++ == 0;
    CFNumberRef number = number_of(client);
    CFSetAddValue(device->started, number);
    CFRelease(number);
    static int starts;
    const bool worn_out = broken("wears-out") && client == 1 && ++starts > 100;
    pthread_mutex_unlock(&state_lock);
    if (first && !broken("starts-quietly")) tell(id, kAudioDevicePropertyDeviceIsRunning, 0);
    return worn_out ? kAudioHardwareUnspecifiedError : 0;
}

OSStatus StopIO(AudioServerPlugInDriverRef driver, AudioObjectID id, UInt32 client) {
    (void)driver;
    Device* device = find_device(id);
    if (device == NULL) return kAudioHardwareBadObjectError;
    if (device->started == NULL) return kAudioHardwareNotReadyError;
    pthread_mutex_lock(&state_lock);
    OSStatus status = device->running > 0 ? 0 : kAudioHardwareNotRunningError;
    if (broken("counts-below-zero")) status = 0;
    const bool last = device->running == 1 || (broken("stops-with-the-first") && device->running > 0);
    if (broken("stops-with-the-first")) {
        status = 0;
        device->running = 0;
    } else if (status == 0) {
        --device->running;
    }
    CFNumberRef number = number_of(client);
    CFSetRemoveValue(device->started, number);
    CFRelease(number);
    pthread_mutex_unlock(&state_lock);
    if (last) tell(id, kAudioDevicePropertyDeviceIsRunning, 0);
    return status;
}

OSStatus GetZeroTimeStamp(AudioServerPlugInDriverRef driver, AudioObjectID id, UInt32 client,
                          Float64* sample_time, UInt64* host_time, UInt64* seed) {
    (void)driver;
    Device* device = find_device(id);
    if (device == NULL) return kAudioHardwareBadObjectError;
    if (sample_time == NULL || host_time == NULL || (seed == NULL && !broken("writes-a-null-seed")))
        return kAudioHardwareIllegalOperationError;
    if (device->seed == 0) return kAudioHardwareNotRunningError;
    pthread_mutex_lock(&state_lock);
    const Float64 ticks = device->ticks_per_frame * period_frames();
    const Float64 elapsed = (Float64)(mach_absolute_time() - device->anchor);
    UInt64 periods = (UInt64)(elapsed / ticks);
    // A step a call, as in Apple's example.
    if (broken("steps-once")) periods = device->periods += device->periods < periods ? 1 : 0;
    if (broken("one-period-late") && periods > 0) --periods;
    if (periods > device->periods) device->periods = periods;
    if (broken("one-line-a-client") && client == 2) periods = 0;
    *sample_time = (Float64)(periods * period_frames()) + (broken("odd-stamps") && periods > 0 ? 1 : 0);
    *host_time = device->anchor + (UInt64)((Float64)periods * ticks);
    if (broken("trembles")) *host_time -= mach_absolute_time() / 100000 % 2 * 5;
    *seed = device->seed + (broken("restless-seed") ? periods : 0);
    pthread_mutex_unlock(&state_lock);
    return 0;
}

OSStatus WillDoIOOperation(AudioServerPlugInDriverRef driver, AudioObjectID id, UInt32 client,
                           UInt32 operation, Boolean* will, Boolean* in_place) {
    (void)driver, (void)client;
    if (find_device(id) == NULL) return kAudioHardwareBadObjectError;
    *will = operation == kAudioServerPlugInIOOperationWriteMix ||
            (operation == kAudioServerPlugInIOOperationReadInput && id == kLoop) ||
            operation == kAudioServerPlugInIOOperationCycle || broken("does-anything");
    *in_place = 1;
    return 0;
}

OSStatus BeginIOOperation(AudioServerPlugInDriverRef driver, AudioObjectID id, UInt32 client,
                          UInt32 operation, UInt32 frames, const AudioServerPlugInIOCycleInfo* cycle) {
    (void)driver, (void)client, (void)operation, (void)frames, (void)cycle;
    return find_device(id) != NULL ? 0 : kAudioHardwareBadObjectError;
}

// Where a sample time lies in the ring; one that is none of a device's is nowhere.
static bool place_of(Float64 sample_time, UInt64* place) {
    if (!(fabs(sample_time) < 9e15)) {
        *place = (UInt64)1 << 50;
        return broken("trusts-sample-times");
    }
    if (sample_time < 0) return false;
    *place = (UInt64)sample_time % kRingFrames;
    return true;
}

OSStatus DoIOOperation(AudioServerPlugInDriverRef driver, AudioObjectID id, AudioObjectID stream,
                       UInt32 client, UInt32 operation, UInt32 frames,
                       const AudioServerPlugInIOCycleInfo* cycle, void* main, void* secondary) {
    (void)driver, (void)client, (void)secondary;
    Device* device = find_device(id);
    if (device == NULL) return kAudioHardwareBadObjectError;
    const Object* object = find_object(stream);
    if ((object == NULL || !is_stream(object) || object->owner != id) && !broken("plays-any-stream"))
        return kAudioHardwareBadStreamError;
    Float32* samples = main;
    const bool reads = operation == kAudioServerPlugInIOOperationReadInput;
    if (broken("small-cycles-only") && frames > 4096 && frames <= period_frames())
        return kAudioHardwareUnspecifiedError;
    if (broken("a-period-at-most") && frames > period_frames()) return kAudioHardwareUnspecifiedError;
    static UInt64 cycles;
    if (broken("tires") && !reads && ++cycles > 15000) return kAudioHardwareUnspecifiedError;
    UInt64 place = 0;
    if (!place_of(reads ? cycle->mInputTime.mSampleTime : cycle->mOutputTime.mSampleTime, &place)) {
        if (reads) memset(samples, 0, sizeof(Float32) * kChannels * frames);
        return 0;
    }
    pthread_mutex_lock(&state_lock);
    const UInt32 filled = broken("reads-half") ? frames / 2 : frames;
    for (UInt32 i = 0; i < (reads ? filled : frames) * kChannels; ++i) {
        const UInt64 at = place * kChannels + i;
        Float32* cell = &device->ring[place < kRingFrames ? at % (kRingFrames * kChannels) : at];
        if (reads)
            samples[i] = *cell;
        else
            *cell = samples[i];
    }
    pthread_mutex_unlock(&state_lock);
    if (broken("writes-behind") && frames == 512) samples[frames * kChannels] = 0;
    if (broken("tells-in-a-cycle") && !reads) tell(id, kCustomState, 0);
    return 0;
}
