#pragma once
// Rule: a statement about tracks and observations that becomes true. One file per type of rule; each exports one RuleInfo,
// listed in app/builtins.cpp. Pure: time is passed in.

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/options.h"
#include "media/event.h"
#include "media/observation.h"
#include "media/track.h"

namespace facet::scene {

/// All that rules may know of one frame. Borrowed for the duration of the call.
struct SceneView {
    Nanoseconds t{};  ///< time of the frame; never decreases
    WallTime time{};
    std::int64_t sequence = 0;
    Size picture;                            ///< pixels; rules' geometry is in 0..1 of it
    std::span<const Track> tracks;           ///< of the group that the rule listens to; tentative and lost ones included
    const Detections* detections = nullptr;  ///< of this frame, after masks; null where no detecting expert ran
    std::span<const std::string> labels;     ///< names for Track::label and Detection::label
};

/// What every rule has, beside its own options.
struct RuleCommon {
    std::string camera;
    std::string name;
    std::vector<std::string> labels;  ///< empty = any
    bool anchor_bottom = false;       ///< the tested point: the box's centre, or the middle of its lower edge
};

/// What a rule draws and counts, for overlay and report.
struct RuleShape {
    std::vector<Point> points;               ///< 0..1 of the picture
    bool closed = false;                     ///< a zone; otherwise a line
    std::map<std::string, double> counters;  ///< "forward": 3, "inside": 1
};

/// One camera, one rule. Deterministic. Not thread-safe.
class Rule {
public:
    virtual ~Rule() = default;
    /// Appends what became true at this frame, in a fixed order (by track id). Fills rule, type, direction, t, time, track,
    /// label, score, box, values and id; the engine adds evidence and why.
    virtual void observe(const SceneView& scene, std::vector<Event>& events) = 0;
    virtual RuleShape shape() const = 0;
};

struct RuleInfo {
    std::string_view type;  ///< "line"
    std::string_view summary;
    std::span<const config::OptionRow> options;  ///< of this type alone; kRuleOptions (name, type, labels ...) come beside
    /// Refuses impossible geometry by name: a line of zero length, a zone that crosses itself or has no area, points outside
    /// of 0..1.
    Result<std::unique_ptr<Rule>> (*create)(const RuleCommon& common, const config::Values& options);
};

/// Rows that every rule takes: name, type, labels, anchor, experts.
std::span<const config::OptionRow> common_rule_options();
/// Reads one rule of a config: picks its type (unknown: nearest name), checks all keys, creates it. `experts` receives the
/// names of the experts whose tracks the rule wants (empty = the camera's first detecting group).
Result<std::unique_ptr<Rule>> read_rule(std::span<const RuleInfo* const> types, const config::Node& node,
                                        const std::string& camera, std::vector<std::string>& experts);

}  // namespace facet::scene
