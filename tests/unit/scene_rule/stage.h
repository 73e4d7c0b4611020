#pragma once
// Stage: plays objects to a rule, frame by frame, and collects its events.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "scene/rule/rule.h"

namespace facet::scene {

/// One object on one frame, its box given by centre and size in pixels.
struct Actor {
    std::int64_t id = 1;
    float x = 0;
    float y = 0;
    int label = 0;
    TrackState state = TrackState::confirmed;
    float size = 10;
};

/// A rule out of one line of YAML, for example "{name: r, type: line, points: [[0, 0.5], [1, 0.5]]}".
Result<std::unique_ptr<Rule>> read(const std::string& yaml);

class Stage {
public:
    /// The rule must be readable.
    explicit Stage(const std::string& yaml, Size picture = {256, 256});

    /// Shows a frame at `t_s` on which a detector ran; gives the events of this frame.
    std::vector<Event> show(double t_s, const std::vector<Actor>& actors);
    /// A frame on which no detector ran; `actors` are predictions.
    std::vector<Event> skip(double t_s, const std::vector<Actor>& actors = {});

    /// "enter 1.5, leave 3" of all events so far: direction (or type where there is none), t.
    std::string told() const;
    const std::vector<Event>& events() const { return events_; }
    RuleShape shape() const { return rule_->shape(); }

private:
    std::vector<Event> play(double t_s, const std::vector<Actor>& actors, bool detected);

    std::unique_ptr<Rule> rule_;
    Size picture_;
    std::int64_t sequence_ = 0;
    std::vector<Event> events_;
};

/// Names of the labels 0, 1, 2 on the stage.
inline const std::vector<std::string> kStageLabels{"car", "person", "bag"};

}  // namespace facet::scene
