#include "quality/counting.h"

#include <cmath>

#include "base/assert.h"

namespace facet::quality {

CountError count_error(std::span<const double> truth, std::span<const double> found) {
    FACET_ASSERT(truth.size() == found.size());
    CountError error;
    error.n = truth.size();
    std::size_t not_zero = 0;
    for (std::size_t i = 0; i < truth.size(); ++i) {
        const double difference = found[i] - truth[i];
        if (difference == 0) ++error.exact;
        error.mean_absolute += std::abs(difference);
        error.bias += difference;
        if (truth[i] == 0) continue;
        error.mean_percentage += std::abs(difference / truth[i]);
        ++not_zero;
    }
    if (error.n > 0) {
        error.mean_absolute /= static_cast<double>(error.n);
        error.bias /= static_cast<double>(error.n);
    }
    if (not_zero > 0) error.mean_percentage /= static_cast<double>(not_zero);
    return error;
}

}  // namespace facet::quality
