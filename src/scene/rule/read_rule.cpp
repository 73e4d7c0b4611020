#include <algorithm>

#include "base/assert.h"
#include "scene/rule/rule.h"

namespace facet::scene {

namespace {

constexpr config::OptionRow kCommonOptions[] = {
    {.key = "name",
     .type = config::OptionType::text,
     .required = true,
     .help = "how events, metrics and the overlay call the rule"},
    {.key = "type", .type = config::OptionType::text, .required = true, .help = "what the rule states: line, zone, ..."},
    {.key = "labels",
     .type = config::OptionType::texts,
     .help = "the objects that the rule is about, by their track's label; none: any"},
    {.key = "anchor",
     .type = config::OptionType::choice,
     .fallback = "centre",
     .choices = "centre|bottom",
     .help = "the point of a box that crosses a line or lies in an area: its centre, or the middle of its lower edge"},
    {.key = "experts",
     .type = config::OptionType::texts,
     .help = "the experts whose tracks the rule sees; none: the camera's first detecting group"},
};

/// The text of a key before all keys are checked, for messages and for the choice of the type.
std::string_view text_of(const config::Node& node, std::string_view key) {
    const config::Node* found = node.find(key);
    return found && found->kind == config::Node::Kind::scalar ? std::string_view(found->scalar) : std::string_view();
}

}  // namespace

std::span<const config::OptionRow> common_rule_options() { return kCommonOptions; }

Result<std::unique_ptr<Rule>> read_rule(std::span<const RuleInfo* const> types, const config::Node& node,
                                        const std::string& camera, std::vector<std::string>& experts) {
    const std::string owner = fmt::format("camera '{}': rule '{}'", camera, text_of(node, "name"));
    const std::string_view type = text_of(node, "type");
    if (node.kind == config::Node::Kind::map && (type.empty() || text_of(node, "name").empty()))
        return fail(ErrorCode::invalid_argument, "{}: {}: a rule needs a name and a type", node.place(), owner);

    const auto info = std::find_if(types.begin(), types.end(), [&](const RuleInfo* known) { return known->type == type; });
    if (!type.empty() && info == types.end()) {
        std::vector<std::string_view> known;
        for (const RuleInfo* each : types) known.push_back(each->type);
        return fail(config::unknown_name(fmt::format("{}: {}", node.find("type")->place(), owner), "type", type, known));
    }
    std::vector<config::OptionRow> rows(std::begin(kCommonOptions), std::end(kCommonOptions));
    if (info != types.end()) rows.insert(rows.end(), (*info)->options.begin(), (*info)->options.end());
    FACET_TRY(const config::Values values, config::Values::read(rows, node, owner));
    FACET_ASSERT(info != types.end());  // a node without a type has no members, and then Values::read misses the name

    const RuleCommon common{.camera = camera,
                            .name = values.text("name"),
                            .labels = values.texts("labels"),
                            .anchor_bottom = values.text("anchor") == "bottom"};
    if (std::find(common.labels.begin(), common.labels.end(), "") != common.labels.end())
        return fail(ErrorCode::invalid_argument, "{}: {}: a label is empty", values.place("labels"), owner);
    FACET_TRY(auto rule, (*info)->create(common, values));
    experts = values.texts("experts");
    return rule;
}

}  // namespace facet::scene
