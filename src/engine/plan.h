#pragma once
// Plan: a site with everything looked up, loaded and checked: what each camera runs, in what order.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/log.h"
#include "engine/plugins.h"
#include "engine/site.h"
#include "expert/options.h"
#include "expert/runner.h"
#include "model/profile.h"
#include "scene/fuse/labels.h"

namespace facet::engine {

/// One expert of the process, shared by all cameras that name it.
struct PlannedExpert {
    expert::ExpertConfig config;
    std::string text;  ///< its whole entry of the config, to tell whether it has changed
    std::shared_ptr<const expert::LoadedExpert> loaded;
    std::map<std::string, double, std::less<>> costs_ms;  ///< profiled CPU time of one run, by variant; may be empty
};

/// Whole-frame experts whose results are one: detections are fused, masked, tracked and named together, segment maps are
/// fused by vote.
struct Group {
    std::string name;
    std::vector<std::size_t> experts;  ///< indices into Plan::experts
    scene::MergedLabels labels;        ///< of the fused result, and from each member's labels to them
};

struct CameraPlan {
    std::string name;
    std::string address;
    std::vector<std::size_t> experts;   ///< indices into Plan::experts; a cascade comes after what it is `of`
    std::vector<Group> groups;          ///< of experts that detect
    std::vector<Group> segment_groups;  ///< of experts that give segment maps
    const scene::TrackerInfo* tracker = nullptr;
    config::Values tracker_options;
    std::vector<Polygon> masks;  ///< 0..1 of the picture
    std::vector<config::Node> rules;
    bool loop = false;
    bool paused = false;
    Nanoseconds poll{};
    double weight = 1;
    brain::DecodePolicy decode = brain::DecodePolicy::automatic;
    config::Node node;            ///< its whole entry of the config
    std::string evidence_source;  ///< address; empty = none
    bool record = false;
};

struct Plan {
    std::vector<PlannedExpert> experts;
    std::vector<CameraPlan> cameras;
    std::span<const scene::RuleInfo* const> rule_types;
    std::optional<EvidenceSite> evidence;
    std::optional<RecordSite> record;
};

/// Which exit code an error of planning deserves.
enum class PlanFault { config, model };
struct PlanError {
    PlanFault fault = PlanFault::config;
    Error error;
};

/// Whether any expert of the site is a model (and not plain code), so that a backend has to be made.
bool needs_backend(const Site& site, const Plugins& plugins);

/// Loads every expert that a camera uses and checks every camera: unknown tracker, rule or label names, cascades without
/// their parent, rules of impossible geometry. Opens no source. Costs come from this machine's part of `profile`. An expert
/// whose entry is the same as in `before` (which may be null) is not loaded again but taken from there.
tl::expected<Plan, PlanError> make_plan(const Site& site, const Plugins& plugins, backend::Backend* backend,
                                        const model::Profile& profile, Log& log, const Plan* before = nullptr);

/// The plan of one of its cameras alone: with the experts that this camera uses and no others, so that who keeps it keeps
/// no model that nobody needs.
std::shared_ptr<const Plan> plan_of_camera(const Plan& plan, std::size_t camera);

}  // namespace facet::engine
