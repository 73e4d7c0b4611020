#include "source/synthetic/truth_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "source/synthetic/light.h"

namespace facet::source::synthetic {

namespace {

constexpr float kWorthFinding = 0.1F;  // less of a thing than this cannot fairly be asked for

/// Coordinates in 1/100 pixel.
std::string box_text(const Box& box) {
    return fmt::format("[{:.2f},{:.2f},{:.2f},{:.2f}]", box.x, box.y, box.width, box.height);
}

std::string light_text(double hour) {
    const int nearest = static_cast<int>(hour + 0.5);
    const std::string_view name = kLightNames[static_cast<std::size_t>(std::clamp(nearest, 0, 2))];
    return hour == nearest ? std::string(name) : fmt::format("near {}", name);
}

std::string point_text(Point relative, Size picture) {
    return fmt::format("[{:.1f},{:.1f}]", relative.x * static_cast<float>(picture.width),
                       relative.y * static_cast<float>(picture.height));
}

std::string points_text(const std::vector<Point>& points, Size picture) {
    std::string text;
    for (const Point point : points) text += (text.empty() ? "" : ",") + point_text(point, picture);
    return "[" + text + "]";
}

}  // namespace

std::string to_json_line(const FrameTruth& truth) {
    std::string line = fmt::format(
        R"({{"frame":{},"t":{:.6f},"scene":"{}","light":"{}","hour":{:.4f},"brightness":{:.4f},"noise":{:.4f},"rain":{:.4f},"shake":[{},{}],"fade":{:.4f},"objects":[)",
        truth.frame, seconds(truth.t), truth.scene, light_text(truth.hour), truth.hour, truth.brightness, truth.noise,
        truth.rain, truth.shake_x, truth.shake_y, truth.fade);
    for (const ObjectTruth& object : truth.objects) {
        if (line.back() != '[') line += ',';
        line += fmt::format(
            R"({{"id":{},"label":"{}","box":{},"visible_box":{},"visible":{:.4f},"distance":{:.2f},"speed":{:.2f},"stationary":{},"defect":"{}"}})",
            object.id, object.label, box_text(object.box), box_text(object.visible_box), object.visible, object.distance,
            object.speed, object.stationary, object.defect);
    }
    return line + "]}\n";
}

std::string to_mot_lines(const FrameTruth& truth, Size picture) {
    std::string lines;
    for (const ObjectTruth& object : truth.objects) {
        const Box box = clamp(object.box, picture);
        lines += fmt::format("{},{},{:.2f},{:.2f},{:.2f},{:.2f},{},1,{:.4f}\n", truth.frame + 1, object.id, box.x, box.y,
                             box.width, box.height, object.visible >= kWorthFinding ? 1 : 0, object.visible);
    }
    return lines;
}

std::string to_yolo_lines(const FrameTruth& truth, Size picture, const std::vector<std::string_view>& labels) {
    std::string lines;
    for (const ObjectTruth& object : truth.objects) {
        if (object.visible < kWorthFinding) continue;
        const auto label = std::find(labels.begin(), labels.end(), object.label) - labels.begin();
        const Box box = clamp(object.box, picture);
        const auto width = static_cast<float>(picture.width), height = static_cast<float>(picture.height);
        lines += fmt::format("{} {:.6f} {:.6f} {:.6f} {:.6f}\n", label, box.centre().x / width, box.centre().y / height,
                             box.width / width, box.height / height);
    }
    return lines;
}

std::string to_mask_json(const FrameTruth& truth, Size picture) {
    std::string text = fmt::format(R"({{"frame":{},"masks":[)", truth.frame);
    for (std::size_t i = 0; i < truth.masks.size(); ++i)
        text += fmt::format(R"({}{{"id":{},"label":"{}","segmentation":{{"size":[{},{}],"counts":[{}]}}}})",
                            i > 0 ? "," : "", truth.masks[i].id, truth.objects[i].label, picture.height, picture.width,
                            fmt::join(truth.masks[i].runs, ","));
    return text + "]}\n";
}

void Summary::observe(const FrameTruth& truth) {
    ++frames_;
    bool moves = false;
    for (const ObjectTruth& object : truth.objects) {
        things_[std::string(object.label)][object.id] = true;
        moves = moves || (object.speed > 0 && object.visible >= kWorthFinding);
    }
    if (!moves) return;
    if (motion_.empty() || motion_.back().second != truth.frame - 1)
        motion_.emplace_back(truth.frame, truth.frame);
    else
        motion_.back().second = truth.frame;
}

std::string Summary::to_json(const std::string& name, const EventTruth& events, Size picture,
                             double frames_per_second) const {
    std::string quoted;
    for (const char character : name) {
        if (character == '"' || character == '\\') quoted += '\\';
        quoted += static_cast<unsigned char>(character) < 0x20 ? '_' : character;
    }
    std::string text =
        fmt::format("{{\n \"{}\": {{\"fps\": {}, \"frames\": {}, \"classes\": {{", quoted, frames_per_second, frames_);
    for (auto it = things_.begin(); it != things_.end(); ++it)
        text += fmt::format(R"({}"{}": {})", it == things_.begin() ? "" : ", ", it->first, it->second.size());
    text += "},\n";
    const auto line_text = [&](std::size_t index) {
        const auto& line = events.lines()[index];
        const auto count = [&](bool forward) {
            return std::count_if(events.crossings().begin(), events.crossings().end(), [&](const Crossing& crossing) {
                return crossing.line == static_cast<int>(index) && crossing.forward == forward;
            });
        };
        return fmt::format(R"({{"from": {}, "to": {}, "forward": {}, "backward": {}}})", point_text(line[0], picture),
                           point_text(line[1], picture), count(true), count(false));
    };
    text += fmt::format("  \"line\": {},\n  \"lines\": [", line_text(0));
    for (std::size_t i = 0; i < events.lines().size(); ++i) text += (i > 0 ? ", " : "") + line_text(i);
    text += "],\n  \"crossings_s\": [";
    for (std::size_t i = 0; i < events.crossings().size(); ++i) {
        const Crossing& crossing = events.crossings()[i];
        text +=
            fmt::format(R"({}{{"t": {:.3f}, "dir": "{}", "what": "{}", "id": {}, "line": {}}})", i > 0 ? ",\n    " : "",
                        crossing.t, crossing.forward ? "forward" : "backward", crossing.label, crossing.id, crossing.line);
    }
    text += "],\n  \"zones\": [";
    for (std::size_t i = 0; i < events.zones().size(); ++i) {
        text += fmt::format("{}{{\"points\": {}, \"visits\": [", i > 0 ? ",\n    " : "",
                            points_text(events.zones()[i], picture));
        bool first = true;
        for (const ZoneVisit& visit : events.visits()) {
            if (visit.zone != static_cast<int>(i)) continue;
            text += fmt::format(R"({}{{"from": {:.3f}, "to": {:.3f}, "left": {}, "what": "{}", "id": {}}})",
                                first ? "" : ", ", visit.from, visit.to, visit.left, visit.label, visit.id);
            first = false;
        }
        text += "]}";
    }
    text += "],\n  \"visit_intervals_s\": [";
    std::int64_t visits = 0;
    std::vector<std::pair<double, int>> changes;
    for (const ZoneVisit& visit : events.visits()) {
        if (visit.zone != 0) continue;
        text += fmt::format("{}[{:.3f}, {:.3f}]", visits++ > 0 ? ", " : "", visit.from, visit.to);
        changes.emplace_back(visit.from, -1);  // at one time, entering counts before leaving
        changes.emplace_back(visit.to, 1);
    }
    std::sort(changes.begin(), changes.end());
    int inside = 0, most = 0;
    for (const auto& [time, change] : changes) {
        inside -= change;
        most = std::max(most, inside);
    }
    text += fmt::format("],\n  \"visits\": {}, \"max_simultaneous\": {},\n  \"motion_frame_ranges\": [", visits, most);
    for (std::size_t i = 0; i < motion_.size(); ++i)
        text += fmt::format("{}[{}, {}]", i > 0 ? ", " : "", motion_[i].first, motion_[i].second);
    return text + fmt::format("],\n  \"tolerance_s\": {:.3f}}}\n}}\n", 2 / frames_per_second);
}

}  // namespace facet::source::synthetic
