// Association: whole sequences of MOTChallenge detections through each tracker, and exact assignment by itself. Before
// anything is timed, the outputs are checked. Run in the root of the repository; skipped where ../shared/data is missing.

#include <benchmark/benchmark.h>

#include <charconv>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/assert.h"
#include "base/file.h"
#include "base/random.h"
#include "config/node.h"
#include "media/assignment.h"
#include "scene/track/appearance.h"
#include "scene/track/bytetrack.h"
#include "scene/track/oc_sort.h"

namespace facet {
namespace {

constexpr Nanoseconds kFrame = std::chrono::microseconds(33'333);

std::vector<Detections> read_sequence(const std::string& name) {
    std::vector<Detections> frames;
    const auto text = read_file("../shared/data/groundtruth/mot/" + name + "/det.txt", std::size_t{1} << 24);
    if (!text.has_value()) return frames;
    const char* position = text->data();
    const char* const end = position + text->size();
    while (position < end) {
        float row[7] = {};
        for (auto& value : row) {
            position = std::from_chars(position, end, value).ptr;
            if (position < end && *position == ',') ++position;
        }
        while (position < end && *position++ != '\n') {
        }
        frames.resize(std::max(frames.size(), static_cast<std::size_t>(row[0])));
        auto& detection = frames[static_cast<std::size_t>(row[0]) - 1].items.emplace_back();
        detection.box = {row[2], row[3], row[4], row[5]};
        detection.score = row[6];
    }
    return frames;
}

std::unique_ptr<scene::Tracker> make(const scene::TrackerInfo& info) {
    const auto values = config::Values::read(info.options, config::Node{}, "tracker");
    FACET_ASSERT(values.has_value());
    auto tracker = info.create(*values);
    FACET_ASSERT(tracker.has_value());
    return std::move(*tracker);
}

/// Nearly every sure detection is on a track, no detection is on two, and a second run gives the same.
void verify(const scene::TrackerInfo& info, const std::vector<Detections>& frames) {
    const auto tracker = make(info);
    const auto other = make(info);
    std::size_t sure = 0;
    std::size_t tracked = 0;
    Nanoseconds t{};
    for (const auto& frame : frames) {
        t += kFrame;
        const auto tracks = tracker->update(frame, t);
        const auto again = other->update(frame, t);
        FACET_ASSERT(tracks.size() == again.size());
        std::set<int> taken;
        for (std::size_t i = 0; i < tracks.size(); ++i) {
            FACET_ASSERT(tracks[i].id == again[i].id && tracks[i].box == again[i].box);
            if (tracks[i].detection < 0) continue;
            FACET_ASSERT(taken.insert(tracks[i].detection).second);
            tracked += tracks[i].score >= 0.6F && tracks[i].state == TrackState::confirmed;
        }
        for (const auto& detection : frame.items) sure += detection.score >= 0.6F;
    }
    FACET_ASSERT(static_cast<double>(tracked) > 0.9 * static_cast<double>(sure));
}

void track(benchmark::State& state, const scene::TrackerInfo& info, const std::string& sequence) {
    const auto frames = read_sequence(sequence);
    if (frames.empty()) {
        state.SkipWithError("../shared/data/groundtruth/mot is missing");
        return;
    }
    verify(info, frames);
    for (auto _ : state) {
        const auto tracker = make(info);
        Nanoseconds t{};
        for (const auto& frame : frames) benchmark::DoNotOptimize(tracker->update(frame, t += kFrame).data());
    }
    const auto count = static_cast<double>(state.iterations()) * static_cast<double>(frames.size());
    state.counters["frames_per_second"] = benchmark::Counter(count, benchmark::Counter::kIsRate);
    state.counters["cpu_s_per_frame"] = benchmark::Counter(count, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK_CAPTURE(track, bytetrack_PETS09_S2L1, scene::kByteTrack, "PETS09-S2L1");
BENCHMARK_CAPTURE(track, bytetrack_ADL_Rundle_8, scene::kByteTrack, "ADL-Rundle-8");
BENCHMARK_CAPTURE(track, oc_sort_PETS09_S2L1, scene::kOcSort, "PETS09-S2L1");
BENCHMARK_CAPTURE(track, oc_sort_ADL_Rundle_8, scene::kOcSort, "ADL-Rundle-8");
BENCHMARK_CAPTURE(track, appearance_PETS09_S2L1, scene::kAppearance, "PETS09-S2L1");
BENCHMARK_CAPTURE(track, appearance_ADL_Rundle_8, scene::kAppearance, "ADL-Rundle-8");

/// A square problem; `allowed` percent of the pairs may be matched.
void assignment(benchmark::State& state) {
    const auto side = static_cast<std::size_t>(state.range(0));
    Random random(1);
    std::vector<float> cost;
    for (std::size_t i = 0; i < side * side; ++i)
        cost.push_back(random.chance(static_cast<double>(state.range(1)) / 100) ? static_cast<float>(random.uniform()) : 2);
    Assigner assigner;
    const auto expected = assign(cost, side, side, 1);
    const auto found = assigner.solve(cost, side, side, 1);
    FACET_ASSERT(std::equal(found.begin(), found.end(), expected.begin(), expected.end()));
    for (auto _ : state) benchmark::DoNotOptimize(assigner.solve(cost, side, side, 1).data());
}
BENCHMARK(assignment)->ArgNames({"side", "allowed_percent"})->ArgsProduct({{10, 100, 512}, {2, 100}});

}  // namespace
}  // namespace facet
