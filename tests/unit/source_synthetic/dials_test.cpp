// Every dial does what it says, measured on pictures and truth.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "scenes.h"

namespace facet::source::synthetic {
namespace {

constexpr const char* kScenes[] = {"street", "crossing", "hall", "belt"};

struct Means {
    double moving = 0, visible = 0, height = 0, defects = 0;
    std::map<std::string, int> labels;
};
Means means_of(const std::string& address, int frames = 3000, int step = 50, TruthDetail detail = TruthDetail::boxes) {
    Renderer renderer(specification_of(address));
    Means means;
    int things = 0, looks = 0;
    for (int frame = 0; frame < frames; frame += step) {
        ++looks;
        for (const auto& object : renderer.truth(frame, detail).objects) {
            ++things;
            means.moving += object.stationary ? 0 : 1;
            means.visible += object.visible;
            means.height += object.box.height;
            means.defects += object.defect != "none";
            ++means.labels[std::string(object.label)];
        }
    }
    means.moving /= looks;
    means.visible /= things;
    means.height /= things;
    means.defects /= things;
    return means;
}

TEST(DialsTest, ObjectsIsTheMeanNumberOfMovingThings) {
    for (const char* scene : kScenes)
        for (const double wanted : {4.0, 8.0}) {
            const auto means = means_of(fmt::format("{}?size=320x180&objects={}", scene, wanted), 6000, 40);
            EXPECT_NEAR(means.moving, wanted, 0.25 * wanted) << scene;
        }
    EXPECT_EQ(means_of("belt?size=320x180&objects=0&occlusion=0").moving, 0);
}

TEST(DialsTest, ObjectSizeScalesThings) {
    for (const char* scene : kScenes) {
        const auto heights = [&](double size) {
            Renderer renderer(specification_of(fmt::format("{}?size=640x360&objects=10&object_size={}", scene, size)));
            std::map<std::int64_t, double> heights_by_id;
            for (const auto& object : renderer.truth(100, TruthDetail::boxes).objects)
                heights_by_id[object.id] = object.box.height;
            return heights_by_id;
        };
        const auto small = heights(0.5), large = heights(1.0);
        double ratio = 0;
        int both = 0;
        for (const auto& [id, height] : small) {
            if (!large.contains(id)) continue;
            ratio += large.at(id) / height;
            ++both;
        }
        ASSERT_GT(both, 2) << scene;
        EXPECT_NEAR(ratio / both, 2, 0.3) << scene;
    }
}

TEST(DialsTest, SpeedScalesMotion) {
    const auto shift = [](double speed) {
        Renderer renderer(specification_of(fmt::format("belt?size=640x360&objects=6&speed={}&noise=0", speed)));
        std::map<std::int64_t, float> first;
        for (const auto& object : renderer.truth(100, TruthDetail::boxes).objects) first[object.id] = object.box.centre().x;
        double sum = 0;
        int count = 0;
        for (const auto& object : renderer.truth(102, TruthDetail::boxes).objects)
            if (first.contains(object.id)) {
                sum += object.box.centre().x - first[object.id];
                ++count;
            }
        return sum / count;
    };
    EXPECT_NEAR(shift(3) / shift(1), 3, 0.3);
}

TEST(DialsTest, KindsAreTheOnlyKinds) {
    for (const auto& [address, kinds] :
         std::map<std::string, std::set<std::string>>{{"street?kinds=person", {"person"}},
                                                      {"street?kinds=bus,truck&parked=0", {"bus", "truck"}},
                                                      {"crossing?kinds=car,bicycle", {"car", "bicycle"}},
                                                      {"belt?kinds=can", {"can"}},
                                                      {"hall?kinds=person", {"person"}}}) {
        const auto means = means_of(address + "&size=320x180&objects=10");
        std::set<std::string> seen;
        for (const auto& [label, count] : means.labels) seen.insert(label);
        EXPECT_EQ(seen, kinds) << address;
    }
}

TEST(DialsTest, OcclusionHidesMore) {
    for (const char* scene : kScenes) {
        const auto free =
            means_of(fmt::format("{}?size=320x180&objects=8&occlusion=0", scene), 2000, 40, TruthDetail::occlusion);
        const auto hidden =
            means_of(fmt::format("{}?size=320x180&objects=8&occlusion=1", scene), 2000, 40, TruthDetail::occlusion);
        EXPECT_LT(hidden.visible, free.visible - 0.02) << scene;
    }
}

TEST(DialsTest, DefectsIsTheShareOfDefectiveGoods) {
    EXPECT_EQ(means_of("belt?size=320x180&defects=0").defects, 0);
    EXPECT_NEAR(means_of("belt?size=320x180&defects=0.5", 20000, 100).defects, 0.5, 0.12);
    EXPECT_EQ(means_of("belt?size=320x180&defects=1").defects, 1);
}

TEST(DialsTest, ParkedCarsStand) {
    Renderer renderer(specification_of("street?size=640x360&objects=0&parked=6"));
    std::map<std::int64_t, Box> boxes;
    for (const auto& object : renderer.truth(0, TruthDetail::boxes).objects) {
        EXPECT_TRUE(object.stationary);
        boxes[object.id] = object.box;
    }
    EXPECT_EQ(boxes.size(), 6U);
    for (const auto& object : renderer.truth(900, TruthDetail::boxes).objects) EXPECT_EQ(object.box, boxes[object.id]);
}

TEST(DialsTest, LightFallsFromDayToNight) {
    for (const char* scene : kScenes) {
        const double day = mean_luma(fmt::format("{}?size=320x180&light=day", scene));
        const double dusk = mean_luma(fmt::format("{}?size=320x180&light=dusk", scene));
        const double night = mean_luma(fmt::format("{}?size=320x180&light=night", scene));
        EXPECT_LT(dusk, day - 12) << scene;
        EXPECT_LT(night, dusk - 5) << scene;
        EXPECT_GT(night, 20) << scene;
    }
}

TEST(DialsTest, FlickerMakesBrightnessTremble) {
    const auto spread = [](double flicker) {
        Renderer renderer(specification_of(fmt::format("hall?size=160x96&objects=0&noise=0&sway=0&flicker={}", flicker)));
        const double steady = mean_luma("hall?size=160x96&objects=0&noise=0&sway=0") - 16;
        double least = 255, most = 0;
        for (int frame = 0; frame < 30; ++frame) {
            const double mean = mean_of(luma_of(renderer.render(frame)));
            // Truth says by how much; pixels clip at white.
            EXPECT_NEAR((mean - 16) / steady, renderer.truth(frame, TruthDetail::boxes).brightness, 0.02);
            least = std::min(least, mean);
            most = std::max(most, mean);
        }
        return most - least;
    };
    EXPECT_EQ(spread(0), 0);
    EXPECT_GT(spread(0.3), 5);
    EXPECT_GT(spread(1), 2 * spread(0.3));
}

TEST(DialsTest, NoiseHasItsStandardDeviation) {
    for (const double noise : {0.1, 0.5, 1.0}) {
        const auto still = "&size=320x180&objects=0&sway=0&occlusion=0";
        Renderer noisy(specification_of(fmt::format("hall?noise={}{}", noise, still))),
            clean(specification_of(fmt::format("hall?noise=0{}", still)));
        const auto a = luma_of(noisy.render(3)), b = luma_of(clean.render(3)), c = luma_of(noisy.render(4));
        double squares = 0, product = 0;
        for (std::size_t i = 0; i < a.size(); ++i) {
            squares += (a[i] - b[i]) * (a[i] - b[i]);
            product += (a[i] - b[i]) * (c[i] - b[i]);
        }
        const double deviation = std::sqrt(squares / static_cast<double>(a.size()));
        EXPECT_NEAR(deviation, 20 * noise, 2.0) << noise;
        EXPECT_LT(std::abs(product / squares), 0.05) << "noise of two frames must not be alike";
    }
}

TEST(DialsTest, ShakeMovesThePictureByWhatTruthSays) {
    const std::string dials = "&size=320x180&objects=0&noise=0&sway=0&occlusion=0&parked=0";
    Renderer shaken(specification_of("crossing?shake=1" + dials)), still(specification_of("crossing?shake=0" + dials));
    const auto base = luma_of(still.render(0));
    bool moved = false;
    for (int frame = 0; frame < 20; ++frame) {
        const auto truth = shaken.truth(frame, TruthDetail::boxes);
        moved = moved || truth.shake_x != 0;
        EXPECT_LE(std::abs(truth.shake_x), 320 / 80 + 2);
        const auto luma = luma_of(shaken.render(frame));
        std::int64_t different = 0;
        for (int y = 30; y < 150; ++y)
            for (int x = 120; x < 200; ++x)  // the road: no post stands there
                different += luma[static_cast<std::size_t>((y + truth.shake_y) * 320 + x + truth.shake_x)] !=
                             base[static_cast<std::size_t>(y * 320 + x)];
        EXPECT_EQ(different, 0) << frame;
    }
    EXPECT_TRUE(moved);
}

TEST(DialsTest, RainIsClutterThatGrows) {
    const std::string dials = "&size=320x180&objects=0&noise=0&sway=0";
    Renderer dry(specification_of("street?rain=0" + dials)), light(specification_of("street?rain=0.3" + dials)),
        heavy(specification_of("street?rain=1" + dials));
    const auto light_pixels = pixels_that_differ(dry.render(5), light.render(5), 6),
               heavy_pixels = pixels_that_differ(dry.render(5), heavy.render(5), 6);
    EXPECT_GT(light_pixels, 100);
    EXPECT_GT(heavy_pixels, 2 * light_pixels);
    EXPECT_GT(pixels_that_differ(heavy.render(5), heavy.render(6), 6), 100) << "drops fall";
    Renderer roof(specification_of("hall?rain=1" + dials)), none(specification_of("hall?rain=0" + dials));
    EXPECT_EQ(pixels_that_differ(roof.render(5), none.render(5), 0), 0) << "no rain under a roof";
}

TEST(DialsTest, SwayMovesTrees) {
    const auto motion = [](double sway) {
        Renderer renderer(specification_of(fmt::format("street?size=320x180&objects=0&noise=0&occlusion=1&sway={}", sway)));
        return pixels_that_differ(renderer.render(0), renderer.render(20), 8);
    };
    EXPECT_EQ(motion(0), 0);
    EXPECT_GT(motion(1), 50);
}

TEST(DialsTest, CamouflageLowersContrast) {
    const auto contrast = [](double camouflage) {
        const std::string dials =
            fmt::format("&size=480x270&noise=0&sway=0&light=night&occlusion=0&kinds=person&camouflage={}", camouflage);
        Renderer full(specification_of("hall?objects=12" + dials)), empty(specification_of("hall?objects=0" + dials));
        double sum = 0;
        std::int64_t count = 0;
        for (int frame = 0; frame < 300; frame += 60) {
            const auto with = luma_of(full.render(frame)), without = luma_of(empty.render(frame));
            for (const auto& mask : full.truth(frame, TruthDetail::masks).masks) {
                const auto cells = cells_of(mask, {480, 270});
                for (std::size_t i = 0; i < cells.size(); ++i) {
                    if (cells[i] == 0) continue;
                    sum += std::abs(with[i] - without[i]);
                    ++count;
                }
            }
        }
        return sum / static_cast<double>(count);
    };
    EXPECT_LT(contrast(1), 0.8 * contrast(0));
}

TEST(DialsTest, FramesPerSecondOnlySampleTheSameMotion) {
    Renderer slow(specification_of("crossing?size=320x180&fps=10")), fast(specification_of("crossing?size=320x180&fps=50"));
    const auto a = slow.truth(12, TruthDetail::boxes), b = fast.truth(60, TruthDetail::boxes);
    ASSERT_EQ(a.objects.size(), b.objects.size());
    for (std::size_t i = 0; i < a.objects.size(); ++i) EXPECT_EQ(a.objects[i].box, b.objects[i].box);
}

TEST(DialsTest, EveryRowIsDocumented) {
    std::set<std::string_view> keys;
    for (const auto& row : dial_options()) {
        EXPECT_FALSE(row.help.empty()) << row.key;
        EXPECT_TRUE(keys.insert(row.key).second) << row.key;
    }
}

}  // namespace
}  // namespace facet::source::synthetic
