#include "backend/openvino/precision.h"

#include <algorithm>
#include <vector>

#include "base/random.h"

namespace facet::backend {

namespace {

constexpr int kWarmUps = 2;
constexpr int kRuns = 8;
constexpr double kGainMin = 0.05;

/// Noise in 0..1 for floating-point inputs; zeros, which every integer input can take, for others. Zeros in floating point
/// would cost less than pictures do.
Tensor noise(const Port& port) {
    Shape shape = port.shape;
    for (auto& dimension : shape) dimension = std::max<std::int64_t>(dimension, 1);
    Tensor tensor(port.type, shape);
    Random random(1);
    if (port.type == ElementType::f32)
        for (float& value : tensor.values<float>()) value = static_cast<float>(random.uniform());
    return tensor;
}

}  // namespace

Result<Nanoseconds> measure(Session& session, int threads) {
    std::vector<Tensor> inputs;
    std::vector<TensorView> views;
    for (const Port& port : session.facts().inputs) inputs.push_back(noise(port));
    for (const Tensor& input : inputs) views.push_back(input.view());
    const auto now = [&] { return threads == 1 ? thread_cpu_time() : monotonic_now().time_since_epoch(); };
    Nanoseconds least = Nanoseconds::max();
    for (int i = 0; i < kWarmUps + kRuns; ++i) {
        const Nanoseconds before = now();
        FACET_TRY([[maybe_unused]] const Outputs outputs, run(session, views));
        if (i >= kWarmUps) least = std::min(least, now() - before);
    }
    return least;
}

Precision choose(std::span<const Measured> measured) {
    FACET_ASSERT(!measured.empty());
    const auto cheapest =
        std::min_element(measured.begin(), measured.end(), [](auto& a, auto& b) { return a.cost < b.cost; });
    const auto exact = std::find_if(measured.begin(), measured.end(), [](auto& m) { return m.precision == Precision::f32; });
    if (exact == measured.end() || seconds(cheapest->cost) < (1 - kGainMin) * seconds(exact->cost))
        return cheapest->precision;
    return Precision::f32;
}

}  // namespace facet::backend
