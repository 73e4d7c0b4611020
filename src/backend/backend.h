#pragma once
// Backend: what runs tensors. One folder per implementation; each exports one BackendInfo, listed in app/builtins.cpp.
//
//   FACET_TRY(auto session, backend.load({.path = "yolox.onnx"}, {.precision = Precision::f32}));
//   Tensor input(ElementType::f32, session->facts().inputs[0].shape);
//   FACET_TRY(auto outputs, run(*session, {{input.view()}}));       // valid until the next run

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "media/tensor.h"

namespace facet::backend {

enum class Precision {
    automatic,  ///< the fastest that this machine has, chosen by measuring; cached per machine and model
    f32,
    bf16,
    f16,
};
std::string_view name(Precision precision);
Result<Precision> parse_precision(std::string_view text);

/// A model's input or output. -1 in the shape = any.
struct Port {
    std::string name;
    ElementType type = ElementType::f32;
    Shape shape;
};

struct ModelFile {
    std::string path;
};

struct SessionOptions {
    Precision precision = Precision::automatic;
    int threads = 1;             ///< 1 = the whole inference runs on the calling thread (deterministic, no oversubscription)
    std::string cache_folder{};  ///< compiled models and precision choices; "" = none is kept
    /// Input shapes to compile for, by input index; empty = the model's own. Lets the input follow the camera's aspect.
    std::vector<Shape> input_shapes{};
};

struct SessionFacts {
    std::vector<Port> inputs;  ///< as compiled: -1 only in a batch dimension that may vary from run to run
    std::vector<Port> outputs;
    Precision precision = Precision::f32;  ///< as chosen; never `automatic`
    std::string device;                    ///< "CPU"
    bool uses_core = true;                 ///< false: completes from an I/O thread and holds no worker
};

/// What a model file declares, read without compiling it.
struct ModelFacts {
    std::vector<Port> inputs;
    std::vector<Port> outputs;
    std::int64_t opset = 0;
    std::vector<std::string> operators;  ///< distinct, sorted; "domain.Name" where the domain is not the default
    std::vector<std::pair<std::string, std::string>> metadata;
    std::size_t bytes = 0;
};

/// The outputs, in the order of SessionFacts::outputs. The views stay valid until the session's next start().
using Outputs = std::span<const TensorView>;
using Completion = std::function<void(Result<Outputs>)>;

/// One loaded model, one request at a time. Made by Backend::load; the model's weights are shared between sessions of the
/// same file and options. Not thread-safe: one caller at a time, from any thread.
class Session {
public:
    virtual ~Session() = default;
    virtual const SessionFacts& facts() const = 0;
    /// Runs the model on `inputs` (one per input, in order; used without a copy, so they stay alive and unchanged until
    /// `done`). Calls `done` exactly once: before returning where uses_core, else from another thread. A wrong count, type
    /// or shape is an Error that names the input.
    virtual void start(std::span<const TensorView> inputs, const Completion& done) = 0;
};

/// Runs a session and waits for its outputs.
Result<Outputs> run(Session& session, std::span<const TensorView> inputs);

/// Thread-safe.
class Backend {
public:
    virtual ~Backend() = default;
    /// Reads the file's declared facts; fails with the reason (operator, offset) where this backend cannot run it or would
    /// run it wrongly. Never crashes on a hostile file.
    virtual Result<ModelFacts> inspect(const ModelFile& file) = 0;
    virtual Result<std::unique_ptr<Session>> load(const ModelFile& file, const SessionOptions& options) = 0;
    /// One line for `facet doctor`: version, devices, precisions that this machine runs natively.
    virtual std::string describe() const = 0;
};

struct BackendInfo {
    std::string_view name;  ///< "openvino"
    std::string_view summary;
    Result<std::unique_ptr<Backend>> (*create)(Log& log);
};

}  // namespace facet::backend
