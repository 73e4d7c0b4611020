#include "quality/sequence.h"

#include <algorithm>
#include <map>
#include <set>

namespace facet::quality {
namespace {

using RowsByFrame = std::map<int, std::vector<const MotRow*>>;

Result<RowsByFrame> by_frame(std::span<const MotRow> rows, std::string_view what) {
    RowsByFrame frames;
    std::set<std::pair<int, std::int64_t>> seen;
    for (const MotRow& row : rows) {
        if (!seen.emplace(row.frame, row.id).second)
            return fail(ErrorCode::corrupt, "{}: identity {} stands twice on frame {}, expected once", what, row.id,
                        row.frame);
        frames[row.frame].push_back(&row);
    }
    for (auto& [frame, of_frame] : frames)  // the order of the rows must not decide between equal pairs
        std::sort(of_frame.begin(), of_frame.end(), [](const MotRow* a, const MotRow* b) { return a->id < b->id; });
    return frames;
}

/// Numbers identities by first appearance.
class Numbering {
public:
    std::size_t number(std::int64_t id) { return numbers_.try_emplace(id, numbers_.size()).first->second; }
    std::size_t count() const { return numbers_.size(); }

private:
    std::map<std::int64_t, std::size_t> numbers_;
};

}  // namespace

double overlap(const MotRow& a, const MotRow& b) {
    const double width = std::min(a.left + a.width, b.left + b.width) - std::max(a.left, b.left);
    const double height = std::min(a.top + a.height, b.top + b.height) - std::max(a.top, b.top);
    const double shared = std::max(0.0, width) * std::max(0.0, height);
    const double all = a.width * a.height + b.width * b.height - shared;
    return all > 0 ? shared / all : 0;
}

Result<Sequence> make_sequence(std::span<const MotRow> truth, std::span<const MotRow> found) {
    FACET_TRY(const RowsByFrame truth_frames, by_frame(truth, "truth"));
    FACET_TRY(const RowsByFrame found_frames, by_frame(found, "tracks"));
    std::set<int> numbers;
    for (const auto& [frame, rows] : truth_frames) numbers.insert(frame);
    for (const auto& [frame, rows] : found_frames) numbers.insert(frame);

    static const std::vector<const MotRow*> kNone;
    const auto rows_of = [](const RowsByFrame& frames, int frame) -> const std::vector<const MotRow*>& {
        const auto at = frames.find(frame);
        return at == frames.end() ? kNone : at->second;
    };
    Sequence sequence;
    Numbering truth_ids;
    Numbering found_ids;
    for (const int number : numbers) {
        Sequence::Frame& frame = sequence.frames.emplace_back();
        const auto& truth_rows = rows_of(truth_frames, number);
        const auto& found_rows = rows_of(found_frames, number);
        for (const MotRow* row : truth_rows) frame.truth.push_back(truth_ids.number(row->id));
        for (const MotRow* row : found_rows) frame.found.push_back(found_ids.number(row->id));
        for (const MotRow* a : truth_rows)
            for (const MotRow* b : found_rows) frame.similarity.push_back(overlap(*a, *b));
        sequence.truth_boxes += truth_rows.size();
        sequence.found_boxes += found_rows.size();
    }
    sequence.truth_identities = truth_ids.count();
    sequence.found_identities = found_ids.count();
    return sequence;
}

}  // namespace facet::quality
