#pragma once
// The HTML of an analysis report.

#include <span>
#include <string>
#include <string_view>

#include "report/analysis_report.h"
#include "report/camera_history.h"

namespace facet::report {

extern const std::string_view kPageStyle;
extern const std::string_view kPageScript;
extern const std::string_view kChartLibrary;  ///< Chart.js (MIT licence), minified

/// The whole page, UTF-8. All text that came from outside is escaped.
std::string render_page(const RunFacts& run, std::span<const std::unique_ptr<CameraHistory>> cameras);

}  // namespace facet::report
