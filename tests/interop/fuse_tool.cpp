// fuse_tool: fuses boxes from standard input, for comparison with other people's programs.
// Input: "iou_min score_min experts", a weight per expert, then rows "expert label score x y width height" to the end.
// Output: rows "label score x y width height".

#include <fmt/format.h>

#include <iostream>

#include "scene/fuse/boxes.h"

int main() {
    using namespace facet;
    scene::BoxFusion options;
    std::size_t count = 0;
    std::cin >> options.iou_min >> options.score_min >> count;
    std::vector<Detections> found(count);
    std::vector<scene::DetectionsOfExpert> experts(count);
    for (std::size_t i = 0; i < count; ++i) {
        experts[i].detections = &found[i];
        std::cin >> experts[i].weight;
    }
    std::size_t expert = 0;
    Detection detection;
    while (std::cin >> expert >> detection.label >> detection.score >> detection.box.x >> detection.box.y >>
           detection.box.width >> detection.box.height)
        found.at(expert).items.push_back(detection);
    for (const auto& fused : scene::fuse_boxes(experts, options).items)
        fmt::print("{} {} {} {} {} {}\n", fused.label, fused.score, fused.box.x, fused.box.y, fused.box.width,
                   fused.box.height);
}
