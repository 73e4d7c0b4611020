#pragma once
// COCO's JSON: annotations as truth, and results that some program has stored.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "quality/average_precision.h"

namespace facet::quality {

/// Annotated pictures by rising id. Labels are indices into `classes`, which are by rising category id.
struct CocoSet {
    struct PictureInfo {
        long long id = 0;
        std::string file;  ///< "file_name"
    };
    std::vector<PictureInfo> infos;
    std::vector<ScoredPicture> pictures;  ///< one for each of `infos`
    std::vector<std::string> classes;
    std::vector<long long> categories;  ///< id of each class
};

/// Reads `images`, `categories` and `annotations` (bbox, category_id, iscrowd, area, keypoints). An annotation that names a
/// picture or category that is not there is an Error.
Result<CocoSet> parse_coco(std::string_view text, const std::string& name);

/// Adds a list of {image_id, category_id, bbox or keypoints, score} to the found objects. Results of other pictures are an
/// Error, as for pycocotools; of other categories they do not count.
Status add_coco_results(CocoSet& set, std::string_view text, const std::string& name);

}  // namespace facet::quality
