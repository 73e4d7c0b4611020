#pragma once
// Plan: a site with everything looked up, loaded and checked: what each camera runs, in what order.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/log.h"
#include "engine/plugins.h"
#include "engine/site.h"
#include "expert/options.h"
#include "expert/runner.h"
#include "scene/fuse/labels.h"

namespace facet::engine {

/// One expert of the process, shared by all cameras that name it.
struct PlannedExpert {
    expert::ExpertConfig config;
    std::shared_ptr<const expert::LoadedExpert> loaded;
    double cost_ms = 0;  ///< profiled CPU time of one run; 0 where there is no profile
};

/// Experts whose detections are one stream of objects: they are fused, masked, tracked and named together.
struct Group {
    std::string name;
    std::vector<std::size_t> experts;  ///< indices into Plan::experts; whole-frame experts that detect
    scene::MergedLabels labels;        ///< of the fused detections, and from each member's labels to them
};

struct CameraPlan {
    std::string name;
    std::string address;
    std::vector<std::size_t> experts;  ///< indices into Plan::experts; a cascade comes after what it is `of`
    std::vector<Group> groups;
    const scene::TrackerInfo* tracker = nullptr;
    config::Values tracker_options;
    std::vector<Polygon> masks;  ///< 0..1 of the picture
    std::vector<config::Node> rules;
};

struct Plan {
    std::vector<PlannedExpert> experts;
    std::vector<CameraPlan> cameras;
    std::span<const scene::RuleInfo* const> rule_types;
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
/// their parent, rules of impossible geometry. Opens no source.
tl::expected<Plan, PlanError> make_plan(const Site& site, const Plugins& plugins, backend::Backend* backend, Log& log);

}  // namespace facet::engine
