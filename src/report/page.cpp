#include "report/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "image/palette.h"

namespace facet::report {

namespace {

using Json = nlohmann::ordered_json;

std::string escaped(std::string_view text) {
    std::string out;
    for (const char character : text) switch (character) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default: out += character;
        }
    return out;
}

std::string base64(std::string_view bytes) {
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t word = 0;
        for (std::size_t k = 0; k < 3; ++k)
            word = word << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k) out += i + k > bytes.size() ? '=' : kDigits[word >> (18 - 6 * k) & 63];
    }
    return out;
}

std::string colour_of(std::int64_t id) {
    const image::Ink ink = image::ink_of(id);
    return fmt::format("#{:02x}{:02x}{:02x}", ink.red, ink.green, ink.blue);
}

/// Data for page.js. "<" is escaped so that no text can end the script element.
std::string chart(const std::string& id, const Json& data) {
    std::string text = data.dump(-1, ' ', false, Json::error_handler_t::replace);
    for (std::size_t at = 0; (at = text.find('<', at)) != std::string::npos;) text.replace(at, 1, "\\u003c");
    return fmt::format(
        "<script type=\"application/json\" id=\"{0}\">{1}</script>\n<div class=\"chart\" data-chart=\"{0}\"></div>\n", id,
        text);
}

std::string facts_list(const RunFacts& run) {
    std::string out = "<dl class=\"facts\">\n";
    for (const auto& [name, value] : run.facts)
        out += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escaped(name), escaped(value));
    return out + "</dl>\n";
}

std::string counts_chart(const CameraHistory& camera, std::size_t index) {
    Json data{{"kind", "counts"}, {"times", Json::array()}, {"series", Json::array()}};
    for (std::size_t i = 0; i < camera.bins().size(); ++i)
        data["times"].push_back(static_cast<double>(i) * camera.seconds_per_bin());
    const std::size_t named = camera.labels().size();
    for (std::size_t k = 0; k < named + (camera.has_others() ? 1 : 0); ++k) {
        const bool other = k == named;
        Json values = Json::array();
        for (const auto& bin : camera.bins())
            values.push_back(bin.frames > 0 ? std::round(100 * bin.objects[other ? CameraHistory::kLabelsMax : k] /
                                                         static_cast<double>(bin.frames)) /
                                                  100
                                            : 0.0);
        data["series"].push_back({{"label", other ? "other" : camera.labels()[k]},
                                  {"colour", colour_of(static_cast<std::int64_t>(k))},
                                  {"values", values}});
    }
    return chart(fmt::format("counts-{}", index), data);
}

/// A picture as the ground of an SVG whose units are thousandths of the picture's width.
std::string svg_begin(const std::string& jpeg, Size size) {
    const double height = 1000.0 * size.height / std::max(1, size.width);
    std::string out = fmt::format("<svg viewBox=\"0 0 1000 {0:.1f}\" role=\"img\">", height);
    if (!jpeg.empty())
        out += fmt::format(
            "<image width=\"1000\" height=\"{:.1f}\" preserveAspectRatio=\"none\" href=\"data:image/jpeg;base64,{}\"/>",
            height, base64(jpeg));
    return out;
}

std::string heat_map(const CameraHistory& camera) {
    const double height = 1000.0 * camera.size().height / std::max(1, camera.size().width);
    const float most = *std::max_element(camera.heat().begin(), camera.heat().end());
    std::string out = "<figure>" + svg_begin(camera.background(), camera.size());
    const double cell_width = 1000.0 / CameraHistory::kHeatColumns;
    const double cell_height = height / CameraHistory::kHeatRows;
    for (int row = 0; row < CameraHistory::kHeatRows; ++row)
        for (int column = 0; column < CameraHistory::kHeatColumns; ++column) {
            const float value = camera.heat()[static_cast<std::size_t>(row * CameraHistory::kHeatColumns + column)];
            if (value <= 0) continue;
            const double strength = std::sqrt(value / most);  // the root keeps rarely visited places visible
            out += fmt::format(
                "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"hsl({:.0f} 100% 50%)\" "
                "opacity=\"{:.2f}\"/>",
                column * cell_width, row * cell_height, cell_width, cell_height, 240 - 240 * strength,
                0.25 + 0.45 * strength);
        }
    return out + fmt::format(
                     "</svg><figcaption>Where objects were: centres of boxes, blue = few, red = at most {:.0f} in a "
                     "cell.</figcaption></figure>\n",
                     most);
}

