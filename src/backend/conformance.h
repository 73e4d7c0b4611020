#pragma once
// ONNX's own test cases, run through a backend: DIR/*/model.onnx with test_data_set_*/input_N.pb and output_N.pb.
//
//   FACET_TRY(const auto results, run_conformance(backend, folder, [](const ConformanceResult& result) {
//       if (result.outcome != Outcome::passed) fmt::print("{}\n", to_line(result));
//   }));
//   fmt::print("{}\n", summary(results));         // "N passed, N failed"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "backend/backend.h"

namespace facet::backend {

enum class Outcome {
    passed,   ///< every output of every data set within ONNX's tolerances (relative 1e-3, absolute 1e-7)
    refused,  ///< the backend does not load the model, and says why
    failed,   ///< the model ran and did not give the expected outputs, or the case's files cannot be read
};
std::string_view name(Outcome outcome);

struct ConformanceResult {
    std::string name;  ///< the case's folder
    Outcome outcome = Outcome::failed;
    std::string message;  ///< why it did not pass
};

/// Runs every case of `folder` in the order of their names, in f32 and one thread; `on_result` is called after each. An
/// Error where the folder holds no case.
Result<std::vector<ConformanceResult>> run_conformance(Backend& backend, const std::filesystem::path& folder,
                                                       const std::function<void(const ConformanceResult&)>& on_result = {});
/// Runs the case whose model.onnx lies in `folder`.
ConformanceResult run_conformance_case(Backend& backend, const std::filesystem::path& folder);

/// "test_resize_x: refused: ..."
std::string to_line(const ConformanceResult& result);
/// "478 passed, 18 failed"; refused cases count as failed.
std::string summary(const std::vector<ConformanceResult>& results);

/// The first difference between two tensors beyond |a - b| <= absolute + relative * |b|, in type or in shape, or "".
/// Values that are not finite must be the same.
std::string first_difference(const TensorView& actual, const TensorView& expected, double relative, double absolute);

}  // namespace facet::backend
