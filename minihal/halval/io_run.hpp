// A device's IO as a host drives it, in virtual time: clients, cycles, buffers with something behind them to be kept.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "minihal/halval/findings.hpp"
#include "minihal/halval/subject.hpp"

namespace minihal::halval {

struct Stamp {
    Float64 sample_time = 0;
    UInt64 host_time = 0;
    UInt64 seed = 0;
};

// A client while it lives: added, and removed by the destructor.
class Client {
  public:
    Client(const Subject& subject, AudioObjectID device, UInt32 id);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    OSStatus added() const { return added_; }
    OSStatus remove();

  private:
    AudioServerPlugInClientInfo info() const;
    const Subject& subject_;
    AudioObjectID device_;
    UInt32 id_;
    wire::CfRef bundle_id_;
    OSStatus added_;
    bool there_ = true;
};

// What one cycle is to be like.
struct CycleShape {
    UInt32 frames = 512;
    Float64 output_time;  // sample time of the first frame
};

class IoRun {
  public:
    // Adds `clients` clients, from the ID `first` on; faults go to `findings`.
    IoRun(Subject& subject, Findings& findings, const Object& device, UInt32 clients = 1, UInt32 first = 1);
    ~IoRun();
    IoRun(const IoRun&) = delete;
    IoRun& operator=(const IoRun&) = delete;

    // StartIO of every client. False, and a fault, when one fails.
    bool start();
    void stop();

    // Bytes written outside of a cycle's buffer are faults from now on.
    void watch_buffers() { watched_ = true; }

    Float64 rate() const { return rate_; }
    double ticks_per_frame() const;
    UInt32 period() const { return period_; }
    std::optional<Stamp> stamp(UInt32 client = 0) const;

    // One cycle at the virtual time, which does not move: Begin, Do and End of all that the device will do.
    void cycle(const CycleShape& shape);
    // The sample time at which a host would write now.
    Float64 output_time(UInt32 frames) const;
    // `frames` later.
    void pass(double frames) const;
    // The usual: a cycle, then the time that it takes.
    void turn(UInt32 frames = 512);

    // Whether an input operation filled the buffer of the last cycle.
    bool input_filled() const { return input_filled_; }
    std::uint64_t cycles() const { return cycle_; }

  private:
    struct Operation {
        bool will = false;
        bool in_place = true;
    };
    Operation ask(UInt32 client, UInt32 id) const;
    const Operation& operation(UInt32 client, UInt32 id);
    // A stream's buffers, as far as a host has to know.
    struct Samples {
        UInt32 frame_bytes = 0;  // of the widest format that any operation may use
        UInt32 own_bytes = 0;    // of the stream's physical format, which ReadInput and WriteMix use
        bool own_floats = true;  // and whether that is Float32
    };
    const Samples& samples_of(const Object& stream);
    bool is_filled(const std::uint8_t* samples, UInt32 frames, const Samples& format) const;
    void bracketed(UInt32 id, UInt32 client, const Object* stream, UInt32 frames);
    void once(UInt32 id, UInt32 client, UInt32 frames, bool begin);
    std::string where(UInt32 id) const;

    Subject& subject_;
    Findings& findings_;
    Object device_;
    std::vector<Object> inputs_;
    std::vector<Object> outputs_;
    UInt32 first_;
    std::vector<std::unique_ptr<Client>> clients_;
    std::set<UInt32> started_;
    std::map<std::pair<UInt32, UInt32>, Operation> operations_;  // by client and ID, since IO started
    std::map<AudioObjectID, Samples> samples_;
    Float64 rate_;
    UInt32 period_;
    std::uint64_t cycle_ = 0;
    AudioServerPlugInIOCycleInfo info_{};
    std::vector<std::uint8_t> buffer_;
    bool input_filled_ = true;
    bool watched_ = false;
};

}  // namespace minihal::halval
