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
    /// In truth: a pixel that does not count.
    static constexpr std::uint8_t kIgnored = 255;
    /// A pixel of some class that is not compared. It has no IoU of its own, but where the other side says a class it is
    /// that class's error.
    static constexpr std::uint8_t kOther = 254;

    /// Adds one picture: a class per pixel, both of one size.
    void add(std::span<const std::uint8_t> truth, std::span<const std::uint8_t> found);

    /// Adds what another score has seen.
    void add(const SegmentationScore& other);

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
    std::size_t right_ = 0;
};

}  // namespace facet::quality
