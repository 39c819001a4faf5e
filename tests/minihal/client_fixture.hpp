// A server with the tests' plug-in, and this process as its client.
#pragma once

#include <CoreAudio/CoreAudio.h>
#include <gtest/gtest.h>
#include <sndfile.h>

#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/minihal/calls.hpp"
#include "tests/minihal/minihald_process.hpp"
#include "tests/minihal/plugins/two_streams.hpp"

namespace minihal_test {

inline constexpr const char* kTwoStreamsUid = "TwoStreams_UID";

// Counts the notifications for one property.
class Heard {
  public:
    Heard(AudioObjectID object, const AudioObjectPropertyAddress& address)
        : object_(object), address_(address) {
        status_ = AudioObjectAddPropertyListener(object, &address_, hear, this);
    }
    ~Heard() {
        AudioObjectRemovePropertyListener(object_, &address_, hear, this);
        // A call may still be under way.
        const std::scoped_lock lock(mutex());
        live().erase(this);
    }
    Heard(const Heard&) = delete;
    Heard& operator=(const Heard&) = delete;
    OSStatus status() const { return status_; }
    int count() const {
        const std::scoped_lock lock(mutex());
        const auto found = live().find(this);
        return found != live().end() ? found->second : 0;
    }

  private:
    static std::mutex& mutex() {
        static std::mutex only;
        return only;
    }
    static std::map<const Heard*, int>& live() {
        static std::map<const Heard*, int> counts;
        return counts;
    }
    static OSStatus hear(AudioObjectID, UInt32, const AudioObjectPropertyAddress*, void* self) {
        const std::scoped_lock lock(mutex());
        ++live()[static_cast<const Heard*>(self)];
        return 0;
    }

    AudioObjectID object_;
    AudioObjectPropertyAddress address_;
    OSStatus status_;
};

// A finished recording, from recordings.jsonl and its file.
struct RecordedLine {
    nlohmann::json entry;
    std::vector<float> samples;
    int64_t first_sample_time() const { return entry.at("first_sample_time"); }
    int64_t frames() const { return entry.at("frames"); }
    uint32_t channels() const { return entry.at("channels"); }
    float sample(int64_t sample_time, uint32_t channel) const {
        return samples.at(static_cast<size_t>(sample_time - first_sample_time()) * channels() + channel);
    }
};

inline std::vector<RecordedLine> read_recordings(const std::filesystem::path& folder) {
    std::vector<RecordedLine> lines;
    std::ifstream list(folder / "recordings.jsonl");
    for (std::string text; std::getline(list, text);) {
        RecordedLine line{.entry = nlohmann::json::parse(text), .samples = {}};
        SF_INFO info{};
        const auto file = (folder / line.entry.at("file").get<std::string>()).string();
        SNDFILE* const sound = sf_open(file.c_str(), SFM_READ, &info);
        if (sound != nullptr) {
            line.samples.resize(static_cast<size_t>(info.frames * info.channels));
            sf_readf_float(sound, line.samples.data(), info.frames);
            sf_close(sound);
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

class ClientTest : public testing::Test {
  protected:
    ClientTest() {
        // What the test before this one has chosen.
        std::filesystem::remove_all(sandbox().run_directory() / "storage");
        start_server();
    }

    void start_server() {
        server_.reset();
        server_ = std::make_unique<MinihaldProcess>(
            MINIHALD_PROGRAM, sandbox(),
            std::vector<std::string>{"--plugins", MINIHAL_TEST_PLUGINS, "--record-dir", records().string()});
    }
    void SetUp() override { ASSERT_TRUE(server_->serving()) << server_->errors(); }

    static Sandbox& sandbox() {
        static Sandbox only;
        static const bool entered = (only.enter(), true);
        static_cast<void>(entered);
        return only;
    }
    // A folder for each test.
    std::filesystem::path records() const {
        const auto* const test = testing::UnitTest::GetInstance()->current_test_info();
        return sandbox().folder() / test->name();
    }
    MinihaldProcess& server() { return *server_; }
    std::unique_ptr<ChildProcess> client(const std::string& uid, uint64_t seed, uint64_t frames) const {
        return std::make_unique<ChildProcess>(
            MINIHAL_TEST_CLIENT, std::vector<std::string>{uid, std::to_string(seed), std::to_string(frames)},
            sandbox().folder());
    }
    // The recordings, once the server has ended and so closed them all.
    std::vector<RecordedLine> recordings() {
        EXPECT_EQ(server_->terminate(), 0);
        return read_recordings(records());
    }

  private:
    std::unique_ptr<MinihaldProcess> server_;
};

}  // namespace minihal_test
