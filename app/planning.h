#pragma once
// From a site to what can be run, for the commands that watch cameras.

#include <memory>

#include "app/command.h"
#include "engine/plan.h"

namespace facet::app {

/// Makes the plan of a site: loads every expert and checks every camera. `backend` is made where one is needed and there is
/// none yet; the plan's experts use it. Experts that are the same in `before` (which may be null) are taken from there.
tl::expected<engine::Plan, engine::PlanError> make_plan(const engine::Site& site, std::unique_ptr<backend::Backend>& backend,
                                                        const engine::Plan* before, Log& log);

/// The exit code that an error of planning deserves.
ExitCode exit_code_of(const engine::PlanError& error);

/// The plan's experts use the backend: it comes first and goes last.
struct Planned {
    std::unique_ptr<backend::Backend> backend;  ///< null where plain code is enough
    engine::Plan plan;
};

/// The same once, for what does not change; says on standard error what is wrong.
tl::expected<Planned, ExitCode> plan_site(const engine::Site& site, Context& context);

}  // namespace facet::app
