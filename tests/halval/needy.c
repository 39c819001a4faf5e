// A plug-in that needs what minihal does not have.
#include <CoreFoundation/CoreFoundation.h>

void* CFRunLoopGetMain(void);
void* dispatch_queue_create(const char* label, void* attributes);

__attribute__((visibility("default"))) void* Needy_Create(CFAllocatorRef allocator, CFUUIDRef type);
void* Needy_Create(CFAllocatorRef allocator, CFUUIDRef type) {
    (void)allocator, (void)type;
    return CFRunLoopGetMain() != NULL ? dispatch_queue_create("needy", NULL) : NULL;
}
