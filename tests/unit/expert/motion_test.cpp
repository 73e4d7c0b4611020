// The motion detector on scenes that are computed: texture, noise, light, objects.
#include <algorithm>
#include <cmath>
#include <functional>

#include "base/random.h"
#include "expert/motion/detector.h"
#include "expert/motion/motion.h"
#include "expert/motion/planes.h"
#include "support.h"

namespace facet::expert::motion {
namespace {

constexpr Size kSize{240, 135};

/// A textured wall and floor, seeded; what a test adds is drawn over it before light and noise.
class Scene {
public:
    explicit Scene(std::uint64_t seed) : random_(seed), base_(kSize), noise_(65'521) {
        for (double& value : noise_) value = random_.normal();
        for (int y = 0; y < kSize.height; ++y)
            for (int x = 0; x < kSize.width; ++x) {
                const double tiles = ((x / 20 + y / 15) % 2) * 18.0;
                const double waves = 12 * std::sin(x * 0.31 + static_cast<double>(seed)) * std::cos(y * 0.23);
                base_.row(y)[x] = static_cast<float>(100 + tiles + waves + 0.2 * x);
            }
    }

    /// `draw` changes the reflectance; then everything is multiplied by `light(x, y)` and noise is added.
    std::vector<std::uint8_t> frame(
        const std::function<void(Floats&)>& draw = {},
        const std::function<double(int, int)>& light = [](int, int) { return 1.0; }, double noise = 2) {
        Floats picture = base_;
        if (draw) draw(picture);
        std::uint64_t grain = random_.next();
        std::vector<std::uint8_t> samples;
        for (int y = 0; y < kSize.height; ++y)
            for (int x = 0; x < kSize.width; ++x) {
                const double value =
                    static_cast<double>(picture.row(y)[x]) * light(x, y) + noise * noise_[grain++ % noise_.size()];
                samples.push_back(static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0)));
            }
        return samples;
    }

private:
    Random random_;
    Floats base_;
    std::vector<double> noise_;  // read from another place for each frame: drawing normals anew would cost most of the test
};

std::function<void(Floats&)> block(double left, double top, int width, int height, double value) {
    return [=](Floats& picture) {
        for (int y = static_cast<int>(top); y < static_cast<int>(top) + height; ++y)
            for (int x = static_cast<int>(left); x < static_cast<int>(left) + width; ++x)
                if (x >= 0 && y >= 0 && x < kSize.width && y < kSize.height)
                    picture.row(y)[x] = static_cast<float>(value + 10 * ((x + y) % 3));
    };
}

Nanoseconds at(int frame, double rate) { return from_seconds(frame / rate); }

class MotionRates : public testing::TestWithParam<double> {};
INSTANTIATE_TEST_SUITE_P(FramesPerSecond, MotionRates, testing::Values(2.0, 5.0, 10.0, 30.0));

TEST_P(MotionRates, AStillNoisySceneGivesNothing) {
    Scene scene(1);
    Detector detector(kSize);
    for (int i = 0; i < 150; ++i)
        EXPECT_TRUE(detector
                        .step(scene.frame(
                                  {}, [](int, int) { return 1.0; }, 4),
                              at(i, GetParam()))
                        .empty())
            << i;
}

TEST_P(MotionRates, AMovingObjectIsBoxed) {
    Scene scene(2);
    Detector detector(kSize);
    const double rate = GetParam();
    int found = 0;
    int wanted = 0;
    for (int i = 0; i < 30 + static_cast<int>(8 * rate); ++i) {
        const double moved_s = i / rate - 3;
        const double left = 10 + 25 * moved_s;
        const bool is_there = moved_s > 0 && left < 190;
        const auto blobs = detector.step(is_there ? scene.frame(block(left, 50, 24, 30, 30)) : scene.frame(), at(i, rate));
        if (moved_s <= 0) {
            EXPECT_TRUE(blobs.empty()) << i;
        }
        if (!is_there || moved_s < 0.6) continue;
        ++wanted;
        const Box truth{static_cast<float>(static_cast<int>(left)), 50, 24, 30};
        found += std::any_of(blobs.begin(), blobs.end(), [&](const Blob& blob) { return iou(blob.box, truth) > 0.5F; });
    }
    EXPECT_GT(wanted, 8);
    EXPECT_GE(found, wanted * 9 / 10) << found << " of " << wanted;
}

