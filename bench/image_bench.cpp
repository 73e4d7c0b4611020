// What it costs to make tensors from pictures, in CPU time. Every case is checked against the scalar reference before it is
// timed. `bench_image --benchmark_format=json` for machines.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "base/random.h"
#include "image/preprocess.h"

namespace facet::image {
namespace {

/// Texture without a pattern that repeats from row to row. Several in a ring do not fit into the caches near the core, as
/// decoded frames do not.
Picture textured_picture(PixelFormat format, Size size, std::uint64_t seed) {
    PictureBuffer buffer(format, size, {ColourMatrix::bt709, ColourRange::limited});
    Random random(seed);
    std::vector<std::uint8_t> noise(1 << 16);
    for (std::uint8_t& value : noise) value = static_cast<std::uint8_t>(16 + random.below(220));
    for (int i = 0; i < plane_count(format); ++i) {
        const auto stride = static_cast<std::size_t>(buffer.stride(i));
        for (int y = 0; y < plane_size(format, size, i).height; ++y)
            std::copy_n(noise.data() + random.below(noise.size() - stride), stride, buffer.plane(i) + y * buffer.stride(i));
    }
    return std::move(buffer).release();
}

void verify(const Picture& picture, const TensorSpec& spec, const Box& region) {
    Scratch scratch;
    Tensor reference(spec.type, spec.shape()), fast(spec.type, spec.shape());
    reference::to_tensor(picture, spec, region, reference.data());
    to_tensor(picture, spec, region, fast.data(), scratch);
    double worst = 0;
    for (std::size_t i = 0; i < reference.size(); ++i) {
        if (spec.type == ElementType::f32)
            worst = std::max<double>(worst, std::abs(reference.values<float>()[i] - fast.values<float>()[i]));
        else
            worst = std::max<double>(worst, std::abs(reference.values<std::uint8_t>()[i] - fast.values<std::uint8_t>()[i]));
    }
    const double allowed = spec.type == ElementType::f32 ? 255e-5 : 1;
    if (worst <= allowed) return;
    std::fprintf(stderr, "image_bench: the fast form differs from the reference by %g, at most %g is allowed\n", worst,
                 allowed);
    std::exit(1);
}

void to_tensor_from(benchmark::State& state, PixelFormat format, Size size, TensorSpec spec, Box region) {
    std::vector<Picture> ring;
    for (std::uint64_t seed = 0; seed < 8; ++seed) ring.push_back(textured_picture(format, size, seed));
    if (region.area() == 0) region = {0, 0, static_cast<float>(size.width), static_cast<float>(size.height)};
    verify(ring[0], spec, region);
    Scratch scratch;
    Tensor tensor(spec.type, spec.shape());
    std::size_t next = 0;
    for (auto _ : state) {
        to_tensor(ring[next++ % ring.size()], spec, region, tensor.data(), scratch);
        benchmark::ClobberMemory();
    }
}

TensorSpec spec_of(Size size, Fit fit, ElementType type = ElementType::f32, Layout layout = Layout::nchw) {
    TensorSpec spec;
    spec.size = size;
    spec.fit = fit;
    spec.type = type;
    spec.layout = layout;
    spec.channels = Channels::bgr;
    return spec;
}

TensorSpec motion_spec() {
    TensorSpec spec = spec_of({160, 90}, Fit::stretch, ElementType::u8);
    spec.channels = Channels::gray;
    spec.sampling = Sampling::box_mean;
    return spec;
}

constexpr Size kFullHd{1920, 1080};
constexpr Size kHd{1280, 720};
constexpr Box kWhole{};
constexpr Box kPerson{800, 300, 120, 260};

#define FACET_IMAGE_BENCHMARK(name, ...) BENCHMARK_CAPTURE(to_tensor_from, name, __VA_ARGS__)->Unit(benchmark::kMillisecond)

FACET_IMAGE_BENCHMARK(i420_1080p_to_416x416, PixelFormat::i420, kFullHd, spec_of({416, 416}, Fit::letterbox_top_left),
                      kWhole);
FACET_IMAGE_BENCHMARK(nv12_1080p_to_416x416, PixelFormat::nv12, kFullHd, spec_of({416, 416}, Fit::letterbox_top_left),
                      kWhole);
FACET_IMAGE_BENCHMARK(bgr24_1080p_to_416x416, PixelFormat::bgr24, kFullHd, spec_of({416, 416}, Fit::letterbox_top_left),
                      kWhole);
FACET_IMAGE_BENCHMARK(i420_1080p_to_416x256, PixelFormat::i420, kFullHd, spec_of({416, 256}, Fit::letterbox_top_left),
                      kWhole);
FACET_IMAGE_BENCHMARK(i420_720p_to_416x416, PixelFormat::i420, kHd, spec_of({416, 416}, Fit::letterbox_top_left), kWhole);
FACET_IMAGE_BENCHMARK(i420_1080p_to_640x640, PixelFormat::i420, kFullHd, spec_of({640, 640}, Fit::letterbox_centred),
                      kWhole);
FACET_IMAGE_BENCHMARK(i420_1080p_to_416x416_nhwc, PixelFormat::i420, kFullHd,
                      spec_of({416, 416}, Fit::letterbox_top_left, ElementType::f32, Layout::nhwc), kWhole);
FACET_IMAGE_BENCHMARK(i420_1080p_to_416x416_u8, PixelFormat::i420, kFullHd,
                      spec_of({416, 416}, Fit::letterbox_top_left, ElementType::u8), kWhole);
FACET_IMAGE_BENCHMARK(i420_1080p_to_160x90_box_mean, PixelFormat::i420, kFullHd, motion_spec(), kWhole);
FACET_IMAGE_BENCHMARK(i420_crop_to_128x256, PixelFormat::i420, kFullHd, spec_of({128, 256}, Fit::stretch), kPerson);

}  // namespace
}  // namespace facet::image
