#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "tools/measure/audio.hpp"

namespace gecko::measure {

/// Sections of second order in a row are one filter of twice as many; ten of them are the longest equaliser
/// there is to measure.
inline constexpr std::size_t kModelOrder = 20;

/// Two polynomials with sum(a[k] recording[n + lag - k]) = sum(b[k] reference[n - k]) for every frame n; a[0]
/// = 1.
struct PathModel {
    std::array<double, kModelOrder + 1> a{1.0};
    std::array<double, kModelOrder + 1> b{1.0};

    /// What the model leaves unexplained at frame n of the reference.
    double difference(const Audio& reference, const Audio& recording, std::int64_t lag, std::int64_t n,
                      std::size_t channel) const;
};

/// Gathers stretches of audio for a least-squares fit of the model.
class PathFit {
  public:
    void add(const Audio& reference, const Audio& recording, std::int64_t lag, std::int64_t begin,
             std::int64_t frames);

    /// Nothing when there was silence only.
    std::optional<PathModel> solve() const;

  private:
    static constexpr std::size_t kUnknowns = 2 * kModelOrder + 1;
    std::array<std::array<double, kUnknowns>, kUnknowns> normal_{};  // lower triangle of the normal equations
    std::array<double, kUnknowns> right_{};
    double power_ = 0.0;
};

}  // namespace gecko::measure
