#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

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

/// Frames of a stretch: enough for a fit, few enough that some stretches are whole in a recording with breaks.
inline constexpr std::int64_t kStretch = 16384;

/// First frames of stretches from one end of the reference to the other; none if it is shorter than one.
std::vector<std::int64_t> spread_stretches(const Audio& reference);

/// One model and the stretches that it explains.
struct CommonPath {
    PathModel model;
    std::vector<std::int64_t> stretches;
};

/// One model for as many of the stretches that begin at these frames of the reference as agree with each
/// other, earlier ones first: the lag is where the song begins. Nothing when none can be explained.
std::optional<CommonPath> fit_common_path(const Audio& reference, const Audio& recording, std::int64_t lag,
                                          std::span<const std::int64_t> begins);

}  // namespace gecko::measure
