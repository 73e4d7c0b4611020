#include "quality/segmentation.h"

#include <array>

#include "base/assert.h"

namespace facet::quality {

void SegmentationScore::add(std::span<const std::uint8_t> truth, std::span<const std::uint8_t> found) {
    FACET_ASSERT(truth.size() == found.size());
    std::array<Counts, 256> counts{};
    for (std::size_t i = 0; i < truth.size(); ++i) {
        if (truth[i] == kIgnored) continue;
        ++pixels_;
        ++counts[truth[i]].truth;
        ++counts[found[i]].found;
        if (truth[i] != found[i]) continue;
        ++counts[truth[i]].both;
        ++right_;
    }
    for (std::size_t label = 0; label < kOther; ++label) {
        if (counts[label].truth + counts[label].found == 0) continue;
        Counts& sum = classes_[static_cast<std::uint8_t>(label)];
        sum.both += counts[label].both;
        sum.truth += counts[label].truth;
        sum.found += counts[label].found;
    }
}

void SegmentationScore::add(const SegmentationScore& other) {
    for (const auto& [label, counts] : other.classes_) {
        Counts& sum = classes_[label];
        sum.both += counts.both;
        sum.truth += counts.truth;
        sum.found += counts.found;
    }
    pixels_ += other.pixels_;
    right_ += other.right_;
}

std::map<int, double> SegmentationScore::iou() const {
    std::map<int, double> result;
    for (const auto& [label, counts] : classes_)
        result[label] = static_cast<double>(counts.both) / static_cast<double>(counts.truth + counts.found - counts.both);
    return result;
}

double SegmentationScore::mean_iou() const {
    const std::map<int, double> by_class = iou();
    double sum = 0;
    for (const auto& [label, value] : by_class) sum += value;
    return by_class.empty() ? 0 : sum / static_cast<double>(by_class.size());
}

double SegmentationScore::pixel_accuracy() const {
    return pixels_ == 0 ? 0 : static_cast<double>(right_) / static_cast<double>(pixels_);
}

}  // namespace facet::quality
