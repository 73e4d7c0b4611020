#include "backend/openvino/compile.h"

#include <openvino/op/reduce_max.hpp>
#include <openvino/op/reduce_min.hpp>
#include <openvino/runtime/intel_cpu/properties.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "backend/onnx_facts.h"
#include "backend/openvino/element_type.h"
#include "backend/openvino/extensions.h"
#include "backend/openvino/rules.h"
#include "wrap/onnx/writer.h"

namespace facet::backend {

namespace {

constexpr std::string_view kDevice = "CPU";
// A tensor inside the network may have this many elements: 1 GiB of f32, an hour of no camera's work.
constexpr std::int64_t kElementsMax = std::int64_t{1} << 28;

Result<Port> port(const ov::Output<const ov::Node>& output, const std::string& name) {
    Port port;
    port.name = name;
    auto type = from_openvino(output.get_element_type());
    if (!type) return fail(type.error().within(fmt::format("tensor '{}'", name)));
    port.type = *type;
    const auto& shape = output.get_partial_shape();
    if (shape.rank().is_dynamic())
        return fail(ErrorCode::unsupported, "tensor '{}': its number of dimensions depends on data", name);
    port.shape = from_openvino(shape);
    return port;
}

/// Facts of a compiled model. `ports`: per declared input, the compiled model's, or -1.
Status describe(Compiled& compiled, std::vector<Port> inputs, const std::vector<std::string>& outputs,
                std::vector<int> ports) {
    if (outputs.size() != compiled.model.outputs().size())
        return fail(ErrorCode::internal, "the file declares {} outputs, OpenVINO makes {}", outputs.size(),
                    compiled.model.outputs().size());
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (ports.at(i) >= 0) {
            FACET_TRY(inputs[i], port(compiled.model.input(static_cast<std::size_t>(ports[i])), inputs[i].name));
        }
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        FACET_TRY(Port known, port(compiled.model.output(i), outputs[i]));
        compiled.facts.outputs.push_back(std::move(known));
    }
    compiled.facts.inputs = std::move(inputs);
    compiled.facts.device = kDevice;
    compiled.ports = std::move(ports);
    return {};
}

/// Per declared input, the index of the model's parameter; -1 where the network does not use the input, so that OpenVINO has
/// dropped it.
std::vector<int> match_inputs(const ov::Model& model, const std::vector<onnx::Value>& declared) {
    std::vector<int> ports;
    const auto& parameters = model.get_parameters();
    if (parameters.size() == declared.size()) {
        for (std::size_t i = 0; i < declared.size(); ++i) ports.push_back(static_cast<int>(i));
        return ports;
    }
    for (const onnx::Value& input : declared) {
        const auto found = std::find_if(parameters.begin(), parameters.end(), [&](const auto& parameter) {
            return parameter->get_friendly_name() == input.name || parameter->output(0).get_names().contains(input.name);
        });
        ports.push_back(found == parameters.end() ? -1 : static_cast<int>(found - parameters.begin()));
    }
    return ports;
}

/// The precision that the compiled model says it computes in must be the one that was asked for: OpenVINO replaces what the
/// processor lacks without a word.
Status check_precision(const ov::CompiledModel& model, Precision precision) {
    const auto chosen = model.get_property(ov::hint::inference_precision);
    if (chosen == to_openvino(precision)) return {};
    return fail(ErrorCode::unsupported, "precision {} is not native to this processor; OpenVINO would compute in {}",
                name(precision), chosen.get_type_name());
}

Status check_sizes(const ov::Model& model) {
    for (const auto& node : model.get_ordered_ops()) {
        const bool finds_extreme = ov::is_type<ov::op::v1::ReduceMax>(node) || ov::is_type<ov::op::v1::ReduceMin>(node);
        const auto& first = node->get_input_size() > 0 ? node->get_input_partial_shape(0) : ov::PartialShape{};
        if (finds_extreme && first.is_static() && ov::shape_size(first.get_shape()) == 0)
            return fail(ErrorCode::unsupported, "{} '{}' of an empty tensor is not supported: OpenVINO gives no infinity",
                        node->get_type_name(), node->get_friendly_name());
        for (const auto& output : node->outputs()) {
            const auto& shape = output.get_partial_shape();
            if (shape.rank().is_dynamic()) continue;
            std::int64_t elements = 1;
            for (const auto& dimension : shape)
                if (__builtin_mul_overflow(elements, std::max<std::int64_t>(dimension.get_min_length(), 0), &elements) ||
                    elements > kElementsMax)
                    return fail(ErrorCode::resource_exhausted, "{} '{}' makes a tensor of shape {}, more than {} elements",
                                node->get_type_name(), node->get_friendly_name(), shape.to_string(), kElementsMax);
        }
    }
    return {};
}

/// Gives the inputs the shapes that the caller wants, and makes sure that what stays open is a batch.
Status reshape(ov::Model& model, const std::vector<int>& ports, const std::vector<Shape>& wanted) {
    std::map<std::size_t, ov::PartialShape> shapes;
    for (std::size_t i = 0; i < wanted.size(); ++i)
        if (ports[i] >= 0)
            shapes[static_cast<std::size_t>(ports[i])] =
                ov::PartialShape(std::vector<ov::Dimension>(wanted[i].begin(), wanted[i].end()));
    std::string text;
    for (const Shape& shape : wanted) text += (text.empty() ? "" : " ") + to_string(shape);
    try {
        if (!shapes.empty()) model.reshape(shapes);
    } catch (const std::exception& exception) {
        return fail(ErrorCode::unsupported, "the network cannot take inputs of shape {}: {}", text, reason(exception));
    }
    for (const auto& input : model.inputs()) {
        const auto& shape = input.get_partial_shape();
        const std::string name = input.get_node()->get_friendly_name();
        if (shape.rank().is_dynamic())
            return fail(ErrorCode::unsupported,
                        "input '{}' has no declared shape; state one in SessionOptions::input_shapes", name);
        for (std::size_t i = 1; i < shape.size(); ++i)
            if (shape[i].is_dynamic())
                return fail(ErrorCode::invalid_argument,
                            "input '{}' has open dimensions {}; state its shape in SessionOptions::input_shapes", name,
                            to_string(from_openvino(shape)));
    }
    return {};
}

}  // namespace

