// load_expert and Runner, on a backend that only pretends.
#include <filesystem>
#include <fstream>

#include "expert/blazeface/blazeface.h"
#include "expert/motion/motion.h"
#include "expert/parity.h"
#include "expert/runner.h"
#include "expert/yolox/yolox.h"
#include "support.h"

namespace facet::expert {
namespace {

using testing::HasSubstr;
using tests::port;

/// Gives the same outputs for every input: zeros, but for what the test sets.
class FakeSession final : public backend::Session {
public:
    FakeSession(backend::SessionFacts facts, std::vector<std::pair<std::size_t, float>> values) : facts_(std::move(facts)) {
        for (const auto& output : facts_.outputs) tensors_.emplace_back(ElementType::f32, output.shape);
        for (const auto& [position, value] : values) tensors_[0].values<float>()[position] = value;
        for (const Tensor& tensor : tensors_) views_.push_back(tensor.view());
    }
    const backend::SessionFacts& facts() const override { return facts_; }
    void start(std::span<const TensorView> inputs, const backend::Completion& done) override {
        if (inputs.size() != 1 || inputs[0].shape != facts_.inputs[0].shape)
            return done(fail(ErrorCode::invalid_argument, "input has the shape {}", to_string(inputs[0].shape)));
        done(backend::Outputs(views_));
    }

private:
    backend::SessionFacts facts_;
    std::vector<Tensor> tensors_;
    std::vector<TensorView> views_;
};

/// One made-up YOLOX graph of 64x64 that may be reshaped.
class FakeBackend final : public backend::Backend {
public:
    Result<backend::ModelFacts> inspect(const backend::ModelFile&) override { return facts; }
    Result<std::unique_ptr<backend::Session>> load(const backend::ModelFile&,
                                                   const backend::SessionOptions& options) override {
        backend::SessionFacts session{facts.inputs, facts.outputs, backend::Precision::f32, "CPU", true};
        session.inputs[0].shape = options.input_shapes.at(0);
        session.outputs[0].shape[1] =
            yolox::row_count({static_cast<int>(session.inputs[0].shape[3]), static_cast<int>(session.inputs[0].shape[2])});
        return std::make_unique<FakeSession>(std::move(session), values);
    }
    std::string describe() const override { return "fake"; }

    backend::ModelFacts facts = tests::facts({1, 3, 64, 64}, {port("output", {1, 84, 85})});
    std::vector<std::pair<std::size_t, float>> values;
};

class Load : public testing::Test {
protected:
    Load() {
        std::string name = (std::filesystem::temp_directory_path() / "facet-expert-XXXXXX").string();
        EXPECT_NE(mkdtemp(name.data()), nullptr);
        folder_ = name;
        std::ofstream(folder_ / "net.onnx") << "no real model";
    }
    ~Load() override { std::filesystem::remove_all(folder_); }

    void write_manifest(const std::string& text) { std::ofstream(folder_ / "net.onnx.yaml") << text; }
    Result<std::shared_ptr<const LoadedExpert>> load() {
        LoadRequest request;
        request.model = (folder_ / "net.onnx").string();
        request.backend = "fake";
        return load_expert(request, &backend_, families_, log_);
    }
    std::string error_with(const std::string& manifest) {
        write_manifest(manifest);
        const auto loaded = load();
        return loaded ? "no error" : loaded.error().message;
    }

