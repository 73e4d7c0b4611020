#pragma once
// Semantic segmentation: a class per pixel. Shared by the families deeplab and road_segmentation, whose outputs differ only
// in what was applied to them: the largest value is the class either way.

#include "expert/model_expert.h"
#include "expert/outputs.h"

namespace facet::expert {

/// For each cell of `size` the index of its largest channel (the first of equals). `values` is [height, width, channels] for
/// nhwc, [channels, height, width] for nchw; at most 256 channels.
std::vector<std::uint8_t> argmax_map(std::span<const float> values, Size size, std::size_t channels, image::Layout layout);

/// The map for the part of the tensor that shows the picture: padding is cut off.
SegmentMap to_segment_map(std::span<const float> values, Size size, std::size_t channels, image::Layout layout,
                          const Placement& placement);

/// The expert of a graph with one output [1, height, width, channels] or [1, channels, height, width], in the layout of the
/// manifest's input.
Result<std::unique_ptr<Expert>> create_semantic(const model::Manifest& manifest, const backend::ModelFacts& facts,
                                                const ExpertOptions& options);

/// A manifest where the graph has one nhwc input and one output of the same width and height with `channels` channels.
std::optional<model::Manifest> recognise_semantic(const backend::ModelFacts& facts, std::string_view family,
                                                  std::int64_t channels);

}  // namespace facet::expert
