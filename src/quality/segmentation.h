#pragma once
// Intersection over union of classes in pictures (Everingham et al., "The Pascal visual object classes challenge", IJCV
// 2015): for each class, pixels that truth and result both give it, over pixels that either does, pooled over all pictures.
// mIoU is the mean over classes that truth or result have.

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace facet::quality {

class SegmentationScore {
public:
    /// Value of a pixel that does not count in truth, and of one that no class was found for in a result.
    static constexpr std::uint8_t kNone = 255;

    /// Adds one picture: a class per pixel, both of one size. A pixel whose truth is kNone does not count.
    void add(std::span<const std::uint8_t> truth, std::span<const std::uint8_t> found);

    /// IoU by class, of classes that truth or result have.
    std::map<int, double> iou() const;
    double mean_iou() const;        ///< 0 where nothing was added
    double pixel_accuracy() const;  ///< share of counted pixels that are right

private:
    struct Counts {
        std::size_t both = 0;
        std::size_t truth = 0;
        std::size_t found = 0;
    };
    std::map<std::uint8_t, Counts> classes_;
    std::size_t pixels_ = 0;
};

}  // namespace facet::quality
