#pragma once
// OverlayPainter: what Facet saw, drawn on the frame: masks, zones and lines of the rules with their counters, paths, boxes.

#include <map>
#include <string>
#include <vector>

#include "engine/camera_scene.h"
#include "image/draw.h"

namespace facet::engine {

/// Remembers the paths of living tracks, in bounded memory. One thread at a time.
class OverlayPainter {
public:
    /// The frame with all that it gave, as i420. Valid until the next call.
    const Picture& paint(const Frame& frame, const CameraPlan& camera, std::span<const ExpertResult> results,
                         const SceneResult& result);

private:
    struct Path {
        std::vector<Point> points;  // pixels, oldest first
        Nanoseconds seen{};
    };
    void draw_rules(const SceneResult& result, Size size);
    void draw_objects(const SceneResult& result);
    void follow(const Frame& frame, const CameraPlan& camera, const SceneResult& result);

    image::Canvas canvas_;
    std::map<std::string, std::map<std::int64_t, Path>> paths_;  // per camera and track
    std::vector<std::pair<std::string, std::string>> rows_;
};

}  // namespace facet::engine
