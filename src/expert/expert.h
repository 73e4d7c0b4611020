#pragma once
// Expert: what a model means. An expert states the input it wants and turns output tensors into an Observation, as a pure
// function. One folder per family; each exports one FamilyInfo, listed in app/builtins.cpp. No vendor header here.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backend/backend.h"
#include "base/result.h"
#include "image/tensor_spec.h"
#include "media/observation.h"
#include "media/placement.h"
#include "model/manifest.h"

namespace facet::expert {

/// What one wants to know.
enum class Task { detect, segment, classify, pose, face, plate, read, embed, act, anomaly, forecast };
std::string_view name(Task task);

/// What the user sets for one expert; the rows are kExpertOptions (expert/options.h).
struct ExpertOptions {
    float threshold = 0.3F;  ///< least score of a detection
    float nms_iou = 0.5F;    ///< largest IoU that two kept detections of one label may have
    bool nms_class_agnostic = false;
    std::size_t detections_max = 300;
    std::vector<std::string> labels;  ///< kept labels; empty = all
};

/// What an expert remembers of one camera (background model ...). Owned by the engine, one per camera and expert.
class State {
public:
    virtual ~State() = default;
};

/// One frame's (or crop's) way from tensors back to the picture.
struct DecodeContext {
    Placement placement;
    Nanoseconds t{};         ///< time of the frame
    State* state = nullptr;  ///< from new_state(); null where that gives none
};

/// Immutable after creation: decode() may be called from several threads at once, with different states.
class Expert {
public:
    virtual ~Expert() = default;
    virtual Task task() const = 0;
    /// Names of the classes; empty where the task has none.
    virtual std::span<const std::string> labels() const = 0;
    /// The input for a picture of this size (the input may follow the picture's aspect; always the same for the same size).
    virtual image::TensorSpec input(Size picture) const = 0;
    /// Null where the expert has no memory. One that has sees its camera's frames in order.
    virtual std::unique_ptr<State> new_state() const { return nullptr; }
    /// `outputs` in the model's order; for experts without a model: the input tensor itself. Outputs of another count, type
    /// or shape, and non-finite values, are Errors that name the output. Detections are thresholded, suppressed and clamped.
    virtual Result<ObservationContent> decode(std::span<const TensorView> outputs, const DecodeContext& context) const = 0;
};

/// One family of models with one meaning of outputs.
struct FamilyInfo {
    std::string_view name;  ///< "yolox"
    Task task = Task::detect;
    std::string_view summary;
    bool needs_model = true;  ///< false: plain code (motion)
    bool detects = true;      ///< its content is Detections: boxes that trackers follow and cascades crop
    std::span<const std::string_view> parameters{};  ///< what may stand under `parameters:` of a manifest
    /// Makes the expert for a model of declared facts. Checks manifest against facts and refuses a mismatch by name.
    Result<std::unique_ptr<Expert>> (*create)(const model::Manifest& manifest, const backend::ModelFacts& facts,
                                              const ExpertOptions& options);
    /// A manifest for a known graph that came without one, or nothing: recognised by names and shapes of inputs and outputs.
    std::optional<model::Manifest> (*recognise)(const backend::ModelFacts& facts);
};

}  // namespace facet::expert
