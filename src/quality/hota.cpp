#include "quality/hota.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "media/assignment.h"

namespace facet::quality {
namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

using IdentityPair = std::pair<std::size_t, std::size_t>;

/// How often each identity stands in the video, and how well each pair of them agrees over all of it.
struct Alignment {
    std::vector<double> truth_count;
    std::vector<double> found_count;
    std::map<IdentityPair, double> together;  // sum over frames of the pair's share of the similarity around it

    double score(IdentityPair pair) const {
        const auto at = together.find(pair);
        if (at == together.end()) return 0;
        return at->second / (truth_count[pair.first] + found_count[pair.second] - at->second);
    }
};

Alignment align(const Sequence& sequence) {
    Alignment alignment;
    alignment.truth_count.resize(sequence.truth_identities);
    alignment.found_count.resize(sequence.found_identities);
    for (const Sequence::Frame& frame : sequence.frames) {
        std::vector<double> row_sum(frame.truth.size());
        std::vector<double> column_sum(frame.found.size());
        for (std::size_t row = 0; row < frame.truth.size(); ++row)
            for (std::size_t column = 0; column < frame.found.size(); ++column) {
                row_sum[row] += frame.similarity_of(row, column);
                column_sum[column] += frame.similarity_of(row, column);
            }
        for (std::size_t row = 0; row < frame.truth.size(); ++row)
            for (std::size_t column = 0; column < frame.found.size(); ++column) {
                const double similarity = frame.similarity_of(row, column);
                const double around = row_sum[row] + column_sum[column] - similarity;
                if (similarity > 0 && around > kEpsilon)
                    alignment.together[{frame.truth[row], frame.found[column]}] += similarity / around;
            }
        for (const std::size_t id : frame.truth) alignment.truth_count[id] += 1;
        for (const std::size_t id : frame.found) alignment.found_count[id] += 1;
    }
    return alignment;
}

/// What is counted at one alpha.
struct Counts {
    double matched = 0;
    double similarity = 0;
};

}  // namespace

Hota hota(const Sequence& sequence) {
    const Alignment alignment = align(sequence);
    std::array<Counts, kAlphaCount> counts;
    std::map<IdentityPair, std::array<double, kAlphaCount>> pair_counts;
    const auto alpha_at = [](std::size_t index) { return 0.05 + static_cast<double>(index) * 0.05; };

    for (const Sequence::Frame& frame : sequence.frames) {
        std::vector<float> cost(frame.similarity.size());
        for (std::size_t row = 0; row < frame.truth.size(); ++row)
            for (std::size_t column = 0; column < frame.found.size(); ++column)
                cost[row * frame.found.size() + column] = static_cast<float>(
                    -alignment.score({frame.truth[row], frame.found[column]}) * frame.similarity_of(row, column));
        const std::vector<int> column_of = assign(cost, frame.truth.size(), frame.found.size(), 0);
        for (std::size_t row = 0; row < column_of.size(); ++row) {
            if (column_of[row] < 0) continue;
            const auto column = static_cast<std::size_t>(column_of[row]);
            const double similarity = frame.similarity_of(row, column);
            auto& of_pair = pair_counts[{frame.truth[row], frame.found[column]}];
            for (std::size_t a = 0; a < kAlphaCount && similarity >= alpha_at(a) - kEpsilon; ++a) {
                counts[a].matched += 1;
                counts[a].similarity += similarity;
                of_pair[a] += 1;
            }
        }
    }

    const auto truth_boxes = static_cast<double>(sequence.truth_boxes);
    const auto found_boxes = static_cast<double>(sequence.found_boxes);
    Hota result;
    for (std::size_t a = 0; a < kAlphaCount; ++a) {
        double association = 0;
        double association_recall = 0;
        double association_precision = 0;
        for (const auto& [pair, matched_by_alpha] : pair_counts) {
            const double matched = matched_by_alpha[a];
            const double truth = alignment.truth_count[pair.first];
            const double found = alignment.found_count[pair.second];
            association += matched * matched / (truth + found - matched);
            association_recall += matched * matched / truth;
            association_precision += matched * matched / found;
        }
        const double matched = counts[a].matched;
        const double at_least_one = std::max(1.0, matched);
        const double deta = matched / std::max(1.0, truth_boxes + found_boxes - matched);
        const double assa = association / at_least_one;
        result.hota_by_alpha[a] = std::sqrt(deta * assa);
        result.hota += result.hota_by_alpha[a] / kAlphaCount;
        result.deta += deta / kAlphaCount;
        result.assa += assa / kAlphaCount;
        result.loca += (matched > 0 ? counts[a].similarity / matched : 1) / kAlphaCount;
        result.detection_recall += matched / std::max(1.0, truth_boxes) / kAlphaCount;
        result.detection_precision += matched / std::max(1.0, found_boxes) / kAlphaCount;
        result.association_recall += association_recall / at_least_one / kAlphaCount;
        result.association_precision += association_precision / at_least_one / kAlphaCount;
    }
    return result;
}

}  // namespace facet::quality
