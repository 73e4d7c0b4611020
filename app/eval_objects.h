#pragma once
// Truth about objects in pictures, from a YOLO folder or COCO's JSON, and which of its classes a model knows.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "quality/coco.h"

namespace facet::app::eval {

struct ObjectTruth {
    std::vector<std::string> names;  ///< of pictures or of their label files
    std::vector<std::vector<quality::TruthObject>> objects;
    bool relative = false;             ///< boxes are in 0..1 of the picture, not in pixels
    std::vector<std::string> classes;  ///< empty: labels are the model's own numbers

    /// The objects of one picture in its pixels.
    std::vector<quality::TruthObject> of(std::size_t picture, Size size) const;
};

/// A folder of YOLO text files (with classes.txt beside them, where the classes are not the model's own), or a file of
/// COCO's JSON.
Result<ObjectTruth> read_objects(const std::string& path);

/// Classes of the truth that count, and what the model's labels are called there.
struct ClassMap {
    std::vector<std::string> names;     ///< by class of the truth
    std::vector<char> counts;           ///< by class of the truth
    std::vector<int> class_of_label;    ///< by label of the model; -1 = none that counts
    std::vector<std::string> messages;  ///< about classes that the model does not know
};

/// `pairs` are the user's own "TRUTH=MODEL"; `wanted` are the classes that shall count, by either's name (empty = all).
/// Errors: a name that nobody knows, no class left.
Result<ClassMap> map_classes(const ObjectTruth& truth, std::span<const std::string> labels,
                             std::span<const std::string> pairs, std::span<const std::string> wanted);

}  // namespace facet::app::eval
