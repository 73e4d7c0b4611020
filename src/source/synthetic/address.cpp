#include "source/synthetic/address.h"

#include <optional>

#include "base/text.h"

namespace facet::source::synthetic {

namespace {

using config::Node;
using config::OptionRow;
using config::OptionType;
using config::Values;

constexpr OptionRow kStepRows[] = {
    {.key = "at",
     .type = OptionType::duration,
     .required = true,
     .minimum = 0,
     .maximum = 864000,
     .unit = "s",
     .help = "when the step begins"},
    {.key = "scene", .type = OptionType::text, .help = "the scene from here on"},
    {.key = "transition",
     .type = OptionType::choice,
     .fallback = "abrupt",
     .choices = "abrupt|gradual",
     .help = "at once, or little by little"},
    {.key = "over",
     .type = OptionType::duration,
     .fallback = "2s",
     .minimum = 0.04,
     .maximum = 86400,
     .unit = "s",
     .help = "how long a gradual transition takes"},
};
constexpr OptionRow kFileRows[] = {
    {.key = "cycle",
     .type = OptionType::duration,
     .minimum = 0.1,
     .maximum = 864000,
     .unit = "s",
     .help = "after this long the steps begin again"},
    {.key = "steps", .type = OptionType::node, .required = true, .help = "list of steps by rising `at`, the first at 0s"},
};

Result<Size> read_size(const std::string& text) {
    const auto parts = split(text, 'x');
    const auto width = parts.size() == 2 ? parse_integer(parts[0]) : std::nullopt;
    const auto height = parts.size() == 2 ? parse_integer(parts[1]) : std::nullopt;
    const auto fits = [](std::optional<long long> value, long long maximum) {
        return value && *value >= 64 && *value <= maximum && *value % 2 == 0;
    };
    if (!fits(width, 3840) || !fits(height, 2160))
        return fail(ErrorCode::invalid_argument,
                    "synthetic address: size is '{}', expected WIDTHxHEIGHT, both even, 64x64 to 3840x2160", text);
    return Size{static_cast<int>(*width), static_cast<int>(*height)};
}

/// "x,y,x,y;x,y,..." to point lists of `least` points or more (exactly two for lines).
Result<std::vector<std::vector<Point>>> read_points(std::string_view key, const std::string& text) {
    std::vector<std::vector<Point>> lists;
    if (text.empty()) return lists;
    const bool is_line = key == "line";
    for (const auto part : split(text, ';')) {
        std::vector<Point> points;
        const auto numbers = split(part, ',');
        bool good = numbers.size() % 2 == 0 && (is_line ? numbers.size() == 4 : numbers.size() >= 6);
        for (std::size_t i = 0; good && i + 1 < numbers.size(); i += 2) {
            const auto x = parse_number(trim(numbers[i]));
            const auto y = parse_number(trim(numbers[i + 1]));
            good = x && y && *x >= 0 && *x <= 1 && *y >= 0 && *y <= 1;
            if (good) points.push_back({static_cast<float>(*x), static_cast<float>(*y)});
        }
        if (good && is_line) good = !(points[0] == points[1]);
        if (good && !is_line) good = area(points) > 0 && !self_crossing(points);
        if (!good)
            return fail(ErrorCode::invalid_argument, "synthetic address: {} is '{}', expected {} in 0..1 of the picture",
                        key, part,
                        is_line ? "X1,Y1,X2,Y2 (two different points)"
                                : "X1,Y1,X2,Y2,X3,Y3,... (an area that does not cross itself)");
        lists.push_back(std::move(points));
    }
    return lists;
}

Result<std::string> percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const auto digit = [&](std::size_t at) {
            const char c = at < text.size() ? text[at] : '?';
            return c >= '0' && c <= '9'   ? c - '0'
                   : c >= 'a' && c <= 'f' ? c - 'a' + 10
                   : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                          : -1;
        };
        if (digit(i + 1) < 0 || digit(i + 2) < 0)
            return fail(ErrorCode::invalid_argument, "synthetic address: '{}': % must be followed by two hexadecimal digits",
                        text);
        out += static_cast<char>(digit(i + 1) * 16 + digit(i + 2));
        i += 2;
    }
    return out;
}

/// The part behind "?" as a map of scalars.
Result<Node> query_node(std::string_view query) {
    Node map;
    map.kind = Node::Kind::map;
    map.file = "synthetic address";
    if (query.empty()) return map;
    for (const auto pair : split(query, '&')) {
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos || equals == 0)
            return fail(ErrorCode::invalid_argument, "synthetic address: '{}', expected key=value", pair);
        FACET_TRY(auto key, percent_decoded(pair.substr(0, equals)));
        if (map.find(key)) return fail(ErrorCode::invalid_argument, "synthetic address: key '{}' is given twice", key);
        Node value;
        value.kind = Node::Kind::scalar;
        FACET_TRY(value.scalar, percent_decoded(pair.substr(equals + 1)));
        value.file = map.file;
        map.members.emplace_back(std::move(key), std::move(value));
    }
    return map;
}

