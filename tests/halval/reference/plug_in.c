// The factory, the object, clients, and the thread that asks the host for changes.
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "reference.h"

pthread_mutex_t state_lock = PTHREAD_MUTEX_INITIALIZER;
AudioServerPlugInHostRef host;
static ULONG references;
static int early_calls;
static char defect[64];

bool broken(const char* name) {
    return strcmp(defect, name) == 0;
}

static void read_defect(void) {
    CFBundleRef bundle = CFBundleGetBundleWithIdentifier(CFSTR("org.example.reference"));
    CFTypeRef value = bundle != NULL ? CFBundleGetValueForInfoDictionaryKey(bundle, CFSTR("Defect")) : NULL;
    if (value != NULL && CFGetTypeID(value) == CFStringGetTypeID())
        CFStringGetCString((CFStringRef)value, defect, sizeof defect, kCFStringEncodingUTF8);
}

// The thread for what may not be done in the host's calls.
static pthread_cond_t work_there = PTHREAD_COND_INITIALIZER;
static pthread_mutex_t work_lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    AudioObjectID device;
    UInt64 rate;
} work[64];
static int work_count;

static void* do_work(void* unused) {
    (void)unused;
    for (;;) {
        pthread_mutex_lock(&work_lock);
        while (work_count == 0) pthread_cond_wait(&work_there, &work_lock);
        const AudioObjectID device = work[0].device;
        const UInt64 rate = work[0].rate;
        memmove(&work[0], &work[1], (size_t)--work_count * sizeof work[0]);
        pthread_mutex_unlock(&work_lock);
        host->RequestDeviceConfigurationChange(host, device, rate, NULL);
    }
    return NULL;
}

void request_change(AudioObjectID device, UInt64 rate) {
    pthread_mutex_lock(&work_lock);
    if (work_count < 64) {
        work[work_count].device = device;
        work[work_count++].rate = rate;
    }
    pthread_cond_signal(&work_there);
    pthread_mutex_unlock(&work_lock);
}

void tell(AudioObjectID object, AudioObjectPropertySelector first, AudioObjectPropertySelector second) {
    const AudioObjectPropertyAddress changed[2] = {{first, kAudioObjectPropertyScopeGlobal, 0},
                                                   {second, kAudioObjectPropertyScopeGlobal, 0}};
    host->PropertiesChanged(host, object, second != 0 ? 2 : 1, changed);
}

static HRESULT query_interface(void* driver, REFIID uuid, LPVOID* out) {
    if (out == NULL && !broken("query-writes-to-null")) return E_POINTER;
    CFUUIDRef wanted = CFUUIDCreateFromUUIDBytes(NULL, uuid);
    const bool known = (CFEqual(wanted, IUnknownUUID) && !broken("no-iunknown")) ||
                       CFEqual(wanted, kAudioServerPlugInDriverInterfaceUUID);
    CFRelease(wanted);
    if (!known && broken("answers-any-interface")) {
        *out = driver;
        return S_OK;
    }
    if (known) {
        ++references;
        *out = driver;
        return S_OK;
    }
    if (!broken("leaves-the-pointer")) *out = NULL;
    return E_NOINTERFACE;
}
static ULONG add_ref(void* driver) {
    (void)driver;
    return broken("counts-no-references") ? 1 : ++references;
}
static ULONG release(void* driver) {
    (void)driver;
    return broken("counts-no-references") ? 1 : --references;
}

// What was kept, if it can be used.
static void restore(void) {
    CFPropertyListRef kept = NULL;
    if (host->CopyFromStorage(host, CFSTR("volume"), &kept) != 0 || kept == NULL) return;
    Float64 volume = -1;
    if (CFGetTypeID(kept) == CFNumberGetTypeID() || broken("trusts-its-storage"))
        CFNumberGetValue((CFNumberRef)kept, kCFNumberFloat64Type, &volume);
    if (volume >= 0 && volume <= 1) scalars[kLoopVolume] = (Float32)volume;
    CFRelease(kept);
}

static OSStatus initialize(AudioServerPlugInDriverRef driver, AudioServerPlugInHostRef the_host) {
    (void)driver;
    host = the_host;
    if (broken("resents-early-calls") && early_calls > 0) return kAudioHardwareIllegalOperationError;
    openlog("reference", LOG_PID, LOG_USER);
    syslog(LOG_DEBUG, "starting with %d devices", (int)kDevices);
    if (broken("fails-to-initialize")) return kAudioHardwareNotReadyError;
    pthread_mutex_lock(&state_lock);
    for (int i = 0; i < kDevices; ++i) {
        devices[i].clients = CFDictionaryCreateMutable(NULL, 0, NULL, &kCFTypeDictionaryValueCallBacks);
        devices[i].started = CFSetCreateMutable(NULL, 0, &kCFTypeSetCallBacks);
    }
    restore();
    pthread_mutex_unlock(&state_lock);
    pthread_t thread;
    return pthread_create(&thread, NULL, do_work, NULL) == 0 ? 0 : kAudioHardwareUnspecifiedError;
}

