#include "sink/dialect/event_json.h"

#include <cmath>

#include "base/text.h"
#include "sink/dialect/json_text.h"

namespace facet::sink::dialect {

namespace {

void member_if_set(JsonObject& object, std::string_view name, std::string_view text) {
    if (!text.empty()) object.member(name, text);
}

void append_box(std::string& out, const Box& box) {
    out += '[';
    for (const float value : {box.x, box.y, box.width, box.height}) {
        if (out.back() != '[') out += ',';
        append_number(out, value);
    }
    out += ']';
}

bool is_finite(const Box& box) {
    return std::isfinite(box.x) && std::isfinite(box.y) && std::isfinite(box.width) && std::isfinite(box.height);
}

void append_why(std::string& out, const Why& why) {
    JsonObject object(out);
    if (!why.ran.empty()) {
        object.key("ran");
        out += '[';
        for (const auto& ran : why.ran) {
            if (&ran != &why.ran.front()) out += ',';
            JsonObject entry(out);
            entry.member("expert", ran.expert);
            member_if_set(entry, "variant", ran.variant);
            if (std::isfinite(ran.cost_ms) && ran.cost_ms != 0) entry.member("cost_ms", ran.cost_ms);
            member_if_set(entry, "reason", ran.reason);
            entry.close();
        }
        out += ']';
    }
    if (!why.skipped.empty()) {
        object.key("skipped");
        out += '[';
        for (const auto& skipped : why.skipped) {
            if (&skipped != &why.skipped.front()) out += ',';
            JsonObject entry(out);
            entry.member("expert", skipped.expert);
            member_if_set(entry, "reason", skipped.reason);
            entry.close();
        }
        out += ']';
    }
    object.close();
}

}  // namespace

std::string event_json(const Event& event) {
    std::string out;
    JsonObject object(out);
    object.member("id", event.id);
    object.member("camera", event.camera);
    object.member("rule", event.rule);
    object.member("type", event.type);
    member_if_set(object, "direction", event.direction);
    object.member("t", seconds(event.t));
    object.member("time", rfc3339(event.time));
    if (event.track) object.member("track", *event.track);
    member_if_set(object, "label", event.label);
    if (event.score && std::isfinite(*event.score)) object.member("score", *event.score);
    if (event.box && is_finite(*event.box)) {
        object.key("box");
        append_box(out, *event.box);
    }
    if (!event.values.empty()) {
        object.key("values");
        JsonObject values(out);
        for (const auto& [name, value] : event.values)
            if (std::isfinite(value)) values.member(name, value);
        values.close();
    }
    object.key("evidence");
    JsonObject evidence(out);
    evidence.member("frame", event.evidence.frame);
    member_if_set(evidence, "picture", event.evidence.picture);
    member_if_set(evidence, "crop", event.evidence.crop);
    member_if_set(evidence, "clip", event.evidence.clip);
    member_if_set(evidence, "source", event.evidence.source);
    evidence.close();
    if (!event.why.ran.empty() || !event.why.skipped.empty()) {
        object.key("why");
        append_why(out, event.why);
    }
    object.close();
    return out;
}

}  // namespace facet::sink::dialect
