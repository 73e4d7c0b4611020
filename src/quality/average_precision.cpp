#include "quality/average_precision.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <set>

#include "base/assert.h"
#include "quality/overlap.h"

namespace facet::quality {
namespace {

constexpr std::size_t kRecallCount = 101;
/// COCO compares with min(threshold, 1 - 1e-10), so that a perfect overlap always counts.
constexpr double kSimilarityBelowOne = 1 - 1e-10;

/// Indices of the objects of one label, the best `count_max` by falling score.
std::vector<std::size_t> best_of(const std::vector<Detection>& found, int label, std::size_t count_max) {
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0; i < found.size(); ++i)
        if (found[i].label == label) chosen.push_back(i);
    std::stable_sort(chosen.begin(), chosen.end(),
                     [&](std::size_t a, std::size_t b) { return found[a].score > found[b].score; });
    if (chosen.size() > count_max) chosen.resize(count_max);
    return chosen;
}

using SimilarityOf = std::function<double(const TruthObject&, const Detection&)>;
using CountsNot = std::function<bool(const TruthObject&)>;

/// COCOeval.evaluateImg for one class: truth that does not count stands last and is taken only where nothing else fits.
ClassMatches match_class(const ScoredPicture& picture, int label, std::size_t found_max, const SimilarityOf& similarity,
                         const CountsNot& counts_not) {
    std::vector<const TruthObject*> truth;
    for (const TruthObject& object : picture.truth)
        if (object.label == label) truth.push_back(&object);
    const auto first_ignored =
        std::stable_partition(truth.begin(), truth.end(), [&](const TruthObject* object) { return !counts_not(*object); });
    const auto counting = static_cast<std::size_t>(first_ignored - truth.begin());
    const std::vector<std::size_t> found = best_of(picture.found, label, found_max);

    std::vector<double> similarities(found.size() * truth.size());
    for (std::size_t d = 0; d < found.size(); ++d)
        for (std::size_t g = 0; g < truth.size(); ++g)
            similarities[d * truth.size() + g] = similarity(*truth[g], picture.found[found[d]]);

    ClassMatches matches;
    matches.label = label;
    matches.truth_count = counting;
    for (const std::size_t index : found) matches.found.push_back({picture.found[index].score, 0, 0});
    std::vector<char> taken(truth.size());
    for (std::size_t t = 0; t < kThresholdCount; ++t) {
        std::fill(taken.begin(), taken.end(), char{0});
        const auto bit = static_cast<std::uint16_t>(1U << t);
        for (std::size_t d = 0; d < found.size(); ++d) {
            double best = std::min(similarity_thresholds()[t], kSimilarityBelowOne);
            std::size_t chosen = truth.size();
            for (std::size_t g = 0; g < truth.size(); ++g) {
                if (taken[g] && !truth[g]->crowd) continue;
                if (chosen < counting && g >= counting) break;
                const double value = similarities[d * truth.size() + g];
                if (value < best) continue;
                best = value;
                chosen = g;
            }
            if (chosen == truth.size()) continue;
            taken[chosen] = 1;
            ClassMatches::Found& entry = matches.found[d];
            entry.matched = static_cast<std::uint16_t>(entry.matched | bit);
            if (chosen >= counting) entry.ignored = static_cast<std::uint16_t>(entry.ignored | bit);
        }
    }
    return matches;
}

PictureMatches match(const ScoredPicture& picture, std::size_t found_max, const SimilarityOf& similarity,
                     const CountsNot& counts_not) {
    std::set<int> labels;
    for (const TruthObject& object : picture.truth) labels.insert(object.label);
    for (const Detection& detection : picture.found) labels.insert(detection.label);
    PictureMatches matches;
    for (const int label : labels) matches.classes.push_back(match_class(picture, label, found_max, similarity, counts_not));
    return matches;
}

struct Curve {
    double average = 0;
    double recall = 0;
};

/// COCOeval.accumulate for one class and threshold; `found` by falling score. Both recall and precision only rise with what
/// matches, so these are all the points that are looked at; `precision` is room for them.
Curve precision_curve(const std::vector<ClassMatches::Found>& found, std::size_t threshold, std::size_t truth_count,
                      std::vector<double>& precision) {
    precision.clear();  // at each match
    double wrong = 0;
    for (const ClassMatches::Found& entry : found) {
        if ((entry.ignored >> threshold) & 1U) continue;
        if (!((entry.matched >> threshold) & 1U)) {
            wrong += 1;
            continue;
        }
        const auto matched = static_cast<double>(precision.size() + 1);
        precision.push_back(matched / (matched + wrong + std::numeric_limits<double>::epsilon()));
    }
    for (std::size_t i = precision.size(); i-- > 1;) precision[i - 1] = std::max(precision[i - 1], precision[i]);
    const auto recall = [&](std::size_t matches) { return static_cast<double>(matches) / static_cast<double>(truth_count); };
    Curve curve;
    std::size_t at = 0;
    for (std::size_t r = 0; r < kRecallCount; ++r) {
        const double wanted = r + 1 == kRecallCount ? 1.0 : static_cast<double>(r) * 0.01;
        while (at < precision.size() && recall(at + 1) < wanted) ++at;
        if (at == precision.size()) break;
        curve.average += precision[at];
    }
    curve.average /= kRecallCount;
    curve.recall = recall(precision.size());
    return curve;
}

bool has_labelled_keypoint(const TruthObject& truth) {
    return std::any_of(truth.keypoints.begin(), truth.keypoints.end(),
                       [](const Keypoint& keypoint) { return keypoint.visibility > 0; });
}

/// How far a point lies outside of a box that is grown by its own size on every side.
Point outside_of_surroundings(Point point, const Box& box) {
    const auto beyond = [](float position, float start, float length) {
        return std::max(0.0F, start - length - position) + std::max(0.0F, position - (start + 2 * length));
    };
    return {beyond(point.x, box.x, box.width), beyond(point.y, box.y, box.height)};
}

}  // namespace

