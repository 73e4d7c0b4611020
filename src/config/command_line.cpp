#include "config/command_line.h"

#include <algorithm>

#include "base/text.h"

namespace facet::config {

namespace {

/// The value as it would stand in YAML: a comma list of numbers and lists is left to parse_yaml, plain text is not.
Result<Node> to_node(const OptionRow& row, const std::string& text) {
    switch (row.type) {
        case OptionType::point:
        case OptionType::points:
        case OptionType::polygons:
        case OptionType::node: return parse_yaml(text, "", [](const char*) -> const char* { return nullptr; });
        default: {
            Node node;
            node.kind = Node::Kind::scalar;
            node.scalar = text;
            return node;
        }
    }
}

tl::unexpected<Error> unknown_option(const CommandSpec& spec, const std::string& key) {
    std::vector<std::string_view> known{"help"};
    for (const auto& row : spec.options) known.push_back(row.key);
    const auto nearest = nearest_name(key, known);
    return fail(ErrorCode::invalid_argument, "facet {}: unknown option '--{}'{}", spec.name, key,
                nearest ? fmt::format(", did you mean '--{}'?", *nearest)
                        : fmt::format("; 'facet {} --help' lists the options", spec.name));
}

}  // namespace

Result<CommandLine> parse_command_line(const CommandSpec& spec, std::span<const std::string> arguments) {
    CommandLine line;
    Node map;
    map.kind = Node::Kind::map;
    bool options_end = false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        if (options_end || argument.size() < 2 || argument[0] != '-') {
            if (spec.positionals.empty())
                return fail(ErrorCode::invalid_argument, "facet {}: unexpected argument '{}'", spec.name, argument);
            line.positionals.push_back(argument);
            continue;
        }
        if (argument == "--") {
            options_end = true;
            continue;
        }
        if (argument == "--help" || argument == "-h") {
            line.help = true;
            return line;
        }
        std::string key = argument == "-c" ? "config" : argument.substr(argument[1] == '-' ? 2 : 1);
        std::string value;
        const auto equals = key.find('=');
        const bool inline_value = equals != std::string::npos;
        if (inline_value) {
            value = key.substr(equals + 1);
            key.resize(equals);
        }
        const auto find = [&](std::string_view name) {
            return std::find_if(spec.options.begin(), spec.options.end(), [&](const OptionRow& r) { return r.key == name; });
        };
        auto row = find(key);
        bool negated = false;
        if (row == spec.options.end() && key.starts_with("no-")) {
            row = find(key.substr(3));
            negated = row != spec.options.end() && row->type == OptionType::flag;
            if (!negated) row = spec.options.end();
        }
        if (row == spec.options.end()) return unknown_option(spec, key);
        if (!inline_value) {
            if (row->type == OptionType::flag)
                value = negated ? "false" : "true";
            else if (i + 1 < arguments.size())
                value = arguments[++i];
            else
                return fail(ErrorCode::invalid_argument, "facet {}: option '--{}' needs a value", spec.name, key);
        }
        if (map.find(row->key))
            return fail(ErrorCode::invalid_argument, "facet {}: option '--{}' is given twice", spec.name, row->key);
        FACET_TRY(auto node, to_node(*row, value));
        node.file = "command line";
        node.line = 0;
        map.members.emplace_back(row->key, std::move(node));
    }
    map.file = "command line";
    FACET_TRY(line.values, Values::read(spec.options, map, fmt::format("facet {}", spec.name)));
    return line;
}

std::string help_text(const CommandSpec& spec) {
    std::string text = fmt::format("usage: facet {}{}{} [options]\n\n{}\n\noptions:\n", spec.name,
                                   spec.positionals.empty() ? "" : " ", spec.positionals, spec.summary);
    for (const auto& row : spec.options) {
        std::string left = fmt::format("  --{}", row.key);
        if (row.type == OptionType::choice)
            left += fmt::format(" {}", row.choices);
        else if (row.type == OptionType::path)
            left += " FILE";
        else if (row.type == OptionType::integer || row.type == OptionType::number)
            left += " N";
        else if (row.type == OptionType::texts)
            left += " A,B,...";
        else if (row.type != OptionType::flag)
            left += " VALUE";
        text += fmt::format("{:<34} {}", left, row.help);
        if (!row.fallback.empty() && row.type != OptionType::flag) text += fmt::format(" (default {})", row.fallback);
        text += '\n';
    }
    return text + fmt::format("{:<34} {}\n", "  --help", "this text");
}

}  // namespace facet::config
