#include "expert/prior.h"

#include <cmath>

namespace facet::expert {

std::vector<Prior> make_priors(std::span<const PriorLevel> levels) {
    std::vector<Prior> priors;
    for (const PriorLevel& level : levels)
        for (int y = 0; y < level.cells.height; ++y)
            for (int x = 0; x < level.cells.width; ++x)
                for (const float side : level.sides)
                    priors.push_back(
                        {{(static_cast<float>(x) + 0.5F) * level.step, (static_cast<float>(y) + 0.5F) * level.step},
                         side,
                         side});
    return priors;
}

Box offset_box(const Prior& prior, const float* offsets, float centre_variance, float width_variance,
               float height_variance) {
    const float centre_x = prior.centre.x + offsets[0] * centre_variance * prior.width;
    const float centre_y = prior.centre.y + offsets[1] * centre_variance * prior.height;
    const float width = prior.width * std::exp(offsets[2] * width_variance);
    const float height = prior.height * std::exp(offsets[3] * height_variance);
    return {centre_x - width / 2, centre_y - height / 2, width, height};
}

}  // namespace facet::expert
