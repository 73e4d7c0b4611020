#pragma once
// File source: videos, still pictures and folders of pictures as cameras.
//
// Addresses: "clip.mp4", "file:///data/clip.mp4", "photo.jpg", "folder-of-pictures", "clip.mp4?stream=2&threads=2". A path
// that really contains a "?" and exists is taken as it is.

#include "source/source.h"

namespace facet::source::file {

/// Takes every address that exists as a path, and every one that has no "scheme:".
extern const SourceInfo kFileSource;

}  // namespace facet::source::file

namespace facet::source {
using file::kFileSource;
}
