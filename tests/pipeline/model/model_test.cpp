// `facet model ...`, and models that go wrong while they run, with small networks that the tests write themselves.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "support/process.h"
#include "wrap/onnx/writer.h"

namespace facet::test {
namespace {

using testing::HasSubstr;
using Json = nlohmann::json;

const std::string kScene = "synthetic:street?size=160x96&frames=3";

onnx::Value tensor_value(const std::string& name, std::vector<std::int64_t> shape) {
    return {name, onnx::DataType::f32, true, std::move(shape), {}};
}

/// The mean colour of a 16x16 picture as three probabilities; through further operators, one after the other.
std::string mean_colour(const std::vector<std::string>& then = {}) {
    onnx::Model model;
    model.ir_version = 8;
    model.opsets[""] = 17;
    model.graph.name = "mean";
    model.graph.inputs = {tensor_value("picture", {1, 3, 16, 16})};
    model.graph.outputs = {tensor_value("classes", {1, 3})};
    model.graph.nodes = {{"GlobalAveragePool", "", "pool", {"picture"}, {"mean"}, {}},
                         {"Flatten", "", "flat", {"mean"}, {"values0"}, {}}};
    std::size_t count = 0;
    for (const std::string& op : then) {
        model.graph.nodes.push_back(
            {op, "", op, {"values" + std::to_string(count)}, {"values" + std::to_string(count + 1)}, {}});
        ++count;
    }
    model.graph.nodes.push_back({"Softmax", "", "end", {"values" + std::to_string(count)}, {"classes"}, {}});
    auto bytes = onnx::write_model(model);
    EXPECT_TRUE(bytes) << bytes.error().message;
    return *bytes;
}

class ModelTest : public testing::Test {
protected:
    ModelTest() {
        setenv("XDG_CACHE_HOME", (folder_ / "cache").c_str(), 1);
        write_text(net_, mean_colour());
        write_text(net_ + ".yaml", kManifest);
    }
    static ProcessResult facet(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), FACET_BINARY);
        return run_process(arguments);
    }

    static constexpr const char* kManifest =
        "{name: colour, family: classification, input: {size: [16, 16], fit: stretch}, labels: [red, green, blue],\n"
        " parameters: {activation: none, top: 3}}\n";
    TemporaryFolder folder_;
    std::string net_ = folder_ / "colour.onnx";
};

TEST_F(ModelTest, HelpOfAFamilyOfCommandsListsThem) {
    const ProcessResult help = facet({"model", "--help"});
    EXPECT_EQ(help.exit_code, kDone);
    EXPECT_THAT(help.out, HasSubstr("model pull"));
    EXPECT_THAT(help.out, testing::Not(HasSubstr("analyze")));
    EXPECT_EQ(facet({"model"}).exit_code, kWrongUsage);
}

TEST_F(ModelTest, InspectSaysWhatTheFileAndItsManifestSay) {
    const ProcessResult result = facet({"model", "inspect", net_});
    ASSERT_EQ(result.exit_code, kDone) << result.err;
    EXPECT_THAT(result.out, HasSubstr("picture f32[1,3,16,16]"));
    EXPECT_THAT(result.out, HasSubstr("classes f32[1,3]"));
    EXPECT_THAT(result.out, HasSubstr("classification"));
}

TEST_F(ModelTest, CheckProvesThatNothingIsLost) {
    const ProcessResult result = facet({"model", "check", net_, kScene, "--json"});
    ASSERT_EQ(result.exit_code, kDone) << result.err << result.out;
    const Json json = Json::parse(last_line(result.out));
    ASSERT_GE(json["checks"].size(), 3U) << result.out;
    for (const Json& check : json["checks"]) EXPECT_EQ(check["passed"], true) << check;
}

TEST_F(ModelTest, AProfiledCostStandsInTheProfile) {
    const ProcessResult result = facet({"model", "profile", net_, "--precisions", "f32", "--runs", "3", "--json"});
    ASSERT_EQ(result.exit_code, kDone) << result.err;
    const Json json = Json::parse(last_line(result.out));
    ASSERT_EQ(json["entries"].size(), 1U);
    EXPECT_EQ(json["entries"][0]["variant"], "openvino f32 16x16");
    EXPECT_GT(json["entries"][0]["cpu_ms"].get<double>(), 0);
    const Json stored = Json::parse(read_text(json["profile"]));
    EXPECT_EQ(stored["entries"][0]["variant"], "openvino f32 16x16");
}

