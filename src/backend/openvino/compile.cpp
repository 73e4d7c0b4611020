#include "backend/openvino/compile.h"

#include <algorithm>
#include <cstring>
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

/// What sessions have to know. `ports`: per declared input, the compiled model's, or -1.
Result<CompiledFacts> compiled_facts(const ov::CompiledModel& model, const std::vector<onnx::Value>& inputs,
                                     const std::vector<onnx::Value>& outputs, std::vector<int> ports,
                                     const SessionOptions& options, Precision precision) {
    if (outputs.size() != model.outputs().size())
        return fail(ErrorCode::internal, "the file declares {} outputs, OpenVINO makes {}", outputs.size(),
                    model.outputs().size());
    CompiledFacts facts;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        // Type and shape of an input that the network does not use come from the file.
        Port known{inputs[i].name, element_type(inputs[i].type).value_or(ElementType::f32), inputs[i].shape};
        if (!options.input_shapes.empty()) known.shape = options.input_shapes[i];
        if (ports[i] >= 0) {
            FACET_TRY(known, port(model.input(static_cast<std::size_t>(ports[i])), inputs[i].name));
        }
        facts.session.inputs.push_back(std::move(known));
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        FACET_TRY(Port known, port(model.output(i), outputs[i].name));
        facts.session.outputs.push_back(std::move(known));
    }
    facts.session.device = kDevice;
    facts.session.precision = precision;
    facts.ports = std::move(ports);
    facts.threads = options.threads;
    return facts;
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
        // On an empty tensor, Gather divides by zero and the maximum is not -infinity.
        const std::string_view type = node->get_type_name();
        if (type == "Gather" || type == "ReduceMax")
            for (const auto& input : node->inputs())
                if (input.get_partial_shape().is_static() && ov::shape_size(input.get_shape()) == 0)
                    return fail(ErrorCode::unsupported, "{} '{}' of an empty tensor is not supported", type,
                                node->get_friendly_name());
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
        for (std::ptrdiff_t i = 1; i < std::ssize(shape); ++i)
            if (shape[i].is_dynamic())
                return fail(ErrorCode::invalid_argument,
                            "input '{}' has open dimensions {}; state its shape in SessionOptions::input_shapes", name,
                            to_string(from_openvino(shape)));
    }
    return {};
}

}  // namespace

Result<std::shared_ptr<const Compiled>> compile(ov::Core& core, onnx::Model model, const SessionOptions& options,
                                                Precision precision, const BlobCache& cache, const std::string& key) {
    const std::vector<onnx::Value> inputs = model.graph.inputs;
    const std::vector<onnx::Value> outputs = model.graph.outputs;
    const bool external_data = model.external_data;
    if (!options.input_shapes.empty() && options.input_shapes.size() != inputs.size())
        return fail(ErrorCode::invalid_argument, "{} input shapes for a model of {} inputs", options.input_shapes.size(),
                    inputs.size());
    mark_own(model);
    FACET_TRY(std::string bytes, onnx::write_model(model));
    model = {};
    try {
        auto graph = core.read_model(bytes, ov::Tensor());
        bytes = {};
        correct_operations(*graph);
        std::vector<int> ports = match_inputs(*graph, inputs);
        const auto used = std::count_if(ports.begin(), ports.end(), [](int port) { return port >= 0; });
        if (static_cast<std::size_t>(used) != graph->get_parameters().size())
            return fail(ErrorCode::internal, "OpenVINO's inputs cannot be matched with those that the file declares");
        FACET_CHECK(reshape(*graph, ports, options.input_shapes));
        FACET_CHECK(check_sizes(*graph));
        auto compiled = core.compile_model(graph, std::string(kDevice), compile_properties(precision, options.threads));
        graph = {};
        FACET_CHECK(check_precision(compiled, precision));
        FACET_TRY(CompiledFacts facts, compiled_facts(compiled, inputs, outputs, std::move(ports), options, precision));
        std::ostringstream stream;
        compiled.export_model(stream);
        // The key does not know weights that lie in files of their own.
        if (!external_data) cache.keep(key, to_json(facts), stream.view());
        Tensor blob(ElementType::u8, {static_cast<std::int64_t>(stream.view().size())});
        std::memcpy(blob.data(), stream.view().data(), stream.view().size());
        return std::make_shared<const Compiled>(core, std::move(blob), std::move(compiled), std::move(facts));
    } catch (const std::exception& exception) {
        return fail(ErrorCode::unsupported, "OpenVINO cannot run this model: {}", reason(exception));
    }
}

}  // namespace facet::backend
