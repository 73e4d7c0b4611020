#include "wrap/onnx/check.h"

#include <unordered_set>

namespace facet::onnx {

namespace {

using Names = std::unordered_set<std::string_view>;

/// The names of a graph and of those around it.
struct Scope {
    const Scope* outer = nullptr;
    Names names;

    bool knows(std::string_view name) const { return names.contains(name) || (outer && outer->knows(name)); }
};

Status check_shape(std::string_view what, const std::string& name, const std::vector<std::int64_t>& shape) {
    if (shape.size() > kRankMax)
        return fail(ErrorCode::resource_exhausted, "{} '{}' has {} dimensions, expected at most {}", what, name,
                    shape.size(), kRankMax);
    std::int64_t elements = 1;
    for (const std::int64_t dimension : shape)
        if (dimension > 0 && (__builtin_mul_overflow(elements, dimension, &elements) || elements > kElementsMax))
            return fail(ErrorCode::resource_exhausted, "{} '{}' has more than {} elements", what, name, kElementsMax);
    return {};
}

Status add(Scope& scope, const std::string& name, std::string_view what) {
    if (name.empty()) return fail(ErrorCode::corrupt, "{} has no name", what);
    if (!scope.names.insert(name).second) return fail(ErrorCode::corrupt, "{} '{}' is defined twice", what, name);
    return {};
}

class Checker {
public:
    explicit Checker(const Model& model) : model_(model) {}

    Status graph(const Graph& graph, const Scope* outer) {
        Scope scope{outer, {}};
        for (const Value& input : graph.inputs) {
            FACET_CHECK(add(scope, input.name, "input"));
            FACET_CHECK(check_shape("input", input.name, input.shape));
        }
        for (const TensorData& tensor : graph.initializers) {
            FACET_CHECK(add(scope, tensor.name, "initializer"));
            FACET_CHECK(check_shape("initializer", tensor.name, tensor.shape));
        }
        Names later;
        for (const Node& node : graph.nodes)
            for (const std::string& output : node.outputs) later.insert(output);
        for (const Node& node : graph.nodes) FACET_CHECK(this->node(node, scope, later));
        if (graph.outputs.empty()) return fail(ErrorCode::corrupt, "graph '{}' has no outputs", graph.name);
        for (const Value& output : graph.outputs) {
            if (!scope.knows(output.name)) return fail(ErrorCode::corrupt, "output '{}' is made by no node", output.name);
            FACET_CHECK(check_shape("output", output.name, output.shape));
        }
        return {};
    }

private:
    Status node(const Node& node, Scope& scope, const Names& later) {
        if (node.op.empty()) return fail(ErrorCode::corrupt, "{}: a node without an operator", node.describe());
        if (!model_.opsets.contains(node.domain))
            return fail(ErrorCode::corrupt, "{}: the file states no opset version for domain '{}'", node.describe(),
                        node.domain.empty() ? "ai.onnx" : node.domain);
        for (const std::string& input : node.inputs) {
            if (input.empty() || scope.knows(input)) continue;
            if (later.contains(input))
                return fail(ErrorCode::corrupt,
                            "{} uses '{}', which is made only after it: the graph is cyclic or not in order",
                            node.describe(), input);
            return fail(ErrorCode::corrupt, "{} uses '{}', which nothing makes", node.describe(), input);
        }
        for (const Attribute& attribute : node.attributes) {
            if (attribute.tensor) FACET_CHECK(check_shape("constant of", node.describe(), attribute.tensor->shape));
            if (!attribute.graph) continue;
            if (const Status body = graph(*attribute.graph, &scope); !body)
                return fail(body.error().within(node.describe()));
        }
        bool makes_something = false;
        for (const std::string& output : node.outputs) {
            if (output.empty()) continue;
            makes_something = true;
            if (!scope.names.insert(output).second)
                return fail(ErrorCode::corrupt, "{} makes '{}', which is made already", node.describe(), output);
        }
        if (!makes_something) return fail(ErrorCode::corrupt, "{}: a node without outputs", node.describe());
        return {};
    }

    const Model& model_;
};

}  // namespace

Status check_graph(const Model& model) {
    if (model.opsets.empty()) return fail(ErrorCode::corrupt, "the file states no opset version");
    return Checker(model).graph(model.graph, nullptr);
}

}  // namespace facet::onnx
