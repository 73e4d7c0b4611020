#include "source/synthetic/truth.h"

#include <algorithm>
#include <cmath>

namespace facet::source::synthetic {

namespace {
constexpr double kHysteresis = 0.005;   // of the picture's height
constexpr double kForgottenAfter = 10;  // seconds out of sight; ids never come back later
Point to_pixels(Point relative, Size picture) {
    return {relative.x * static_cast<float>(picture.width), relative.y * static_cast<float>(picture.height)};
}
}  // namespace

Point anchor_of(const ObjectTruth& object, Size picture) { return clamp(object.box, picture).centre(); }

EventTruth::EventTruth(Size picture, std::vector<std::vector<Point>> lines, std::vector<std::vector<Point>> zones)
    : picture_(picture), lines_(std::move(lines)), zones_(std::move(zones)) {}

EventTruth::Follow& EventTruth::follow(std::int64_t id, bool& is_new) {
    const auto found = std::find_if(follows_.begin(), follows_.end(), [id](const Follow& f) { return f.id == id; });
    is_new = found == follows_.end();
    if (!is_new) return *found;
    Follow fresh;
    fresh.id = id;
    fresh.side.assign(lines_.size(), 0);
    fresh.passed_at.assign(lines_.size(), 0);
    fresh.passed_within.assign(lines_.size(), false);
    fresh.visit.assign(zones_.size(), -1);
    follows_.push_back(std::move(fresh));
    return follows_.back();
}

void EventTruth::observe(const FrameTruth& truth) {
    const double now = seconds(truth.t);
    for (const ObjectTruth& object : truth.objects) {
        const Point anchor = anchor_of(object, picture_);
        bool is_new = false;
        Follow& known = follow(object.id, is_new);
        look_at_lines(object, truth, known, anchor, is_new);
        look_at_zones(object, now, known, anchor);
        known.anchor = anchor;
        known.t = now;
        known.frame = truth.frame;
    }
    for (Follow& known : follows_) {
        if (known.frame == truth.frame) continue;
        for (int& visit : known.visit) {  // out of sight is out of the zone
            if (visit >= 0) visits_[static_cast<std::size_t>(visit)].left = true;
            visit = -1;
        }
    }
    std::erase_if(follows_, [now](const Follow& known) { return now - known.t > kForgottenAfter; });
}

void EventTruth::look_at_lines(const ObjectTruth& object, const FrameTruth& truth, Follow& known, Point anchor,
                               bool is_new) {
    const double now = seconds(truth.t);
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        const Point p = to_pixels(lines_[i][0], picture_), q = to_pixels(lines_[i][1], picture_);
        const double line_length = std::hypot(q.x - p.x, q.y - p.y);
        const double distance = side_of_line(p, q, anchor) / line_length;
        if (!is_new) {
            const double before = side_of_line(p, q, known.anchor) / line_length;
            if ((before < 0) != (distance < 0)) {
                const double share = before / (before - distance);
                const double x = known.anchor.x + (anchor.x - known.anchor.x) * share;
                const double y = known.anchor.y + (anchor.y - known.anchor.y) * share;
                const double along = ((x - p.x) * (q.x - p.x) + (y - p.y) * (q.y - p.y)) / (line_length * line_length);
                known.passed_at[i] = known.t + (now - known.t) * share;
                known.passed_within[i] = along >= 0 && along <= 1;
            }
        }
        if (std::abs(distance) <= kHysteresis * picture_.height) continue;
        const int side = distance > 0 ? 1 : -1;
        if (known.side[i] != 0 && side != known.side[i] && known.passed_within[i])
            crossings_.push_back({static_cast<int>(i), object.id, object.label, side > 0, truth.frame, known.passed_at[i]});
        known.side[i] = side;
    }
}

void EventTruth::look_at_zones(const ObjectTruth& object, double t, Follow& known, Point anchor) {
    for (std::size_t i = 0; i < zones_.size(); ++i) {
        Polygon zone;
        for (const Point point : zones_[i]) zone.push_back(to_pixels(point, picture_));
        int& visit = known.visit[i];
        if (contains(zone, anchor)) {
            if (visit < 0) {
                visit = static_cast<int>(visits_.size());
                visits_.push_back({static_cast<int>(i), object.id, object.label, t, t, false});
            }
            visits_[static_cast<std::size_t>(visit)].to = t;
        } else if (visit >= 0) {
            visits_[static_cast<std::size_t>(visit)].left = true;
            visit = -1;
        }
    }
}

}  // namespace facet::source::synthetic