std::string track_map(const CameraHistory& camera, const std::vector<ShapeFacts>* shapes) {
    const double height = 1000.0 * camera.size().height / std::max(1, camera.size().width);
    const auto points_of = [&](const std::vector<Point>& points) {
        std::string text;
        for (const Point point : points) text += fmt::format("{:.1f},{:.1f} ", point.x * 1000.0, point.y * height);
        return text;
    };
    std::string out = "<figure>" + svg_begin(camera.background(), camera.size());
    for (const auto& [id, path] : camera.tracks())
        out += fmt::format(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"3\" stroke-linejoin=\"round\" "
            "opacity=\"0.85\"><title>{} {}</title></polyline>",
            points_of(path.points), colour_of(id), escaped(path.label), id);
    if (shapes)
        for (const auto& shape : *shapes) {
            if (shape.points.empty()) continue;
            out += fmt::format(
                "<{} points=\"{}\" fill=\"{}\" fill-opacity=\"0.12\" stroke=\"#fff\" stroke-width=\"5\" "
                "stroke-dasharray=\"14 8\"/>",
                shape.closed ? "polygon" : "polyline", points_of(shape.points), shape.closed ? "#fff" : "none");
            out += fmt::format(
                "<text x=\"{:.1f}\" y=\"{:.1f}\" fill=\"#fff\" stroke=\"#000\" stroke-width=\"6\" "
                "paint-order=\"stroke\" font-size=\"30\">{}</text>",
                std::clamp(shape.points[0].x * 1000.0 + 10, 10.0, 800.0),
                std::clamp(shape.points[0].y * height - 10, 34.0, height - 8), escaped(shape.rule));
        }
    out += fmt::format("</svg><figcaption>{} tracks{}{}</figcaption></figure>\n", camera.tracks().size(),
                       camera.tracks_left_out() > 0 ? fmt::format(" (and {} not drawn)", camera.tracks_left_out()) : "",
                       shapes && !shapes->empty() ? "; dashed: rules." : ".");
    return out;
}

std::string counters_table(const std::vector<ShapeFacts>& shapes) {
    std::string rows;
    for (const auto& shape : shapes)
        for (const auto& [name, value] : shape.counters)
            rows += fmt::format("<tr><td>{}</td><td>{}</td><td class=\"number\">{:.6g}</td></tr>\n", escaped(shape.rule),
                                escaped(name), value);
    if (rows.empty()) return "";
    return "<h3>Counters</h3>\n<div class=\"scroll\"><table><tr><th>rule</th><th>counter</th><th class=\"number\">at the "
           "end</th>"
           "</tr>\n" +
           rows + "</table></div>\n";
}

std::string why_text(const Why& why) {
    std::string text;
    for (const auto& ran : why.ran) text += fmt::format("{}{} ran ({})", text.empty() ? "" : "; ", ran.expert, ran.variant);
    for (const auto& skipped : why.skipped)
        text += fmt::format("{}{} skipped: {}", text.empty() ? "" : "; ", skipped.expert, skipped.reason);
    return text;
}

