#pragma once
// From a site to what can be run, for the commands that watch cameras.

#include <memory>

#include "app/command.h"
#include "engine/plan.h"

namespace facet::app {

/// The plan's experts use the backend: it comes first and goes last.
struct Planned {
    std::unique_ptr<backend::Backend> backend;  ///< null where plain code is enough
    engine::Plan plan;
};

/// Makes the backend where one is needed, loads every expert and checks every camera. Says on standard error what is wrong.
tl::expected<Planned, ExitCode> plan_site(const engine::Site& site, Context& context);

}  // namespace facet::app
