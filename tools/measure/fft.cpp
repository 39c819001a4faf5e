#include "tools/measure/fft.hpp"

#include <kiss_fftr.h>

namespace gecko::measure {

static_assert(sizeof(kiss_fft_cpx) == sizeof(std::complex<float>),
              "both are two floats, real before imaginary");

void RealFft::Free::operator()(kiss_fftr_state* plan) const {
    kiss_fftr_free(plan);
}

RealFft::RealFft(std::size_t size)
    : size_(size),
      forward_(kiss_fftr_alloc(static_cast<int>(size), 0, nullptr, nullptr)),
      inverse_(kiss_fftr_alloc(static_cast<int>(size), 1, nullptr, nullptr)) {}

void RealFft::forward(std::span<const float> time, std::span<std::complex<float>> spectrum) const {
    kiss_fftr(forward_.get(), time.data(), reinterpret_cast<kiss_fft_cpx*>(spectrum.data()));
}

void RealFft::inverse(std::span<const std::complex<float>> spectrum, std::span<float> time) const {
    kiss_fftri(inverse_.get(), reinterpret_cast<const kiss_fft_cpx*>(spectrum.data()), time.data());
}

}  // namespace gecko::measure
