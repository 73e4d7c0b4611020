#pragma once
// Presenter: draws the overlay and collects the report while an analysis runs.

#include <memory>
#include <string>

#include "base/file.h"
#include "engine/analysis.h"
#include "report/analysis_report.h"

namespace facet::engine {

class OverlayPainter;

struct PresenterOptions {
    bool overlay = false;
    std::string report_path;  ///< empty = no report
};

class Presenter : public Observer {
public:
    /// Fails at once where the report cannot be written.
    static Result<std::unique_ptr<Presenter>> create(const PresenterOptions& options);
    ~Presenter() override;

    const Picture* observe(const Frame& frame, const CameraPlan& camera, std::span<const ExpertResult> results,
                           const SceneResult& result) override;
    /// Writes the report. Also after an interruption.
    Status finish(const AnalysisSummary& summary);

private:
    Presenter();
    void collect(const Frame& frame, const CameraPlan& camera, const SceneResult& result);

    std::unique_ptr<OverlayPainter> painter_;         // null = no overlay
    std::unique_ptr<report::AnalysisReport> report_;  // null = no report
    std::unique_ptr<OutputFile> report_file_;
    std::vector<report::ObjectFacts> objects_;
    std::map<std::string, std::vector<report::ShapeFacts>> shapes_;
};

}  // namespace facet::engine
