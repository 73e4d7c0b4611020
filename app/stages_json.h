#pragma once
// The latencies of a camera's stages as JSON: {"decode": {"p50_ms": 4.1, "p99_ms": 9.3}, ...}.

#include <nlohmann/json.hpp>

#include "app/json_summary.h"
#include "engine/live.h"

namespace facet::app {

inline nlohmann::ordered_json stages_json(const engine::LiveCameraStatus& camera) {
    auto stages = nlohmann::ordered_json::object();
    for (const auto& stage : camera.stages)
        stages[std::string(stage.name)] = {{"p50_ms", rounded(stage.p50_ms, 2)}, {"p99_ms", rounded(stage.p99_ms, 2)}};
    return stages;
}

}  // namespace facet::app
