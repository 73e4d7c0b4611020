#include "app/planning.h"

#include "app/builtins.h"
#include "app/cache.h"
#include "model/profile.h"

namespace facet::app {

namespace {

/// What models cost here, as far as it was measured. A broken profile costs the costs, not the run.
model::Profile read_profile(Log& log) {
    const std::string folder = cache_folder();
    if (folder.empty()) return {};
    auto profile = model::Profile::load(model::profile_path(folder));
    if (profile) return std::move(*profile);
    log.warning("costs are unknown: {}", profile.error().message);
    return {};
}

}  // namespace

ExitCode exit_code_of(const engine::PlanError& error) {
    return error.fault == engine::PlanFault::model ? kModelUnusable : kWrongUsage;
}

tl::expected<engine::Plan, engine::PlanError> make_plan(const engine::Site& site, std::unique_ptr<backend::Backend>& backend,
                                                        const engine::Plan* before, Log& log) {
    if (!backend && engine::needs_backend(site, builtins())) {
        auto created = builtins().backends.empty()
                           ? Result<std::unique_ptr<backend::Backend>>(
                                 fail(ErrorCode::unsupported, "this build has no backend that runs models"))
                           : builtins().backends.front()->create(log);
        if (!created) return tl::unexpected(engine::PlanError{engine::PlanFault::model, created.error()});
        backend = std::move(*created);
    }
    return engine::make_plan(site, builtins(), backend.get(), read_profile(log), log, before);
}

tl::expected<Planned, ExitCode> plan_site(const engine::Site& site, Context& context) {
    Planned planned;
    auto plan = make_plan(site, planned.backend, nullptr, context.log);
    if (!plan) {
        fail_with(exit_code_of(plan.error()), plan.error().error.message);
        return tl::unexpected(exit_code_of(plan.error()));
    }
    planned.plan = std::move(*plan);
    return planned;
}

}  // namespace facet::app
