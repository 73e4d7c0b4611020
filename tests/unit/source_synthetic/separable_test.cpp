// Scenes are not trivially separable: neither a threshold on colour nor one on the difference from an empty background finds
// the things, so that what is measured on them says something about real work.
#include <gtest/gtest.h>

#include "scenes.h"

namespace facet::source::synthetic {
namespace {

struct Pixels {
    std::vector<std::uint8_t> with, without;
    std::vector<std::uint8_t> truth;
};

Pixels pixels_of(const std::string& scene, const std::string& dials) {
    Renderer full(specification_of(scene + "?objects=10" + dials)),
        empty(specification_of(scene + "?objects=0&parked=0" + dials));
    Pixels all;
    for (const std::int64_t frame : {30, 180, 400}) {
        const auto with = luma_of(full.render(frame)), without = luma_of(empty.render(frame + 10));  // wind and noise go on
        std::vector<std::uint8_t> truth(with.size(), 0);
        for (const auto& mask : full.truth(frame, TruthDetail::masks).masks) {
            const auto cells = cells_of(mask, full.specification().size);
            for (std::size_t i = 0; i < truth.size(); ++i) truth[i] |= cells[i];
        }
        all.with.insert(all.with.end(), with.begin(), with.end());
        all.without.insert(all.without.end(), without.begin(), without.end());
        all.truth.insert(all.truth.end(), truth.begin(), truth.end());
    }
    return all;
}

/// The best F1 over all thresholds of "value > threshold means thing".
template <class Value>
double best_f1(const Pixels& pixels, const Value& value) {
    std::array<std::int64_t, 256> things{}, others{};
    for (std::size_t i = 0; i < pixels.truth.size(); ++i)
        ++(pixels.truth[i] ? things : others)[static_cast<std::size_t>(value(i))];
    std::int64_t positives = 0, true_positives = 0, all = 0;
    for (const auto count : things) all += count;
    double best = 0;
    for (int threshold = 255; threshold >= 0; --threshold) {
        true_positives += things[static_cast<std::size_t>(threshold)];
        positives += things[static_cast<std::size_t>(threshold)] + others[static_cast<std::size_t>(threshold)];
        if (positives > 0)
            best = std::max(best, 2.0 * static_cast<double>(true_positives) / static_cast<double>(positives + all));
    }
    return best;
}

TEST(SeparableTest, NoThresholdOnBrightnessFindsTheThings) {
    for (const char* scene : {"street", "crossing", "hall", "belt"}) {
        const auto pixels = pixels_of(scene, "&size=480x270");
        const double bright = best_f1(pixels, [&](std::size_t i) { return pixels.with[i]; });
        const double dark = best_f1(pixels, [&](std::size_t i) { return 255 - pixels.with[i]; });
        EXPECT_LT(std::max(bright, dark), 0.60) << scene;
    }
}

TEST(SeparableTest, NoThresholdOnTheDifferenceFromTheEmptySceneFindsTheThings) {
    for (const char* scene : {"street", "crossing", "hall", "belt"})
        for (const char* dials :
             {"&size=480x270", "&size=480x270&camouflage=0.6&noise=0.4&shake=0.2", "&size=480x270&light=night&noise=0.4"}) {
            const auto pixels = pixels_of(scene, dials);
            const double best = best_f1(pixels, [&](std::size_t i) { return std::abs(pixels.with[i] - pixels.without[i]); });
            EXPECT_LT(best, 0.90) << scene << dials;
        }
}

}  // namespace
}  // namespace facet::source::synthetic
