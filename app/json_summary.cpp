#include "app/json_summary.h"

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace facet::app {

namespace {

double per_frame_ms(Nanoseconds sum, std::int64_t frames) {
    return frames > 0 ? seconds(sum) * 1e3 / static_cast<double>(frames) : 0;
}

double frames_per_second(const engine::AnalysisSummary& summary) {
    return summary.wall_s > 0 ? static_cast<double>(summary.frames) / summary.wall_s : 0;
}

}  // namespace

double rounded(double value, int digits) {
    const double scale = std::pow(10.0, digits);
    return std::round(value * scale) / scale;
}

double peak_rss_mb() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

std::string json_summary(const engine::AnalysisSummary& summary, double cpu_s) {
    const auto stage = [&](Nanoseconds sum) { return rounded(per_frame_ms(sum, summary.frames), 4); };
    nlohmann::ordered_json json;
    json["frames"] = summary.frames;
    json["wall_s"] = rounded(summary.wall_s, 4);
    json["cpu_s"] = rounded(cpu_s, 4);
    json["startup_s"] = rounded(summary.startup_s, 3);
    json["startup_cpu_s"] = rounded(summary.startup_cpu_s, 4);
    json["fps"] = rounded(frames_per_second(summary), 2);
    json["stage_ms"] = {{"decode", stage(summary.costs.decode)},       {"image", stage(summary.costs.image)},
                        {"inference", stage(summary.costs.inference)}, {"track", stage(summary.costs.track)},
                        {"rule", stage(summary.costs.rule)},           {"sink", stage(summary.costs.sink)}};
    json["frames_inferred"] = summary.frames_inferred;
    json["events"] = summary.events;
    json["first_result_s"] = rounded(summary.first_result_s, 3);
    json["rss_mb_peak"] = rounded(peak_rss_mb(), 1);
    json["variants"] = summary.variants;
    json["skipped"] = summary.skipped;
    json["errors"] = summary.errors;
    auto& cameras = json["cameras"] = nlohmann::ordered_json::array();
    for (const auto& camera : summary.cameras) cameras.push_back({{"name", camera.name}, {"frames", camera.frames}});
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string text_summary(const engine::AnalysisSummary& summary, double cpu_s) {
    const auto stage = [&](Nanoseconds sum) { return per_frame_ms(sum, summary.frames); };
    return fmt::format(
        "{} frames, {} events in {:.1f} s ({:.1f} frames/s, {:.2f} ms CPU a frame: decode {:.2f}, image {:.2f}, inference "
        "{:.2f}, track {:.2f}, rule {:.2f}, sink {:.2f}) after {:.1f} s of starting; peak memory {:.0f} MB",
        summary.frames, summary.events, summary.wall_s, frames_per_second(summary),
        1e3 * (cpu_s - summary.startup_cpu_s) / static_cast<double>(std::max<std::int64_t>(1, summary.frames)),
        stage(summary.costs.decode), stage(summary.costs.image), stage(summary.costs.inference), stage(summary.costs.track),
        stage(summary.costs.rule), stage(summary.costs.sink), summary.startup_s, peak_rss_mb());
}

}  // namespace facet::app
