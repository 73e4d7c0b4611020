#pragma once
// What stands on the command line of `facet analyze`, as cameras of a site.

#include <span>
#include <string>

#include "engine/site.h"

namespace facet::app {

/// Each input becomes a camera named by its file; of a folder, every video is a camera and its pictures in name order are
/// one. A config's only camera is the template for all (experts, tracker, masks, rules). Without inputs the site stays.
/// Errors: a config of several cameras with inputs beside it, no camera at all.
Status apply_inputs(engine::Site& site, std::span<const std::string> inputs);

}  // namespace facet::app
