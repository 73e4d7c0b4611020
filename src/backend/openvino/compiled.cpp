#include "backend/openvino/compiled.h"

#include <nlohmann/json.hpp>
#include <openvino/runtime/intel_cpu/properties.hpp>

#include "backend/openvino/element_type.h"

namespace facet::backend {

namespace {

nlohmann::json to_json(const std::vector<Port>& ports) {
    auto list = nlohmann::json::array();
    for (const Port& port : ports)
        list.push_back({{"name", port.name}, {"type", static_cast<int>(port.type)}, {"shape", port.shape}});
    return list;
}

std::vector<Port> ports_from_json(const nlohmann::json& list) {
    std::vector<Port> ports;
    for (const auto& port : list)
        ports.push_back(
            {port.at("name"), static_cast<ElementType>(port.at("type").get<int>()), port.at("shape").get<Shape>()});
    return ports;
}

/// Throws what OpenVINO throws.
ov::CompiledModel import_instance(ov::Core core, Tensor& blob, const CompiledFacts& facts) {
    const ov::Tensor bytes(ov::element::u8, {blob.size()}, blob.data());
    return core.import_model(bytes, "CPU", compile_properties(facts.session.precision, facts.threads));
}

}  // namespace

std::string to_json(const CompiledFacts& facts) {
    const nlohmann::json json = {{"inputs", to_json(facts.session.inputs)},
                                 {"outputs", to_json(facts.session.outputs)},
                                 {"precision", name(facts.session.precision)},
                                 {"device", facts.session.device},
                                 {"ports", facts.ports},
                                 {"threads", facts.threads}};
    return json.dump();
}

Result<CompiledFacts> facts_from_json(std::string_view text) {
    const auto json = nlohmann::json::parse(text, nullptr, false);
    try {
        CompiledFacts facts;
        facts.session.inputs = ports_from_json(json.at("inputs"));
        facts.session.outputs = ports_from_json(json.at("outputs"));
        FACET_TRY(facts.session.precision, parse_precision(json.at("precision").get<std::string>()));
        facts.session.device = json.at("device");
        facts.ports = json.at("ports").get<std::vector<int>>();
        facts.threads = json.at("threads");
        return facts;
    } catch (const nlohmann::json::exception& exception) {
        return fail(ErrorCode::corrupt, "facts of a compiled model: {}", exception.what());
    }
}

ov::AnyMap compile_properties(Precision precision, int threads) {
    return {ov::num_streams(threads == 1 ? 0 : 1),
            ov::inference_num_threads(threads),
            ov::hint::enable_cpu_pinning(false),
            ov::hint::inference_precision(to_openvino(precision)),
            ov::intel_cpu::denormals_optimization(true),
            // Quantized operators compute in `precision`. OpenVINO's rewriting of them to 8-bit arithmetic moves what other
            // runtimes compute by a tenth (YOLO11-pose finds nobody any more), without a word.
            {"LP_TRANSFORMS_MODE", "NO"}};
}

Compiled::Compiled(ov::Core core, Tensor blob, ov::CompiledModel first, CompiledFacts facts)
    : core_(std::move(core)), blob_(std::move(blob)), facts_(std::move(facts)) {
    idle_.push_back(std::move(first));
}

Result<ov::CompiledModel> Compiled::acquire() const {
    {
        const std::lock_guard lock(mutex_);
        if (!idle_.empty()) {
            auto instance = std::move(idle_.back());
            idle_.pop_back();
            return instance;
        }
    }
    try {
        return import_instance(core_, const_cast<Tensor&>(blob_), facts_);
    } catch (const std::exception& exception) {
        return fail(ErrorCode::internal, "OpenVINO cannot make another instance of the model: {}", reason(exception));
    }
}

void Compiled::release(ov::CompiledModel instance) const {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(instance));
}

Result<std::shared_ptr<const Compiled>> import_compiled(const ov::Core& core, Blob blob) {
    FACET_TRY(CompiledFacts facts, facts_from_json(blob.description));
    try {
        auto instance = import_instance(core, blob.payload, facts);
        return std::make_shared<const Compiled>(core, std::move(blob.payload), std::move(instance), std::move(facts));
    } catch (const std::exception& exception) {
        return fail(ErrorCode::corrupt, "{}", reason(exception));
    }
}

}  // namespace facet::backend
