#pragma once

#include <cstdint>

#if defined(__SSE__) || defined(_M_X64)
#include <xmmintrin.h>
#endif

#include "rt/nonblocking.hpp"

namespace gecko::dsp {

/// While it lives, the floating-point unit of this thread takes denormal numbers as zero, as operands and as
/// results. A filter's decaying state would otherwise slow processors down a hundredfold. The previous mode
/// returns at the end.
class FlushDenormals {
  public:
    FlushDenormals() noexcept GECKO_NONBLOCKING : saved_(read()) { write(saved_ | kFlush); }
    ~FlushDenormals() noexcept GECKO_NONBLOCKING { write(saved_); }
    FlushDenormals(const FlushDenormals&) = delete;
    FlushDenormals& operator=(const FlushDenormals&) = delete;

  private:
#if defined(__SSE__) || defined(_M_X64)
    using Register = unsigned int;
    static constexpr Register kFlush = 0x8040;  // MXCSR: flush to zero, denormals are zero
    static Register read() noexcept GECKO_NONBLOCKING { return _mm_getcsr(); }
    static void write(Register value) noexcept GECKO_NONBLOCKING { _mm_setcsr(value); }
#elif defined(__aarch64__)
    using Register = std::uint64_t;
    static constexpr Register kFlush = std::uint64_t{1} << 24;  // FPCR: FZ
    static Register read() noexcept GECKO_NONBLOCKING {
        Register value = 0;
        __asm__ __volatile__("mrs %0, fpcr" : "=r"(value));
        return value;
    }
    static void write(Register value) noexcept GECKO_NONBLOCKING {
        __asm__ __volatile__("msr fpcr, %0" : : "r"(value));
    }
#else
#error "No way is known here to flush denormals on this processor"
#endif

    Register saved_;
};

}  // namespace gecko::dsp
