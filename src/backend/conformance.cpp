#include "backend/conformance.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "backend/onnx_facts.h"
#include "base/file.h"
#include "wrap/onnx/reader.h"

namespace facet::backend {

namespace {

constexpr std::size_t kTensorBytesMax = std::size_t{1} << 30;
// Of ONNX's backend test runner.
constexpr double kRelative = 1e-3;
constexpr double kAbsolute = 1e-7;

Result<Tensor> read_tensor(const std::filesystem::path& path) {
    FACET_TRY(const std::string bytes, read_file(path, kTensorBytesMax));
    auto data = onnx::read_tensor(bytes);
    if (!data) return fail(data.error().within(path.string()));
    const auto type = element_type(data->type);
    if (!type) return fail(ErrorCode::unsupported, "{}: element type {}", path.string(), onnx::name(data->type));
    Tensor tensor(*type, data->shape);
    std::memcpy(tensor.data(), data->bytes.data(), data->bytes.size());
    return tensor;
}

/// input_0.pb, input_1.pb ... as far as they go.
Result<std::vector<Tensor>> read_tensors(const std::filesystem::path& folder, std::string_view prefix) {
    std::vector<Tensor> tensors;
    for (;;) {
        const auto path = folder / fmt::format("{}_{}.pb", prefix, tensors.size());
        if (!std::filesystem::exists(path)) return tensors;
        FACET_TRY(Tensor tensor, read_tensor(path));
        tensors.push_back(std::move(tensor));
    }
}

std::vector<std::filesystem::path> folders_in(const std::filesystem::path& folder, std::string_view prefix) {
    std::vector<std::filesystem::path> found;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error))
        if (entry.is_directory(error) && entry.path().filename().string().starts_with(prefix)) found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
}

template <class T>
double value_as(const TensorView& tensor, std::size_t index) {
    return static_cast<double>(static_cast<const T*>(tensor.data)[index]);
}

double value_at(const TensorView& tensor, std::size_t index) {
    switch (tensor.type) {
        case ElementType::f32: return value_as<float>(tensor, index);
        case ElementType::f64: return value_as<double>(tensor, index);
        case ElementType::f16: return f16_to_f32(static_cast<const std::uint16_t*>(tensor.data)[index]);
        case ElementType::bf16: return bf16_to_f32(static_cast<const std::uint16_t*>(tensor.data)[index]);
        case ElementType::i8: return value_as<std::int8_t>(tensor, index);
        case ElementType::u8: return value_as<std::uint8_t>(tensor, index);
        case ElementType::i16: return value_as<std::int16_t>(tensor, index);
        case ElementType::u16: return value_as<std::uint16_t>(tensor, index);
        case ElementType::i32: return value_as<std::int32_t>(tensor, index);
        case ElementType::u32: return value_as<std::uint32_t>(tensor, index);
        case ElementType::i64: return value_as<std::int64_t>(tensor, index);
        case ElementType::u64: return value_as<std::uint64_t>(tensor, index);
        case ElementType::boolean: return static_cast<const std::uint8_t*>(tensor.data)[index] != 0 ? 1 : 0;
    }
    return 0;
}

/// What is wrong with the outputs of one data set, or "".
Result<std::string> run_data_set(Backend& backend, const ModelFile& model, const std::filesystem::path& folder) {
    FACET_TRY(const std::vector<Tensor> inputs, read_tensors(folder, "input"));
    FACET_TRY(const std::vector<Tensor> expected, read_tensors(folder, "output"));
    SessionOptions options;
    options.precision = Precision::f32;
    std::vector<TensorView> views;
    for (const Tensor& input : inputs) {
        options.input_shapes.push_back(input.shape());
        views.push_back(input.view());
    }
    FACET_TRY(const auto session, backend.load(model, options));
    const auto outputs = run(*session, views);
    if (!outputs) return outputs.error().message;
    if (outputs->size() < expected.size()) return fmt::format("{} outputs, expected {}", outputs->size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const std::string difference = first_difference((*outputs)[i], expected[i].view(), kRelative, kAbsolute);
        if (!difference.empty()) return fmt::format("output {}: {}", i, difference);
    }
    return std::string();
}

}  // namespace

std::string_view name(Outcome outcome) {
    switch (outcome) {
        case Outcome::passed: return "passed";
        case Outcome::refused: return "refused";
        case Outcome::failed: return "failed";
    }
    return "failed";
}

std::string first_difference(const TensorView& actual, const TensorView& expected, double relative, double absolute) {
    if (actual.type != expected.type)
        return fmt::format("type {}, expected {}", facet::name(actual.type), facet::name(expected.type));
    if (actual.shape != expected.shape)
        return fmt::format("shape {}, expected {}", to_string(actual.shape), to_string(expected.shape));
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const double a = value_at(actual, i);
        const double b = value_at(expected, i);
        const bool same = std::isfinite(a) && std::isfinite(b) ? std::abs(a - b) <= absolute + relative * std::abs(b)
                                                               : a == b || (std::isnan(a) && std::isnan(b));
        if (!same) return fmt::format("element {} is {}, expected {}", i, a, b);
    }
    return "";
}

ConformanceResult run_conformance_case(Backend& backend, const std::filesystem::path& folder) {
    ConformanceResult result{folder.filename().string(), Outcome::failed, ""};
    const ModelFile model{(folder / "model.onnx").string()};
    if (const auto facts = backend.inspect(model); !facts) {
        result.outcome = Outcome::refused;
        result.message = facts.error().message;
        return result;
    }
    const auto data_sets = folders_in(folder, "test_data_set_");
    if (data_sets.empty()) result.message = "no test_data_set_*";
    for (const auto& data_set : data_sets) {
        const auto difference = run_data_set(backend, model, data_set);
        if (difference && difference->empty()) continue;
        if (!difference) result.outcome = Outcome::refused;
        result.message = difference ? *difference : difference.error().message;
        return result;
    }
    if (!data_sets.empty()) result.outcome = Outcome::passed;
    return result;
}

Result<std::vector<ConformanceResult>> run_conformance(Backend& backend, const std::filesystem::path& folder,
                                                       const std::function<void(const ConformanceResult&)>& on_result) {
    std::vector<ConformanceResult> results;
    for (const auto& found : folders_in(folder, "")) {
        if (!std::filesystem::exists(found / "model.onnx")) continue;
        results.push_back(run_conformance_case(backend, found));
        if (on_result) on_result(results.back());
    }
    if (results.empty())
        return fail(ErrorCode::not_found, "{}: no case found, expected folders with a model.onnx", folder.string());
    return results;
}

std::string to_line(const ConformanceResult& result) {
    return fmt::format("{}: {}{}{}", result.name, name(result.outcome), result.message.empty() ? "" : ": ", result.message);
}

std::string summary(const std::vector<ConformanceResult>& results) {
    const auto passed =
        std::count_if(results.begin(), results.end(), [](const auto& r) { return r.outcome == Outcome::passed; });
    return fmt::format("{} passed, {} failed", passed, static_cast<std::ptrdiff_t>(results.size()) - passed);
}

}  // namespace facet::backend
