#include "report/analysis_report.h"

#include <algorithm>

#include "report/camera_history.h"
#include "report/page.h"

namespace facet::report {

namespace {
constexpr std::size_t kCamerasMax = 64;  // shown; frames of further ones are not remembered
}

struct AnalysisReport::Parts {
    std::vector<std::unique_ptr<CameraHistory>> cameras;
};

AnalysisReport::AnalysisReport() : parts_(std::make_unique<Parts>()) {}
AnalysisReport::~AnalysisReport() = default;

void AnalysisReport::add(const FrameFacts& frame) {
    auto& cameras = parts_->cameras;
    auto camera =
        std::find_if(cameras.begin(), cameras.end(), [&](const auto& known) { return known->name() == frame.camera; });
    if (camera == cameras.end()) {
        if (cameras.size() >= kCamerasMax) return;
        camera = cameras.insert(camera, std::make_unique<CameraHistory>(std::string(frame.camera), *frame.picture));
    }
    (*camera)->add(frame);
}

std::string AnalysisReport::html(const RunFacts& run) const { return render_page(run, parts_->cameras); }

}  // namespace facet::report
