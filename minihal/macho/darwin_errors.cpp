// errno. The program's is Darwin's: a number of its own for each thread, behind __error(). What Linux's functions leave in Linux's errno
// becomes the program's when the program looks, so neither adapters nor functions that are the same on both need to know.
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "minihal/macho/darwin.hpp"

namespace minihal::macho {

namespace {

struct ErrorNumbers {
    int here, darwin;
};

// 1 to 34 are the same on both, but for 11.
constexpr ErrorNumbers kErrors[] = {
    {EAGAIN, 35},       {EDEADLK, 11},      {EINPROGRESS, 36},  {EALREADY, 37},      {ENOTSOCK, 38},
    {EDESTADDRREQ, 39}, {EMSGSIZE, 40},     {EPROTOTYPE, 41},   {ENOPROTOOPT, 42},   {EPROTONOSUPPORT, 43},
    {EOPNOTSUPP, 45},   {EAFNOSUPPORT, 47}, {EADDRINUSE, 48},   {EADDRNOTAVAIL, 49}, {ENETDOWN, 50},
    {ENETUNREACH, 51},  {ECONNABORTED, 53}, {ECONNRESET, 54},   {ENOBUFS, 55},       {EISCONN, 56},
    {ENOTCONN, 57},     {ETIMEDOUT, 60},    {ECONNREFUSED, 61}, {ELOOP, 62},         {ENAMETOOLONG, 63},
    {EHOSTUNREACH, 65}, {ENOTEMPTY, 66},    {EDQUOT, 69},       {ESTALE, 70},        {ENOLCK, 77},
    {ENOSYS, 78},       {EOVERFLOW, 84},    {ECANCELED, 89},    {EIDRM, 90},         {ENOMSG, 91},
    {EILSEQ, 92},       {EBADMSG, 94},      {EPROTO, 100},      {EOWNERDEAD, 105},   {ENOTRECOVERABLE, 104},
};
constexpr int kLastCommon = 34;

thread_local int program_errno = 0;

int* error() noexcept {
    if (errno != 0) {
        program_errno = darwin_error(errno);
        errno = 0;
    }
    return &program_errno;
}

// The words are Linux's.
char* text_of(int number) noexcept {
    const int here = linux_error(number);
    if (here != EIO || number == EIO) return std::strerror(here);
    thread_local char unknown[32];
    std::snprintf(unknown, sizeof unknown, "Unknown error: %d", number);
    return unknown;
}
int text_into(int number, char* buffer, std::size_t size) noexcept {
    const int length = std::snprintf(buffer, size, "%s", text_of(number));
    return static_cast<std::size_t>(length) < size ? 0 : ERANGE;
}

}  // namespace

int darwin_error(int linux_error) noexcept {
    for (const auto& one : kErrors)
        if (one.here == linux_error) return one.darwin;
    return linux_error >= 0 && linux_error <= kLastCommon ? linux_error : EIO;
}

int linux_error(int darwin_error) noexcept {
    for (const auto& one : kErrors)
        if (one.darwin == darwin_error) return one.here;
    return darwin_error >= 0 && darwin_error <= kLastCommon ? darwin_error : EIO;
}

std::span<const Provided> provided_errors() noexcept {
    static const std::array kTable = {
        entry("___error", &error),
        entry("_strerror", &text_of),
        entry("_strerror_r", &text_into),
    };
    return kTable;
}

}  // namespace minihal::macho
