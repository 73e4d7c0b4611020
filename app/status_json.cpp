#include "app/status_json.h"

#include <nlohmann/json.hpp>

#include "app/json_summary.h"
#include "app/stages_json.h"

namespace facet::app {

namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json camera_json(const engine::LiveCameraStatus& camera) {
    const engine::LiveRecent& recent = camera.recent;
    return {{"name", camera.name},
            {"source", camera.address},
            {"state", std::string(engine::name(camera.state))},
            {"dozing", camera.is_dozing},
            {"cause", camera.trouble},
            {"packets", camera.packets},
            {"frames", camera.frames_decoded},
            {"results", camera.results},
            {"caught_up", camera.caught_up},
            {"events", camera.events},
            {"reconnects", camera.reconnects},
            {"packets_per_s", rounded(recent.packets_per_second, 2)},
            {"frames_per_s", rounded(recent.frames_per_second, 2)},
            {"results_per_s", rounded(recent.results_per_second, 2)},
            {"p50_ms", rounded(recent.latency_p50_ms, 1)},
            {"p99_ms", rounded(recent.latency_p99_ms, 1)},
            {"stages", stages_json(camera)},
            {"drops", recent.drops},
            {"drops_total", camera.drops}};
}

}  // namespace

std::string status_json(const engine::LiveStatus& status) {
    Json json;
    json["ok"] = true;
    json["version"] = FACET_VERSION;
    json["uptime_s"] = rounded(status.wall_s, 1);
    json["workers"] = status.workers;
    json["busy"] = rounded(status.busy, 3);
    json["cores_used"] = rounded(status.cores_used, 2);
    json["rss_mb"] = rounded(status.resident_bytes / (1024 * 1024), 1);
    json["packets_pending"] = status.packets_pending;
    json["jobs_waiting"] = status.jobs_waiting;
    json["result_interval_ms"] = rounded(1e3 * seconds(status.result_interval), 1);
    json["decoding"] = std::string(status.automatic_policy);
    json["write_offs"] = status.write_offs;
    json["reloads"] = status.reloads;
    auto& experts = json["experts"] = Json::array();
    for (const auto& expert : status.experts)
        experts.push_back({{"name", expert.name},
                           {"model", expert.model},
                           {"cameras", expert.cameras},
                           {"runs", expert.runs},
                           {"runs_per_s", rounded(expert.runs_per_second, 2)}});
    auto& cameras = json["cameras"] = Json::array();
    for (const auto& camera : status.cameras) cameras.push_back(camera_json(camera));
    return dump(json);
}

std::string change_json(const engine::LiveChange& change, std::span<const std::string> ignored) {
    Json json;
    json["ok"] = true;
    json["text"] = change_text(change, ignored);
    json["added"] = change.added;
    json["removed"] = change.removed;
    json["changed"] = change.changed;
    json["restarted"] = change.restarted;
    json["unchanged"] = change.unchanged;
    json["experts_loaded"] = change.experts_loaded;
    json["experts_let_go"] = change.experts_let_go;
    json["ignored"] = std::vector<std::string>(ignored.begin(), ignored.end());
    return dump(json);
}

std::string change_text(const engine::LiveChange& change, std::span<const std::string> ignored) {
    std::string text;
    const auto add = [&text](std::string_view what, std::span<const std::string> names) {
        if (!names.empty()) text += fmt::format("{} {}; ", what, fmt::join(names, ", "));
    };
    add("added", change.added);
    add("removed", change.removed);
    add("changed", change.changed);
    add("restarted", change.restarted);
    add("experts loaded:", change.experts_loaded);
    add("experts let go:", change.experts_let_go);
    add("not before a restart:", ignored);
    return fmt::format("{}{} camera{} unchanged", text, change.unchanged, change.unchanged == 1 ? "" : "s");
}

std::string error_json(std::string_view message) { return dump({{"ok", false}, {"error", message}}); }

}  // namespace facet::app
