#pragma once
// How far counts are from the truth, per interval, picture or video.

#include <cstddef>
#include <span>

namespace facet::quality {

struct CountError {
    std::size_t n = 0;
    std::size_t exact = 0;     ///< counts that are right
    double mean_absolute = 0;  ///< MAE: mean of |found - truth|
    double mean_percentage =
        0;            ///< MAPE: mean of |found - truth| / truth over those whose truth is not 0, in 0..1 and above
    double bias = 0;  ///< mean of found - truth: above 0 = counts too much
};

/// Both spans have one length; an empty one gives zeros.
CountError count_error(std::span<const double> truth, std::span<const double> found);

}  // namespace facet::quality
