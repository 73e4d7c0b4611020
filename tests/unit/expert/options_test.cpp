#include "expert/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace facet::expert {
namespace {

using testing::HasSubstr;

Result<ExpertConfig> read(const std::string& yaml) {
    auto node = config::parse_yaml(yaml, "/site/config.yaml", [](const char*) -> const char* { return nullptr; });
    EXPECT_TRUE(node.has_value());
    return read_expert(*node);
}

TEST(ExpertOptions, HaveTheirDefaults) {
    const auto expert = read("{name: vehicles, model: yolox-nano}");
    ASSERT_TRUE(expert.has_value()) << expert.error().message;
    EXPECT_EQ(expert->model, "yolox-nano");
    EXPECT_FLOAT_EQ(expert->options.threshold, 0.3F);
    EXPECT_FLOAT_EQ(expert->options.nms_iou, 0.5F);
    EXPECT_FALSE(expert->options.nms_class_agnostic);
    EXPECT_EQ(expert->precision, backend::Precision::automatic);
    EXPECT_EQ(expert->every, 1);
    EXPECT_TRUE(expert->of.empty());
}

TEST(ExpertOptions, AreReadAndPathsAreRelativeToTheConfig) {
    const auto expert = read(
        "{name: plates, model: models/p.onnx, labels: [plate], threshold: 0.5, nms: 0.6, nms_by: position, "
        "precision: bf16, every: 3, of: vehicles, of_labels: [car, bus], margin: 0.1, crops_max: 4}");
    ASSERT_TRUE(expert.has_value()) << expert.error().message;
    EXPECT_EQ(expert->model, "/site/models/p.onnx");
    EXPECT_EQ(expert->options.labels, (std::vector<std::string>{"plate"}));
    EXPECT_TRUE(expert->options.nms_class_agnostic);
    EXPECT_EQ(expert->precision, backend::Precision::bf16);
    EXPECT_EQ(expert->every, 3);
    EXPECT_EQ(expert->of, "vehicles");
    EXPECT_EQ(expert->of_labels, (std::vector<std::string>{"car", "bus"}));
    EXPECT_FLOAT_EQ(expert->margin, 0.1F);
    EXPECT_EQ(expert->crops_max, 4);
}

TEST(ExpertOptions, WrongOnesAreNamed) {
    EXPECT_THAT(read("{name: a, model: b, treshold: 0.5}").error().message, HasSubstr("did you mean 'threshold'"));
    EXPECT_THAT(read("{name: a, model: b, threshold: 1.5}").error().message, HasSubstr("expert 'a': threshold is '1.5'"));
    EXPECT_THAT(read("{name: a}").error().message, HasSubstr("'model' is missing"));
    EXPECT_THAT(read("{name: '', model: b}").error().message, HasSubstr("empty name"));
    EXPECT_THAT(read("{name: a, model: b, every: 0}").error().message, HasSubstr("every is '0'"));
}

}  // namespace
}  // namespace facet::expert
