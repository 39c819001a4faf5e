#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <span>

struct kiss_fftr_state;

namespace gecko::measure {

/// Transforms of real signals of one even size. Not normalised: inverse(forward(x)) is size() * x.
class RealFft {
  public:
    explicit RealFft(std::size_t size);

    std::size_t size() const { return size_; }
    std::size_t bins() const { return size_ / 2 + 1; }

    /// `time` has size() samples, `spectrum` bins() values.
    void forward(std::span<const float> time, std::span<std::complex<float>> spectrum) const;
    void inverse(std::span<const std::complex<float>> spectrum, std::span<float> time) const;

  private:
    struct Free {
        void operator()(kiss_fftr_state* plan) const;
    };
    std::size_t size_;
    std::unique_ptr<kiss_fftr_state, Free> forward_;
    std::unique_ptr<kiss_fftr_state, Free> inverse_;
};

}  // namespace gecko::measure
