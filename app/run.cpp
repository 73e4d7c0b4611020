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
#include "app/reloader.h"
#include "app/run_summary.h"
#include "app/service_manager.h"
#include "app/startup_report.h"
#include "app/status_json.h"
#include "engine/live.h"
#include "server/control_socket.h"
#include "server/metrics_endpoint.h"
#include "source/live/live_input.h"

namespace facet::app {

namespace {

using config::OptionRow;
using config::OptionType;

constexpr std::array kRunOptions{
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

constexpr auto kReloaderEndMax = std::chrono::milliseconds(300);

/// The site, and the config that it was read from.
struct ReadSite {
    engine::Site site;
    config::Node root;
};

Result<ReadSite> read_site(const config::Values& values) {
    FACET_TRY(auto root, config::load_yaml(values.path("config")));
    FACET_TRY(auto site, engine::read_site(root));
    if (values.has("mirror")) site.model_mirror = values.path("mirror");
    if (site.cameras.empty()) return fail(ErrorCode::invalid_argument, "{}: no cameras", values.path("config"));
    for (const auto& camera : site.cameras) {
        if (camera.source.empty())
            return fail(ErrorCode::invalid_argument,
                        "{}: camera '{}': no source, expected rtsp://, http://, synthetic:, /dev/video0 or a video file",
                        camera.place, camera.name);
        if (const Status source = source::live::LiveInput::check(camera.source, {.poll = camera.poll}); !source)
            return fail(source.error().code, "{}: camera '{}': {}", camera.place, camera.name, source.error().message);
    }
    return ReadSite{std::move(site), std::move(root)};
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
    const auto is_paused = [](const auto& camera) { return camera.state == engine::LiveCameraState::paused; };
    const auto gave_frames = [](const auto& camera) { return camera.frames_decoded > 0; };
    const auto seen = std::count_if(status.cameras.begin(), status.cameras.end(), gave_frames);
    const auto unseen = std::count_if(status.cameras.begin(), status.cameras.end(),
                                      [&](const auto& camera) { return !is_paused(camera) && !gave_frames(camera); });
    if (seen == 0 && unseen > 0) return fail_with(kInputUnusable, "no camera gave a frame");
    return unseen == 0 ? kDone : kDoneInPart;
}

/// Reads the config again and goes over to it: the answer for who asked. What is wrong with it changes nothing.
std::string reload(const config::Values& values, const config::Node& in_force, std::unique_ptr<backend::Backend>& backend,
                   engine::Live& live, Log& log) {
    const auto refuse = [&](const Error& error) {
        live.note_refused();
        log.error("the config was read again and nothing was changed: {}", error.message);
        return error_json(error.message);
    };
    const auto read = read_site(values);
    if (!read) return refuse(read.error());
    const auto before = live.plan();
    auto plan = make_plan(read->site, backend, before.get(), log);
    if (!plan) return refuse(plan.error().error);
    const auto changed = live.change(std::make_shared<const engine::Plan>(std::move(*plan)), read->site.latency_p99);
    if (!changed) return refuse(changed.error());
    const auto ignored = engine::startup_changes(in_force, read->root);
    log.info("the config was read again: {}", change_text(*changed, ignored));
    if (const std::string files = raise_file_limit(read->site.cameras.size()); !files.empty()) log.warning("{}", files);
    return change_json(*changed, ignored);
}

void answer(const std::string& request, const engine::Live& live, Reloader& reloader,
            const server::ControlSocket::Respond& respond) {
    if (request == "status")
        respond(status_json(live.status()));
    else if (request == "reload")
        reloader.ask(respond);
    else
        respond(error_json(fmt::format("unknown request '{}', expected status or reload", request)));
}

engine::LiveOptions options_of(const config::Values& values, const engine::Site& site) {
    engine::LiveOptions options;
    options.workers = site.cores > 0 ? site.cores : std::max<std::size_t>(1, std::thread::hardware_concurrency());
    options.session.precision = *backend::parse_precision(values.text("precision"));
    options.session.cache_folder = cache_folder();
    options.latency_target = site.latency_p99;
    options.duration = values.duration("duration");
    return options;
}

int run_cameras(const config::CommandLine& line, Context& context) {
    Reloader::keep_signal();
    const auto& values = line.values;
    const auto read = read_site(values);
    if (!read) return fail_with(kWrongUsage, read.error().message);
    const engine::Site& site = read->site;
    auto planned = plan_site(site, context);
    if (!planned) return planned.error();
    auto sinks = open_sinks(values);
    if (!sinks) return fail_with(kOutputUnwritable, sinks.error().message);

    Metrics metrics;
    metrics.declare(engine::live_metrics());
    metrics.declare({&server::kControlRefusals, 1});
    std::atomic<bool> is_ready{false};  // a camera is up
    std::unique_ptr<server::MetricsEndpoint> endpoint;
    if (!site.metrics_listen.empty()) {
        auto started = server::MetricsEndpoint::start({.listen = site.metrics_listen,
                                                       .text = [&metrics] { return metrics.prometheus_text(); },
                                                       .ready = [&is_ready] { return is_ready.load(); }});
        if (!started) return fail_with(kWrongUsage, started.error().message);
        endpoint = std::move(*started);
    }

    const engine::LiveOptions options = options_of(values, site);
    if (endpoint) fmt::print(stderr, "facet: metrics at {}\n", endpoint->url());
    for (const auto& text : startup_report(site, planned->plan, options)) fmt::print(stderr, "facet: {}\n", text);
    if (const std::string files = raise_file_limit(site.cameras.size()); !files.empty()) context.log.warning("{}", files);
    engine::Live live(std::make_shared<const engine::Plan>(std::move(planned->plan)), options, *sinks, metrics, context.log);
    Reloader reloader([&] { return reload(values, read->root, planned->backend, live, context.log); });
    std::unique_ptr<server::ControlSocket> control;
    if (!site.control_socket.empty()) {
        auto started = server::ControlSocket::start(
            {.path = site.control_socket,
             .handle = [&](const std::string& request, const auto& respond) { answer(request, live, reloader, respond); },
             .too_long = error_json("the request is too long, expected status or reload"),
             .metrics = &metrics});
        if (!started) {
            reloader.stop(kReloaderEndMax);
            return fail_with(kWrongUsage, started.error().message);
        }
        control = std::move(*started);
    }

    ServiceManager manager;
    const auto status = [&] {
        StatusLine status_line;
        return live.run(context.interrupted, [&](const engine::LiveStatus& now) {
            status_line.show(now);
            manager.alive(run_line(now));
            is_ready = std::any_of(now.cameras.begin(), now.cameras.end(), [](const auto& camera) { return camera.is_up; });
        });
    }();
    manager.stopping();
    control.reset();
    const bool is_reloader_over = reloader.stop(kReloaderEndMax);
    const int code = conclude(status, *sinks, values.flag("json"));
    if (!status.abandoned && is_reloader_over) return code;
    std::fflush(nullptr);
    std::_Exit(code);  // a thread hangs in an expert or a name server: nothing may be torn down under it
}

}  // namespace

extern const Command kRun{{"run", "live cameras: detections, tracks and events until stopped", "", kRunOptions},
                          run_cameras};

}  // namespace facet::app
