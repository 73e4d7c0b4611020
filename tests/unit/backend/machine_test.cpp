#include "backend/openvino/machine.h"

#include <gtest/gtest.h>

namespace facet::backend {
namespace {

constexpr std::string_view kZen4 =
    "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\nmodel name\t: AMD EPYC\nstepping\t: 1\n"
    "cpu MHz\t\t: 2596.1\nflags\t\t: fpu sse2 avx2 avx512f avx512_bf16\n\nprocessor\t: 1\nmodel name\t: AMD EPYC\n";

TEST(Processor, NativePrecisionsFollowTheInstructionSet) {
    EXPECT_EQ(parse_processor(kZen4).precisions, (std::vector{Precision::f32, Precision::bf16}));
    EXPECT_EQ(parse_processor("model name : i7\nflags : sse2 avx2 avx512f\n").precisions, std::vector{Precision::f32});
    EXPECT_EQ(parse_processor("model name : Xeon\nflags : avx512f amx_bf16 avx512_fp16\n").precisions,
              (std::vector{Precision::f32, Precision::bf16, Precision::f16}));
    EXPECT_EQ(parse_processor("CPU implementer : 0x41\nFeatures : fp asimd asimdhp bf16\n").precisions,
              (std::vector{Precision::f32, Precision::bf16, Precision::f16}));
    EXPECT_EQ(parse_processor("").precisions, std::vector{Precision::f32});
}

TEST(Processor, IdentityChangesWithTheProcessorAndNotWithItsClock) {
    std::string faster(kZen4);
    faster.replace(faster.find("2596.1"), 6, "3700.0");
    EXPECT_EQ(parse_processor(faster).identity, parse_processor(kZen4).identity);
    std::string other(kZen4);
    other.replace(other.find("avx512_bf16"), 11, "avx512_vnni");
    EXPECT_NE(parse_processor(other).identity, parse_processor(kZen4).identity);
    EXPECT_EQ(parse_processor(kZen4).model, "AMD EPYC");
}

}  // namespace
}  // namespace facet::backend
