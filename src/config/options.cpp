#include "config/options.h"

#include <algorithm>
#include <filesystem>

#include "base/assert.h"
#include "base/text.h"

namespace facet::config {

namespace {

std::string_view type_name(OptionType type) {
    switch (type) {
        case OptionType::flag: return "true or false";
        case OptionType::integer: return "integer";
        case OptionType::number: return "number";
        case OptionType::text: return "text";
        case OptionType::choice: return "choice";
        case OptionType::duration: return "duration";
        case OptionType::bytes: return "bytes";
        case OptionType::path: return "path";
        case OptionType::texts: return "list of texts";
        case OptionType::point: return "[x, y]";
        case OptionType::points: return "[[x, y], ...]";
        case OptionType::polygons: return "[[[x, y], ...], ...]";
        case OptionType::node: return "section";
    }
    return "value";
}

bool is_limited(const OptionRow& row) {
    return row.minimum != -std::numeric_limits<double>::infinity() || row.maximum != std::numeric_limits<double>::infinity();
}

std::string range_of(const OptionRow& row) {
    if (row.type == OptionType::choice) {
        std::string text;
        for (const auto choice : split(row.choices, '|')) text += fmt::format("{}{}", text.empty() ? "" : ", ", choice);
        return text;
    }
    const auto bound = [](double value) {
        return std::abs(value) == std::numeric_limits<double>::infinity() ? std::string() : fmt::format("{}", value);
    };
    return is_limited(row) ? fmt::format("{}..{}", bound(row.minimum), bound(row.maximum)) : "";
}

bool is_scalar(const Node& node) { return node.kind == Node::Kind::scalar; }

bool is_number(const Node& node) { return is_scalar(node) && parse_number(node.scalar); }

bool is_point(const Node& node) {
    return node.kind == Node::Kind::list && node.items.size() == 2 && is_number(node.items[0]) && is_number(node.items[1]);
}

bool is_list_of(const Node& node, bool (*predicate)(const Node&)) {
    return node.kind == Node::Kind::list && std::all_of(node.items.begin(), node.items.end(), predicate);
}

std::optional<bool> parse_flag(std::string_view text) {
    if (text == "true" || text == "yes" || text == "on" || text == "1") return true;
    if (text == "false" || text == "no" || text == "off" || text == "0") return false;
    return std::nullopt;
}

/// Whether the node has the form of the type; the value of numbers and durations goes to `number`.
bool has_form(const OptionRow& row, const Node& node, std::optional<double>& number) {
    switch (row.type) {
        case OptionType::flag: return is_scalar(node) && parse_flag(node.scalar);
        case OptionType::integer:
            if (!is_scalar(node) || !parse_integer(node.scalar)) return false;
            number = static_cast<double>(*parse_integer(node.scalar));
            return true;
        case OptionType::number:
            if (!is_number(node)) return false;
            number = parse_number(node.scalar);
            return true;
        case OptionType::duration: {
            if (!is_scalar(node)) return false;
            const auto duration = parse_duration(node.scalar);
            if (!duration) return false;
            number = seconds(*duration);
            return true;
        }
        case OptionType::bytes: {
            if (!is_scalar(node)) return false;
            const auto bytes = parse_bytes(node.scalar);
            if (!bytes) return false;
            number = static_cast<double>(*bytes);
            return true;
        }
        case OptionType::choice: {
            const auto choices = split(row.choices, '|');
            return is_scalar(node) && std::find(choices.begin(), choices.end(), node.scalar) != choices.end();
        }
        case OptionType::text:
        case OptionType::path: return is_scalar(node);
        case OptionType::texts: return is_scalar(node) || is_list_of(node, is_scalar);
        case OptionType::point: return is_point(node);
        case OptionType::points: return is_list_of(node, is_point);
        case OptionType::polygons: return is_list_of(node, [](const Node& item) { return is_list_of(item, is_point); });
        case OptionType::node: return true;
    }
    return false;
}

Status check(const OptionRow& row, const Node& node, std::string_view owner) {
    const auto shown = node.kind == Node::Kind::scalar ? fmt::format("'{}'", node.scalar) : to_json(node).substr(0, 60);
    std::optional<double> number;
    if (!has_form(row, node, number))
        return fail(ErrorCode::invalid_argument, "{}: {}: {} is {}, expected {}", node.place(), owner, row.key, shown,
                    row.type == OptionType::choice ? "one of " + range_of(row) : std::string(type_name(row.type)));
    if (number && (*number < row.minimum || *number > row.maximum))
        return fail(ErrorCode::invalid_argument, "{}: {}: {} is {}, expected {}{}{}", node.place(), owner, row.key, shown,
                    range_of(row), row.unit.empty() ? "" : " ", row.unit);
    return {};
}

Coordinates to_coordinates(const Node& node) {
    return {static_cast<float>(*parse_number(node.items[0].scalar)),
            static_cast<float>(*parse_number(node.items[1].scalar))};
}

}  // namespace

Result<Values> Values::read(std::span<const OptionRow> rows, const Node& map, std::string_view owner) {
    if (map.kind != Node::Kind::map && map.kind != Node::Kind::null)
        return fail(ErrorCode::invalid_argument, "{}: {}: expected `key: value` lines", map.place(), owner);
    Values values;
    values.rows_ = rows;
    for (const auto& [key, node] : map.members) {
        const auto row =
            std::find_if(rows.begin(), rows.end(), [&, &name = key](const OptionRow& r) { return r.key == name; });
        if (row == rows.end()) {
            std::vector<std::string_view> known;
            for (const auto& r : rows) known.push_back(r.key);
            return fail(unknown_name(fmt::format("{}: {}", node.place(), owner), "key", key, known));
        }
        if (node.kind == Node::Kind::null && row->type != OptionType::node) continue;  // `key:` alone leaves the default
        FACET_CHECK(check(*row, node, owner));
        values.nodes_.emplace(key, node);
        values.set_.emplace(key, true);
    }
    for (const auto& row : rows) {
        if (values.nodes_.contains(row.key)) continue;
        if (row.required)
            return fail(ErrorCode::invalid_argument, "{}: {}: '{}' is missing ({})", map.place(), owner, row.key, row.help);
        if (row.fallback.empty()) continue;
        FACET_TRY(auto node, parse_yaml(row.fallback, "", [](const char*) -> const char* { return nullptr; }));
        node.line = 0;
        std::optional<double> number;
        FACET_ASSERT(has_form(row, node, number));
        values.nodes_.emplace(row.key, std::move(node));
    }
    return values;
}

bool Values::has(std::string_view key) const { return set_.contains(key); }

const Node& Values::get(std::string_view key, OptionType type) const {
    static const Node kNothing;
    const auto row = std::find_if(rows_.begin(), rows_.end(), [&](const OptionRow& r) { return r.key == key; });
    FACET_ASSERT(row != rows_.end() && row->type == type);
    const auto found = nodes_.find(key);
    return found == nodes_.end() ? kNothing : found->second;
}

bool Values::flag(std::string_view key) const { return parse_flag(get(key, OptionType::flag).scalar).value_or(false); }
long long Values::integer(std::string_view key) const {
    return parse_integer(get(key, OptionType::integer).scalar).value_or(0);
}
double Values::number(std::string_view key) const { return parse_number(get(key, OptionType::number).scalar).value_or(0); }

const std::string& Values::text(std::string_view key) const {
    const auto row = std::find_if(rows_.begin(), rows_.end(), [&](const OptionRow& r) { return r.key == key; });
    FACET_ASSERT(row != rows_.end() && (row->type == OptionType::text || row->type == OptionType::choice));
    return get(key, row->type).scalar;
}

std::string Values::path(std::string_view key) const {
    const Node& node = get(key, OptionType::path);
    const std::filesystem::path path(node.scalar);
    if (node.scalar.empty() || path.is_absolute() || node.file.empty()) return node.scalar;
    return (std::filesystem::path(node.file).parent_path() / path).string();
}

Nanoseconds Values::duration(std::string_view key) const {
    return parse_duration(get(key, OptionType::duration).scalar).value_or(Nanoseconds{});
}

std::int64_t Values::bytes(std::string_view key) const {
    return parse_bytes(get(key, OptionType::bytes).scalar).value_or(0);
}

std::vector<std::string> Values::texts(std::string_view key) const {
    const Node& node = get(key, OptionType::texts);
    std::vector<std::string> texts;
    if (node.kind == Node::Kind::scalar)
        for (const auto part : split(node.scalar, ',')) texts.emplace_back(trim(part));
    for (const auto& item : node.items) texts.push_back(item.scalar);
    return texts;
}

Coordinates Values::point(std::string_view key) const {
    const Node& node = get(key, OptionType::point);
    return node.items.empty() ? Coordinates{} : to_coordinates(node);
}

std::vector<Coordinates> Values::points(std::string_view key) const {
    std::vector<Coordinates> points;
    for (const auto& item : get(key, OptionType::points).items) points.push_back(to_coordinates(item));
    return points;
}

std::vector<std::vector<Coordinates>> Values::polygons(std::string_view key) const {
    std::vector<std::vector<Coordinates>> polygons;
    for (const auto& polygon : get(key, OptionType::polygons).items) {
        auto& points = polygons.emplace_back();
        for (const auto& item : polygon.items) points.push_back(to_coordinates(item));
    }
    return polygons;
}

const Node& Values::node(std::string_view key) const { return get(key, OptionType::node); }

std::string Values::place(std::string_view key) const {
    const auto found = nodes_.find(key);
    return found == nodes_.end() ? "config" : found->second.place();
}

namespace {

struct Unit {
    std::string_view suffix;
    double scale;
};

/// The number in front of the first unit that `text` ends with (scale 1 where there is none), scaled; nothing for what is no
/// number or beyond `limit`.
std::optional<double> parse_quantity(std::string_view text, std::span<const Unit> units, double limit) {
    double scale = 1;
    std::string_view number = text;
    for (const auto& unit : units)
        if (text.ends_with(unit.suffix)) {
            scale = unit.scale;
            number = text.substr(0, text.size() - unit.suffix.size());
            break;
        }
    const auto value = parse_number(trim(number));
    if (!value || std::abs(*value * scale) > limit) return std::nullopt;
    return *value * scale;
}

}  // namespace

Result<Nanoseconds> parse_duration(std::string_view text) {
    constexpr Unit kUnits[] = {{"ms", 0.001}, {"us", 1e-6}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
    constexpr double kSecondsMax = 1e9;  // 31 years: far inside what nanoseconds can hold
    const auto value = parse_quantity(text, kUnits, kSecondsMax);
    if (!value)
        return fail(ErrorCode::invalid_argument, "'{}' is no duration, expected for example 250ms, 5s, 10m, 2h", text);
    return from_seconds(*value);
}

Result<std::int64_t> parse_bytes(std::string_view text) {
    constexpr Unit kUnits[] = {{"KiB", 1024.0},       {"MiB", 1048576.0},
                               {"GiB", 1073741824.0}, {"TiB", 1099511627776.0},
                               {"kB", 1e3},           {"KB", 1e3},
                               {"MB", 1e6},           {"GB", 1e9},
                               {"TB", 1e12},          {"B", 1}};
    constexpr double kBytesMax = 1e18;
    const auto value = parse_quantity(text, kUnits, kBytesMax);
    if (!value || *value < 0)
        return fail(ErrorCode::invalid_argument, "'{}' is no size, expected for example 500MB, 10GB, 64KiB", text);
    return static_cast<std::int64_t>(*value + 0.5);
}

Error unknown_name(std::string_view place, std::string_view kind, std::string_view name,
                   std::span<const std::string_view> known) {
    std::string message = fmt::format("{}: unknown {} '{}'", place, kind, name);
    if (const auto nearest = nearest_name(name, known))
        message += fmt::format(", did you mean '{}'?", *nearest);
    else if (!known.empty() && known.size() <= 24)
        message += fmt::format(", expected one of {}", fmt::join(known, ", "));
    return {ErrorCode::invalid_argument, message};
}

std::string to_markdown(std::span<const OptionRow> rows) {
    std::string text =
        "| key | type | default | range | unit | change | meaning |\n| --- | --- | --- | --- | --- | --- | --- |\n";
    for (const auto& row : rows) {
        std::string fallback = row.required ? "required" : std::string(row.fallback);
        text += fmt::format("| `{}` | {} | {} | {} | {} | {} | {} |\n", row.key, type_name(row.type), fallback,
                            range_of(row), row.unit, row.change == OptionChange::live ? "live" : "startup", row.help);
    }
    return text;
}

}  // namespace facet::config
