#include "media/tensor.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "base/random.h"

namespace facet {
namespace {

struct Half {
    const char* name;
    float (*widen)(std::uint16_t);
    std::uint16_t (*narrow)(float);
    std::uint16_t infinity;
};
constexpr Half kF16{"f16", f16_to_f32, f32_to_f16, 0x7C00};
constexpr Half kBf16{"bf16", bf16_to_f32, f32_to_bf16, 0x7F80};

class HalfTest : public testing::TestWithParam<Half> {};
INSTANTIATE_TEST_SUITE_P(All, HalfTest, testing::Values(kF16, kBf16),
                         [](const auto& instance) { return instance.param.name; });

TEST_P(HalfTest, EveryHalfSurvivesTheWayThereAndBack) {
    for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
        const auto half = static_cast<std::uint16_t>(bits);
        const float wide = GetParam().widen(half);
        if (std::isnan(wide))
            ASSERT_TRUE(std::isnan(GetParam().widen(GetParam().narrow(wide)))) << bits;
        else
            ASSERT_EQ(GetParam().narrow(wide), half);
    }
}

/// Rounding as IEEE 754 defines it: the nearer neighbour, of equal ones the even; infinity counts as the value that would
/// follow the largest finite one.
std::uint16_t nearest(const Half& type, float value) {
    const auto sign = static_cast<std::uint16_t>(std::signbit(value) ? 0x8000 : 0);
    const double magnitude = std::abs(static_cast<double>(value));
    const auto wide = [&](std::uint16_t half) {
        if (half < type.infinity) return static_cast<double>(type.widen(half));
        const auto last = static_cast<std::uint16_t>(type.infinity - 1);
        const auto before = static_cast<std::uint16_t>(type.infinity - 2);
        return 2 * static_cast<double>(type.widen(last)) - static_cast<double>(type.widen(before));
    };
    std::uint16_t low = 0;
    std::uint16_t high = type.infinity;
    while (high - low > 1) {
        const auto middle = static_cast<std::uint16_t>((low + high) / 2);
        (wide(middle) <= magnitude ? low : high) = middle;
    }
    const double down = magnitude - wide(low);
    const double up = wide(high) - magnitude;
    const bool take_high = up < down || (up == down && high % 2 == 0);
    return static_cast<std::uint16_t>((take_high ? high : low) | sign);
}

TEST_P(HalfTest, FloatsRoundToTheNearestHalf) {
    Random random(1);
    for (int round = 0; round < 300'000; ++round) {
        const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(random.next()));
        if (!std::isfinite(value)) continue;
        ASSERT_EQ(GetParam().narrow(value), nearest(GetParam(), value)) << value;
    }
    for (std::uint32_t bits = 0; bits < GetParam().infinity; ++bits) {  // the middles, and their neighbours
        const double here = GetParam().widen(static_cast<std::uint16_t>(bits));
        const double next = GetParam().widen(static_cast<std::uint16_t>(bits + 1));
        const auto middle = static_cast<float>(std::isfinite(next) ? (here + next) / 2 : here);
        for (const float value : {middle, std::nextafter(middle, 0.0F), std::nextafter(middle, 1e38F), -middle})
            ASSERT_EQ(GetParam().narrow(value), nearest(GetParam(), value)) << value;
    }
}

TEST_P(HalfTest, InfinitiesAndWhatIsNoNumberStaySo) {
    constexpr float kEndless = std::numeric_limits<float>::infinity();
    EXPECT_EQ(GetParam().widen(GetParam().narrow(kEndless)), kEndless);
    EXPECT_EQ(GetParam().widen(GetParam().narrow(-kEndless)), -kEndless);
    for (const std::uint32_t bits : {0x7F800001U, 0x7FC00000U, 0xFFFFFFFFU, 0x7F801000U})
        EXPECT_TRUE(std::isnan(GetParam().widen(GetParam().narrow(std::bit_cast<float>(bits)))));
}

TEST(TensorTest, MemoryIsAlignedAndZeroed) {
    Tensor tensor(ElementType::f32, {2, 3, 5});
    EXPECT_EQ(tensor.size(), 30U);
    EXPECT_EQ(tensor.bytes(), 120U);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.data()) % 64, 0U);
    for (const float value : tensor.values<float>()) EXPECT_EQ(value, 0);
}

TEST(TensorTest, AViewSharesTheMemory) {
    Tensor tensor(ElementType::i32, {4});
    tensor.values<std::int32_t>()[2] = 7;
    EXPECT_EQ(tensor.view().values<std::int32_t>()[2], 7);
}

TEST(TensorTest, AScalarHasOneElementAndAnEmptyShapeNone) {
    EXPECT_EQ(Tensor(ElementType::f64, {}).bytes(), 8U);
    EXPECT_EQ(Tensor(ElementType::f64, {3, 0}).bytes(), 0U);
    EXPECT_EQ(Tensor().size(), 0U);
}

TEST(TensorTest, ShapesAreWrittenAsModelsDeclareThem) {
    EXPECT_EQ(to_string(Shape{1, 3, 416, 416}), "[1,3,416,416]");
    EXPECT_EQ(to_string(Shape{-1, 3}), "[?,3]");
    EXPECT_EQ(to_string(Shape{}), "[]");
}

TEST(TensorDeathTest, ReadingAsAnotherTypeIsABug) {
    Tensor tensor(ElementType::f32, {1});
    EXPECT_DEATH((void)tensor.values<double>(), "element_type_of");
}

}  // namespace
}  // namespace facet
