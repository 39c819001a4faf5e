#include "tools/measure/path_model.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace gecko::measure {
namespace {

/// Added to the diagonal, relative to the power: where the music says nothing about the filter (no energy
/// near half the rate, for example) the equations have no one solution, and rounding may even leave them
/// none.
/// The smallest that lets them be solved is taken.
constexpr std::array kRidges{1e-13, 1e-12, 1e-11, 1e-10, 1e-9};

constexpr std::int64_t kStretches = 8;
/// An intact stretch is explained to about 1e-6 of its level; one with a single frame missing to no better
/// than 1e-3.
constexpr double kExplained = 1e-4;

/// Solves m x = v for a symmetric positive definite m, given its lower triangle (Cholesky); false if it is
/// not.
template <class Matrix, class Vector>
bool solve_in_place(Matrix& m, Vector& v) {
    const std::size_t size = v.size();
    for (std::size_t j = 0; j < size; ++j) {
        for (std::size_t i = j; i < size; ++i) {
            double sum = m[i][j];
            for (std::size_t k = 0; k < j; ++k) sum -= m[i][k] * m[j][k];
            if (i != j) {
                m[i][j] = sum / m[j][j];
                continue;
            }
            if (!(sum > 0.0)) return false;
            m[i][i] = std::sqrt(sum);
        }
    }
    for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t k = 0; k < i; ++k) v[i] -= m[i][k] * v[k];
        v[i] /= m[i][i];
    }
    for (std::size_t i = size; i-- > 0;) {
        for (std::size_t k = i + 1; k < size; ++k) v[i] -= m[k][i] * v[k];
        v[i] /= m[i][i];
    }
    return true;
}

/// What the model leaves unexplained of a stretch, as a ratio to the recording's level there; infinite for
/// silence.
double unexplained(const PathModel& model, const Audio& reference, const Audio& recording, std::int64_t lag,
                   std::int64_t begin) {
    double error = 0.0;
    double power = 0.0;
    for (std::int64_t n = begin; n < begin + kStretch; ++n) {
        for (std::size_t channel = 0; channel < 2; ++channel) {
            error += std::pow(model.difference(reference, recording, lag, n, channel), 2);
            power += std::pow(static_cast<double>(recording.at_or_silence(n + lag, channel)), 2);
        }
    }
    return power > 0.0 ? std::sqrt(error / power) : HUGE_VAL;
}

}  // namespace

double PathModel::difference(const Audio& reference, const Audio& recording, std::int64_t lag, std::int64_t n,
                             std::size_t channel) const {
    double sum = 0.0;
    for (std::size_t k = 0; k <= kModelOrder; ++k) {
        const auto back = static_cast<std::int64_t>(k);
        sum += a[k] * static_cast<double>(recording.at_or_silence(n + lag - back, channel));
        sum -= b[k] * static_cast<double>(reference.at_or_silence(n - back, channel));
    }
    return sum;
}

void PathFit::add(const Audio& reference, const Audio& recording, std::int64_t lag, std::int64_t begin,
                  std::int64_t frames) {
    std::array<double, kUnknowns> row{};  // the recording's past, negated, then the reference's
    for (std::size_t channel = 0; channel < 2; ++channel) {
        for (std::int64_t n = begin; n < begin + frames; ++n) {
            for (std::size_t k = 0; k < kModelOrder; ++k) {
                const auto back = static_cast<std::int64_t>(k);
                row[k] = -static_cast<double>(recording.at_or_silence(n + lag - back - 1, channel));
                row[kModelOrder + k] = static_cast<double>(reference.at_or_silence(n - back, channel));
            }
            row.back() = static_cast<double>(
                reference.at_or_silence(n - static_cast<std::int64_t>(kModelOrder), channel));
            const auto heard = static_cast<double>(recording.at_or_silence(n + lag, channel));
            power_ += heard * heard;
            for (std::size_t i = 0; i < kUnknowns; ++i) {
                right_[i] += row[i] * heard;
                for (std::size_t j = 0; j <= i; ++j) normal_[i][j] += row[i] * row[j];
            }
        }
    }
}

std::optional<PathModel> PathFit::solve() const {
    if (power_ <= 0.0) return std::nullopt;
    for (const double ridge : kRidges) {
        auto matrix = normal_;
        auto x = right_;
        for (std::size_t i = 0; i < kUnknowns; ++i) matrix[i][i] += ridge * power_;
        if (!solve_in_place(matrix, x)) continue;
        PathModel model;
        for (std::size_t k = 0; k < kModelOrder; ++k) model.a[k + 1] = x[k];
        for (std::size_t k = 0; k <= kModelOrder; ++k) model.b[k] = x[kModelOrder + k];
        return model;
    }
    return std::nullopt;
}

std::vector<std::int64_t> spread_stretches(const Audio& reference) {
    std::vector<std::int64_t> begins;
    if (reference.frames() < kStretch) return begins;
    for (std::int64_t i = 0; i < kStretches; ++i) {
        begins.push_back((reference.frames() - kStretch) * i / (kStretches - 1));
    }
    return begins;
}

std::optional<CommonPath> fit_common_path(const Audio& reference, const Audio& recording, std::int64_t lag,
                                          std::span<const std::int64_t> begins) {
    PathFit gathered;
    std::optional<CommonPath> best;
    for (const std::int64_t begin : begins) {
        PathFit trial = gathered;
        trial.add(reference, recording, lag, begin, kStretch);
        const auto model = trial.solve();
        if (!model) continue;
        std::vector<std::int64_t> stretches = best ? best->stretches : std::vector<std::int64_t>{};
        stretches.push_back(begin);
        const bool explains_all = std::ranges::all_of(stretches, [&](std::int64_t at) {
            return unexplained(*model, reference, recording, lag, at) < kExplained;
        });
        if (!explains_all) continue;
        gathered = trial;
        best = CommonPath{.model = *model, .stretches = std::move(stretches)};
    }
    return best;
}

}  // namespace gecko::measure
