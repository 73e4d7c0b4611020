#include "engine/overlay.h"

#include <algorithm>

namespace facet::engine {

namespace {

constexpr std::size_t kPathPointsMax = 60;
constexpr auto kPathKept = std::chrono::seconds(2);  // after the track was last seen
constexpr std::size_t kPanelRowsMax = 12;

// The skeleton that connects COCO's 17 keypoints.
constexpr std::pair<int, int> kBones[] = {{0, 1},  {0, 2},  {1, 3},  {2, 4},   {5, 6},   {5, 7},   {7, 9},   {6, 8},
                                          {8, 10}, {5, 11}, {6, 12}, {11, 12}, {11, 13}, {13, 15}, {12, 14}, {14, 16}};
constexpr std::size_t kPosePoints = 17;

std::vector<Point> to_pixels(const std::vector<Point>& points, Size size) {
    std::vector<Point> pixels;
    for (const Point point : points)
        pixels.push_back({point.x * static_cast<float>(size.width), point.y * static_cast<float>(size.height)});
    return pixels;
}

/// Whether an area is the picture itself: outlining it would only hide what is in it.
bool is_whole_picture(const scene::RuleShape& shape) {
    const auto is_corner = [](Point point) { return (point.x <= 0 || point.x >= 1) && (point.y <= 0 || point.y >= 1); };
    return shape.closed && std::all_of(shape.points.begin(), shape.points.end(), is_corner);
}

std::string label_of(const sink::ObjectRecord& object) {
    std::string label(object.label);
    if (object.track > 0) label += fmt::format(" {}", object.track);
    for (const auto& attribute : object.detection->attributes)
        if (!attribute.text.empty()) label += " " + attribute.text;
    return label;
}

}  // namespace

const Picture& OverlayPainter::paint(const Frame& frame, const CameraPlan& camera, std::span<const ExpertResult> results,
                                     const SceneResult& result) {
    canvas_.begin(frame.picture);
    for (const auto& map : result.segments) canvas_.segments(map);
    for (const auto& mask : camera.masks) canvas_.zone(to_pixels(mask, frame.picture.size), image::kDark, "ignored");
    rows_.clear();
    draw_rules(result, frame.picture.size);
    follow(frame, camera, result);
    draw_objects(result);
    for (const auto& expert : results) {
        if (!expert.ran || rows_.size() >= kPanelRowsMax) continue;
        if (const auto* text = std::get_if<Text>(&expert.content)) rows_.emplace_back("text", text->text);
        if (const auto* score = std::get_if<Score>(&expert.content))
            rows_.emplace_back("score", fmt::format("{:.2f}", score->value));
    }
    if (!rows_.empty()) canvas_.panel(rows_);
    return canvas_.i420();
}

void OverlayPainter::draw_rules(const SceneResult& result, Size size) {
    std::int64_t id = 100;  // inks beside those of the first tracks
    for (const auto& [rule, shape] : result.shapes) {
        const auto points = to_pixels(shape.points, size);
        const image::Ink ink = image::ink_of(id++);
        if (shape.closed && !is_whole_picture(shape)) canvas_.zone(points, ink, rule);
        if (!shape.closed)
            for (std::size_t i = 0; i + 1 < points.size(); i += 2)
                canvas_.line(points[i], points[i + 1], ink, i == 0 ? rule : "");
        for (const auto& [counter, value] : shape.counters)
            if (rows_.size() < kPanelRowsMax)
                rows_.emplace_back(fmt::format("{} {}", rule, counter), fmt::format("{:.6g}", value));
    }
}

void OverlayPainter::follow(const Frame& frame, const CameraPlan& camera, const SceneResult& result) {
    auto& paths = paths_[camera.name];
    for (const auto& track : result.tracks) {
        Path& path = paths[track.id];
        if (path.points.size() >= kPathPointsMax) path.points.erase(path.points.begin());
        path.points.push_back(track.box.centre());
        path.seen = frame.t;
    }
    std::erase_if(paths, [&](const auto& entry) { return frame.t - entry.second.seen > kPathKept; });
    for (const auto& [id, path] : paths) canvas_.path(path.points, image::ink_of(id));
}

void OverlayPainter::draw_objects(const SceneResult& result) {
    for (const auto& object : result.objects) {
        const Detection& detection = *object.detection;
        const image::Ink ink = image::ink_of(object.track > 0 ? object.track : detection.label);
        if (!detection.mask.cells.empty()) canvas_.mask(detection.mask, ink);
        canvas_.box(detection.box, ink, label_of(object));
        if (!detection.keypoints.empty())
            canvas_.keypoints(detection.keypoints,
                              detection.keypoints.size() == kPosePoints ? std::span<const std::pair<int, int>>(kBones)
                                                                        : std::span<const std::pair<int, int>>(),
                              ink);
    }
}

}  // namespace facet::engine
