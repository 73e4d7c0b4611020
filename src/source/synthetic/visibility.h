#pragma once
// Visibility: which thing is seen at each pixel of the picture, and how much of each.

#include <vector>

#include "source/synthetic/modeller.h"
#include "source/synthetic/truth.h"

namespace facet::source::synthetic {

/// Things are put in from far to near; each covers what is behind it.
class Visibility {
public:
    explicit Visibility(Size picture);

    /// Puts the next thing in front of all before. The canvas lends its scratch rows.
    void put(const Drawing& drawing, Canvas& canvas);

    struct Extent {
        int left = 0, top = 0, right = 0, bottom = 0;  ///< of the pixels that are seen; right and bottom are one beyond
        std::int64_t count = 0;                        ///< pixels that are seen
        Box box() const;
    };
    /// What is seen of the thing that was put in as number `index` (from 0); its pixels lie `within`.
    Extent seen(std::size_t index, const Box& within) const;
    /// All its pixels, also those that are hidden or beyond the picture.
    std::int64_t pixels(std::size_t index) const { return pixels_[index]; }
    MaskTruth mask(std::size_t index, const Extent& extent, std::int64_t id) const;

private:
    const std::uint16_t* row(int y) const { return owners_.data() + static_cast<std::ptrdiff_t>(y) * picture_.width; }

    Size picture_;
    std::vector<std::uint16_t> owners_;  // per pixel: number of the thing in front, from 1; 0 = none
    std::vector<std::int64_t> pixels_;
};

}  // namespace facet::source::synthetic
