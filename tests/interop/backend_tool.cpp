// Runs a model on raw tensors, for tests/interop/backend_onnxruntime.py.
//   backend_tool MODEL PRECISION FOLDER [SHAPE...]
// reads FOLDER/input_N.bin (elements of the model's input N; SHAPE is 1x3x256x416 and so on, one per input, where it is not
// the model's own), writes FOLDER/output_N.bin, and prints one JSON line: precision, inputs and outputs with type and shape.
#include <fmt/format.h>

#include <cstdio>
#include <cstring>

#include "backend/openvino/openvino_backend.h"
#include "base/file.h"
#include "base/text.h"

namespace facet {
namespace {

using namespace backend;

std::string to_json(const std::string& name, ElementType type, const Shape& shape) {
    std::string dimensions;
    for (const auto dimension : shape) dimensions += fmt::format("{}{}", dimensions.empty() ? "" : ",", dimension);
    return fmt::format(R"({{"name":"{}","type":"{}","shape":[{}]}})", name, facet::name(type), dimensions);
}

Status run_files(std::span<char* const> arguments) {
    Log log(LogLevel::warning);
    FACET_TRY(const auto backend, kOpenvinoBackend.create(log));
    SessionOptions options;
    FACET_TRY(options.precision, parse_precision(arguments[1]));
    for (const char* text : arguments.subspan(3)) {
        Shape shape;
        for (const auto dimension : split(text, 'x')) shape.push_back(parse_integer(dimension).value_or(-1));
        options.input_shapes.push_back(shape);
    }
    FACET_TRY(const auto session, backend->load({arguments[0]}, options));
    const std::filesystem::path folder = arguments[2];
    std::vector<Tensor> inputs;
    std::vector<TensorView> views;
    std::string line = fmt::format(R"({{"precision":"{}","inputs":[)", name(session->facts().precision));
    for (std::size_t i = 0; i < session->facts().inputs.size(); ++i) {
        const Port& port = session->facts().inputs[i];
        Shape shape = port.shape;
        if (!shape.empty() && shape[0] < 0) shape[0] = 1;
        inputs.emplace_back(port.type, shape);
        FACET_TRY(const std::string bytes, read_file(folder / fmt::format("input_{}.bin", i), std::size_t{1} << 30));
        if (bytes.size() != inputs.back().bytes())
            return fail(ErrorCode::invalid_argument, "input {}: {} bytes, expected {}", i, bytes.size(),
                        inputs.back().bytes());
        std::memcpy(inputs.back().data(), bytes.data(), bytes.size());
        line += (i == 0 ? "" : ",") + to_json(port.name, port.type, port.shape);
    }
    for (const Tensor& input : inputs) views.push_back(input.view());
    FACET_TRY(const Outputs outputs, run(*session, views));
    line += R"(],"outputs":[)";
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        FACET_CHECK(write_file(folder / fmt::format("output_{}.bin", i),
                               {static_cast<const char*>(outputs[i].data), outputs[i].bytes()}));
        line += (i == 0 ? "" : ",") + to_json(session->facts().outputs[i].name, outputs[i].type, outputs[i].shape);
    }
    fmt::print("{}]}}\n", line);
    return {};
}

}  // namespace
}  // namespace facet

int main(int count, char** arguments) {
    if (count < 4) {
        fmt::print(stderr, "usage: backend_tool MODEL PRECISION FOLDER [SHAPE...]\n");
        return 2;
    }
    const auto status = facet::run_files({arguments + 1, static_cast<std::size_t>(count - 1)});
    if (status) return 0;
    fmt::print(stderr, "{}\n", status.error().message);
    return 4;
}