TEST(Motion, LightThatChangesIsNoMotion) {
    const std::vector<std::function<double(double, int, int)>> lights{
        [](double t, int, int) { return 1 + 0.3 * std::sin(t); },                             // a cloud
        [](double t, int, int) { return t < 3 ? 1.0 : 1.6; },                                 // a lamp
        [](double t, int, int) { return t < 3 ? 1.0 : 0.4; },                                 // it goes out
        [](double t, int x, int) { return 1 + 0.25 * std::sin(t * 0.7) * x / kSize.width; },  // from one side
        [](double t, int x, int y) {
            return 1 + 0.3 * std::exp(-(std::pow(x - 120 - 10 * t, 2) + std::pow(y - 60, 2)) / 3000);
        },
        [](double t, int, int) { return t < 3 || t > 3.3 ? 1.0 : 4.0; },  // a flash that saturates
    };
    for (std::size_t kind = 0; kind < lights.size(); ++kind) {
        Scene scene(3);
        Detector detector(kSize);
        for (int i = 0; i < 100; ++i) {
            const double t = i / 10.0;
            const auto blobs =
                detector.step(scene.frame({}, [&](int x, int y) { return lights[kind](t, x, y); }), at(i, 10));
            EXPECT_TRUE(blobs.empty()) << "light " << kind << " at " << t;
        }
    }
}

TEST(Motion, AnObjectIsFoundAgainAfterALampWasSwitched) {
    Scene scene(4);
    Detector detector(kSize);
    int found = 0;
    for (int i = 0; i < 120; ++i) {
        const double t = i / 10.0;
        const auto light = [&](int, int) { return t < 4 ? 1.0 : 1.7; };
        const auto draw = t > 6 ? block(20 + 20 * (t - 6), 40, 20, 30, 20) : std::function<void(Floats&)>();
        found += !detector.step(scene.frame(draw, light), at(i, 10)).empty() && t > 6.5;
    }
    EXPECT_GT(found, 45);
}

TEST(Motion, AShadowIsNotPartOfTheObject) {
    Scene scene(5);
    Detector detector(kSize);
    int whole = 0;
    int right = 0;
    for (int i = 0; i < 100; ++i) {
        const double t = i / 10.0;
        const double left = 20 + 20 * (t - 3);
        const auto draw = [&](Floats& picture) {
            if (t < 3) return;
            // A shadow of 30 pixels to the right of the object, with the texture of the ground.
            for (int y = 60; y < 84; ++y)
                for (int x = static_cast<int>(left) + 20; x < static_cast<int>(left) + 50; ++x)
                    if (x < kSize.width) picture.row(y)[x] *= 0.6F;
            block(left, 50, 20, 34, 210)(picture);
        };
        const auto blobs = detector.step(scene.frame(draw), at(i, 10));
        if (t < 4 || left > 150) continue;
        ++whole;
        const Box truth{static_cast<float>(static_cast<int>(left)), 50, 20, 34};
        right += std::any_of(blobs.begin(), blobs.end(), [&](const Blob& blob) { return iou(blob.box, truth) > 0.6F; });
    }
    EXPECT_GT(whole, 20);
    EXPECT_GE(right, whole * 3 / 4) << right << " of " << whole;
}

TEST(Motion, AnObjectThatStopsIsNoMotionAndLeavesNoGhost) {
    Scene scene(6);
    Detector detector(kSize);
    for (int i = 0; i < 300; ++i) {
        const double t = i / 10.0;
        // Comes from 3 s to 6 s, stands until 20 s, goes until 24 s.
        const double moved = t < 3 ? -30 : t < 6 ? 40 * (t - 3) : t < 20 ? 120 : 120 + 40 * (t - 20);
        const bool is_there = t >= 3 && moved < 240;
        const auto blobs = detector.step(is_there ? scene.frame(block(moved, 50, 24, 30, 30)) : scene.frame(), at(i, 10));
        if ((t > 7.5 && t < 20) || t > 25) {
            EXPECT_TRUE(blobs.empty()) << t;
        }
        if (t > 4 && t < 6) {
            EXPECT_EQ(blobs.size(), 1U) << t;
        }
        if (t > 21 && t < 22.5) {
            EXPECT_FALSE(blobs.empty()) << t;
        }
    }
}

TEST(Motion, AnObjectThatIsThereFromTheStartLeavesNoGhost) {
    Scene scene(7);
    Detector detector(kSize);
    for (int i = 0; i < 200; ++i) {
        const double t = i / 10.0;
        const double left = 60 + 40 * std::max(0.0, t - 5);
        const auto blobs = detector.step(left < 240 ? scene.frame(block(left, 50, 24, 30, 30)) : scene.frame(), at(i, 10));
        if (t < 5 || t > 11) {
            EXPECT_TRUE(blobs.empty()) << t;
        }
    }
}

TEST(Motion, ShakeOfAPixelIsNoMotion) {
    Scene scene(8);
    Random random(9);
    Detector detector(kSize);
    std::vector<std::uint8_t> last = scene.frame();
    for (int i = 0; i < 100; ++i) {
        const auto dx = static_cast<int>(random.between(-1, 1));
        const auto frame = scene.frame([&](Floats& picture) {
            const Floats still = picture;
            for (int y = 0; y < kSize.height; ++y)
                for (int x = 0; x < kSize.width; ++x)
                    picture.row(y)[x] = still.row(y)[std::clamp(x + dx, 0, kSize.width - 1)];
        });
        EXPECT_TRUE(detector.step(frame, at(i, 10)).empty()) << i;
    }
}

