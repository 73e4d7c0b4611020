#include "model/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/label_set.h"

namespace facet::model {
namespace {

using testing::HasSubstr;

Result<Manifest> read(const std::string& yaml) {
    auto node = config::parse_yaml(yaml, "m.yaml", [](const char*) -> const char* { return nullptr; });
    EXPECT_TRUE(node.has_value());
    return read_manifest(*node);
}

std::string reading_error(const std::string& yaml) {
    const auto manifest = read(yaml);
    return manifest ? "no error" : manifest.error().message;
}

constexpr auto kInput = "input: {size: [320, 256], layout: nhwc, channels: bgr, fit: stretch, mean: [1, 2, 3], std: 2}\n";
const std::string kBase = std::string("name: net\nfamily: yolox\n") + kInput;

TEST(Manifest, EveryKeyIsRead) {
    const auto manifest =
        read(kBase +
             "task: detect\nfollows_aspect: true\nstride: 32\nlabels: [cat, dog]\nlicence: MIT\nbytes: 12\n"
             "file: net.onnx\naddress: https://example.org/net.onnx\nparameters: {decoded: true}\n"
             "sha256: " +
             std::string(64, 'a') + "\n");
    ASSERT_TRUE(manifest.has_value()) << manifest.error().message;
    EXPECT_EQ(manifest->name, "net");
    EXPECT_EQ(manifest->family, "yolox");
    EXPECT_EQ(manifest->input.size, (Size{320, 256}));
    EXPECT_EQ(manifest->input.shape(), (Shape{1, 256, 320, 3}));
    EXPECT_EQ(manifest->input.channels, image::Channels::bgr);
    EXPECT_EQ(manifest->input.fit, image::Fit::stretch);
    EXPECT_EQ(manifest->input.mean, (std::array<float, 3>{1, 2, 3}));
    EXPECT_EQ(manifest->input.scale, (std::array<float, 3>{0.5F, 0.5F, 0.5F}));
    EXPECT_TRUE(manifest->follows_aspect);
    EXPECT_EQ(manifest->stride, 32);
    EXPECT_EQ(manifest->labels, (std::vector<std::string>{"cat", "dog"}));
    EXPECT_EQ(manifest->bytes, 12U);
    EXPECT_EQ(manifest->file, "net.onnx");
    EXPECT_EQ(parameter(*manifest, "decoded", "x"), "true");
    EXPECT_EQ(parameter(*manifest, "other", "x"), "x");
}

TEST(Manifest, LabelsMayBeASetOrAFile) {
    EXPECT_EQ(read(kBase + "labels: coco80\n")->labels.size(), 80U);
    const auto with_file = read(kBase + "labels: {file: names.txt, sha256: " + std::string(64, 'b') + "}\n");
    ASSERT_TRUE(with_file.has_value());
    EXPECT_TRUE(with_file->labels.empty());
    EXPECT_EQ(with_file->labels_file, "names.txt");
    EXPECT_THAT(reading_error(kBase + "labels: coco81\n"), HasSubstr("no built-in set 'coco81'"));
}

TEST(Manifest, WrongValuesAreRefusedWithTheirPlace) {
    EXPECT_THAT(reading_error("name: net\nfamily: yolox\n"), HasSubstr("'input' is missing"));
    EXPECT_THAT(reading_error(kBase + "labls: coco80\n"), HasSubstr("m.yaml:4"));
    EXPECT_THAT(reading_error(kBase + "labls: coco80\n"), HasSubstr("did you mean 'labels'"));
    EXPECT_THAT(reading_error(kBase + "sha256: ABC\n"), HasSubstr("is not 64 digits"));
    EXPECT_THAT(reading_error(kBase + "follows_aspect: true\n"), HasSubstr("follows_aspect needs a stride"));
    EXPECT_THAT(reading_error(kBase + "follows_aspect: true\nstride: 48\n"), HasSubstr("no multiple of the stride 48"));
    EXPECT_THAT(reading_error(kBase + "file: ../../etc/passwd\n"), HasSubstr("is a path, expected a plain file name"));
    EXPECT_THAT(reading_error(kBase + "file: ..\n"), HasSubstr("is a path"));
    EXPECT_THAT(reading_error(kBase + "labels: {file: ../x}\n"), HasSubstr("is a path"));
    const std::string head = "name: net\nfamily: yolox\n";
    EXPECT_THAT(reading_error(head + "input: {size: [0, 320]}\n"), HasSubstr("size is [0, 320]"));
    EXPECT_THAT(reading_error(head + "input: {size: [1.5, 320]}\n"), HasSubstr("expected whole numbers"));
    EXPECT_THAT(reading_error(head + "input: {size: [99999, 320]}\n"), HasSubstr("expected whole numbers"));
    EXPECT_THAT(reading_error(head + "input: {size: [320, 320], std: 0}\n"), HasSubstr("std is 0, expected > 0"));
    EXPECT_THAT(reading_error(head + "input: {size: [320, 320], mean: [1, 2]}\n"), HasSubstr("mean has 2 numbers"));
    EXPECT_THAT(reading_error(head + "input: {size: [320, 320], mean: [1, 2, x]}\n"), HasSubstr("not a number or three"));
    EXPECT_THAT(reading_error(head + "input: {size: [320, 320], layout: hwc}\n"), HasSubstr("expected one of nchw, nhwc"));
    EXPECT_THAT(reading_error(head + "input: {size: [320, 320], type: u8, std: 2}\n"),
                HasSubstr("takes no mean and no std"));
    EXPECT_THAT(reading_error(head + "input: {size: [320, 320], fit: crop_centred}\n"), HasSubstr("short_side is 0"));
}

TEST(LabelSet, SetsHaveTheirSizesAndEnds) {
    EXPECT_EQ(label_set("coco80")->front(), "person");
    EXPECT_EQ(label_set("coco80")->back(), "toothbrush");
    EXPECT_EQ(label_set("voc21")->size(), 21U);
    EXPECT_EQ((*label_set("voc21"))[7], "car");
    const auto characters = *label_set("lprnet68");
    EXPECT_EQ(characters.size(), 68U);
    EXPECT_EQ(characters[0], "京");
    EXPECT_EQ(characters[31], "0");
    EXPECT_FALSE(label_set("nothing").has_value());
    EXPECT_EQ(label_set_of(characters), "lprnet68");
    EXPECT_EQ(numbered_labels(2), (std::vector<std::string>{"class 0", "class 1"}));
}

}  // namespace
}  // namespace facet::model
