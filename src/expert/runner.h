#pragma once
// From a model's name to results: load_expert() finds and checks a model once, a Runner runs it on one stream of pictures.
//
//   LoadRequest request{.model = "yolox-nano", .repository = model::Repository::from_environment("")};
//   FACET_TRY(auto loaded, load_expert(request, backend.get(), plugins.families, log));
//   FACET_TRY(auto runner, Runner::create(loaded, frame->picture.size, {.threads = 1}));
//   FACET_CHECK(runner->prepare(frame->picture));     // image work
//   FACET_CHECK(runner->infer());                     // the network; nothing for plain code
//   FACET_TRY(auto content, runner->decode(frame->t, state.get()));

#include <array>
#include <memory>
#include <span>
#include <string>

#include "backend/backend.h"
#include "base/log.h"
#include "expert/expert.h"
#include "media/picture.h"
#include "model/manifest.h"
#include "model/repository.h"

namespace facet::expert {

struct LoadRequest {
    std::string model;  ///< catalogue name, path of a model file, or the name of plain code ("motion")
    ExpertOptions options;
    model::Repository repository;      ///< where files of catalogue names are looked for
    std::string catalogue;             ///< path of another catalogue; empty = the one built in
    std::string backend = "openvino";  ///< its name, for variant()
};

/// An expert and the file it came from. Immutable; shared by the Runners of all cameras. The backend outlives it.
struct LoadedExpert {
    model::Manifest manifest;
    std::string path;  ///< of the model file; empty for plain code
    const FamilyInfo* family = nullptr;
    std::unique_ptr<const Expert> expert;
    backend::Backend* backend = nullptr;  ///< null for plain code
    std::string backend_name;
};

/// Finds the model, its manifest (beside the file, in the catalogue, or recognised from the graph) and its family, and
/// checks them against each other. Errors: not_found (says `facet model pull NAME` where the catalogue knows it),
/// invalid_argument (manifest and graph disagree, unknown label), corrupt (wrong sha256), unsupported (no family recognises
/// the graph). `backend` may be null: then only plain code can be loaded.
Result<std::shared_ptr<const LoadedExpert>> load_expert(const LoadRequest& request, backend::Backend* backend,
                                                        std::span<const FamilyInfo* const> families, Log& log);

/// The manifest of the first family that knows this graph; unsupported with the graph's inputs and outputs where none does.
Result<model::Manifest> recognise(const backend::ModelFacts& facts, std::span<const FamilyInfo* const> families,
                                  const std::string& path);

/// One stream of execution of one expert: a session, its input tensor and the image scratch. The input tensor has the shape
/// that the expert wants for pictures of the size given at creation; pictures of any size are taken and fitted to it (a
/// cascade creates one Runner for crops of all sizes). One caller at a time, from any thread.
class Runner {
public:
    /// `options.input_shapes` is set here, and need not be by the caller.
    static Result<std::unique_ptr<Runner>> create(std::shared_ptr<const LoadedExpert> loaded, Size picture,
                                                  backend::SessionOptions options);
    ~Runner();
    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;

    /// Fits the whole picture, a region of it (picture pixels; the part inside the picture), or a quadrilateral (left top,
    /// right top, right bottom, left bottom) to the input tensor. An empty region is an Error.
    Status prepare(const Picture& picture);
    Status prepare(const Picture& picture, const Box& region);
    Status prepare(const Picture& picture, const std::array<Point, 4>& corners);
    /// Runs the network on what was prepared. Waits for it.
    Status infer();
    /// The meaning of the outputs, in pixels of the prepared picture; for prepared corners in pixels of the input tensor.
    /// `state` comes from expert().new_state() of the camera, or is null where that gives none.
    Result<ObservationContent> decode(Nanoseconds t, State* state) const;
    /// prepare, infer and decode in one.
    Result<ObservationContent> run(const Picture& picture, Nanoseconds t = {}, State* state = nullptr);

    const Expert& expert() const;
    const LoadedExpert& loaded() const;
    /// "openvino bf16 416x256"; for plain code "motion 320x180".
    const std::string& variant() const;
    const image::TensorSpec& input() const;
    /// The input tensor as last prepared, and the raw outputs of the last infer() (for parity checks).
    TensorView tensor() const;
    std::span<const TensorView> outputs() const;

private:
    struct Parts;
    explicit Runner(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace facet::expert
