#pragma once
// Where the program keeps what it can make again.

#include <string>

namespace facet::app {

/// $XDG_CACHE_HOME/facet, or ~/.cache/facet; "" where neither is set (then nothing is kept).
std::string cache_folder();

}  // namespace facet::app
