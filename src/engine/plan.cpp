#include "engine/plan.h"

#include <algorithm>
#include <map>

#include "engine/camera_scene.h"
#include "expert/cascade.h"
#include "wrap/openssl/sha256.h"

namespace facet::engine {

namespace {

template <class T>
tl::unexpected<PlanError> fail_plan(PlanFault fault, T&& error) {
    return tl::unexpected<PlanError>(PlanError{fault, std::forward<T>(error)});
}

/// Indices of experts into Plan::experts by name.
using ExpertIndex = std::map<std::string, std::size_t>;

bool detects(const expert::FamilyInfo& family) { return family.detects; }
bool segments(const expert::FamilyInfo& family) { return !family.detects && family.task == expert::Task::segment; }

/// Parents before their cascades, otherwise in the order given.
std::vector<std::size_t> ordered(const std::vector<std::size_t>& experts, const Plan& plan) {
    std::vector<std::size_t> result;
    while (result.size() < experts.size()) {
        const std::size_t before = result.size();
        for (const std::size_t expert : experts) {
            const auto named = [&](std::size_t other) {
                return plan.experts[other].config.name == plan.experts[expert].config.of;
            };
            if (std::find(result.begin(), result.end(), expert) != result.end()) continue;
            if (plan.experts[expert].config.of.empty() || std::any_of(result.begin(), result.end(), named))
                result.push_back(expert);
        }
        if (result.size() == before) break;  // a cascade whose parent this camera does not run: reported by the caller
    }
    return result;
}

std::vector<Group> group(const std::vector<std::size_t>& experts, const Plan& plan,
                         bool (*belongs)(const expert::FamilyInfo&)) {
    std::vector<Group> groups;
    for (const std::size_t expert : experts) {
        const PlannedExpert& planned = plan.experts[expert];
        if (!planned.config.of.empty() || !belongs(*planned.loaded->family)) continue;
        const std::string& name = planned.config.group.empty() ? planned.config.name : planned.config.group;
        auto found = std::find_if(groups.begin(), groups.end(), [&](const Group& g) { return g.name == name; });
        if (found == groups.end()) found = groups.insert(groups.end(), Group{name, {}, {}});
        found->experts.push_back(expert);
    }
    for (auto& group : groups) {
        std::vector<std::vector<std::string>> labels;
        for (const std::size_t expert : group.experts) {
            const auto names = plan.experts[expert].loaded->expert->labels();
            labels.emplace_back(names.begin(), names.end());
        }
        group.labels = scene::merge_labels(labels);
        if (group.experts.size() == 1) group.labels.names = labels.front();  // its own indices stay as they are
    }
    return groups;
}

Result<const scene::TrackerInfo*> find_tracker(const CameraSite& site, const Plugins& plugins) {
    if (site.tracker.empty()) return plugins.trackers.front();
    std::vector<std::string_view> names;
    for (const auto* tracker : plugins.trackers) {
        if (tracker->name == site.tracker) return tracker;
        names.push_back(tracker->name);
    }
    return fail(config::unknown_name(fmt::format("{}: camera '{}'", site.place, site.name), "tracker", site.tracker, names));
}

/// By variant, what this machine's profile says that one run costs.
Result<std::map<std::string, double, std::less<>>> profiled_costs(const expert::LoadedExpert& loaded,
                                                                  const model::Profile& profile) {
    std::map<std::string, double, std::less<>> costs_ms;
    if (profile.entries().empty() || loaded.path.empty()) return costs_ms;
    std::string sha256 = loaded.manifest.sha256;  // where it is stated, loading has verified it
    if (sha256.empty()) {
        FACET_TRY(sha256, sha256_of_file(loaded.path));
    }
    const std::string machine = model::machine_name();
    for (const model::ProfileEntry& entry : profile.entries())
        if (entry.sha256 == sha256 && entry.machine == machine) costs_ms[entry.variant] = entry.cpu_ms;
    return costs_ms;
}

Result<CameraPlan> plan_camera(const CameraSite& site, const ExpertIndex& index, const Plan& plan, const Plugins& plugins) {
    CameraPlan camera;
    camera.name = site.name;
    camera.address = site.source;
    camera.masks = site.masks;
    camera.rules = site.rules;
    camera.loop = site.loop;
    camera.paused = site.paused;
    camera.node = site.node;
    camera.poll = site.poll;
    camera.weight = site.weight;
    camera.decode = site.decode;
    camera.evidence_source = site.evidence_source;
    camera.record = site.record;
    std::vector<std::size_t> experts;
    if (site.experts.empty())
        for (std::size_t i = 0; i < plan.experts.size(); ++i) experts.push_back(i);
    for (const auto& name : site.experts) experts.push_back(index.at(name));
    camera.experts = ordered(experts, plan);
    for (const std::size_t expert : experts)
        if (std::find(camera.experts.begin(), camera.experts.end(), expert) == camera.experts.end())
            return fail(ErrorCode::invalid_argument,
                        "{}: camera '{}': expert '{}' is of '{}', which this camera does not run", site.place, site.name,
                        plan.experts[expert].config.name, plan.experts[expert].config.of);
    camera.groups = group(camera.experts, plan, &detects);
    camera.segment_groups = group(camera.experts, plan, &segments);
    FACET_TRY(camera.tracker, find_tracker(site, plugins));
    FACET_TRY(camera.tracker_options,
              config::Values::read(camera.tracker->options, site.tracker_options,
                                   fmt::format("camera '{}': tracker '{}'", site.name, camera.tracker->name)));
    return camera;
}

const PlannedExpert* find_expert(const Plan& plan, const std::string& text) {
    const auto found =
        std::find_if(plan.experts.begin(), plan.experts.end(), [&](const PlannedExpert& e) { return e.text == text; });
    return found == plan.experts.end() ? nullptr : &*found;
}

}  // namespace

bool needs_backend(const Site& site, const Plugins& plugins) {
    return std::any_of(site.experts.begin(), site.experts.end(), [&](const ExpertSite& expert) {
        const config::Node* model = expert.options.find("model");
        return !model ||
               std::none_of(plugins.families.begin(), plugins.families.end(), [&](const expert::FamilyInfo* family) {
                   return !family->needs_model && family->name == model->scalar;
               });
    });
}

tl::expected<Plan, PlanError> make_plan(const Site& site, const Plugins& plugins, backend::Backend* backend,
                                        const model::Profile& profile, Log& log, const Plan* before) {
    Plan plan;
    plan.rule_types = plugins.rules;
    plan.evidence = site.evidence;
    plan.record = site.record;
    ExpertIndex index;
    std::vector<expert::ExpertConfig> configs;
    std::vector<std::string> texts;
    for (const auto& expert : site.experts) {
        texts.push_back(config::to_json(expert.options));
        auto config = expert::read_expert(expert.options);
        if (!config) return fail_plan(PlanFault::config, config.error());
        configs.push_back(std::move(*config));
    }
    if (const Status checked = expert::check_cascades(configs); !checked)
        return fail_plan(PlanFault::config, checked.error());

    const auto repository = model::Repository::from_environment(site.model_mirror);
    for (std::size_t i = 0; i < configs.size(); ++i) {
        auto& config = configs[i];
        index.emplace(config.name, i);
        if (const PlannedExpert* same = before ? find_expert(*before, texts[i]) : nullptr) {
            plan.experts.push_back(*same);
            continue;
        }
        expert::LoadRequest request;
        request.model = config.model;
        request.options = config.options;
        request.repository = repository;
        auto loaded = expert::load_expert(request, backend, plugins.families, log);
        if (!loaded) return fail_plan(PlanFault::model, loaded.error().within(fmt::format("expert '{}'", config.name)));
        auto costs_ms = profiled_costs(**loaded, profile);
        if (!costs_ms) return fail_plan(PlanFault::model, costs_ms.error().within(fmt::format("expert '{}'", config.name)));
        plan.experts.push_back({std::move(config), texts[i], std::move(*loaded), std::move(*costs_ms)});
    }
    for (const auto& child : plan.experts) {
        if (child.config.of.empty()) continue;
        const PlannedExpert& parent = plan.experts[index.at(child.config.of)];
        const auto checked =
            expert::check_cascade(child.config, parent.config, *parent.loaded->family, parent.loaded->expert->labels());
        if (!checked) return fail_plan(PlanFault::config, checked.error());
    }
    for (const auto& camera : site.cameras) {
        auto planned = plan_camera(camera, index, plan, plugins);
        if (!planned) return fail_plan(PlanFault::config, planned.error());
        plan.cameras.push_back(std::move(*planned));
    }
    for (const auto& camera : plan.cameras)  // rules and trackers are made once for their errors, before anything is opened
        if (const auto scene = CameraScene::create(plan, camera, false, false); !scene)
            return fail_plan(PlanFault::config, scene.error());
    return plan;
}

std::shared_ptr<const Plan> plan_of_camera(const Plan& plan, std::size_t camera) {
    auto own = std::make_shared<Plan>();
    own->rule_types = plan.rule_types;
    CameraPlan& kept = own->cameras.emplace_back(plan.cameras[camera]);
    std::map<std::size_t, std::size_t> moved;  // from the indices of all to its own
    for (std::size_t& expert : kept.experts) {
        moved[expert] = own->experts.size();
        own->experts.push_back(plan.experts[expert]);
        expert = moved[expert];
    }
    for (auto* groups : {&kept.groups, &kept.segment_groups})
        for (Group& group : *groups)
            for (std::size_t& expert : group.experts) expert = moved.at(expert);
    return own;
}

}  // namespace facet::engine
