// What a synthetic frame costs, in CPU time on one core. Every case is checked before it is timed: a second renderer must
// give the same pixels, and the picture must show what truth says.

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "source/synthetic/renderer.h"

namespace facet::source::synthetic {
namespace {

constexpr std::int64_t kFrames = 500;

bool same_pixels(const Picture& a, const Picture& b) {
    for (int i = 0; i < plane_count(a.format); ++i) {
        const auto plane = static_cast<std::size_t>(i);
        const Size size = plane_size(a.format, a.size, i);
        for (int y = 0; y < size.height; ++y)
            if (std::memcmp(a.data[plane] + y * a.stride[plane], b.data[plane] + y * b.stride[plane],
                            static_cast<std::size_t>(size.width)) != 0)
                return false;
    }
    return true;
}

Specification checked(const std::string& address) {
    auto specification = read_address(address);
    const auto stop = [&](std::string_view why) {
        std::fprintf(stderr, "synthetic_bench: %s: %.*s\n", address.c_str(), static_cast<int>(why.size()), why.data());
        std::exit(1);
    };
    if (!specification) stop(specification.error().message);
    Renderer first(*specification), second(*specification);
    for (const std::int64_t frame : {0, 123})
        if (!same_pixels(first.render(frame), second.render(frame))) stop("two renderers differ");
    if (first.truth(123, TruthDetail::occlusion).objects.empty()) stop("nothing is there");
    return *specification;
}

void render(benchmark::State& state, const std::string& address) {
    Renderer renderer(checked(address));
    renderer.render(0);  // paints the backdrop
    std::int64_t frame = 0;
    for (auto _ : state) benchmark::DoNotOptimize(renderer.render(frame++ % kFrames).data[0]);
    state.counters["fps"] = benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

void truth(benchmark::State& state, const std::string& address, TruthDetail detail) {
    Renderer renderer(checked(address));
    std::int64_t frame = 0;
    for (auto _ : state) benchmark::DoNotOptimize(renderer.truth(frame++ % kFrames, detail).objects.data());
}

void start(benchmark::State& state, const std::string& address) {
    const Specification specification = checked(address);
    for (auto _ : state) {
        Renderer renderer(specification);
        benchmark::DoNotOptimize(renderer.render(0).data[0]);
    }
}

#define FACET_1080P "size=1920x1080"
BENCHMARK_CAPTURE(render, street, "street?" FACET_1080P)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(render, street_30_objects, "street?" FACET_1080P "&objects=30")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(render, street_night_rain, "street?" FACET_1080P "&light=night&rain=0.5")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(render, crossing, "crossing?" FACET_1080P)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(render, hall, "hall?" FACET_1080P)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(render, belt, "belt?" FACET_1080P)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(render, street_360p, "street?size=640x360")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(render, light_changes_each_frame, "street?" FACET_1080P "&schedule=cyclic&period=2s")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(truth, boxes, "street?" FACET_1080P, TruthDetail::boxes)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(truth, occlusion, "street?" FACET_1080P, TruthDetail::occlusion)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(truth, masks, "street?" FACET_1080P, TruthDetail::masks)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(start, street, "street?" FACET_1080P)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace facet::source::synthetic
