#pragma once
// Everything pluggable that this binary was built with.

#include "engine/plugins.h"

namespace facet::app {

/// The explicit lists of builtins.cpp: one line each, no registration at start-up.
const engine::Plugins& builtins();

}  // namespace facet::app
