// CoreAudio within one program and one thread, under the virtual clock: coreaudiod, the machine's devices, and the C functions of
// <CoreAudio/AudioHardware.h>, which this library defines in the place of the client library.
#pragma once

#include <CoreAudio/AudioServerPlugIn.h>
#include <CoreFoundation/CFArray.h>
#include <CoreFoundation/CFDictionary.h>
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace minihal {

// One at a time, on one thread. Nothing in it waits, starts a thread or reads real time: time is what set_virtual_clock() gives,
// and goes on only where the owner lets it. The same calls at the same times give the same samples.
//
// Properties, IO procs and listeners are the same code as the server's and the client library's. What arrives unasked on a Mac (a
// notification, a change of configuration) is kept until deliver(), which is never called within a function of the API.
class VirtualHal {
  public:
    // A plug-in that is linked into the program.
    struct PlugInSource {
        std::string bundle_id;
        // A plug-in as a new coreaudiod loads it, not initialised; it has one reference. NULL: it is not installed.
        std::function<AudioServerPlugInDriverRef()> create;
        // The process that it was created in is gone, without a call to it.
        std::function<void()> destroy;
    };
    // The finished mix of one cycle of one device.
    struct OutputHeard {
        std::string uid;
        double rate = 0.0;               // Hz
        uint32_t channels = 0;           // of all streams together
        uint64_t time_line = 0;          // counts the times that the device began one
        int64_t sample_time = 0;         // of the first frame, the device's
        uint64_t host_time = 0;          // at which the first frame is heard, ticks
        std::span<const float> samples;  // interleaved
    };
    // A device that was unplugged in the machine's sleep.
    struct Return {
        std::string uid;
        double seconds = 0.0;  // after the wake
    };
    struct Options {
        // The devices that are plugged in at the start, as dictionaries (docs/minihal.md); NULL is the simulated speakers alone.
        // Read by the constructor.
        CFArrayRef devices = nullptr;
        std::vector<PlugInSource> plug_ins;  // beside the simulated hardware, in this order
        // Lets plug-ins do what they put off (a queue that a thread would drain). Called by deliver(), again until it is false.
        std::function<bool()> between;
        // Called in every cycle of every device.
        std::function<void(const OutputHeard&)> on_output;
        // How late a device's next cycle runs, ticks.
        std::function<uint64_t(const std::string& uid)> lateness;
        // Called before each property that a client sets.
        std::function<void(AudioObjectID object, const AudioObjectPropertyAddress& address)> on_set;
    };

    // With a server that runs. Plug-ins' files are in the run directory (MINIHAL_RUN_DIR).
    explicit VirtualHal(Options options);
    ~VirtualHal();
    VirtualHal(const VirtualHal&) = delete;
    VirtualHal& operator=(const VirtualHal&) = delete;

    bool running() const;
    // coreaudiod dies, without a word to anyone: nothing runs any more, and all functions answer as they do without a server. Not
    // within a cycle.
    void stop_server();
    // Another coreaudiod, with new plug-ins and other object IDs. deliver() tells listeners of
    // kAudioHardwarePropertyServiceRestarted.
    void start_server();

    // Whose calls the next ones are. IO procs and listeners are called as the process that they belong to.
    void set_caller(pid_t process, const std::string& bundle_id);
    // The process ends, without a word: its IO procs, clients and listeners go. Not within a cycle.
    void kill_process(pid_t process);

    // Host time at which something happens next: a cycle, or at once when deliver() has something to do. UINT64_MAX if
    // nothing will.
    uint64_t next_due() const;
    // What is due by `now`, which the clock has reached; then deliver().
    void run_due(uint64_t now);
    // Changes of configuration that were asked for, then notifications, until there are none.
    void deliver();

    // The machine sleeps: the host clock stands, so that no length is to be given, and there is no IO. Behind it each device that
    // was running begins a new time line, which nobody is told. Devices in `returning` are gone when the machine wakes, and come back
    // as they were.
    void sleep(const std::vector<Return>& returning = {});
    // What switching streams off (IOProcStreamUsage) answers from now on; 0: it is done.
    void refuse_streams_off(OSStatus status);
    // Sets 'simu' of the simulated hardware. Devices outlast the server: without one, the next finds them as commanded. What the
    // hardware answers; 0 without a server.
    OSStatus hardware(CFDictionaryRef command);

    class Impl;

  private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace minihal
