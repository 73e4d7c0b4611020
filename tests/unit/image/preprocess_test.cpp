#include "image/preprocess.h"

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "unit/image/pictures.h"

namespace facet::image {
namespace {

constexpr std::array kMatrices{ColourMatrix::bt601, ColourMatrix::bt709, ColourMatrix::bt2020};

template <class Container>
auto pick(const Container& values, Random& random) {
    return values[random.below(values.size())];
}

TensorSpec random_spec(Random& random) {
    TensorSpec spec;
    spec.type = random.chance(0.6) ? ElementType::f32 : ElementType::u8;
    spec.layout = random.chance(0.5) ? Layout::nchw : Layout::nhwc;
    spec.channels = pick(std::array{Channels::rgb, Channels::bgr, Channels::gray}, random);
    spec.size = {static_cast<int>(random.between(1, 150)), static_cast<int>(random.between(1, 60))};
    spec.fit = pick(std::array{Fit::stretch, Fit::letterbox_top_left, Fit::letterbox_centred, Fit::crop_centred}, random);
    spec.short_side = static_cast<int>(random.between(1, 120));
    if (spec.channels == Channels::gray && random.chance(0.5)) spec.sampling = Sampling::box_mean;
    spec.pad = static_cast<float>(random.between(0, 255));
    if (spec.type == ElementType::f32)
        for (std::size_t c = 0; c < 3; ++c) {
            spec.mean[c] = static_cast<float>(random.uniform(-10, 140));
            spec.scale[c] = static_cast<float>(random.uniform(-1, 1));
        }
    return spec;
}

Picture random_picture(Random& random) {
    const int size_max = random.chance(0.2) ? 5 : 300;
    const Size size{static_cast<int>(random.between(1, size_max)), static_cast<int>(random.between(1, size_max))};
    const Colour colour{pick(kMatrices, random), random.chance(0.5) ? ColourRange::full : ColourRange::limited};
    return noise_picture(pick(kFormats, random), size, colour, static_cast<int>(random.between(0, 40)), random);
}

Box random_region(Size size, Random& random) {
    if (random.chance(0.3)) return {0, 0, static_cast<float>(size.width), static_cast<float>(size.height)};
    // About a third of these reach out of the picture, some lie outside wholly, some are empty.
    const auto around = [&](int extent) { return static_cast<float>(random.uniform(-0.3, 1.2) * extent); };
    const Box region{around(size.width), around(size.height), static_cast<float>(random.uniform() * size.width),
                     static_cast<float>(random.uniform() * size.height)};
    return random.chance(0.5) ? region : Box{std::floor(region.x), std::floor(region.y), std::floor(region.width), 1};
}

std::string describe(const Picture& picture, const TensorSpec& spec) {
    return std::string(name(picture.format)) + " " + std::to_string(picture.size.width) + "x" +
           std::to_string(picture.size.height) + " -> " + std::string(name(spec.type)) + " " + to_string(spec.shape()) +
           " fit " + std::to_string(static_cast<int>(spec.fit)) + " channels " +
           std::to_string(static_cast<int>(spec.channels));
}

/// Asserts that the two tensors agree: f32 within 1e-5 of the range of the output, u8 within 1. `fast` has a guard behind
/// it.
void expect_equal(const Tensor& reference, const Tensor& fast, std::size_t size, const TensorSpec& spec,
                  const std::string& what) {
    if (spec.type == ElementType::u8) {
        for (std::size_t i = 0; i < size; ++i)
            ASSERT_LE(std::abs(int{reference.values<std::uint8_t>()[i]} - int{fast.values<std::uint8_t>()[i]}), 1)
                << what << " at " << i;
        return;
    }
    const bool gray = spec.channels == Channels::gray;
    const std::size_t pixels = static_cast<std::size_t>(spec.size.width) * static_cast<std::size_t>(spec.size.height);
    for (std::size_t i = 0; i < size; ++i) {
        const std::size_t channel = gray ? 0 : spec.layout == Layout::nchw ? i / pixels : i % 3;
        const float tolerance = 1e-5F * 255 * std::abs(spec.scale[channel]) + 1e-12F;
        ASSERT_NEAR(reference.values<float>()[i], fast.values<float>()[i], tolerance) << what << " at " << i;
    }
}

constexpr std::size_t kGuard = 64;
constexpr std::uint8_t kGuardByte = 0xA5;

void expect_guard_untouched(const Tensor& fast, std::size_t bytes, const std::string& what) {
    const auto* memory = static_cast<const std::uint8_t*>(fast.data());
    for (std::size_t i = bytes; i < fast.bytes(); ++i)
        ASSERT_EQ(memory[i], kGuardByte) << what << ": wrote behind the tensor";
}

/// The tensor that the fast form writes, with a guard behind it.
Tensor guarded(const TensorSpec& spec) {
    const std::size_t count = element_count(spec.shape());
    Tensor tensor(spec.type, {static_cast<std::int64_t>(count + kGuard)});
    std::fill_n(static_cast<std::uint8_t*>(tensor.data()), tensor.bytes(), kGuardByte);
    return tensor;
}

/// Runs the test once per instruction set that this machine has.
class OnEachTarget : public testing::TestWithParam<std::int64_t> {
protected:
    void SetUp() override {
        hwy::SetSupportedTargetsForTest(GetParam());
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    }
    void TearDown() override {
        hwy::SetSupportedTargetsForTest(0);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    }
};

std::vector<std::int64_t> targets() {
    std::vector<std::int64_t> result;
    const std::int64_t generated = hwy::SupportedTargets() & HWY_TARGETS;
    for (int bit = 0; bit < 63; ++bit)
        if (const std::int64_t target = std::int64_t{1} << bit; (generated & target) != 0) result.push_back(target);
    return result;
}

INSTANTIATE_TEST_SUITE_P(Targets, OnEachTarget, testing::ValuesIn(targets()),
                         [](const auto& target) { return std::string(hwy::TargetName(target.param)); });

TEST_P(OnEachTarget, EqualsTheReferenceOnRandomPicturesRegionsAndSpecs) {
    Random random(1);
    Scratch scratch;
    for (int i = 0; i < 250; ++i) {
        const Picture picture = random_picture(random);
        const TensorSpec spec = random_spec(random);
        const Box region = random_region(picture.size, random);
        const std::string what = describe(picture, spec) + " case " + std::to_string(i);
        Tensor reference(spec.type, spec.shape());
        Tensor fast = guarded(spec);
        reference::to_tensor(picture, spec, region, reference.data());
        to_tensor(picture, spec, region, fast.data(), scratch);
        expect_equal(reference, fast, reference.size(), spec, what);
        expect_guard_untouched(fast, reference.bytes(), what);
        if (HasFatalFailure()) return;
    }
}

TEST_P(OnEachTarget, RectifiesAsTheReferenceDoesAlsoOutsideAndDegenerate) {
    Random random(2);
    Scratch scratch;
    for (int i = 0; i < 120; ++i) {
        const Picture picture = random_picture(random);
        const TensorSpec spec = random_spec(random);
        std::array<Point, 4> corners;
        const float width = static_cast<float>(picture.size.width), height = static_cast<float>(picture.size.height);
        const std::array<Point, 4> centre{Point{0.2F, 0.2F}, Point{0.8F, 0.2F}, Point{0.8F, 0.8F}, Point{0.2F, 0.8F}};
        for (std::size_t c = 0; c < 4; ++c)
            corners[c] = {width * (centre[c].x + static_cast<float>(random.uniform(-0.25, 0.25))),
                          height * (centre[c].y + static_cast<float>(random.uniform(-0.25, 0.25)))};
        if (random.chance(0.1)) corners[1] = corners[0];
        if (random.chance(0.1)) corners[2] = corners[3] = corners[0];
        const std::string what = describe(picture, spec) + " case " + std::to_string(i);
        Tensor reference(spec.type, spec.shape());
        Tensor fast = guarded(spec);
        reference::rectify_to_tensor(picture, spec, corners, reference.data());
        rectify_to_tensor(picture, spec, corners, fast.data(), scratch);
        expect_equal(reference, fast, reference.size(), spec, what);
        expect_guard_untouched(fast, reference.bytes(), what);
        if (HasFatalFailure()) return;
    }
}

TensorSpec spec_of(Size size, Fit fit, Channels channels = Channels::rgb) {
    TensorSpec spec;
    spec.size = size;
    spec.fit = fit;
    spec.channels = channels;
    return spec;
}

Tensor whole(const Picture& picture, const TensorSpec& spec) {
    Scratch scratch;
    Tensor tensor(spec.type, spec.shape());
    to_tensor(picture, spec, {0, 0, static_cast<float>(picture.size.width), static_cast<float>(picture.size.height)},
              tensor.data(), scratch);
    return tensor;
}

TEST(Preprocess, KnowsTheColoursOfTheStandards) {
    // 8-bit codes of 100 % colour bars (ITU-R BT.601 and BT.709, limited range).
    struct Bar {
        Colour colour;
        std::array<std::uint8_t, 3> yuv;
        std::array<float, 3> rgb;
    };
    const Colour sd{ColourMatrix::bt601, ColourRange::limited}, hd{ColourMatrix::bt709, ColourRange::limited};
    const Colour jpeg{ColourMatrix::bt601, ColourRange::full};
    for (const Bar& bar :
         {Bar{sd, {235, 128, 128}, {255, 255, 255}}, Bar{sd, {16, 128, 128}, {0, 0, 0}}, Bar{sd, {81, 90, 240}, {255, 0, 0}},
          Bar{sd, {145, 54, 34}, {0, 255, 0}}, Bar{sd, {41, 240, 110}, {0, 0, 255}}, Bar{hd, {63, 102, 240}, {255, 0, 0}},
          Bar{hd, {173, 42, 26}, {0, 255, 0}}, Bar{hd, {32, 240, 118}, {0, 0, 255}}, Bar{jpeg, {76, 85, 255}, {255, 0, 0}},
          Bar{jpeg, {150, 44, 21}, {0, 255, 0}}})
        for (const PixelFormat format : {PixelFormat::i420, PixelFormat::nv12, PixelFormat::i444}) {
            const Tensor tensor = whole(flat_picture(format, {8, 6}, bar.colour, bar.yuv), spec_of({4, 3}, Fit::stretch));
            for (std::size_t c = 0; c < 3; ++c)
                EXPECT_NEAR(tensor.values<float>()[c * 12], bar.rgb[c], 2.5) << int{bar.yuv[0]};
        }
}

TEST(Preprocess, CopiesAPictureThatHasTheTensorsSize) {
    Random random(3);
    const Picture picture = noise_picture(PixelFormat::bgr24, {37, 11}, {}, 3, random);
    TensorSpec spec = spec_of({37, 11}, Fit::stretch, Channels::bgr);
    spec.layout = Layout::nhwc;
    spec.type = ElementType::u8;
    const Tensor tensor = whole(picture, spec);
    for (int y = 0; y < 11; ++y)
        for (int x = 0; x < 3 * 37; ++x)
            ASSERT_EQ(tensor.values<std::uint8_t>()[static_cast<std::size_t>(y * 3 * 37 + x)],
                      picture.data[0][y * picture.stride[0] + x]);
}

TEST(Preprocess, HalvingAveragesPairs) {
    // Bilinear at half size samples exactly between two pixels.
    PictureBuffer buffer(PixelFormat::gray8, {4, 2});
    const std::array<std::uint8_t, 8> pixels{10, 20, 100, 200, 30, 40, 100, 0};
    for (int i = 0; i < 8; ++i) buffer.plane(0)[i / 4 * buffer.stride(0) + i % 4] = pixels[static_cast<std::size_t>(i)];
    const Tensor tensor = whole(buffer.view(), spec_of({2, 1}, Fit::stretch, Channels::gray));
    EXPECT_FLOAT_EQ(tensor.values<float>()[0], 25);
    EXPECT_FLOAT_EQ(tensor.values<float>()[1], 100);
}

TEST(Preprocess, ABoxMeanSeesEveryPixel) {
    Random random(6);
    const Picture picture = noise_picture(PixelFormat::gray8, {40, 600}, {}, 5, random);
    TensorSpec spec = spec_of({4, 2}, Fit::stretch, Channels::gray);
    spec.sampling = Sampling::box_mean;
    const Tensor tensor = whole(picture, spec);
    double sum = 0;
    for (int y = 300; y < 600; ++y)
        for (int x = 20; x < 30; ++x) sum += picture.data[0][y * picture.stride[0] + x];
    EXPECT_NEAR(tensor.values<float>()[6], sum / 3000, 0.51);
}

TEST(Preprocess, NormalisesContentAndPadding) {
    TensorSpec spec = spec_of({4, 4}, Fit::letterbox_top_left, Channels::bgr);
    spec.pad = 114;
    spec.mean = {10, 20, 30};
    spec.scale = {0.5F, 0.25F, -1};
    const Tensor tensor = whole(flat_picture(PixelFormat::bgr24, {8, 4}, {}, {50, 60, 70}), spec);
    const auto at = [&](std::size_t channel, std::size_t y, std::size_t x) {
        return tensor.values<float>()[channel * 16 + y * 4 + x];
    };
    EXPECT_FLOAT_EQ(at(0, 1, 3), (50 - 10) * 0.5F);
    EXPECT_FLOAT_EQ(at(1, 1, 3), (60 - 20) * 0.25F);
    EXPECT_FLOAT_EQ(at(2, 1, 3), -(70 - 30));
    EXPECT_FLOAT_EQ(at(0, 2, 0), (114 - 10) * 0.5F);
    EXPECT_FLOAT_EQ(at(2, 3, 3), -(114 - 30));
}

TEST(Preprocess, RectifyingTheWholePictureIsStretchingIt) {
    Random random(4);
    const Picture picture = noise_picture(PixelFormat::i420, {60, 34}, {}, 0, random);
    const TensorSpec spec = spec_of({31, 17}, Fit::stretch);
    Scratch scratch;
    Tensor rectified(spec.type, spec.shape());
    rectify_to_tensor(picture, spec, {Point{0, 0}, Point{60, 0}, Point{60, 34}, Point{0, 34}}, rectified.data(), scratch);
    const Tensor stretched = whole(picture, spec);
    for (std::size_t i = 0; i < stretched.size(); ++i)
        ASSERT_NEAR(rectified.values<float>()[i], stretched.values<float>()[i], 2e-3);
}

TEST(Preprocess, RectifyingTurnsByTheOrderOfTheCorners) {
    PictureBuffer buffer(PixelFormat::gray8, {2, 2});
    for (int i = 0; i < 4; ++i) buffer.plane(0)[i / 2 * buffer.stride(0) + i % 2] = static_cast<std::uint8_t>(10 * (i + 1));
    const TensorSpec spec = spec_of({2, 2}, Fit::stretch, Channels::gray);
    // The picture's right top is named first: the tensor shows the picture turned a quarter to the left.
    for (const bool reference : {false, true}) {
        Scratch scratch;
        Tensor tensor(spec.type, spec.shape());
        const std::array<Point, 4> corners{Point{2, 0}, Point{2, 2}, Point{0, 2}, Point{0, 0}};
        if (reference)
            reference::rectify_to_tensor(buffer.view(), spec, corners, tensor.data());
        else
            rectify_to_tensor(buffer.view(), spec, corners, tensor.data(), scratch);
        const auto values = tensor.values<float>();
        EXPECT_EQ((std::vector<float>(values.begin(), values.end())), (std::vector<float>{20, 40, 10, 30}));
    }
}

TEST(Preprocess, AScratchServesManyGeometriesInTurn) {
    Random random(5);
    Scratch reused;
    std::vector<std::pair<Picture, TensorSpec>> jobs;
    for (int i = 0; i < 30; ++i) jobs.emplace_back(random_picture(random), random_spec(random));
    for (int i = 0; i < 300; ++i) {
        const auto& [picture, spec] = jobs[random.below(jobs.size())];
        const Box all{0, 0, static_cast<float>(picture.size.width), static_cast<float>(picture.size.height)};
        Scratch fresh;
        Tensor a(spec.type, spec.shape()), b(spec.type, spec.shape());
        to_tensor(picture, spec, all, a.data(), reused);
        to_tensor(picture, spec, all, b.data(), fresh);
        ASSERT_EQ(std::memcmp(a.data(), b.data(), a.bytes()), 0) << describe(picture, spec);
    }
}

}  // namespace
}  // namespace facet::image
