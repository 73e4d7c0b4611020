#include "app/run_summary.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/json_summary.h"
#include "app/stages_json.h"

namespace facet::app {

namespace {

std::string drops_text(const engine::LiveCameraStatus& camera) {
    std::string text;
    for (const auto& [reason, count] : camera.drops) text += fmt::format(" {}={}", reason, count);
    return text;
}

}  // namespace

std::string run_json(const engine::LiveStatus& status, double cpu_s) {
    nlohmann::ordered_json json;
    json["wall_s"] = rounded(status.wall_s, 3);
    json["cpu_s"] = rounded(cpu_s, 3);
    json["rss_mb_peak"] = rounded(peak_rss_mb(), 1);
    json["busy"] = rounded(status.busy, 3);
    json["result_interval_ms"] = rounded(1e3 * seconds(status.result_interval), 1);
    auto& cameras = json["cameras"] = nlohmann::ordered_json::array();
    std::int64_t results = 0;
    for (const auto& camera : status.cameras) {
        results += camera.results;
        cameras.push_back({{"name", camera.name},
                           {"up", camera.is_up},
                           {"packets", camera.packets},
                           {"frames", camera.frames_decoded},
                           {"results", camera.results},
                           {"caught_up", camera.caught_up},
                           {"results_per_s", rounded(camera.results_per_second, 3)},
                           {"p50_ms", rounded(camera.latency_p50_ms, 2)},
                           {"p99_ms", rounded(camera.latency_p99_ms, 2)},
                           {"stages", stages_json(camera)},
                           {"events", camera.events},
                           {"reconnects", camera.reconnects},
                           {"drops", camera.drops},
                           {"trouble", camera.trouble}});
    }
    json["results"] = results;
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string run_line(const engine::LiveStatus& status) {
    std::size_t up = 0;
    double rate = 0;
    double p50 = 0;
    double p99 = 0;
    for (const auto& camera : status.cameras) {
        up += camera.is_up ? 1 : 0;
        rate += camera.results_per_second;
        p50 = std::max(p50, camera.latency_p50_ms);
        p99 = std::max(p99, camera.latency_p99_ms);
    }
    return fmt::format(
        "{} of {} cameras up, {:.1f} results/s, worst camera's p50 {:.0f} ms, p99 {:.0f} ms, cores {:.0f} % busy, "
        "decoding {}, results {:.0f} ms apart at least",
        up, status.cameras.size(), rate, p50, p99, 100 * status.busy, status.automatic_policy,
        1e3 * seconds(status.result_interval));
}

std::string run_table(const engine::LiveStatus& status) {
    std::string text = fmt::format("{:<20} {:>9} {:>10} {:>8} {:>8} {:>7}  drops\n", "camera", "packets", "results/s",
                                   "p50 ms", "p99 ms", "events");
    for (const auto& camera : status.cameras)
        text += fmt::format("{:<20} {:>9} {:>10.2f} {:>8.1f} {:>8.1f} {:>7} {}\n", camera.name, camera.packets,
                            camera.results_per_second, camera.latency_p50_ms, camera.latency_p99_ms, camera.events,
                            drops_text(camera));
    return text;
}

}  // namespace facet::app
