// facet analyze: video in, trustworthy events out.
#include <algorithm>
#include <array>
#include <thread>

#include "app/builtins.h"
#include "app/cache.h"
#include "app/command.h"
#include "app/inputs.h"
#include "app/json_summary.h"
#include "app/planning.h"
#include "app/progress.h"
#include "engine/analysis.h"
#include "engine/presenter.h"

namespace facet::app {

namespace {

using config::OptionRow;
using config::OptionType;

constexpr std::array kAnalyzeOptions{
    OptionRow{.key = "config", .type = OptionType::path, .help = "cameras, experts and rules (-c)"},
    OptionRow{.key = "model", .type = OptionType::text, .help = "one expert: a catalogue name, a model file, or motion"},
    OptionRow{.key = "events", .type = OptionType::path, .help = "events as JSON lines; - is standard output"},
    OptionRow{.key = "detections", .type = OptionType::path, .help = "detections as JSON lines (DL Streamer's schema)"},
    OptionRow{.key = "tracks", .type = OptionType::path, .help = "tracks as MOTChallenge text"},
    OptionRow{.key = "overlay", .type = OptionType::path, .help = "MP4 with boxes, ids, paths, lines, zones and counters"},
    OptionRow{.key = "report", .type = OptionType::path, .help = "one self-contained HTML page"},
    OptionRow{.key = "precision",
              .type = OptionType::choice,
              .fallback = "auto",
              .choices = "auto|f32|bf16|f16",
              .help = "of the networks"},
    OptionRow{.key = "threads",
              .type = OptionType::integer,
              .minimum = 1,
              .maximum = 256,
              .help = "workers; one each for the cores of this machine where not given"},
    OptionRow{.key = "every",
              .type = OptionType::integer,
              .fallback = "1",
              .minimum = 1,
              .maximum = 1e6,
              .help = "experts run on every N-th frame"},
    OptionRow{.key = "max-frames",
              .type = OptionType::integer,
              .fallback = "0",
              .minimum = 0,
              .maximum = 1e12,
              .help = "frames a camera at most; 0 = all"},
    OptionRow{
        .key = "mirror", .type = OptionType::path, .help = "folder in which models of the catalogue are looked for first"},
    OptionRow{.key = "json", .type = OptionType::flag, .help = "print a summary as the last line of standard output"},
};

/// The site of a config and of the command line together.
Result<engine::Site> read_everything(const config::CommandLine& line) {
    engine::Site site;
    if (line.values.has("config")) {
        FACET_TRY(const auto root, config::load_yaml(line.values.path("config")));
        FACET_TRY(site, engine::read_site(root));
    }
    if (line.values.has("mirror")) site.model_mirror = line.values.path("mirror");
    const bool named = line.values.has("model");
    if (named || site.experts.empty()) {
        const std::string model = named ? line.values.text("model") : "motion";
        config::Node options;
        options.kind = config::Node::Kind::map;
        const auto add = [&options](const char* key, const std::string& value) {
            config::Node node;
            node.kind = config::Node::Kind::scalar;
            node.scalar = value;
            options.members.emplace_back(key, std::move(node));
        };
        add("name", model);
        add("model", model);
        site.experts = {{model, options}};
        for (auto& camera : site.cameras) camera.experts.clear();
    }
    FACET_CHECK(apply_inputs(site, line.positionals));
    return site;
}

/// Sinks of the options that are given; events go to standard output where nothing else was asked for.
Result<std::vector<std::unique_ptr<sink::Sink>>> open_sinks(const config::CommandLine& line) {
    std::vector<std::unique_ptr<sink::Sink>> sinks;
    for (const sink::SinkInfo* info : builtins().sinks) {
        if (!line.values.has(info->name)) continue;
        FACET_TRY(auto sink, info->create(line.values.path(info->name)));
        sinks.push_back(std::move(sink));
    }
    if (sinks.empty() && !line.values.flag("json") && !line.values.has("report")) {
        const auto events = std::find_if(builtins().sinks.begin(), builtins().sinks.end(),
                                         [](const sink::SinkInfo* info) { return info->name == "events"; });
        FACET_TRY(auto sink, (*events)->create("-"));
        sinks.push_back(std::move(sink));
    }
    return sinks;
}

int exit_code(const engine::AnalysisSummary& summary) {
    for (const auto& message : summary.messages) fail_with(kDoneInPart, message);
    if (!summary.output_error.message.empty()) return fail_with(kOutputUnwritable, summary.output_error.message);
    if (!summary.model_error.message.empty()) return fail_with(kModelUnusable, summary.model_error.message);
    if (summary.interrupted) return kInterrupted;
    if (summary.frames == 0) {
        if (summary.messages.empty()) fail_with(kInputUnusable, "no frame could be decoded");
        return kInputUnusable;
    }
    return summary.errors.empty() ? kDone : kDoneInPart;
}

int run_analyze(const config::CommandLine& line, Context& context) {
    const auto& values = line.values;
    auto site = read_everything(line);
    if (!site) return fail_with(kWrongUsage, site.error().message);

    const auto planned = plan_site(*site, context);
    if (!planned) return planned.error();

    auto sinks = open_sinks(line);
    if (!sinks) return fail_with(kOutputUnwritable, sinks.error().message);
    std::unique_ptr<engine::Presenter> presenter;
    const bool wants_overlay =
        std::any_of(sinks->begin(), sinks->end(), [](const auto& sink) { return sink->wants_overlay(); });
    if (wants_overlay || values.has("report")) {
        auto created = engine::Presenter::create({.overlay = wants_overlay, .report_path = values.path("report")});
        if (!created) return fail_with(kOutputUnwritable, created.error().message);
        presenter = std::move(*created);
    }

    engine::AnalysisOptions options;
    options.workers = values.has("threads") ? static_cast<std::size_t>(values.integer("threads"))
                                            : std::max<std::size_t>(1, std::thread::hardware_concurrency());
    options.every = values.integer("every");
    options.frames_max = values.integer("max-frames");
    options.session.precision = *backend::parse_precision(values.text("precision"));
    options.session.cache_folder = cache_folder();

    const double called_s = seconds(process_age());
    auto summary = [&] {
        Progress progress("frames");
        return engine::analyze(planned->plan, builtins(), options, *sinks, presenter.get(), context.interrupted,
                               [&](const engine::Progress& now) { progress.update(now.frames, now.frames_expected); });
    }();
    const double cpu_s = seconds(process_cpu_time());
    summary.startup_s += called_s;  // from here on as the user sees them: since the process was started
    summary.first_result_s += called_s;
    const auto note_output = [&summary](const Status& status) {
        if (!status && summary.output_error.message.empty()) summary.output_error = status.error();
    };
    for (const auto& sink : *sinks) note_output(sink->finish());
    if (presenter) note_output(presenter->finish(summary));
    if (presenter && values.has("report") && summary.output_error.message.empty())
        fmt::print(stderr, "facet: report: {}\n", values.path("report"));
    const int code = exit_code(summary);
    if (summary.frames > 0) fmt::print(stderr, "facet: {}\n", text_summary(summary, cpu_s));
    if (values.flag("json")) {
        fmt::print("{}\n", json_summary(summary, cpu_s));
        if (std::fflush(stdout) != 0) return fail_with(kOutputUnwritable, "standard output: cannot write");
    }
    return code;
}

}  // namespace

extern const Command kAnalyze{
    {"analyze", "detections, tracks and events of videos and pictures", "VIDEO|PICTURE|DIR...", kAnalyzeOptions},
    run_analyze};

}  // namespace facet::app