Status read_schedule_file(const std::string& path, Specification& out) {
    FACET_TRY(const auto document, config::load_yaml(path));
    FACET_TRY(const auto values, Values::read(kFileRows, document, "schedule"));
    out.cycle = seconds(values.duration("cycle"));
    std::vector<OptionRow> rows(std::begin(kStepRows), std::end(kStepRows));
    rows.insert(rows.end(), dial_options().begin(),
                dial_options().begin() + static_cast<std::ptrdiff_t>(world_option_count()));
    const Node& list = values.node("steps");
    if (list.kind != Node::Kind::list || list.items.empty())
        return fail(ErrorCode::invalid_argument, "{}: schedule: steps must be a list of at least one step", list.place());
    Dials dials = out.steps.front().dials;
    out.steps.clear();
    for (const Node& item : list.items) {
        FACET_TRY(const auto step_values, Values::read(rows, item, "schedule step"));
        Step step;
        step.at = seconds(step_values.duration("at"));
        if (out.steps.empty() ? step.at != 0 : step.at <= out.steps.back().at)
            return fail(ErrorCode::invalid_argument, "{}: schedule step: at is {}s, expected {}", item.place(), step.at,
                        out.steps.empty() ? std::string("0s for the first step")
                                          : fmt::format("more than {}s", out.steps.back().at));
        if (out.cycle > 0 && step.at >= out.cycle)
            return fail(ErrorCode::invalid_argument, "{}: schedule step: at is {}s, expected less than the cycle of {}s",
                        item.place(), step.at, out.cycle);
        if (step_values.text("transition") == "gradual") step.over = seconds(step_values.duration("over"));
        if (step_values.has("scene")) {
            FACET_CHECK(check_scene(step_values.text("scene"), item.place()));
            dials.scene = step_values.text("scene");
        }
        FACET_CHECK(apply_dials(step_values, false, item.place(), dials));
        step.dials = dials;
        out.steps.push_back(std::move(step));
    }
    return {};
}

Status read_schedule(const Values& values, Specification& out) {
    const std::string& kind = values.text("schedule");
    if (values.has("schedule_file")) {
        if (kind != "none" || values.has("scenes"))
            return fail(ErrorCode::invalid_argument,
                        "synthetic address: schedule_file stands alone, without schedule and scenes");
        return read_schedule_file(values.path("schedule_file"), out);
    }
    const auto scenes = values.texts("scenes");
    if (kind == "none") {
        if (!scenes.empty())
            return fail(ErrorCode::invalid_argument, "synthetic address: scenes needs schedule=abrupt, gradual or cyclic");
        return {};
    }
    const double period = seconds(values.duration("period"));
    const Dials first = out.steps.front().dials;
    const auto add = [&](const Dials& dials) {
        const double over = kind == "abrupt" ? 0.0 : scenes.empty() ? period : period / 4;
        out.steps.push_back({period * static_cast<double>(out.steps.size()), over, dials});
    };
    out.steps.clear();
    if (scenes.empty()) {
        // Day, dusk, night and back from the light that was asked for.
        for (const double hour : {0.0, 1.0, 2.0, 1.0}) {
            Dials dials = first;
            dials.hour = first.hour > 0 ? 2 - hour : hour;
            if (kind == "gradual" && out.steps.size() == 3) break;
            add(dials);
        }
    }
    for (const auto& scene : scenes) {
        FACET_CHECK(check_scene(scene, "synthetic address"));
        Dials dials = first;
        dials.scene = scene;
        add(dials);
    }
    if (kind != "gradual") out.cycle = period * static_cast<double>(out.steps.size());
    if (kind == "gradual") out.steps.front().over = 0;
    return {};
}

}  // namespace

Result<Specification> read_address(std::string_view address) {
    if (address.starts_with(kScheme)) address.remove_prefix(kScheme.size());
    const auto question = address.find('?');
    Specification out;
    Dials dials;
    dials.scene = std::string(address.substr(0, question));
    FACET_CHECK(check_scene(dials.scene, "synthetic address"));
    FACET_TRY(const auto map, query_node(question == std::string_view::npos ? "" : address.substr(question + 1)));
    FACET_TRY(const auto values, Values::read(dial_options(), map, dials.scene));
    FACET_CHECK(apply_dials(values, true, "synthetic address", dials));
    out.seed = static_cast<std::uint64_t>(values.integer("seed"));
    FACET_TRY(out.size, read_size(values.text("size")));
    out.frames_per_second = values.number("fps");
    out.frames = values.integer("frames");
    FACET_TRY(out.lines, read_points("line", values.text("line")));
    FACET_TRY(out.zones, read_points("zone", values.text("zone")));
    out.steps.push_back({0, 0, std::move(dials)});
    FACET_CHECK(read_schedule(values, out));
    return out;
}

}  // namespace facet::source::synthetic
