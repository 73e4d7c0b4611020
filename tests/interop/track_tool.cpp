// track_tool: runs one of our trackers on MOTChallenge detections, for comparison with other people's trackers.
//   track_tool TRACKER FRAMES_PER_SECOND DETECTIONS RESULT [OPTIONS]
// DETECTIONS: rows "frame,id,left,top,width,height,score[,x,y,z[,embedding...]]" by rising frame. RESULT: MOTChallenge rows
// of the confirmed tracks seen on each frame. OPTIONS: the tracker's options as YAML, "{lost_time: 2s}".

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <map>
#include <string>

#include "base/file.h"
#include "config/node.h"
#include "scene/track/appearance.h"
#include "scene/track/bytetrack.h"
#include "scene/track/oc_sort.h"

namespace facet {
namespace {

constexpr const scene::TrackerInfo* kTrackers[] = {&scene::kByteTrack, &scene::kOcSort, &scene::kAppearance};

std::vector<float> numbers_of(std::string_view line) {
    std::vector<float> numbers;
    const char* position = line.data();
    const char* const end = position + line.size();
    while (position < end) {
        float value = 0;
        const auto parsed = std::from_chars(position, end, value);
        if (parsed.ec != std::errc{}) break;
        numbers.push_back(value);
        position = parsed.ptr + 1;
    }
    return numbers;
}

std::map<int, Detections> read_detections(std::string_view text) {
    std::map<int, Detections> frames;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto row = numbers_of(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (row.size() < 7) continue;
        auto& items = frames[static_cast<int>(row[0])].items;
        Detection detection;
        detection.box = {row[2], row[3], row[4], row[5]};
        detection.score = row[6];
        if (row.size() > 10) detection.embedding.assign(row.begin() + 10, row.end());
        items.push_back(std::move(detection));
    }
    return frames;
}

Result<std::unique_ptr<scene::Tracker>> create(std::string_view name, const std::string& options) {
    for (const auto* info : kTrackers) {
        if (info->name != name) continue;
        FACET_TRY(const auto node,
                  config::parse_yaml(options, "options", [](const char*) -> const char* { return nullptr; }));
        FACET_TRY(const auto values, config::Values::read(info->options, node, info->name));
        return info->create(values);
    }
    return fail(ErrorCode::not_found, "no tracker named '{}'", name);
}

Status run(std::span<char* const> arguments) {
    if (arguments.size() < 5) return fail(ErrorCode::invalid_argument, "usage: track_tool TRACKER FPS DETECTIONS RESULT");
    FACET_TRY(const auto tracker, create(arguments[1], arguments.size() > 5 ? arguments[5] : "{}"));
    const double frames_per_second = std::atof(arguments[2]);
    FACET_TRY(const auto text, read_file(arguments[3], std::size_t{1} << 28));
    auto frames = read_detections(text);
    std::string result;
    const int last = frames.empty() ? 0 : frames.rbegin()->first;
    for (int frame = 1; frame <= last; ++frame)
        for (const auto& track : tracker->update(frames[frame], from_seconds((frame - 1) / frames_per_second)))
            if (track.state == TrackState::confirmed)
                result += fmt::format("{},{},{:.3f},{:.3f},{:.3f},{:.3f},{},-1,-1,-1\n", frame, track.id, track.box.x,
                                      track.box.y, track.box.width, track.box.height, track.score);
    return write_file(arguments[4], result);
}

}  // namespace
}  // namespace facet

int main(int argument_count, char** arguments) {
    const auto status = facet::run({arguments, static_cast<std::size_t>(argument_count)});
    if (status.has_value()) return 0;
    fmt::print(stderr, "{}\n", status.error().message);
    return 1;
}
