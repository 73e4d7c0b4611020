#include "app/cache.h"

#include <cstdlib>

namespace facet::app {

std::string cache_folder() {
    if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache && *cache) return std::string(cache) + "/facet";
    if (const char* home = std::getenv("HOME"); home && *home) return std::string(home) + "/.cache/facet";
    return "";
}

}  // namespace facet::app
