#pragma once

#include <CoreFoundation/CoreFoundation.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "driver/cf.hpp"
#include "environment.hpp"
#include "shm/attach.hpp"
#include "shm/ring_reader.hpp"
#include "shm/segment.hpp"

namespace gecko::driver::test {

/// What an app brings: a segment with a name of its own, unlinked when it goes.
class SegmentOfTest {
  public:
    static constexpr std::uint32_t kFrames = 1024;

    explicit SegmentOfTest(std::uint32_t frames = kFrames)
        : name_(new_name()), geometry_(*shm::Geometry::of(frames, 2)), segment_(create(name_, geometry_)) {}
    ~SegmentOfTest() {
        shm::unlink_segment(name_.c_str());
        if (request_ != nullptr) ::CFRelease(request_);
    }
    SegmentOfTest(const SegmentOfTest&) = delete;
    SegmentOfTest& operator=(const SegmentOfTest&) = delete;

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] shm::View view() const { return segment_.view(); }
    [[nodiscard]] shm::RingReader reader() const { return {segment_.base(), geometry_}; }
    void beat() const { view().control->consumer.alive.store(now()); }

    /// The dictionary for 'gshm'. This object's, until the next call.
    CFPropertyListRef request() {
        DictionaryBuilder builder;
        builder.add(shm::key::kName, name_.c_str());
        builder.add(shm::key::kAbi, std::int64_t{shm::kProtocolVersion});
        builder.add(shm::key::kChannels, std::int64_t{geometry_.channels()});
        builder.add(shm::key::kFrames, std::int64_t{geometry_.frames()});
        if (request_ != nullptr) ::CFRelease(request_);
        return request_ = builder.release();
    }

    static std::string new_name() {
        static std::uint32_t count = 0;
        std::string random(shm::kNameRandom, 'a');
        std::uint64_t value = static_cast<std::uint64_t>(::getpid()) << 20 | ++count;
        for (char& c : random) {
            c = "abcdefghijklmnopqrstuvwxyz234567"[value & 31];
            value >>= 5;
        }
        return shm::kNamePrefix + random;
    }

  private:
    static shm::Segment create(const std::string& name, const shm::Geometry& geometry) {
        auto segment = shm::Segment::create(name.c_str(), geometry, 48'000, 0600);
        if (!segment) std::abort();
        return std::move(*segment);
    }

    std::string name_;
    shm::Geometry geometry_;
    shm::Segment segment_;
    CFDictionaryRef request_ = nullptr;
};

}  // namespace gecko::driver::test
