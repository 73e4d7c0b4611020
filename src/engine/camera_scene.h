#pragma once
// What one camera makes of its experts' results, frame after frame: fusion, masks, tracks, rules.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/plan.h"
#include "media/event.h"
#include "media/picture.h"
#include "media/track.h"
#include "scene/rule/rule.h"
#include "scene/track/tracker.h"
#include "sink/sink.h"

namespace facet::engine {

/// What one whole-frame expert gave on one frame. `ran` false: it was not due or failed, and `reason` says why.
struct ExpertResult {
    std::size_t expert = 0;  ///< index into Plan::experts
    bool ran = false;
    std::string_view reason{};  ///< constant text: "due", "every", "failed"
    std::string variant{};      ///< as it ran; "openvino bf16 416x256"
    ObservationContent content{};
};

/// A rule's geometry and counters as they stood at one frame.
struct NamedShape {
    std::string rule;
    scene::RuleShape shape;
};

/// One frame's meaning, in memory that is reused. The spans of its FrameRecord point into it.
struct SceneResult {
    std::vector<Detections> detections;          ///< per group, after fusion and masks
    std::vector<SegmentMap> segments;            ///< of the segment groups that ran, after fusion
    std::vector<sink::ObjectRecord> objects;     ///< of all groups
    std::vector<Track> tracks;                   ///< confirmed ones seen now, of all groups
    std::vector<std::string_view> track_labels;  ///< beside `tracks`
    std::vector<Event> events;
    std::vector<NamedShape> shapes;  ///< of the rules, where they are wanted
    bool detected = false;           ///< a detecting expert ran
};

/// One camera's memory. Frames come in order; used by one thread at a time. Deterministic. A camera that changes its size in
/// the middle still shows the same scene: tracks go on, since they are kept in pixels of its first picture.
class CameraScene {
public:
    /// `still`: pictures without time between them are not tracked. `shapes`: every SceneResult carries the rules' shapes.
    static Result<std::unique_ptr<CameraScene>> create(const Plan& plan, const CameraPlan& camera, bool still, bool shapes);

    /// Goes on where the scene of this camera's plan before stands, as far as both are the same: tracks of a group whose
    /// tracker and labels are as they were, and with them rules whose entry is as it was. `before` is of no use any more.
    void inherit(CameraScene& before);

    /// Makes `out` of one frame. Adds the CPU time of tracking and rules to the two costs.
    void observe(const Frame& frame, std::span<ExpertResult> results, SceneResult& out, Nanoseconds& track_cost,
                 Nanoseconds& rule_cost);

private:
    struct GroupScene {
        const Group* group = nullptr;
        std::unique_ptr<scene::Tracker> tracker;  // null for still pictures
        std::span<const Track> tracks;            // in pixels of the first picture
        Detections rescaled;                      // likewise, where this frame has another size
        bool ran = false;
    };
    struct RuleScene {
        std::string name;
        std::string text;  // its whole entry of the config
        std::unique_ptr<scene::Rule> rule;
        std::size_t group = 0;
    };

    CameraScene(const Plan& plan, const CameraPlan& camera, bool still, bool shapes)
        : plan_(plan), camera_(camera), wants_shapes_(shapes), still_(still) {}
    void fuse(const Group& group, std::span<ExpertResult> results, Detections& out) const;
    void fuse(const Group& group, std::span<ExpertResult> results, std::vector<SegmentMap>& out) const;
    void explain(Event& event, const GroupScene& group, std::span<const ExpertResult> results) const;

    const Plan& plan_;
    const CameraPlan& camera_;
    bool wants_shapes_;
    bool still_;
    Size first_size_;
    std::vector<GroupScene> groups_;
    std::vector<RuleScene> rules_;
};

}  // namespace facet::engine
