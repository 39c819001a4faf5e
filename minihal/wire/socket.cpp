#include "minihal/wire/socket.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#if defined(__APPLE__)
#include <sys/ucred.h>
#endif

namespace minihal::wire {

namespace {

#if defined(MSG_NOSIGNAL)
constexpr int kNoSignal = MSG_NOSIGNAL;
#else
constexpr int kNoSignal = 0;  // SO_NOSIGPIPE is set on the socket instead
#endif

void make_non_blocking(int descriptor) {
    fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
}

void keep_from_children(int descriptor) {
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

void never_signal([[maybe_unused]] int descriptor) {
#if defined(SO_NOSIGPIPE)
    const int on = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
}

Descriptor new_socket() {
    Descriptor descriptor(socket(AF_UNIX, SOCK_STREAM, 0));
    if (descriptor) {
        keep_from_children(descriptor.get());
        never_signal(descriptor.get());
    }
    return descriptor;
}

bool fill_address(const std::string& path, sockaddr_un& address) {
    address = {};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return false;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return true;
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    if (this != &other) {
        if (descriptor_ >= 0) close(descriptor_);
        descriptor_ = std::exchange(other.descriptor_, -1);
    }
    return *this;
}

Descriptor::~Descriptor() {
    if (descriptor_ >= 0) close(descriptor_);
}

WakePipe::WakePipe() {
    int ends[2] = {-1, -1};
    if (pipe(ends) != 0) return;
    for (const int end : ends) {
        make_non_blocking(end);
        keep_from_children(end);
    }
    read_end_ = Descriptor(ends[0]);
    write_end_ = Descriptor(ends[1]);
}

void WakePipe::notify() const {
    const uint8_t byte = 0;
    // A full pipe already wakes its reader.
    [[maybe_unused]] const auto written = write(write_end_.get(), &byte, 1);
}

void WakePipe::drain() const {
    uint8_t bytes[64];
    while (read(read_end_.get(), bytes, sizeof bytes) > 0) {
    }
}

std::expected<Descriptor, int> connect_to(const std::string& path) {
    sockaddr_un address;
    if (!fill_address(path, address)) return std::unexpected(ENAMETOOLONG);
    Descriptor descriptor = new_socket();
    if (!descriptor) return std::unexpected(errno);
    if (connect(descriptor.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return std::unexpected(errno);
    }
    return descriptor;
}

std::expected<Descriptor, std::string> listen_at(const std::string& path) {
    sockaddr_un address;
    if (!fill_address(path, address)) {
        return std::unexpected(fmt::format("{} is too long for a socket's path ({} bytes allowed)", path,
                                           sizeof address.sun_path - 1));
    }
    Descriptor descriptor = new_socket();
    unlink(path.c_str());
    if (!descriptor ||
        bind(descriptor.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        listen(descriptor.get(), 64) != 0) {
        return std::unexpected(fmt::format("cannot listen at {}: {}", path, std::strerror(errno)));
    }
    make_non_blocking(descriptor.get());
    return descriptor;
}

Descriptor accept_from(int listener) {
    Descriptor descriptor(accept(listener, nullptr, nullptr));
    if (descriptor) {
        keep_from_children(descriptor.get());
        never_signal(descriptor.get());
        make_non_blocking(descriptor.get());
    }
    return descriptor;
}

pid_t peer_process(int descriptor) {
#if defined(__APPLE__)
    pid_t process = 0;
    socklen_t size = sizeof process;
    return getsockopt(descriptor, SOL_LOCAL, LOCAL_PEERPID, &process, &size) == 0 ? process : 0;
#else
    ucred credentials{};
    socklen_t size = sizeof credentials;
    return getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 ? credentials.pid : 0;
#endif
}

ssize_t send_some(int descriptor, std::span<const uint8_t> bytes) {
    for (;;) {
        const auto sent = send(descriptor, bytes.data(), bytes.size(), kNoSignal);
        if (sent >= 0) return sent;
        if (errno == EINTR) continue;
        return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
    }
}

bool send_all(int descriptor, std::span<const uint8_t> bytes) {
    while (!bytes.empty()) {
        const auto sent = send_some(descriptor, bytes);
        if (sent <= 0) return false;
        bytes = bytes.subspan(static_cast<size_t>(sent));
    }
    return true;
}

ssize_t detail::receive_into(int descriptor, std::span<uint8_t> buffer) {
    for (;;) {
        const auto count = recv(descriptor, buffer.data(), buffer.size(), 0);
        if (count >= 0) return count;
        if (errno == EINTR) continue;
        if (errno == EAGAIN || errno == EWOULDBLOCK) return -1;
        return 0;  // a reset connection has ended like a closed one
    }
}

}  // namespace minihal::wire
