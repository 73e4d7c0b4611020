#include "quality/clear.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "media/assignment.h"

namespace facet::quality {
namespace {

using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;  // row of truth, column of found

/// What is remembered of one true identity.
struct Memory {
    std::optional<std::size_t> last_found;   // whom it was last matched with, ever
    std::optional<std::size_t> frame_found;  // whom it was matched with on the frame before
    std::size_t present = 0;
    std::size_t matched = 0;
    std::size_t starts = 0;  // of runs of matched frames
};

class Matcher {
public:
    Matcher(const Sequence& sequence, double iou_min, ClearConvention convention)
        : iou_min_(iou_min - std::numeric_limits<double>::epsilon()),
          convention_(convention),
          memory_(sequence.truth_identities) {}

    Clear run(const Sequence& sequence) {
        for (const Sequence::Frame& frame : sequence.frames) observe(frame);
        return summary();
    }

private:
    void observe(const Sequence::Frame& frame) {
        const Pairs pairs = match(frame);
        for (const std::size_t id : frame.truth) ++memory_[id].present;
        result_.truth += frame.truth.size();
        result_.matched += pairs.size();
        result_.missed += frame.truth.size() - pairs.size();
        result_.invented += frame.found.size() - pairs.size();
        // TrackEval passes over a frame without truth or without anything found as if it were not there. py-motmetrics looks
        // at each identity's own frames, so that its absence from the truth is no interruption either.
        const bool empty = frame.truth.empty() || frame.found.empty();
        if (convention_ == ClearConvention::trackeval && empty) return;

        std::vector<std::optional<std::size_t>> matched_now(frame.truth.size());
        for (const auto& [row, column] : pairs) matched_now[row] = frame.found[column];
        std::vector<std::optional<std::size_t>> before(frame.truth.size());
        for (std::size_t row = 0; row < frame.truth.size(); ++row) before[row] = memory_[frame.truth[row]].frame_found;
        if (convention_ == ClearConvention::trackeval)
            for (Memory& memory : memory_) memory.frame_found.reset();
        for (std::size_t row = 0; row < frame.truth.size(); ++row) {
            Memory& memory = memory_[frame.truth[row]];
            memory.frame_found = matched_now[row];
            if (!matched_now[row]) continue;
            ++memory.matched;
            if (!before[row]) ++memory.starts;
            if (memory.last_found && memory.last_found != matched_now[row]) ++result_.switches;
            memory.last_found = matched_now[row];
        }
        for (const auto& [row, column] : pairs) similarity_sum_ += frame.similarity_of(row, column);
    }

    /// The pairs of one frame: old ones first, the others by exact assignment.
    Pairs match(const Sequence::Frame& frame) const {
        Pairs pairs;
        std::vector<char> row_taken(frame.truth.size());
        std::vector<char> column_taken(frame.found.size());
        for (std::size_t row = 0; row < frame.truth.size(); ++row) {
            const Memory& memory = memory_[frame.truth[row]];
            const auto& old = convention_ == ClearConvention::trackeval ? memory.frame_found : memory.last_found;
            if (!old) continue;
            const auto at = std::find(frame.found.begin(), frame.found.end(), *old);
            const auto column = static_cast<std::size_t>(at - frame.found.begin());
            if (at == frame.found.end() || column_taken[column] || frame.similarity_of(row, column) < iou_min_) continue;
            row_taken[row] = column_taken[column] = 1;
            pairs.emplace_back(row, column);
        }
        std::vector<float> cost(frame.similarity.size(), std::numeric_limits<float>::infinity());
        for (std::size_t row = 0; row < frame.truth.size(); ++row)
            for (std::size_t column = 0; column < frame.found.size(); ++column) {
                const double similarity = frame.similarity_of(row, column);
                if (row_taken[row] || column_taken[column] || similarity < iou_min_) continue;
                cost[row * frame.found.size() + column] = static_cast<float>(-similarity);
            }
        // A pair is made where it costs less than this: 0 gives the largest sum of similarities; a value far above all costs
        // gives the most pairs.
        const float cost_max = convention_ == ClearConvention::trackeval ? 0.0F : 1000.0F;
        const std::vector<int> column_of = assign(cost, frame.truth.size(), frame.found.size(), cost_max);
        for (std::size_t row = 0; row < column_of.size(); ++row)
            if (column_of[row] >= 0) pairs.emplace_back(row, static_cast<std::size_t>(column_of[row]));
        return pairs;
    }

    Clear summary() {
        for (const Memory& memory : memory_) {
            if (memory.present == 0) continue;
            const double share = static_cast<double>(memory.matched) / static_cast<double>(memory.present);
            const bool mostly = convention_ == ClearConvention::trackeval ? share > 0.8 : share >= 0.8;
            ++result_.identities;
            ++(mostly ? result_.mostly_tracked : share >= 0.2 ? result_.partly_tracked : result_.mostly_lost);
            if (memory.starts > 0) result_.fragments += memory.starts - 1;
        }
        const auto ratio = [](double part, std::size_t whole) {
            return part / static_cast<double>(std::max<std::size_t>(1, whole));
        };
        const auto matched = static_cast<double>(result_.matched);
        result_.mota = ratio(matched - static_cast<double>(result_.invented + result_.switches), result_.truth);
        result_.motp = ratio(similarity_sum_, result_.matched);
        result_.recall = ratio(matched, result_.truth);
        result_.precision = ratio(matched, result_.matched + result_.invented);
        return result_;
    }

    double iou_min_;
    ClearConvention convention_;
    std::vector<Memory> memory_;
    Clear result_;
    double similarity_sum_ = 0;
};

}  // namespace

Clear clear(const Sequence& sequence, double iou_min, ClearConvention convention) {
    return Matcher(sequence, iou_min, convention).run(sequence);
}

}  // namespace facet::quality
