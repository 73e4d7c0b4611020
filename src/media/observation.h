#pragma once
// Observation: what one expert says about one frame (or about one crop of it), typed by its task.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "media/geometry.h"
#include "media/placement.h"

namespace facet {

struct Keypoint {
    Point point;           ///< picture pixels
    float visibility = 0;  ///< 0..1
};

/// A binary mask of one object: one byte (0 or 1) per cell of a grid that covers `area` of the picture.
struct Mask {
    Box area;  ///< picture pixels
    Size size;
    std::vector<std::uint8_t> cells;  ///< size.width * size.height, row by row
};

/// What a cascade adds to a detection: the result of another expert on its crop.
struct Attribute {
    std::string name;  ///< the expert's name in the config, for example "plate-text"
    std::string text;  ///< label or text
    float score = 0;
};

struct Detection {
    Box box;                            ///< picture pixels, clamped to the picture
    int label = 0;                      ///< index into the expert's labels
    float score = 0;                    ///< 0..1
    std::vector<Keypoint> keypoints;    ///< pose, face landmarks, or the 4 corners of a plate (lt, rt, rb, lb); often empty
    Mask mask;                          ///< instance segmentation; often empty
    std::vector<float> embedding;       ///< unit length, from a re-identification cascade; often empty
    std::vector<Attribute> attributes;  ///< from cascades; often empty
};

struct Detections {
    std::vector<Detection> items;  ///< by falling score
};

/// A class per cell of a grid over the picture.
struct SegmentMap {
    Size size;
    std::vector<std::uint8_t> classes;  ///< size.width * size.height, row by row, indices into the expert's labels
    Placement placement;                ///< from cells (as tensor pixels) to picture pixels
};

struct ClassScore {
    int label = 0;
    float score = 0;  ///< probability
};
struct Classification {
    std::vector<ClassScore> top;  ///< by falling score
};

struct Text {
    std::string text;  ///< UTF-8
    float score = 0;
};

struct Embedding {
    std::vector<float> values;  ///< unit length
};

/// One number with a meaning of its own (anomaly); higher is more unusual.
struct Score {
    float value = 0;
};

using ObservationContent = std::variant<Detections, SegmentMap, Classification, Text, Embedding, Score>;

struct Observation {
    ObservationContent content;
    int expert = 0;      ///< index of the expert in its camera's list
    Nanoseconds t{};     ///< time of the frame it was made from
    Nanoseconds age{};   ///< how much older than the frame it is now used for (0 = fresh)
    Nanoseconds cost{};  ///< CPU time that it took
};

}  // namespace facet
