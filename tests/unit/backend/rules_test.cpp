// What is refused by name, and what is left to our own translations. Pure: nothing is compiled.
#include "backend/openvino/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backend/openvino/operators.h"

namespace facet::backend {
namespace {

using testing::HasSubstr;

onnx::Model model_of(onnx::Node node, std::int64_t opset = 19) {
    onnx::Model model;
    model.opsets[""] = opset;
    for (const std::string& input : node.inputs)
        if (!input.empty() && input[0] == 'x') model.graph.inputs.push_back({input, onnx::DataType::f32, false, {}, {}});
    node.name = "n";
    model.graph.nodes = {std::move(node)};
    return model;
}

std::string refusal(const onnx::Model& model) {
    const Status status = check_rules(model);
    return status ? "" : status.error().message;
}

TEST(Rules, EveryRefusalCarriesAReasonAndAKnownOperator) {
    for (const Refusal& refusal : refusals()) {
        EXPECT_FALSE(refusal.reason.empty()) << refusal.op;
        EXPECT_NE(find_operator("", refusal.op, kOpsetMax), nullptr) << refusal.op;
    }
}

TEST(Rules, ConstructsThatOpenvinoComputesWronglyAreRefusedByName) {
    EXPECT_EQ(refusal(model_of(
                  {"RoiAlign", "", "", {"x", "x1", "x2"}, {"y"}, {onnx::make_attribute("mode", std::string("max"))}})),
              "RoiAlign 'n': mode=max is not supported: OpenVINO gives other numbers than ONNX defines");
    EXPECT_THAT(refusal(model_of({"LSTM", "", "", {"x", "x1", "x2", "", "", "", "", "x7"}, {"y"}, {}})),
                HasSubstr("peephole weights"));
    EXPECT_THAT(refusal(model_of({"Loop", "", "", {"", "x"}, {"y"}, {}})), HasSubstr("Loop 'n' is not supported"));
    EXPECT_EQ(refusal(model_of({"RoiAlign", "", "", {"x", "x1", "x2"}, {"y"}, {}})), "");
}

TEST(Rules, UnknownOperatorsAndDomainsAreNamed) {
    EXPECT_EQ(refusal(model_of({"Convv", "", "", {"x"}, {"y"}, {}})),
              "Convv 'n': the operator is not supported in opset 19 (the nearest that is: Conv)");
    EXPECT_EQ(refusal(model_of({"Conv", "example.org", "", {"x"}, {"y"}, {}})),
              "example.org.Conv 'n': domain 'example.org' is unknown");
    EXPECT_THAT(refusal(model_of({"Trilu", "", "", {"x"}, {"y"}, {}}, 13)), HasSubstr("not supported in opset 13"));
    EXPECT_EQ(refusal(model_of({"Relu", "", "", {"x"}, {"y"}, {}}, 99)), "opset 99 is not supported, expected 1 to 22");
}

TEST(Rules, InputsAreCountedBeforeOpenvinoReachesForThem) {
    EXPECT_EQ(refusal(model_of({"Conv", "", "", {"x"}, {"y"}, {}})), "Conv 'n' has 1 inputs, expected 2 to 3");
    EXPECT_EQ(refusal(model_of({"Conv", "", "", {"x", ""}, {"y"}, {}})), "Conv 'n' leaves out input 1, which it needs");
    EXPECT_EQ(refusal(model_of({"Relu", "", "", {"x"}, {"y", "z"}, {}})), "Relu 'n' has 2 outputs, expected 1 to 1");
}

TEST(Rules, NumbersThatNoNetworkHasAreRefused) {
    EXPECT_EQ(refusal(model_of(
                  {"MaxPool", "", "", {"x"}, {"y"}, {onnx::make_attribute("strides", std::vector<std::int64_t>{0, 1})}})),
              "MaxPool 'n': strides is 0, expected 1 to 16777216");
    onnx::Model bomb = model_of({"ConstantOfShape", "", "", {"shape"}, {"y"}, {}});
    bomb.graph.initializers = {onnx::make_tensor("shape", {2}, std::vector<std::int64_t>{1'000'000, 1'000'000})};
    EXPECT_EQ(refusal(bomb), "ConstantOfShape 'n': 'shape' asks for more than 268435456 elements");
}

TEST(Rules, RulesReachIntoSubgraphs) {
    onnx::Graph body;
    body.nodes = {{"Convv", "", "inner", {"x"}, {"y"}, {}}};
    body.outputs = {{"y", onnx::DataType::f32, false, {}, {}}};
    onnx::Attribute branch;
    branch.name = "then_branch";
    branch.kind = onnx::Attribute::Kind::graph;
    branch.graph = std::make_shared<const onnx::Graph>(body);
    EXPECT_THAT(refusal(model_of({"If", "", "", {"x"}, {"y"}, {branch}})), HasSubstr("Convv 'inner'"));
}

TEST(Rules, OnlyWhatOpenvinoGetsWrongIsTranslatedByUs) {
    const auto domain = [](onnx::Model model) {
        mark_own(model);
        return model.graph.nodes[0].domain;
    };
    const auto antialias = onnx::make_attribute("antialias", std::int64_t{1});
    EXPECT_EQ(domain(model_of({"Resize", "", "", {"x", "", "x2"}, {"y"}, {antialias}})), kOwnDomain);
    EXPECT_EQ(domain(model_of({"Resize", "", "", {"x", "", "x2"}, {"y"}, {}})), "");
    EXPECT_EQ(domain(model_of({"Softmax", "", "", {"x"}, {"y"}, {}}, 11)), kOwnDomain);
    EXPECT_EQ(domain(model_of({"Softmax", "", "", {"x"}, {"y"}, {}}, 13)), "");
    onnx::Model constant_scale = model_of({"QuantizeLinear", "", "", {"x", "s"}, {"y"}, {}});
    constant_scale.graph.initializers = {onnx::make_tensor("s", {}, std::vector<float>{0.5F})};
    EXPECT_EQ(domain(constant_scale), "");
    EXPECT_EQ(domain(model_of({"QuantizeLinear", "", "", {"x", "x1"}, {"y"}, {}})), kOwnDomain);
}

}  // namespace
}  // namespace facet::backend