static OSStatus create_device(AudioServerPlugInDriverRef driver, CFDictionaryRef description,
                              const AudioServerPlugInClientInfo* client, AudioObjectID* out) {
    (void)driver, (void)description, (void)client;
    if (!broken("creates-devices")) return kAudioHardwareUnsupportedOperationError;
    *out = kLoop;
    return 0;
}
static OSStatus destroy_device(AudioServerPlugInDriverRef driver, AudioObjectID device) {
    (void)driver, (void)device;
    return kAudioHardwareUnsupportedOperationError;
}

static const void* key_of(UInt32 client) {
    return (const void*)(uintptr_t)client;
}

static OSStatus add_client(AudioServerPlugInDriverRef driver, AudioObjectID id,
                           const AudioServerPlugInClientInfo* client) {
    (void)driver;
    Device* device = find_device(id);
    if (device == NULL) return broken("adds-to-anything") ? 0 : kAudioHardwareBadObjectError;
    if (client == NULL && !broken("reads-null-clients")) return kAudioHardwareIllegalOperationError;
    if (broken("wants-bundle-ids") && client->mBundleID == NULL) return kAudioHardwareIllegalOperationError;
    early_calls += host == NULL;
    // Before Initialize there is nobody to be added for.
    if (device->clients == NULL && !broken("crashes-before-initialize")) return kAudioHardwareNotReadyError;
    OSStatus status = 0;
    pthread_mutex_lock(&state_lock);
    static bool seen[kDevices][1024];
    bool* known = &seen[device - devices][client->mClientID % 1024];
    if (broken("remembers-clients") && *known) status = kAudioHardwareIllegalOperationError;
    *known = true;
    if (broken("few-clients") && CFDictionaryGetCount(device->clients) >= 64)
        status = kAudioHardwareUnspecifiedError;
    CFStringRef none = CFSTR("");
    CFStringRef name = client->mBundleID != NULL ? client->mBundleID : none;
    if (broken("keeps-bundle-ids")) CFRetain(name);
    if (status == 0) CFDictionarySetValue(device->clients, key_of(client->mClientID), name);
    pthread_mutex_unlock(&state_lock);
    return status;
}
static OSStatus remove_client(AudioServerPlugInDriverRef driver, AudioObjectID id,
                              const AudioServerPlugInClientInfo* client) {
    (void)driver;
    Device* device = find_device(id);
    if (device == NULL) return kAudioHardwareBadObjectError;
    if (client == NULL) return kAudioHardwareIllegalOperationError;
    if (device->clients == NULL) return kAudioHardwareNotReadyError;
    pthread_mutex_lock(&state_lock);
    const void* key = key_of(client->mClientID);
    CFDictionaryRemoveValue(device->clients, key);
    pthread_mutex_unlock(&state_lock);
    return 0;
}

static bool is_rate(UInt64 action) {
    for (int i = 0; i < kRates; ++i)
        if (rates[i] == (Float64)action) return true;
    return false;
}
static OSStatus perform(AudioServerPlugInDriverRef driver, AudioObjectID id, UInt64 action, void* info) {
    (void)driver, (void)info;
    Device* device = find_device(id);
    if (device == NULL) return kAudioHardwareBadObjectError;
    if (!is_rate(action)) return kAudioDeviceUnsupportedFormatError;
    if (broken("never-reaches-a-rate") && action == 88200) return 0;
    pthread_mutex_lock(&state_lock);
    device->rate = (Float64)action;
    pthread_mutex_unlock(&state_lock);
    return 0;
}
static OSStatus abort_change(AudioServerPlugInDriverRef driver, AudioObjectID id, UInt64 action, void* info) {
    if (broken("hangs-when-aborted") && host != NULL)
        for (;;) pause();
    if (broken("performs-when-aborted")) return perform(driver, id, action, info);
    return find_device(id) != NULL ? 0 : kAudioHardwareBadObjectError;
}

static AudioServerPlugInDriverInterface table = {NULL,
                                                 query_interface,
                                                 add_ref,
                                                 release,
                                                 initialize,
                                                 create_device,
                                                 destroy_device,
                                                 add_client,
                                                 remove_client,
                                                 perform,
                                                 abort_change,
                                                 HasProperty,
                                                 IsPropertySettable,
                                                 GetPropertyDataSize,
                                                 GetPropertyData,
                                                 SetPropertyData,
                                                 StartIO,
                                                 StopIO,
                                                 GetZeroTimeStamp,
                                                 WillDoIOOperation,
                                                 BeginIOOperation,
                                                 DoIOOperation,
                                                 BeginIOOperation};
static AudioServerPlugInDriverInterface* interface = &table;

__attribute__((visibility("default"))) void* Reference_Create(CFAllocatorRef allocator, CFUUIDRef type);
void* Reference_Create(CFAllocatorRef allocator, CFUUIDRef type) {
    (void)allocator;
    read_defect();
    if (broken("makes-nothing")) return NULL;
    if (broken("has-a-hole")) table.DestroyDevice = NULL;
    if (!CFEqual(type, kAudioServerPlugInTypeUUID) && !broken("makes-anything")) return NULL;
    ++references;
    return &interface;
}
