#include "sink/dialect/dl_streamer.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "sink/dialect/json_text.h"

namespace facet::sink::dialect {

namespace {

constexpr std::array<std::string_view, 8> kOwnMembers = {"detection", "h", "id", "region_id", "roi_type", "w", "x", "y"};

double share(float pixels, int whole) { return std::clamp(static_cast<double>(pixels) / whole, 0.0, 1.0); }

void append_object(std::string& out, const ObjectRecord& record, Size size, std::size_t index) {
    const Detection& detection = *record.detection;
    const Box box = clamp(detection.box, size);
    JsonObject object(out);
    object.key("detection");
    JsonObject inner(out);
    inner.key("bounding_box");
    JsonObject bounds(out);
    bounds.member("x_max", share(box.right(), size.width));
    bounds.member("x_min", share(box.x, size.width));
    bounds.member("y_max", share(box.bottom(), size.height));
    bounds.member("y_min", share(box.y, size.height));
    bounds.close();
    inner.member("confidence", detection.score);
    inner.member("label", record.label);
    inner.member("label_id", detection.label);
    inner.close();
    const auto left = std::lround(box.x);
    const auto top = std::lround(box.y);
    object.member("h", std::lround(box.bottom()) - top);
    if (record.track != 0) object.member("id", record.track);
    object.member("region_id", index);
    object.member("roi_type", record.label);
    object.member("w", std::lround(box.right()) - left);
    object.member("x", left);
    object.member("y", top);
    for (const Attribute& attribute : detection.attributes) {
        const bool taken = std::find(kOwnMembers.begin(), kOwnMembers.end(), attribute.name) != kOwnMembers.end();
        object.key(taken ? attribute.name + '_' : attribute.name);
        JsonObject classified(out);
        classified.member("confidence", attribute.score);
        classified.member("label", attribute.text);
        classified.key("model");
        JsonObject model(out);
        model.member("name", attribute.name);
        model.close();
        classified.close();
    }
    object.close();
}

}  // namespace

std::string dl_streamer_json(const FrameRecord& record) {
    std::string out;
    JsonObject object(out);
    object.key("objects");
    out += '[';
    for (std::size_t i = 0; i < record.objects.size(); ++i) {
        if (i > 0) out += ',';
        append_object(out, record.objects[i], record.size, i);
    }
    out += ']';
    object.key("resolution");
    JsonObject resolution(out);
    resolution.member("height", record.size.height);
    resolution.member("width", record.size.width);
    resolution.close();
    if (!record.source.empty()) object.member("source", without_secrets(record.source));
    object.member("timestamp", record.t.count());
    object.close();
    return out;
}

std::string without_secrets(std::string_view address) {
    const auto scheme = address.find("://");
    if (scheme == std::string_view::npos) return std::string(address);
    const std::string_view prefix = address.substr(0, scheme + 3);
    const std::string_view rest = address.substr(scheme + 3);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
    std::size_t at = authority.rfind('@');
    if (at == std::string_view::npos) {
        // "user:pass/word@host": what looks like a port is none, so the authority goes on.
        const auto colon = authority.rfind(':');
        const bool has_port = colon == std::string_view::npos || authority.front() == '[' ||
                              std::all_of(authority.begin() + static_cast<std::ptrdiff_t>(colon) + 1, authority.end(),
                                          [](char c) { return c >= '0' && c <= '9'; });
        if (!has_port) at = rest.rfind('@');
    }
    if (at == std::string_view::npos) return std::string(address);
    return std::string(prefix).append(rest.substr(at + 1));
}

}  // namespace facet::sink::dialect
