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

tl::expected<Planned, ExitCode> plan_site(const engine::Site& site, Context& context) {
    const auto refuse = [](ExitCode code, const Error& error) {
        fail_with(code, error.message);
        return tl::unexpected(code);
    };
    Planned planned;
    if (engine::needs_backend(site, builtins())) {
        auto created = builtins().backends.empty()
                           ? Result<std::unique_ptr<backend::Backend>>(
                                 fail(ErrorCode::unsupported, "this build has no backend that runs models"))
                           : builtins().backends.front()->create(context.log);
        if (!created) return refuse(kModelUnusable, created.error());
        planned.backend = std::move(*created);
    }
    auto plan = engine::make_plan(site, builtins(), planned.backend.get(), read_profile(context.log), context.log);
    if (!plan)
        return refuse(plan.error().fault == engine::PlanFault::model ? kModelUnusable : kWrongUsage, plan.error().error);
    planned.plan = std::move(*plan);
    return planned;
}

}  // namespace facet::app