const std::array<double, kThresholdCount>& similarity_thresholds() {
    // As numpy.linspace(0.5, 0.95, 10) rounds them, so that a similarity of exactly 0.6 falls on the same side.
    static constexpr std::array<double, kThresholdCount> kThresholds = [] {
        std::array<double, kThresholdCount> values{};
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = 0.5 + static_cast<double>(i) * ((0.95 - 0.5) / 9);
        values.back() = 0.95;
        return values;
    }();
    return kThresholds;
}

PictureMatches match_boxes(const ScoredPicture& picture, std::size_t found_max) {
    return match(
        picture, found_max,
        [](const TruthObject& truth, const Detection& found) {
            return truth.crowd ? share_inside(found.box, truth.box) : overlap(truth.box, found.box);
        },
        [](const TruthObject& truth) { return truth.crowd || truth.ignored; });
}

std::span<const double> coco_keypoint_spreads() {
    static constexpr std::array<double, 17> kSpreads{.026, .025, .025, .035, .035, .079, .079, .072, .072,
                                                     .062, .062, .107, .107, .087, .087, .089, .089};
    return kSpreads;
}

double keypoint_similarity(const TruthObject& truth, std::span<const Keypoint> found, std::span<const double> spreads) {
    FACET_ASSERT(truth.keypoints.size() <= spreads.size());
    if (found.size() != truth.keypoints.size()) return 0;
    constexpr double kSilhouetteOfBox = 0.53;  // the mean over COCO's people; also Ultralytics' choice
    const double area =
        truth.area > 0 ? truth.area
                       : kSilhouetteOfBox * static_cast<double>(truth.box.width) * static_cast<double>(truth.box.height);
    const bool any_labelled = has_labelled_keypoint(truth);
    double sum = 0;
    int counted = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (any_labelled && !(truth.keypoints[i].visibility > 0)) continue;
        const Point offset = any_labelled ? Point{found[i].point.x - truth.keypoints[i].point.x,
                                                  found[i].point.y - truth.keypoints[i].point.y}
                                          : outside_of_surroundings(found[i].point, truth.box);
        const double dx = static_cast<double>(offset.x);
        const double dy = static_cast<double>(offset.y);
        const double variance = 4 * spreads[i] * spreads[i];
        sum += std::exp(-(dx * dx + dy * dy) / variance / (area + std::numeric_limits<double>::epsilon()) / 2);
        ++counted;
    }
    return counted > 0 ? sum / counted : 0;
}

PictureMatches match_keypoints(const ScoredPicture& picture, std::span<const double> spreads, std::size_t found_max) {
    return match(
        picture, found_max,
        [&](const TruthObject& truth, const Detection& found) {
            return keypoint_similarity(truth, found.keypoints, spreads);
        },
        [](const TruthObject& truth) { return truth.crowd || truth.ignored || !has_labelled_keypoint(truth); });
}

AveragePrecision average_precision(std::span<const PictureMatches> pictures) {
    std::vector<std::size_t> all(pictures.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    return average_precision(pictures, all);
}

AveragePrecision average_precision(std::span<const PictureMatches> pictures, std::span<const std::size_t> selection) {
    struct Pooled {
        std::size_t truth_count = 0;
        std::vector<ClassMatches::Found> found;
    };
    std::map<int, Pooled> pooled;
    for (const std::size_t index : selection)
        for (const ClassMatches& matches : pictures[index].classes) {
            Pooled& pool = pooled[matches.label];
            pool.truth_count += matches.truth_count;
            pool.found.insert(pool.found.end(), matches.found.begin(), matches.found.end());
        }
    AveragePrecision result;
    std::vector<double> precision;
    for (auto& [label, pool] : pooled) {
        if (pool.truth_count == 0) continue;
        std::stable_sort(pool.found.begin(), pool.found.end(),
                         [](const auto& a, const auto& b) { return a.score > b.score; });
        AveragePrecision::Class& entry = result.classes[label];
        entry.truth_count = pool.truth_count;
        for (std::size_t t = 0; t < kThresholdCount; ++t) {
            const Curve curve = precision_curve(pool.found, t, pool.truth_count, precision);
            if (t == 0) entry.ap50 = curve.average;
            if (t == 5) result.ap75 += curve.average;
            entry.ap50_95 += curve.average / kThresholdCount;
            result.recall += curve.recall / kThresholdCount;
        }
        result.ap50 += entry.ap50;
        result.ap50_95 += entry.ap50_95;
    }
    if (result.classes.empty()) return result;
    const auto count = static_cast<double>(result.classes.size());
    for (double* mean : {&result.ap50, &result.ap75, &result.ap50_95, &result.recall}) *mean /= count;
    return result;
}

}  // namespace facet::quality
