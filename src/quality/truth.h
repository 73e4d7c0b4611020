#pragma once
// Readers of truth formats: texts in, values out. Reading files and joining truth with pictures is the caller's.
// `name` is the file's, for messages: "coco128/000000000009.txt:3: ...".

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "media/geometry.h"
#include "quality/average_precision.h"
#include "quality/sequence.h"

namespace facet::quality {

/// YOLO label rows of one picture: class, centre x, centre y, width, height relative to the picture; for poses behind them
/// x, y and visibility (0 = not labelled, 1 = hidden, 2 = visible) of each keypoint. An empty text is a picture without
/// objects. A row with another number of columns, a class below 0 or a coordinate that is no finite number is an Error.
Result<std::vector<TruthObject>> parse_yolo(std::string_view text, Size picture, const std::string& name);

/// MOTChallenge text: frame, id, left, top, width, height, confidence, then label and visibility in truth or x, y, z in
/// results. At least the first 6 columns.
Result<std::vector<MotRow>> parse_mot(std::string_view text, const std::string& name);

/// The rows of MOTChallenge truth that count: confidence not 0 and, where `label` is given and the row has one, that label
/// (1 = pedestrian, the only one that the benchmark scores).
std::vector<MotRow> counted_truth(const std::vector<MotRow>& rows, std::optional<int> label);

/// A class or a text per picture, from tab-separated rows under a header with `file` and the wanted column.
struct PictureLabel {
    std::string file;
    std::string value;
};
Result<std::vector<PictureLabel>> parse_table(std::string_view text, std::string_view column, const std::string& name);

/// One name per line; empty lines at the end do not count.
std::vector<std::string> parse_names(std::string_view text);

/// What may be known of one picture; absent members are unknown.
struct PictureFacts {
    std::string file;
    std::optional<int> faces;
    std::optional<int> persons;
    std::string plate;                               ///< text of its licence plate, "" = unknown
    std::vector<std::pair<std::string, Box>> boxes;  ///< by name: persons to compare, "A1" and "A2" being the same one
};

/// A JSON object of picture name -> {"faces": n, "persons": n, "plate": text, "boxes_xyxy": {name: [x1, y1, x2, y2]}}; other
/// members are passed over. By file name.
Result<std::vector<PictureFacts>> parse_picture_facts(std::string_view text, const std::string& name);

}  // namespace facet::quality
