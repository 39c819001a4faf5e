#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gecko::testing {

/// The fixed name is one for the whole machine: who tests with it waits here for the others who do. Takes the name away at the end.
class FixedNameTurn {
  public:
    FixedNameTurn() : lock_(::open("/tmp/gecko-fixed-name-tests.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
        while (::flock(lock_, LOCK_EX) != 0) {
        }
        ::shm_unlink("/GeckoAudioShm");
    }
    FixedNameTurn(const FixedNameTurn&) = delete;
    FixedNameTurn& operator=(const FixedNameTurn&) = delete;
    ~FixedNameTurn() {
        ::shm_unlink("/GeckoAudioShm");
        ::close(lock_);
    }

  private:
    int lock_;
};

}  // namespace gecko::testing
