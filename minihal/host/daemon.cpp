#include "minihal/host/daemon.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "minihal/system/run_directory.hpp"

namespace minihal {

namespace {

// See ObjectMap: another server, other IDs.
AudioObjectID first_object_id() {
    return 64 + (static_cast<AudioObjectID>(getpid()) & 0xffff) * 4096;
}

}  // namespace

std::expected<std::unique_ptr<Daemon>, std::string> Daemon::start(const DaemonOptions& options) {
    auto directory = make_run_directory();
    if (!directory) return std::unexpected(directory.error());
    auto lock = RunLock::take(*directory);
    if (!lock) return std::unexpected(lock.error());
    std::unique_ptr<Daemon> daemon(new Daemon(std::move(*lock), *directory));
    if (auto error = daemon->open(options)) return std::unexpected(std::move(*error));
    return daemon;
}

Daemon::Daemon(RunLock lock, std::string run_directory)
    : lock_(std::move(lock)),
      run_directory_(std::move(run_directory)),
      host_(run_directory_, first_object_id(), [this] { events_wake_.notify(); }) {}

std::optional<std::string> Daemon::open(const DaemonOptions& options) {
    if (!options.record_directory.empty()) {
        std::error_code error;
        std::filesystem::create_directories(options.record_directory, error);
        if (error || access(options.record_directory.c_str(), W_OK) != 0) {
            return fmt::format("cannot record into {}: it is no folder that can be written",
                               options.record_directory);
        }
    }
    auto clock = HostClockWriter::open();
    if (!clock) return clock.error();
    const auto console = run_file(kConsoleFile);
    std::ofstream console_file(console);
    if (options.console_user) console_file << *options.console_user << '\n';
    if (!console_file.flush()) return fmt::format("cannot make {}", console);
    load_plug_ins(options.plug_ins);
    io_ =
        std::make_unique<IoLoop>(std::move(*clock), options.record_directory, static_cast<IoEvents&>(*this));
    auto listener = wire::listen_at(run_file(kSocketFile));
    if (!listener) return listener.error();
    server_ = std::make_unique<Server>(std::move(*listener), static_cast<ServerHandler&>(*this));
    host_.begin(*io_, *server_);
    return options.share ? share() : std::nullopt;
}

// What other users' programs need, whatever the umask: the way in, the socket, the clock for reading.
std::optional<std::string> Daemon::share() const {
    const std::pair<std::string, mode_t> files[] = {
        {run_directory_, 0755}, {run_file(kSocketFile), 0666}, {run_file(kClockFile), 0644}};
    for (const auto& [path, mode] : files) {
        if (chmod(path.c_str(), mode) != 0) {
            return fmt::format("cannot share {} with other users: {}", path, std::strerror(errno));
        }
    }
    return std::nullopt;
}

Daemon::~Daemon() {
    server_.reset();
    unlink(run_file(kSocketFile).c_str());
    // Ended first, so that nothing runs when the plug-ins are told to stop.
    io_.reset();
    host_.end();
    unlink(run_file(kConsoleFile).c_str());
}

void Daemon::run() {
    for (;;) {
        std::vector<pollfd> descriptors = {{.fd = stop_.descriptor(), .events = POLLIN, .revents = 0},
                                           {.fd = events_wake_.descriptor(), .events = POLLIN, .revents = 0}};
        server_->add_descriptors(descriptors);
        if (poll(descriptors.data(), static_cast<nfds_t>(descriptors.size()), -1) < 0) continue;
        if (descriptors[0].revents != 0) return;
        // Notifications before the answers to requests that come after them.
        run_events();
        server_->serve();
        run_events();
    }
}

void Daemon::stop() {
    stop_.notify();
}

void Daemon::load_plug_ins(const std::filesystem::path& directory) {
    host_.add_simulated_hardware();
    if (directory.empty()) return;
    const auto bundles = find_bundles(directory);
    if (!bundles)
        fmt::print(stderr, "minihald: {}; going on with simulated hardware only\n", bundles.error());
    for (const auto& bundle : bundles.value_or(std::vector<std::filesystem::path>{})) {
        host_.add_plug_in(bundle.filename().string(), load_bundle(bundle));
    }
}

void Daemon::run_events() {
    events_wake_.drain();
    host_.run_events();
}

void Daemon::request(const Process& process, const wire::Message& message) {
    host_.request(process, message);
}

void Daemon::io_connection(const Process& process, AudioObjectID device, uint32_t id,
                           wire::Descriptor descriptor, wire::MessageParser parser) {
    const auto client = host_.add_client(process, device);
    wire::Writer value;
    value.put(client.value_or(0));
    const wire::Reply reply{.status = client ? OSStatus{kAudioHardwareNoError} : client.error(),
                            .value = value.take()};
    wire::send_some(descriptor.get(), packed(wire::MessageType::kReply, id, encode(reply)));
    if (client) io_->add_client(*client, std::move(descriptor), std::move(parser));
}

void Daemon::process_ended(const Process& process) {
    host_.process_ended(process);
}

void Daemon::client_stopped(uint32_t client) {
    host_.post([this, client] { host_.client_stopped(client); });
}

void Daemon::client_gone(uint32_t client, std::string) {
    host_.post([this, client] { host_.client_gone(client); });
}

void Daemon::device_suspended(AudioObjectID device) {
    host_.post([this, device] { host_.device_suspended(device); });
}

}  // namespace minihal
