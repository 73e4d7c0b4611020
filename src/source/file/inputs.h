#pragma once
// Inputs: what a path on the command line stands for.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace facet::source::file {

/// What can be analyzed in a folder. Paths are "DIR/name", in the order of their names (by bytes).
struct Inputs {
    std::vector<std::string> videos;    ///< each a camera of its own
    std::vector<std::string> pictures;  ///< together one camera: open the folder itself
};

/// The videos and pictures that lie directly in `folder`; sub-folders and hidden files are left out. Pictures are
/// recognised by their first bytes or their name's ending, videos by the same; a damaged file with a video's name is
/// listed, so that its damage is reported when it is opened. Error where there is no such folder or nothing usable in it.
Result<Inputs> list_inputs(const std::string& folder);

/// Whether a file that begins with these bytes (32 are enough) is a still picture: JPEG, PNG, BMP or WebP.
bool is_picture(std::span<const std::uint8_t> beginning);

}  // namespace facet::source::file

namespace facet::source {
using file::Inputs;
using file::list_inputs;
}  // namespace facet::source
