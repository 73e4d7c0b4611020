#include "engine/presenter.h"

#include <algorithm>

#include "engine/overlay.h"

namespace facet::engine {

Presenter::Presenter() = default;
Presenter::~Presenter() = default;

Result<std::unique_ptr<Presenter>> Presenter::create(const PresenterOptions& options) {
    std::unique_ptr<Presenter> presenter(new Presenter);
    if (options.overlay) presenter->painter_ = std::make_unique<OverlayPainter>();
    if (!options.report_path.empty()) {
        FACET_TRY(auto file, OutputFile::create(options.report_path));
        presenter->report_file_ = std::make_unique<OutputFile>(std::move(file));
        presenter->report_ = std::make_unique<report::AnalysisReport>();
    }
    return presenter;
}

const Picture* Presenter::observe(const Frame& frame, const CameraPlan& camera, std::span<const ExpertResult> results,
                                  const SceneResult& result) {
    if (report_) collect(frame, camera, result);
    return painter_ ? &painter_->paint(frame, camera, results, result) : nullptr;
}

void Presenter::collect(const Frame& frame, const CameraPlan& camera, const SceneResult& result) {
    objects_.clear();
    for (const auto& object : result.objects) objects_.push_back({object.label, object.detection->box});
    report_->add({.camera = camera.name,
                  .t = frame.t,
                  .picture = &frame.picture,
                  .objects = objects_,
                  .tracks = result.tracks,
                  .track_labels = result.track_labels,
                  .events = result.events});
    auto& shapes = shapes_[camera.name];  // the last frame's counters are the ones that stay
    shapes.clear();
    for (const auto& [rule, shape] : result.shapes) shapes.push_back({rule, shape.points, shape.closed, shape.counters});
}

Status Presenter::finish(const AnalysisSummary& summary) {
    if (!report_) return {};
    const auto frames = static_cast<double>(std::max<std::int64_t>(1, summary.frames));
    report::RunFacts run;
    run.title = "Facet: " + (summary.cameras.size() == 1 ? summary.cameras.front().name
                                                         : fmt::format("{} cameras", summary.cameras.size()));
    run.facts = {{"frames", fmt::to_string(summary.frames)},
                 {"frames inferred", fmt::to_string(summary.frames_inferred)},
                 {"events", fmt::to_string(summary.events)},
                 {"time", fmt::format("{:.1f} s", summary.wall_s)},
                 {"rate", fmt::format("{:.1f} frames/s", summary.wall_s > 0 ? frames / summary.wall_s : 0)},
                 {"variant", fmt::format("{}", fmt::join(summary.variants, ", "))}};
    if (summary.interrupted) run.facts.emplace_back("ended", "interrupted");
    const auto stage = [&](const char* name, Nanoseconds sum) {
        run.stage_ms.emplace_back(name, seconds(sum) * 1e3 / frames);
    };
    stage("decode", summary.costs.decode);
    stage("image", summary.costs.image);
    stage("inference", summary.costs.inference);
    stage("track", summary.costs.track);
    stage("rule", summary.costs.rule);
    stage("sink", summary.costs.sink);
    run.skipped = summary.skipped;
    run.errors = summary.errors;
    run.messages = summary.messages;
    run.shapes = std::move(shapes_);
    FACET_CHECK(report_file_->write(report_->html(run)));
    return report_file_->commit();
}

}  // namespace facet::engine
