// facet reference: writes docs/reference/ from the option rows, so that the pages cannot say anything else than the program.
#include <array>
#include <filesystem>

#include "app/builtins.h"
#include "app/command.h"
#include "base/file.h"
#include "engine/site.h"
#include "expert/options.h"
#include "source/live/device_input.h"

namespace facet::app {

namespace {

using config::OptionRow;
using config::OptionType;

constexpr std::array kReferenceOptions{
    OptionRow{.key = "out", .type = OptionType::path, .fallback = "docs/reference", .help = "folder of the pages"},
};

constexpr std::string_view kHead = "<!-- Written by `facet reference`; do not edit. -->\n\n";

std::string commands_page() {
    std::string page = fmt::format("{}# Commands\n\n", kHead);
    for (const Command* command : commands()) {
        const auto& spec = command->spec;
        page += fmt::format("## facet {}\n\n{}.\n\n`facet {}{}{} [options]`\n\n{}\n", spec.name, spec.summary, spec.name,
                            spec.positionals.empty() ? "" : " ", spec.positionals, config::to_markdown(spec.options));
    }
    return page;
}

std::string section(std::string_view title, std::string_view text, std::span<const OptionRow> rows) {
    if (rows.empty()) return fmt::format("## {}\n\n{}\n\nNo options.\n\n", title, text);
    return fmt::format("## {}\n\n{}\n\n{}\n", title, text, config::to_markdown(rows));
}

std::string config_page() {
    std::string page = fmt::format(
        "{}# Config\n\nYAML; relative paths are relative to the config's folder; `${{NAME}}` takes a "
        "value from the environment.\n\n",
        kHead);
    page += section("The file", "The top level.", engine::site_options());
    page += section("cameras", "A list; each item:", engine::camera_options());
    page += section("experts", "A list; each item:", expert::expert_options());
    page += section("models", "A section:", engine::models_options());
    page += section("metrics", "A section:", engine::metrics_options());
    page += section("budget", "A section:", engine::budget_options());
    page += section("control", "A section:", engine::control_options());
    page += section("evidence", "A section:", engine::evidence_options());
    page += section("record", "A section:", engine::record_options());
    return page;
}

std::string plugins_page() {
    std::string page = fmt::format("{}# What is built in\n\n", kHead);
    page += "# Sources\n\n";
    for (const auto* info : builtins().sources)
        page +=
            section(info->name, fmt::format("{}. Options stand behind `?` of the address.", info->summary), info->options);
    page += "# Live sources\n\nWhat `facet run` watches: see [watch-live-cameras](../how-to/watch-live-cameras.md).\n\n";
    page += section("/dev/*", "cameras at this machine (V4L2). Options stand behind `?` of the path.",
                    source::live::device_options());
    page += "# Expert families\n\n| family | task | |\n| --- | --- | --- |\n";
    for (const auto* info : builtins().families)
        page += fmt::format("| {} | {} | {} |\n", info->name, expert::name(info->task), info->summary);
    page += "\n# Trackers\n\nThe first is the default.\n\n";
    for (const auto* info : builtins().trackers)
        page += section(info->name, fmt::format("{}.", info->summary), info->options);
    page += "# Rules\n\n";
    page += section("every rule", "Options that every rule takes.", scene::common_rule_options());
    for (const auto* info : builtins().rules) page += section(info->type, fmt::format("{}.", info->summary), info->options);
    page += "# Sinks\n\n| option of `facet analyze` | |\n| --- | --- |\n";
    for (const auto* info : builtins().sinks) page += fmt::format("| --{} | {} |\n", info->name, info->summary);
    return page;
}

int run_reference(const config::CommandLine& line, Context&) {
    const std::filesystem::path folder = line.values.path("out");
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        return fail_with(kOutputUnwritable, fmt::format("{}: cannot make the folder: {}", folder.string(), error.message()));
    const std::pair<const char*, std::string> pages[] = {
        {"commands.md", commands_page()}, {"config.md", config_page()}, {"plugins.md", plugins_page()}};
    for (const auto& [name, text] : pages)
        if (const auto written = write_file(folder / name, text); !written)
            return fail_with(kOutputUnwritable, written.error().message);
    return kDone;
}

}  // namespace

extern const Command kReference{{"reference", "write the reference pages of docs/reference", "", kReferenceOptions},
                                run_reference};

}  // namespace facet::app