std::string events_list(const CameraHistory& camera) {
    if (camera.events().empty()) return "";
    std::string out = "<h3>Events</h3>\n<ol class=\"events\">\n";
    for (const auto& shown : camera.events()) {
        const Event& event = shown.event;
        const double height = 1000.0 * camera.size().height / std::max(1, camera.size().width);
        out += "<li>" + svg_begin(shown.jpeg, camera.size());
        if (shown.box.area() > 0)
            out += fmt::format(
                "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"none\" stroke=\"{}\" "
                "stroke-width=\"8\"/>",
                shown.box.x * 1000.0, shown.box.y * height, shown.box.width * 1000.0, shown.box.height * height,
                colour_of(event.track.value_or(0)));
        out += fmt::format("</svg><p class=\"what\">{:.2f} s · {}{}{}</p>", seconds(event.t), escaped(event.rule),
                           event.direction.empty() ? "" : " · " + event.direction,
                           event.label.empty() ? ""
                                               : fmt::format(" · {}{}", escaped(event.label),
                                                             event.track ? fmt::format(" {}", *event.track) : ""));
        out += fmt::format("<p class=\"why\">{}</p></li>\n", escaped(why_text(event.why)));
    }
    out += "</ol>\n";
    if (camera.events_left_out() > 0)
        out += fmt::format("<p class=\"note\">{} further events are not shown here.</p>\n", camera.events_left_out());
    return out;
}

std::string count_rows(const std::map<std::string, std::int64_t>& counts, std::string_view kind) {
    std::string rows;
    for (const auto& [name, count] : counts)
        rows += fmt::format("<tr><td>{}</td><td>{}</td><td class=\"number\">{}</td></tr>\n", kind, escaped(name), count);
    return rows;
}

std::string run_section(const RunFacts& run) {
    Json data{{"kind", "bars"}, {"title", "CPU ms a frame"}, {"labels", Json::array()}, {"values", Json::array()}};
    std::string table = "<div class=\"scroll\"><table><tr><th>stage</th><th class=\"number\">CPU ms a frame</th></tr>\n";
    for (const auto& [name, value] : run.stage_ms) {
        data["labels"].push_back(name);
        data["values"].push_back(std::round(value * 1000) / 1000);
        table += fmt::format("<tr><td>{}</td><td class=\"number\">{:.3f}</td></tr>\n", escaped(name), value);
    }
    std::string out =
        "<h2>Stage times</h2>\n<div class=\"pair\">\n" + chart("stages", data) + table + "</table></div></div>\n";
    out += "<h2>Skipped and damaged</h2>\n";
    const std::string rows = count_rows(run.skipped, "skipped") + count_rows(run.errors, "error");
    if (rows.empty())
        out += "<p class=\"note\">Nothing: every frame was decoded and every due expert ran.</p>\n";
    else
        out += "<div class=\"scroll\"><table><tr><th></th><th>reason</th><th class=\"number\">count</th></tr>\n" + rows +
               "</table></div>\n";
    for (const auto& message : run.messages) out += fmt::format("<p class=\"problem\">{}</p>\n", escaped(message));
    return out;
}

}  // namespace

std::string render_page(const RunFacts& run, std::span<const std::unique_ptr<CameraHistory>> cameras) {
    std::string body = fmt::format("<h1>{}</h1>\n{}", escaped(run.title), facts_list(run));
    for (std::size_t i = 0; i < cameras.size(); ++i) {
        const CameraHistory& camera = *cameras[i];
        const auto shapes = run.shapes.find(camera.name());
        const std::vector<ShapeFacts>* known = shapes == run.shapes.end() ? nullptr : &shapes->second;
        body += fmt::format("<h2>{}</h2>\n<p class=\"note\">{} x {}, {} frames</p>\n", escaped(camera.name()),
                            camera.size().width, camera.size().height, camera.frames());
        body += "<h3>Objects over time</h3>\n" + counts_chart(camera, i);
        body += "<div class=\"pair\">\n" + heat_map(camera) + track_map(camera, known) + "</div>\n";
        if (known) body += counters_table(*known);
        body += events_list(camera);
    }
    body += run_section(run);
    return fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n"
        "<style>\n{}</style>\n</head>\n<body>\n{}<script>{}</script>\n<script>\n{}</script>\n</body>\n</html>\n",
        escaped(run.title), kPageStyle, body, kChartLibrary, kPageScript);
}

}  // namespace facet::report
