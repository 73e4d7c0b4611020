#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "image/preprocess.h"
#include "unit/image/pictures.h"

namespace {
std::atomic<int> allocations = 0;
}  // namespace

// Counts what the whole program allocates; only differences across calls under test are looked at.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
    ++allocations;
    if (void* memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace facet::image {
namespace {

TEST(Scratch, AllocatesNothingOnceItHasSeenTheGeometry) {
    Random random(1);
    Scratch scratch;
    std::vector<std::pair<Picture, TensorSpec>> jobs;
    for (const PixelFormat format : kFormats) {
        TensorSpec spec;
        spec.size = {64, 48};
        spec.type = format == PixelFormat::nv12 ? ElementType::u8 : ElementType::f32;
        if (format == PixelFormat::i422) {
            spec.channels = Channels::gray;
            spec.sampling = Sampling::box_mean;
        }
        jobs.emplace_back(noise_picture(format, {200, 130}, {}, 8, random), spec);
    }
    std::vector<float> out(3 * 64 * 48);
    const std::array<Point, 4> corners{Point{10, 10}, Point{90, 15}, Point{80, 70}, Point{12, 60}};
    const auto round = [&] {
        for (const auto& [picture, spec] : jobs) {
            to_tensor(picture, spec, {5, 5, 150, 100}, out.data(), scratch);
            rectify_to_tensor(picture, spec, corners, out.data(), scratch);
        }
    };
    round();
    const int before = allocations;
    round();
    EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace facet::image
