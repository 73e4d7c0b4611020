#include "scene/fuse/masks.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/assert.h"

namespace facet::scene {

namespace {

constexpr int kSideMax = 1024;

std::size_t cell_count(Size size) { return static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height); }

/// The cell of a grid of `size` over 0..1 that holds `share`, or nothing outside.
std::optional<std::size_t> cell_at(double share_x, double share_y, Size size) {
    if (!(share_x >= 0 && share_x < 1 && share_y >= 0 && share_y < 1)) return std::nullopt;
    return static_cast<std::size_t>(share_y * size.height) * static_cast<std::size_t>(size.width) +
           static_cast<std::size_t>(share_x * size.width);
}

bool says_yes(const Mask& mask, double x, double y) {
    const auto cell = cell_at((x - static_cast<double>(mask.area.x)) / static_cast<double>(mask.area.width),
                              (y - static_cast<double>(mask.area.y)) / static_cast<double>(mask.area.height), mask.size);
    return cell && mask.cells[*cell] != 0;
}

int side(double length, double cell) { return std::clamp(static_cast<int>(std::lround(length / cell)), 1, kSideMax); }

}  // namespace

Mask fuse_masks(std::span<const WeightedMask> masks) {
    if (masks.empty()) return {};
    if (masks.size() == 1) return *masks.front().mask;
    double weights = 0;
    const WeightedMask* heaviest = &masks.front();
    Box area = masks.front().mask->area;
    for (const auto& one : masks) {
        FACET_ASSERT(one.weight > 0 && one.mask->cells.size() == cell_count(one.mask->size));
        weights += one.weight;
        if (one.weight > heaviest->weight) heaviest = &one;
        const Box& other = one.mask->area;
        area = Box::from_corners(std::min(area.x, other.x), std::min(area.y, other.y), std::max(area.right(), other.right()),
                                 std::max(area.bottom(), other.bottom()));
    }
    const Mask& finest = *heaviest->mask;
    Mask fused{area,
               {side(area.width, static_cast<double>(finest.area.width) / finest.size.width),
                side(area.height, static_cast<double>(finest.area.height) / finest.size.height)},
               {}};
    fused.cells.reserve(cell_count(fused.size));
    for (int row = 0; row < fused.size.height; ++row)
        for (int column = 0; column < fused.size.width; ++column) {
            const double x =
                static_cast<double>(area.x) + (column + 0.5) * static_cast<double>(area.width) / fused.size.width;
            const double y =
                static_cast<double>(area.y) + (row + 0.5) * static_cast<double>(area.height) / fused.size.height;
            double yes = 0;
            for (const auto& one : masks) yes += says_yes(*one.mask, x, y) ? one.weight : 0;
            fused.cells.push_back(yes * 2 >= weights ? 1 : 0);
        }
    return fused;
}

namespace {

struct Ballot {
    int label = -1;
    double weight = 0;
};

/// What the expert says about the point of the picture: a common label, or -1.
int label_at(const SegmentsOfExpert& expert, Point point) {
    const Size size = expert.map->size;
    const Point there = expert.map->placement.to_tensor(point);
    const auto cell = cell_at(static_cast<double>(there.x) / size.width, static_cast<double>(there.y) / size.height, size);
    if (!cell) return -1;
    const std::uint8_t own = expert.map->classes[*cell];
    FACET_ASSERT(expert.labels.empty() || own < expert.labels.size());
    return expert.labels.empty() ? own : expert.labels[own];
}

/// The label of most weight among the ballots; ties: the lowest; -1 where all abstain.
int elect(std::span<const Ballot> ballots) {
    int winner = -1;
    double winner_weight = 0;
    for (const auto& ballot : ballots) {
        if (ballot.label < 0) continue;
        double weight = 0;
        for (const auto& other : ballots) weight += other.label == ballot.label ? other.weight : 0;
        if (weight < winner_weight || (weight == winner_weight && ballot.label > winner)) continue;
        winner = ballot.label;
        winner_weight = weight;
    }
    return winner;
}

}  // namespace

SegmentMap fuse_segments(std::span<const SegmentsOfExpert> experts, std::uint8_t nobody) {
    FACET_ASSERT(!experts.empty());
    for (const auto& expert : experts)
        FACET_ASSERT(expert.weight > 0 && expert.map->classes.size() == cell_count(expert.map->size));
    const auto most = std::max_element(experts.begin(), experts.end(), [](const auto& a, const auto& b) {
        return a.map->classes.size() < b.map->classes.size();
    });
    const SegmentMap& grid = *most->map;
    SegmentMap fused{grid.size, {}, grid.placement};
    fused.classes.reserve(grid.classes.size());
    std::vector<Ballot> ballots(experts.size());
    for (int row = 0; row < grid.size.height; ++row)
        for (int column = 0; column < grid.size.width; ++column) {
            const Point point = grid.placement.to_picture(static_cast<float>(column) + 0.5F, static_cast<float>(row) + 0.5F);
            for (std::size_t i = 0; i < experts.size(); ++i)
                ballots[i] = {label_at(experts[i], point), static_cast<double>(experts[i].weight)};
            const int winner = elect(ballots);
            FACET_ASSERT(winner < 256);
            fused.classes.push_back(winner < 0 ? nobody : static_cast<std::uint8_t>(winner));
        }
    return fused;
}

}  // namespace facet::scene