TEST(Motion, TheSameFramesGiveTheSameBlobs) {
    const auto run = [] {
        Scene scene(10);
        Detector detector(kSize);
        std::vector<Blob> all;
        for (int i = 0; i < 60; ++i) {
            const auto blobs = detector.step(scene.frame(block(4.0 * i - 60, 50, 24, 30, 30)), at(i, 10));
            all.insert(all.end(), blobs.begin(), blobs.end());
        }
        return all;
    };
    const auto first = run();
    const auto second = run();
    ASSERT_FALSE(first.empty());
    ASSERT_EQ(first.size(), second.size());
    for (std::size_t i = 0; i < first.size(); ++i) {
        EXPECT_EQ(first[i].box, second[i].box);
        EXPECT_EQ(first[i].score, second[i].score);
    }
}

TEST(Motion, TheSmallestPicturesAreTaken) {
    for (const Size size : {Size{1, 1}, Size{1, 50}, Size{50, 1}, Size{2, 2}}) {
        Detector detector(size);
        const std::vector<std::uint8_t> black(static_cast<std::size_t>(size.width * size.height), 0);
        const std::vector<std::uint8_t> white(black.size(), 255);
        for (int i = 0; i < 20; ++i) detector.step(i % 5 == 4 ? white : black, at(i, 10));
    }
}

TEST(MotionFamily, TheInputKeepsTheAspectAndIsChecked) {
    const auto expert = kMotion.create({}, {}, {});
    ASSERT_TRUE(expert.has_value());
    EXPECT_EQ((*expert)->input({1920, 1080}).size, (Size{320, 180}));
    EXPECT_EQ((*expert)->input({1080, 1920}).size, (Size{180, 320}));
    EXPECT_EQ((*expert)->input({178, 100}).size, (Size{178, 100}));
    EXPECT_EQ((*expert)->labels()[0], "motion");
    EXPECT_FALSE(kMotion.create({}, {}, {.labels = {"car"}}).has_value());
    const auto state = (*expert)->new_state();
    auto context = tests::plain_context({20, 10});
    context.state = state.get();
    const Tensor right(ElementType::u8, {1, 1, 10, 20});
    const Tensor wrong(ElementType::f32, {1, 1, 10, 20});
    EXPECT_TRUE((*expert)->decode(std::vector{right.view()}, context).has_value());
    EXPECT_THAT((*expert)->decode(std::vector{wrong.view()}, context).error().message, testing::HasSubstr("expected u8"));
    EXPECT_FALSE((*expert)->decode({}, context).has_value());
}

TEST(Planes, ComponentsAreConnectedByEightNeighbours) {
    Mask mask({5, 4});
    mask.values = {1, 0, 0, 0, 1,  //
                   0, 1, 0, 0, 1,  //
                   0, 0, 0, 1, 0,  //
                   1, 0, 0, 0, 0};
    Plane<int> labels({5, 4});
    EXPECT_EQ(label_components(mask, labels), 3);
    EXPECT_EQ(labels[0], labels[6]);
    EXPECT_EQ(labels[4], labels[13]);
    EXPECT_NE(labels[0], labels[4]);
    EXPECT_EQ(labels[1], 0);
}

TEST(Planes, AWindAroundAHoleIsOneComponent) {
    Mask mask({5, 5}, 1);
    mask.values[12] = 0;
    mask.values[7] = 0;
    Plane<int> labels({5, 5});
    EXPECT_EQ(label_components(mask, labels), 1);
}

TEST(Planes, MeansAndRangesEqualTheirDefinition) {
    Random random(5);
    Floats source({13, 9});
    for (float& value : source.values) value = static_cast<float>(random.uniform(0, 255));
    Floats mean(source.size), low(source.size), high(source.size);
    box_mean(source, 2, mean);
    neighbourhood_range(source, low, high);
    for (int y = 0; y < 9; ++y)
        for (int x = 0; x < 13; ++x) {
            double sum = 0;
            int count = 0;
            float least = 1e9F;
            float most = -1e9F;
            for (int j = std::max(0, y - 2); j <= std::min(8, y + 2); ++j)
                for (int i = std::max(0, x - 2); i <= std::min(12, x + 2); ++i) {
                    sum += static_cast<double>(source.row(j)[i]);
                    ++count;
                    if (std::abs(j - y) > 1 || std::abs(i - x) > 1) continue;
                    least = std::min(least, source.row(j)[i]);
                    most = std::max(most, source.row(j)[i]);
                }
            EXPECT_NEAR(mean.row(y)[x], sum / count, 1e-3);
            EXPECT_EQ(low.row(y)[x], least);
            EXPECT_EQ(high.row(y)[x], most);
        }
}

}  // namespace
}  // namespace facet::expert::motion