ov::AnyMap compile_properties(Precision precision, int threads) {
    return {ov::num_streams(1), ov::inference_num_threads(threads), ov::hint::enable_cpu_pinning(false),
            ov::hint::inference_precision(to_openvino(precision)), ov::intel_cpu::denormals_optimization(true)};
}

Result<std::shared_ptr<Compiled>> compile(ov::Core& core, onnx::Model model, const SessionOptions& options,
                                          Precision precision) {
    const std::vector<onnx::Value> inputs = model.graph.inputs;
    const std::vector<onnx::Value> outputs = model.graph.outputs;
    if (!options.input_shapes.empty() && options.input_shapes.size() != inputs.size())
        return fail(ErrorCode::invalid_argument, "{} input shapes for a model of {} inputs", options.input_shapes.size(),
                    inputs.size());
    mark_own(model);
    FACET_TRY(std::string bytes, onnx::write_model(model));
    std::vector<int> ports;
    auto compiled = std::make_shared<Compiled>();
    compiled->cacheable = !model.external_data;
    model = {};
    try {
        auto graph = core.read_model(bytes, ov::Tensor());
        bytes = {};
        correct_operations(*graph);
        ports = match_inputs(*graph, inputs);
        const auto used = std::count_if(ports.begin(), ports.end(), [](int port) { return port >= 0; });
        if (static_cast<std::size_t>(used) != graph->get_parameters().size())
            return fail(ErrorCode::internal, "OpenVINO's inputs cannot be matched with those that the file declares");
        FACET_CHECK(reshape(*graph, ports, options.input_shapes));
        FACET_CHECK(check_sizes(*graph));
        compiled->model = core.compile_model(graph, std::string(kDevice), compile_properties(precision, options.threads));
    } catch (const std::exception& exception) {
        return fail(ErrorCode::unsupported, "OpenVINO cannot run this model: {}", reason(exception));
    }
    FACET_CHECK(check_precision(compiled->model, precision));
    std::vector<Port> declared;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        // Type and shape of an input that the network does not use come from the file.
        Port port{inputs[i].name, element_type(inputs[i].type).value_or(ElementType::f32), inputs[i].shape};
        if (!options.input_shapes.empty()) port.shape = options.input_shapes[i];
        declared.push_back(std::move(port));
    }
    std::vector<std::string> names;
    for (const onnx::Value& output : outputs) names.push_back(output.name);
    FACET_CHECK(describe(*compiled, std::move(declared), names, std::move(ports)));
    compiled->facts.precision = precision;
    return compiled;
}

Result<std::shared_ptr<Compiled>> import_compiled(ov::Core& core, Blob blob, int threads, Precision precision) {
    auto compiled = std::make_shared<Compiled>();
    compiled->blob = std::move(blob.payload);
    const auto description = nlohmann::json::parse(blob.description, nullptr, false);
    if (description.is_discarded()) return fail(ErrorCode::corrupt, "unreadable description");
    try {
        const ov::Tensor bytes(ov::element::u8, {compiled->blob.size()}, compiled->blob.data());
        compiled->model = core.import_model(bytes, std::string(kDevice), compile_properties(precision, threads));
        std::vector<Port> inputs;
        for (const auto& input : description.at("inputs"))
            inputs.push_back(
                {input.at("name"), static_cast<ElementType>(input.at("type").get<int>()), input.at("shape").get<Shape>()});
        FACET_CHECK(check_precision(compiled->model, precision));
        FACET_CHECK(describe(*compiled, std::move(inputs), description.at("outputs").get<std::vector<std::string>>(),
                             description.at("ports").get<std::vector<int>>()));
    } catch (const std::exception& exception) {
        return fail(ErrorCode::corrupt, "{}", reason(exception));
    }
    compiled->facts.precision = precision;
    return compiled;
}

void keep_compiled(const BlobCache& cache, const std::string& key, const Compiled& compiled, Log& log) {
    nlohmann::json description = {
        {"inputs", nlohmann::json::array()}, {"outputs", nlohmann::json::array()}, {"ports", compiled.ports}};
    for (const Port& input : compiled.facts.inputs)
        description["inputs"].push_back(
            {{"name", input.name}, {"type", static_cast<int>(input.type)}, {"shape", input.shape}});
    for (const Port& output : compiled.facts.outputs) description["outputs"].push_back(output.name);
    try {
        std::ostringstream stream;
        auto model = compiled.model;
        model.export_model(stream);
        cache.keep(key, description.dump(), stream.view());
    } catch (const std::exception& exception) {
        log.warning("compiled model is not kept: {}", reason(exception));
    }
}

}  // namespace facet::backend
