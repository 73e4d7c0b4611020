// facet run: live cameras, watched for months.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <thread>

#include "app/builtins.h"
#include "app/cache.h"
#include "app/command.h"
#include "app/planning.h"
#include "app/run_summary.h"
#include "app/service_manager.h"
#include "engine/live.h"
#include "server/metrics_endpoint.h"

namespace facet::app {

namespace {

using config::OptionRow;
using config::OptionType;

constexpr std::array kOptions{
    OptionRow{.key = "config", .type = OptionType::path, .required = true, .help = "cameras, experts and rules (-c)"},
    OptionRow{.key = "events",
              .type = OptionType::path,
              .help = "events as JSON lines, added to the file; - is standard output, the default"},
    OptionRow{.key = "detections",
              .type = OptionType::path,
              .help = "detections as JSON lines (DL Streamer's schema), added to the file"},
    OptionRow{.key = "duration",
              .type = OptionType::duration,
              .fallback = "0s",
              .minimum = 0,
              .maximum = 1e9,
              .help = "end after so long; 0 = run until stopped"},
    OptionRow{.key = "precision",
              .type = OptionType::choice,
              .fallback = "auto",
              .choices = "auto|f32|bf16|f16",
              .help = "of the networks"},
    OptionRow{
        .key = "mirror", .type = OptionType::path, .help = "folder in which models of the catalogue are looked for first"},
    OptionRow{.key = "json", .type = OptionType::flag, .help = "print a summary as the last line of standard output"},
};

Result<engine::Site> read_site(const config::Values& values) {
    FACET_TRY(const auto root, config::load_yaml(values.path("config")));
    FACET_TRY(auto site, engine::read_site(root));
    if (values.has("mirror")) site.model_mirror = values.path("mirror");
    if (site.cameras.empty()) return fail(ErrorCode::invalid_argument, "{}: no cameras", values.path("config"));
    for (const auto& camera : site.cameras) {
        const auto refuse = [&camera](std::string_view what) {
            return fail(ErrorCode::invalid_argument, "{}: camera '{}': {}, expected rtsp://, http:// or a video file",
                        camera.place, camera.name, what);
        };
        if (camera.source.empty()) return refuse("no source");
        for (const std::string_view later : {"synthetic:", "/dev/"})
            if (camera.source.starts_with(later))
                return refuse(fmt::format("source '{}' cannot be watched live yet", camera.source));
    }
    return site;
}

Result<std::vector<std::unique_ptr<sink::Sink>>> open_sinks(const config::Values& values) {
    std::vector<std::unique_ptr<sink::Sink>> sinks;
    for (const sink::SinkInfo* info : builtins().sinks) {
        if (!info->append) continue;
        const bool is_default = info->name == "events" && !values.flag("json");
        if (!values.has(info->name) && !is_default) continue;
        FACET_TRY(auto sink, info->append(values.has(info->name) ? values.path(info->name) : "-"));
        sinks.push_back(std::move(sink));
    }
    return sinks;
}

/// On a terminal one line that is renewed; otherwise a line every 10 s.
class StatusLine {
public:
    void show(const engine::LiveStatus& status) {
        if (terminal_)
            fmt::print(stderr, "\r\033[K{}", run_line(status));
        else if (shown_++ % 10 == 0)
            fmt::print(stderr, "facet: {}\n", run_line(status));
        std::fflush(stderr);
    }
    ~StatusLine() {
        if (terminal_) std::fputs("\r\033[K", stderr);
    }

private:
    bool terminal_ = isatty(STDERR_FILENO) == 1;
    int shown_ = 0;
};

/// Says what there is to say at the end; the exit code.
int conclude(const engine::LiveStatus& status, std::span<const std::unique_ptr<sink::Sink>> sinks, bool wants_json) {
    Status written;
    for (const auto& sink : sinks)
        if (const Status finished = sink->finish(); !finished && written) written = finished;
    fmt::print(stderr, "{}", run_table(status));
    if (wants_json) {
        fmt::print("{}\n", run_json(status, seconds(process_cpu_time())));
        if (std::fflush(stdout) != 0) return fail_with(kOutputUnwritable, "standard output: cannot write");
    }
    if (!status.output_error.message.empty()) return fail_with(kOutputUnwritable, status.output_error.message);
    if (!written) return fail_with(kOutputUnwritable, written.error().message);
    if (!status.model_error.message.empty()) return fail_with(kModelUnusable, status.model_error.message);
    if (status.interrupted) return kInterrupted;
    const auto gave_frames = [](const engine::LiveCameraStatus& camera) { return camera.frames_decoded > 0; };
    const auto seen = std::count_if(status.cameras.begin(), status.cameras.end(), gave_frames);
    if (seen == 0) return fail_with(kInputUnusable, "no camera gave a frame");
    return seen == std::ssize(status.cameras) ? kDone : kDoneInPart;
}

int run(const config::CommandLine& line, Context& context) {
    const auto& values = line.values;
    auto site = read_site(values);
    if (!site) return fail_with(kWrongUsage, site.error().message);
    const auto planned = plan_site(*site, context);
    if (!planned) return planned.error();
    auto sinks = open_sinks(values);
    if (!sinks) return fail_with(kOutputUnwritable, sinks.error().message);

    Metrics metrics;
    metrics.declare(engine::live_metrics());
    std::atomic<bool> is_ready{false};  // a camera is up
    std::unique_ptr<server::MetricsEndpoint> endpoint;
    if (!site->metrics_listen.empty()) {
        auto started = server::MetricsEndpoint::start({.listen = site->metrics_listen,
                                                       .text = [&metrics] { return metrics.prometheus_text(); },
                                                       .ready = [&is_ready] { return is_ready.load(); }});
        if (!started) return fail_with(kWrongUsage, started.error().message);
        endpoint = std::move(*started);
    }

    engine::LiveOptions options;
    options.workers = site->cores > 0 ? site->cores : std::max<std::size_t>(1, std::thread::hardware_concurrency());
    options.session.precision = *backend::parse_precision(values.text("precision"));
    options.session.cache_folder = cache_folder();
    options.latency_target = site->latency_p99;
    options.duration = values.duration("duration");
    ServiceManager manager;
    const auto status = [&] {
        StatusLine status_line;
        engine::Live live(std::make_shared<const engine::Plan>(planned->plan), options, *sinks, metrics, context.log);
        return live.run(context.interrupted, [&](const engine::LiveStatus& now) {
            status_line.show(now);
            manager.alive(run_line(now));
            is_ready = std::any_of(now.cameras.begin(), now.cameras.end(), [](const auto& camera) { return camera.is_up; });
        });
    }();
    manager.stopping();
    const int code = conclude(status, *sinks, values.flag("json"));
    if (!status.abandoned) return code;
    std::fflush(nullptr);
    std::_Exit(code);  // a thread hangs in an expert: nothing may be torn down under it
}

}  // namespace

extern const Command kRun{{"run", "live cameras: detections, tracks and events until stopped", "", kOptions}, run};

}  // namespace facet::app
