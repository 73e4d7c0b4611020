#pragma once
// The source "synthetic:SCENE?key=value&...": frames of a scene that never was. See docs/how-to/synthetic-scenes.md.

#include "source/source.h"

namespace facet::source {

extern const SourceInfo kSyntheticSource;

}  // namespace facet::source
