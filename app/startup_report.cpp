#include "app/startup_report.h"

#include <sys/resource.h>

#include <algorithm>
#include <filesystem>

#include "base/secrets.h"

namespace facet::app {

namespace {

/// A camera by UDP has three sockets, and waiting for them takes one more; models, sinks and the endpoint share the rest.
constexpr rlim_t kFilesOfCamera = 4;
constexpr rlim_t kFilesOfProcess = 64;

std::string names_of(const engine::Plan& plan, std::span<const std::size_t> experts) {
    std::vector<std::string_view> names;
    for (const std::size_t expert : experts) names.push_back(plan.experts[expert].config.name);
    return names.empty() ? "no experts" : fmt::format("{}", fmt::join(names, ", "));
}

std::string cost_of(const engine::PlannedExpert& expert) {
    if (expert.loaded->path.empty()) return "plain code";
    if (expert.costs_ms.empty())
        return fmt::format("its cost here is not known (facet model profile {})", expert.config.model);
    std::vector<std::string> costs;
    for (const auto& [variant, cost_ms] : expert.costs_ms) costs.push_back(fmt::format("{:.1f} ms as {}", cost_ms, variant));
    return fmt::format("measured {}", fmt::join(costs, ", "));
}

std::string camera_line(const engine::CameraPlan& camera, const engine::Plan& plan) {
    return fmt::format("camera '{}': {}{}, decode {}, {} rule{}, {}", camera.name, without_secrets(camera.address),
                       camera.paused ? ", paused" : "", brain::name(camera.decode), camera.rules.size(),
                       camera.rules.size() == 1 ? "" : "s", names_of(plan, camera.experts));
}

/// Files that are not there; addresses are only known when they are tried.
std::vector<std::string> missing_files(const engine::Plan& plan) {
    std::vector<std::string> missing;
    for (const auto& camera : plan.cameras) {
        std::error_code error;
        if (camera.paused || camera.address.find(':') != std::string::npos) continue;
        if (!std::filesystem::exists(camera.address, error))
            missing.push_back(
                fmt::format("camera '{}': {} is not there; it is tried again and again", camera.name, camera.address));
    }
    return missing;
}

}  // namespace

std::vector<std::string> startup_report(const engine::Site& site, const engine::Plan& plan,
                                        const engine::LiveOptions& options) {
    const auto paused = std::count_if(plan.cameras.begin(), plan.cameras.end(), [](const auto& c) { return c.paused; });
    std::vector<std::string> lines;
    lines.push_back(fmt::format("{} cameras ({} paused), {} experts, {} workers, latency target {:.0f} ms",
                                plan.cameras.size(), paused, plan.experts.size(), options.workers,
                                1e3 * seconds(options.latency_target)));
    for (const auto& expert : plan.experts)
        lines.push_back(fmt::format("expert '{}': {}, {}", expert.config.name, expert.config.model, cost_of(expert)));
    for (std::size_t i = 0; i < std::min(plan.cameras.size(), kCamerasShown); ++i)
        lines.push_back(camera_line(plan.cameras[i], plan));
    if (plan.cameras.size() > kCamerasShown)
        lines.push_back(fmt::format("and {} more cameras", plan.cameras.size() - kCamerasShown));
    const auto missing = missing_files(plan);
    for (std::size_t i = 0; i < std::min(missing.size(), kCamerasShown); ++i) lines.push_back("missing: " + missing[i]);
    if (missing.size() > kCamerasShown)
        lines.push_back(fmt::format("missing: files of {} more cameras", missing.size() - kCamerasShown));
    if (site.control_socket.empty())
        lines.push_back("no control.socket: `facet top` and `facet reload` cannot reach it, SIGHUP can");
    if (site.metrics_listen.empty()) lines.push_back("no metrics.listen: there is no /metrics");
    return lines;
}

std::string raise_file_limit(std::size_t cameras) {
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) return "";
    if (files.rlim_cur < files.rlim_max) {
        const rlim_t before = files.rlim_cur;
        files.rlim_cur = files.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &files) != 0) files.rlim_cur = before;
    }
    const rlim_t wanted = kFilesOfProcess + kFilesOfCamera * cameras;
    if (files.rlim_cur == RLIM_INFINITY || files.rlim_cur >= wanted) return "";
    return fmt::format(
        "{} cameras may need {} open files, this process may have {}: some may not come up; expected a hard limit of at "
        "least "
        "that (ulimit -Hn, LimitNOFILE= of the service)",
        cameras, wanted, files.rlim_cur);
}

}  // namespace facet::app
