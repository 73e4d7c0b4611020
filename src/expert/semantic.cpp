#include "expert/semantic.h"

#include <algorithm>
#include <cmath>

namespace facet::expert {

namespace {

constexpr std::int64_t kChannelsMax = 256;  // a class is stored in one byte

std::vector<std::uint8_t> argmax_nhwc(std::span<const float> values, std::size_t cells, std::size_t channels) {
    std::vector<std::uint8_t> classes(cells);
    const float* cell = values.data();
    for (std::size_t i = 0; i < cells; ++i, cell += channels) {
        std::size_t best = 0;
        float largest = cell[0];
        for (std::size_t c = 1; c < channels; ++c) {
            const bool larger = cell[c] > largest;  // selects, not branches: neighbouring classes alternate at edges
            largest = larger ? cell[c] : largest;
            best = larger ? c : best;
        }
        classes[i] = static_cast<std::uint8_t>(best);
    }
    return classes;
}

std::vector<std::uint8_t> argmax_nchw(std::span<const float> values, std::size_t cells, std::size_t channels) {
    std::vector<std::uint8_t> classes(cells, 0);
    std::vector<float> largest(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(cells));
    for (std::size_t c = 1; c < channels; ++c) {
        const float* plane = values.data() + c * cells;
        for (std::size_t i = 0; i < cells; ++i) {
            if (plane[i] <= largest[i]) continue;
            largest[i] = plane[i];
            classes[i] = static_cast<std::uint8_t>(c);
        }
    }
    return classes;
}

class Semantic final : public ModelExpert {
public:
    Semantic(ModelExpertParts parts, OutputSpec output) : ModelExpert(std::move(parts)), output_(std::move(output)) {}

    Task task() const override { return Task::segment; }

    Result<ObservationContent> decode(std::span<const TensorView> outputs, const DecodeContext& context) const override {
        FACET_CHECK(check_count(outputs, 1));
        FACET_TRY(const auto values, read_output(outputs, output_));
        const image::Layout layout = manifest().input.layout;
        const bool is_nchw = layout == image::Layout::nchw;
        const Size size{static_cast<int>(output_.shape[is_nchw ? 3 : 2]), static_cast<int>(output_.shape[is_nchw ? 2 : 1])};
        return to_segment_map(values, size, labels().size(), layout, context.placement);
    }

private:
    OutputSpec output_;
};

}  // namespace

std::vector<std::uint8_t> argmax_map(std::span<const float> values, Size size, std::size_t channels, image::Layout layout) {
    const std::size_t cells = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
    FACET_ASSERT(values.size() == cells * channels && channels > 0 && channels <= kChannelsMax);
    return layout == image::Layout::nhwc ? argmax_nhwc(values, cells, channels) : argmax_nchw(values, cells, channels);
}

SegmentMap to_segment_map(std::span<const float> values, Size size, std::size_t channels, image::Layout layout,
                          const Placement& placement) {
    auto classes = argmax_map(values, size, channels, layout);
    // Cells in place of tensor pixels: the output may be smaller than the input.
    Placement cells = placement;
    cells.tensor = size;
    cells.scale_x *= static_cast<double>(placement.tensor.width) / size.width;
    cells.scale_y *= static_cast<double>(placement.tensor.height) / size.height;
    const Point first = cells.to_tensor({0, 0});
    const Point last =
        cells.to_tensor({static_cast<float>(placement.picture.width), static_cast<float>(placement.picture.height)});
    const int left = std::clamp(static_cast<int>(std::lround(first.x)), 0, size.width - 1);
    const int top = std::clamp(static_cast<int>(std::lround(first.y)), 0, size.height - 1);
    const int right = std::clamp(static_cast<int>(std::lround(last.x)), left + 1, size.width);
    const int bottom = std::clamp(static_cast<int>(std::lround(last.y)), top + 1, size.height);
    SegmentMap map;
    map.size = {right - left, bottom - top};
    map.placement = cells;
    map.placement.tensor = map.size;
    map.placement.offset_x += left * cells.scale_x;
    map.placement.offset_y += top * cells.scale_y;
    if (map.size == size) {
        map.classes = std::move(classes);
        return map;
    }
    map.classes.reserve(static_cast<std::size_t>(map.size.width) * static_cast<std::size_t>(map.size.height));
    for (int y = top; y < bottom; ++y) {
        const auto row = classes.begin() + static_cast<std::ptrdiff_t>(y) * size.width;
        map.classes.insert(map.classes.end(), row + left, row + right);
    }
    return map;
}

Result<std::unique_ptr<Expert>> create_semantic(const model::Manifest& manifest, const backend::ModelFacts& facts,
                                                const ExpertOptions& options) {
    FACET_TRY(auto output, expect_only_output(manifest, facts, {1, -1, -1, -1}));
    output.shape = facts.outputs[0].shape;
    output.shape[0] = 1;
    const std::int64_t channels = output.shape[manifest.input.layout == image::Layout::nchw ? 1 : 3];
    const bool is_static = std::all_of(output.shape.begin(), output.shape.end(), [](auto side) { return side > 0; });
    if (!is_static || channels > kChannelsMax)
        return fail(ErrorCode::invalid_argument,
                    "model '{}': output '{}' has the shape {}, but family {} expects fixed sides and 1..{} classes",
                    manifest.name, output.name, to_string(facts.outputs[0].shape), manifest.family, kChannelsMax);
    FACET_TRY(auto parts, make_parts(manifest, facts, options, static_cast<std::size_t>(channels)));
    return std::make_unique<Semantic>(std::move(parts), std::move(output));
}

std::optional<model::Manifest> recognise_semantic(const backend::ModelFacts& facts, std::string_view family,
                                                  std::int64_t channels) {
    auto manifest = recognise_input(facts, family, image::Layout::nhwc);
    if (!manifest || facts.outputs.size() != 1) return std::nullopt;
    const Shape expected{1, manifest->input.size.height, manifest->input.size.width, channels};
    if (!matches(facts.outputs[0].shape, expected)) return std::nullopt;
    return manifest;
}

}  // namespace facet::expert