    std::filesystem::path folder_;
    FakeBackend backend_;
    std::array<const FamilyInfo*, 3> families_{&kYolox, &kBlazeface, &kMotion};
    Log log_{LogLevel::error};
};

TEST_F(Load, AKnownGraphNeedsNoManifest) {
    const auto loaded = load();
    ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
    EXPECT_EQ((*loaded)->family, &kYolox);
    EXPECT_EQ((*loaded)->manifest.labels.size(), 80U);
}

TEST_F(Load, AnUnknownGraphIsDescribed) {
    backend_.facts.outputs[0].shape = {1, 84, 3};
    const auto loaded = load();
    ASSERT_FALSE(loaded.has_value());
    EXPECT_EQ(loaded.error().code, ErrorCode::unsupported);
    EXPECT_THAT(loaded.error().message, HasSubstr("input input f32[1,3,64,64]; output output f32[1,84,3]"));
}

TEST_F(Load, AManifestThatDisagreesWithTheGraphIsRefused) {
    const std::string good = "{name: net, family: yolox, input: {size: [64, 64], channels: bgr}, labels: coco80";
    EXPECT_EQ(error_with(good + "}"), "no error");
    EXPECT_EQ(error_with(good + ", task: detect}"), "no error");
    EXPECT_THAT(error_with(good + ", task: pose}"), HasSubstr("says task pose, but family yolox does detect"));
    EXPECT_THAT(error_with("{name: net, family: yoloz, input: {size: [64, 64]}}"), HasSubstr("did you mean 'yolox'"));
    EXPECT_THAT(error_with("{name: net, family: blazeface, input: {size: [64, 64], layout: nhwc}}"), HasSubstr("outputs"));
    EXPECT_THAT(error_with("{name: net, family: yolox, input: {size: [96, 96]}}"), HasSubstr("output 'output'"));
    EXPECT_THAT(error_with("{name: net, family: yolox, input: {size: [64, 64], layout: nhwc}}"), HasSubstr("input 'input'"));
    EXPECT_THAT(error_with("{name: net, family: yolox, input: {size: [64, 64]}, labels: [a, b]}"),
                HasSubstr("2 labels, but the graph has 80 classes"));
    EXPECT_EQ(error_with(good + ", parameters: {decoded: false}}"), "no error");
    EXPECT_THAT(error_with(good + ", parameters: {decode: true}}"),
                HasSubstr("unknown parameter 'decode', did you mean 'decoded'?"));
    EXPECT_THAT(error_with(good + ", bytes: 99}"), HasSubstr("the manifest of 'net' says 99"));
    EXPECT_THAT(error_with(good + ", sha256: " + std::string(64, '0') + "}"), HasSubstr("sha256"));
}

TEST_F(Load, PlainCodeNeedsNeitherModelNorBackend) {
    LoadRequest request;
    request.model = "motion";
    const auto loaded = load_expert(request, nullptr, families_, log_);
    ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
    EXPECT_TRUE((*loaded)->path.empty());
    auto runner = Runner::create(*loaded, {640, 480}, {});
    ASSERT_TRUE(runner.has_value());
    EXPECT_EQ((*runner)->variant(), "motion 320x240");
    PictureBuffer picture(PixelFormat::gray8, {640, 480}, {ColourMatrix::bt601, ColourRange::full});
    const auto state = (*runner)->expert().new_state();
    EXPECT_TRUE(tests::detections_of((*runner)->run(picture.view(), {}, state.get())).items.empty());
    EXPECT_FALSE((*runner)->run(picture.view(), {}, nullptr).has_value()) << "motion without a state";
    request.model = (folder_ / "net.onnx").string();
    EXPECT_EQ(load_expert(request, nullptr, families_, log_).error().code, ErrorCode::unsupported);
}

TEST_F(Load, ARunnerGivesBoxesInThePicture) {
    backend_.values = {{4, 1.0F}, {5, 1.0F}};  // row 0: cell (0, 0) of stride 8, centre 0, size 8
    const auto loaded = load();
    ASSERT_TRUE(loaded.has_value());
    auto runner = Runner::create(*loaded, {640, 320}, {});
    ASSERT_TRUE(runner.has_value()) << runner.error().message;
    EXPECT_EQ((*runner)->variant(), "fake f32 64x32");
    const PictureBuffer picture(PixelFormat::i420, {640, 320});
    const auto whole = tests::detections_of((*runner)->run(picture.view()));
    ASSERT_EQ(whole.items.size(), 1U);
    EXPECT_EQ(whole.items[0].box, (Box{0, 0, 40, 40}));
    // A crop of another size and aspect goes through the same runner, and its boxes are the picture's.
    ASSERT_TRUE((*runner)->prepare(picture.view(), Box{101, 51, 128, 64}).has_value());
    ASSERT_TRUE((*runner)->infer().has_value());
    const auto crop = tests::detections_of((*runner)->decode({}, nullptr));
    ASSERT_EQ(crop.items.size(), 1U);
    tests::expect_box(crop.items[0].box, {93, 43, 16, 16});
}

TEST_F(Load, RegionsOutsideOfThePictureAreRefused) {
    const auto loaded = load();
    auto runner = Runner::create(*loaded, {64, 64}, {});
    ASSERT_TRUE(runner.has_value());
    const PictureBuffer picture(PixelFormat::i420, {64, 64});
    EXPECT_FALSE((*runner)->prepare(picture.view(), Box{100, 100, 5, 5}).has_value());
    EXPECT_FALSE((*runner)->prepare(picture.view(), {Point{1, 1}, {2, 2}, {3, 3}, {4, 4}}).has_value());
}

TEST_F(Load, OutputsThatAreNotFiniteNameModelAndOutput) {
    backend_.values = {{100, std::numeric_limits<float>::quiet_NaN()}};
    const auto loaded = load();
    auto runner = Runner::create(*loaded, {64, 64}, {});
    const PictureBuffer picture(PixelFormat::i420, {64, 64});
    const auto content = (*runner)->run(picture.view());
    ASSERT_FALSE(content.has_value());
    EXPECT_EQ(content.error().code, ErrorCode::corrupt);
    EXPECT_THAT(content.error().message, HasSubstr("yolox: output 'output' has the value nan at position 100"));
}

/// The gray values that a crop of a picture gives must not depend on what lies around the crop.
TEST_F(Load, ACropEndsAtItsOwnEdge) {
    const auto loaded = load();
    for (const PixelFormat format : {PixelFormat::i420, PixelFormat::nv12, PixelFormat::i422, PixelFormat::i444,
                                     PixelFormat::bgr24, PixelFormat::gray8}) {
        const Box region{20, 10, 24, 16};
        std::vector<std::vector<float>> tensors;
        for (const std::uint8_t outside : {std::uint8_t{40}, std::uint8_t{200}}) {
            PictureBuffer picture(format, {64, 48});
            for (int plane = 0; plane < plane_count(format); ++plane) {
                const Size size = plane_size(format, {64, 48}, plane);
                const int bytes = format == PixelFormat::bgr24 ? 3 : format == PixelFormat::nv12 && plane == 1 ? 2 : 1;
                const int shift_x = size.width < 64 ? 2 : 1;
                const int shift_y = size.height < 48 ? 2 : 1;
                for (int y = 0; y < size.height; ++y)
                    for (int x = 0; x < size.width; ++x) {
                        const bool is_inside =
                            x >= 20 / shift_x && x < 44 / shift_x && y >= 10 / shift_y && y < 26 / shift_y;
                        for (int byte = 0; byte < bytes; ++byte)
                            picture.plane(plane)[y * picture.stride(plane) + x * bytes + byte] = is_inside ? 100 : outside;
                    }
            }
            auto runner = Runner::create(*loaded, {64, 64}, {});
            ASSERT_TRUE((*runner)->prepare(picture.view(), region).has_value());
            const auto values = (*runner)->tensor().values<float>();
            tensors.emplace_back(values.begin(), values.end());
        }
        EXPECT_EQ(tensors[0], tensors[1]) << name(format);
    }
}

TEST_F(Load, ParityOfTheSameThingHolds) {
    backend_.values = {{4, 1.0F}, {5, 1.0F}};
    const auto loaded = load();
    std::vector<Picture> pictures;
    for (int i = 0; i < 2; ++i) pictures.push_back(PictureBuffer(PixelFormat::i420, {128, 64}).release());
    const auto checks = check_parity(*loaded, pictures, {}, 0.3F);
    ASSERT_TRUE(checks.has_value()) << checks.error().message;
    std::vector<std::string> names;
    for (const ParityCheck& check : *checks) {
        EXPECT_TRUE(check.passed) << check.name << " " << check.value;
        EXPECT_GT(check.count, 0) << check.name;
        names.push_back(check.name);
    }
    EXPECT_EQ(names, (std::vector<std::string>{"image", "aspect", "precision", "repeat"}));
}

TEST(Parity, BoxesPairByLabelAndOverlap) {
    const auto boxes = [](std::vector<std::pair<Box, int>> items) {
        Detections detections;
        for (const auto& [box, label] : items) {
            Detection detection;
            detection.box = box;
            detection.label = label;
            detections.items.push_back(detection);
        }
        return ObservationContent(std::move(detections));
    };
    const auto a = boxes({{{0, 0, 10, 10}, 0}, {{50, 50, 10, 10}, 0}});
    EXPECT_DOUBLE_EQ(compare(a, a, 0.9).share(), 1);
    EXPECT_DOUBLE_EQ(compare(a, boxes({{{0, 0, 10, 10}, 0}}), 0.9).share(), 2.0 / 3);
    // A box below the least score need not be found, but may be what a better one finds.
    auto weak = a;
    for (Detection& detection : std::get<Detections>(weak).items) detection.score = 0.2F;
    auto strong = a;
    for (Detection& detection : std::get<Detections>(strong).items) detection.score = 0.4F;
    EXPECT_DOUBLE_EQ(compare(strong, weak, 0.9, 0.3F).share(), 1);
    EXPECT_DOUBLE_EQ(compare(strong, weak, 0.9, 0.3F).compared, 2);
    EXPECT_DOUBLE_EQ(compare(strong, boxes({}), 0.9, 0.3F).share(), 0);
    EXPECT_DOUBLE_EQ(compare(weak, boxes({}), 0.9, 0.3F).compared, 0);
    EXPECT_DOUBLE_EQ(compare(a, boxes({{{0, 0, 10, 10}, 1}, {{50, 52, 10, 10}, 0}}), 0.9).share(), 0);
    EXPECT_DOUBLE_EQ(compare(boxes({}), boxes({}), 0.9).share(), 1);
    EXPECT_DOUBLE_EQ(compare(a, Text{}, 0.9).share(), 0);
    EXPECT_NEAR(compare(Embedding{{0.6F, 0.8F}}, Embedding{{0.8F, 0.6F}}, 0.9).share(), 0.96, 1e-6);
}

}  // namespace
}  // namespace facet::expert
