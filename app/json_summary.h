#pragma once
// The `--json` object and the line for people at the end of `facet analyze`.

#include <string>

#include "engine/analysis.h"

namespace facet::app {

/// One line of JSON with the keys of docs/interfaces.md: frames, wall_s, cpu_s, fps, stage_ms, frames_inferred, rss_mb_peak,
/// skipped, errors.
std::string json_summary(const engine::AnalysisSummary& summary, double cpu_s);

/// "268 frames in 1.7 s (157 frames/s), 7 events; decode 2.1 ms, ..."
std::string text_summary(const engine::AnalysisSummary& summary, double cpu_s);

/// Rounded for people and logs: more digits would only be noise.
double rounded(double value, int digits);

/// Largest resident set of this process so far, MB (10^6 bytes are not meant: 2^20).
double peak_rss_mb();

}  // namespace facet::app
