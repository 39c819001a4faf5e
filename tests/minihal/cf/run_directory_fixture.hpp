// A run directory of the test's own, and processes that share it.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <new>
#include <string>
#include <utility>

class RunDirectory : public testing::Test {
  protected:
    RunDirectory() {
        std::string name = testing::TempDir() + "/minihal-run-XXXXXX";
        path_ = mkdtemp(name.data());
        setenv("MINIHAL_RUN_DIR", path_.c_str(), 1);
    }
    ~RunDirectory() override { std::filesystem::remove_all(path_); }

    std::filesystem::path path_;
};

// A forked process; its result is what `body` returns (0 is success).
class Child {
  public:
    template <class Body>
    explicit Child(Body body) : pid_(fork()) {
        if (pid_ == 0) {
            alarm(10);  // against hanging
            _exit(body());
        }
    }
    // A program of its own.
    Child(const char* program, const char* argument)
        : Child([program, argument] {
              execl(program, program, argument, nullptr);
              return 127;
          }) {}
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (pid_ > 0) finish(SIGKILL);
    }

    int result() { return finish(0); }
    void kill_now() { finish(SIGKILL); }

  private:
    int finish(int signal_number) {
        if (signal_number != 0) kill(pid_, signal_number);
        int status = 0;
        waitpid(std::exchange(pid_, -1), &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

    pid_t pid_;
};

// A T in memory that this process shares with those it forks.
template <class T>
class Shared {
  public:
    Shared()
        : object_(new (mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))
                      T{}) {}
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;
    ~Shared() { munmap(object_, sizeof(T)); }
    T& operator*() const { return *object_; }
    T* operator->() const { return object_; }

  private:
    T* object_;
};