TEST_F(ModelTest, PullTakesAVerifiedFileFromAMirrorAndRefusesAnother) {
    const ProcessResult hash = run_process({"/usr/bin/sha256sum", net_});
    ASSERT_EQ(hash.exit_code, 0);
    const std::string bytes = std::to_string(std::filesystem::file_size(net_));
    const std::string catalogue = folder_ / "catalogue.yaml";
    write_text(
        catalogue,
        "models:\n  - {name: colour, family: classification, task: classify, licence: none, file: c.onnx, bytes: " + bytes +
            ", sha256: " + hash.out.substr(0, 64) + ", input: {size: [16, 16], fit: stretch}, labels: [r, g, b]}\n");
    std::filesystem::create_directory(folder_ / "mirror");
    const std::string stored = folder_ / "cache/facet/models/c.onnx";
    const auto pull = [&] {
        return facet({"model", "pull", "colour", "--catalogue", catalogue, "--mirror", folder_ / "mirror"});
    };

    EXPECT_EQ(pull().exit_code, kModelUnusable) << "the mirror is empty and no address is known";
    write_text(folder_ / "mirror/other.onnx", std::string(std::filesystem::file_size(net_), 'x'));
    EXPECT_EQ(pull().exit_code, kModelUnusable) << "as long as the right one, but another";
    EXPECT_FALSE(std::filesystem::exists(stored));
    std::filesystem::copy_file(net_, folder_ / "mirror/any-name.onnx");
    const ProcessResult pulled = pull();
    EXPECT_EQ(pulled.exit_code, kDone) << pulled.err;
    EXPECT_EQ(read_text(stored), read_text(net_));
}

TEST_F(ModelTest, AModelAndAManifestThatDisagreeAreRefusedWithTheMismatch) {
    write_text(net_ + ".yaml",
               "{name: colour, family: classification, input: {size: [32, 32]}, labels: [red, green, blue]}\n");
    const ProcessResult size = facet({"analyze", kScene, "--model", net_});
    EXPECT_EQ(size.exit_code, kModelUnusable);
    EXPECT_THAT(size.err, HasSubstr("[1,3,16,16]"));
    write_text(net_ + ".yaml", "{name: colour, family: classification, input: {size: [16, 16]}, labels: [red, green]}\n");
    const ProcessResult labels = facet({"analyze", kScene, "--model", net_});
    EXPECT_EQ(labels.exit_code, kModelUnusable);
    EXPECT_THAT(labels.err, HasSubstr("2"));
}

TEST_F(ModelTest, OutputsThatAreNoNumbersAreAnErrorOfTheModelAndTheRunGoesOn) {
    write_text(net_, mean_colour({"Neg", "Log"}));  // the logarithm of what is below zero
    const ProcessResult result = facet({"analyze", kScene, "--model", net_, "--json"});
    EXPECT_EQ(result.exit_code, kDoneInPart) << result.err;
    EXPECT_THAT(result.err, HasSubstr("output 'classes' has the value -nan at position 0 of 3, expected finite numbers"));
    EXPECT_EQ(Json::parse(last_line(result.out))["frames"], 3);
}

TEST_F(ModelTest, AModelFileCutAnywhereIsAnErrorAndNoCrash) {
    const std::string whole = mean_colour();
    const std::string cut = folder_ / "cut.onnx";
    write_text(cut + ".yaml", kManifest);
    for (std::size_t length = 0; length < whole.size(); length += 23) {
        write_text(cut, whole.substr(0, length));
        const ProcessResult result = facet({"model", "inspect", cut});
        EXPECT_TRUE(result.exit_code == kModelUnusable || result.exit_code == kDone)
            << length << ": " << result.exit_code << " " << result.err;
        EXPECT_TRUE(result.exit_code == kDone || result.err.find("cut.onnx") != std::string::npos) << result.err;
    }
}

TEST_F(ModelTest, ConformanceEndsWithItsCounts) {
    const std::string folder = folder_ / "cases";
    for (const char* name : {"test_good", "test_wrong"}) {
        const std::string set = folder + "/" + name + "/test_data_set_0";
        std::filesystem::create_directories(set);
        write_text(folder + "/" + name + "/model.onnx", mean_colour());
        onnx::TensorData input = onnx::make_tensor("picture", {1, 3, 16, 16}, std::vector<float>(768, 0.5F));
        const float value = name == std::string("test_good") ? 1.0F / 3 : 0.5F;
        const onnx::TensorData output = onnx::make_tensor("classes", {1, 3}, std::vector<float>(3, value));
        write_text(set + "/input_0.pb", onnx::write_tensor(input));
        write_text(set + "/output_0.pb", onnx::write_tensor(output));
    }
    const ProcessResult result = facet({"model", "check", "--conformance", folder});
    EXPECT_EQ(last_line(result.out), "1 passed, 1 failed");
    EXPECT_THAT(result.out, HasSubstr("test_wrong"));
}

}  // namespace
}  // namespace facet::test
