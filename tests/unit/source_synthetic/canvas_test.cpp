// Shapes on pixels, against plain definitions.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "source/synthetic/canvas.h"
#include "source/synthetic/pixel_kernels.h"
#include "source/synthetic/portable_math.h"

namespace facet::source::synthetic {
namespace {

Shape polygon_of(const std::vector<std::pair<int, int>>& corners) {
    Shape shape;
    for (const auto& [x, y] : corners) shape.corners[static_cast<std::size_t>(shape.count++)] = {x, y};
    return shape;
}

TEST(CanvasTest, ARectangleOnPixelEdgesCoversExactlyItsPixels) {
    MaskArea mask{0, 0, 20, 10, std::vector<std::uint8_t>(200)};
    Canvas canvas;
    canvas.mark(mask, polygon_of({{3 * 256, 2 * 256}, {12 * 256, 2 * 256}, {12 * 256, 7 * 256}, {3 * 256, 7 * 256}}));
    for (int y = 0; y < 10; ++y)
        for (int x = 0; x < 20; ++x)
            EXPECT_EQ(mask.cells[static_cast<std::size_t>(y * 20 + x)], x >= 3 && x < 12 && y >= 2 && y < 7)
                << x << ' ' << y;
}

TEST(CanvasTest, APixelBelongsToAConvexShapeThatCoversEnoughOfIt) {
    EXPECT_TRUE(rc::check([] {
        // A convex polygon: points on an ellipse, in the order of the angle.
        const int count = *rc::gen::inRange(3, 16);
        const double cx = *rc::gen::inRange(-2560, 10240) / 256.0, cy = *rc::gen::inRange(-2560, 10240) / 256.0;
        const double rx = *rc::gen::inRange(1, 20), ry = *rc::gen::inRange(1, 20);
        std::vector<std::pair<int, int>> corners;
        for (int i = 0; i < count; ++i)
            corners.emplace_back(round_to_int((cx + rx * cosine(1.0 * i / count)) * 256),
                                 round_to_int((cy + ry * sine(1.0 * i / count)) * 256));
        MaskArea mask{-40, -40, 120, 120, std::vector<std::uint8_t>(120 * 120)};
        Canvas canvas;
        canvas.mark(mask, polygon_of(corners));
        const auto inside = [&](int x, int y) {  // 1/256 pixel
            for (std::size_t i = 0; i < corners.size(); ++i) {
                const auto& [x0, y0] = corners[i];
                const auto& [x1, y1] = corners[(i + 1) % corners.size()];
                if (1LL * (x1 - x0) * (y - y0) - 1LL * (y1 - y0) * (x - x0) < 0) return false;
            }
            return true;
        };
        for (int y = -40; y < 80; ++y)
            for (int x = -40; x < 80; ++x) {
                int covered = 0;
                const bool near = std::abs(x + 0.5 - cx) < rx + 1 && std::abs(y + 0.5 - cy) < ry + 1;
                for (int k = 0; near && k < 256; ++k)
                    covered += inside(x * 256 + k % 16 * 16 + 8, y * 256 + k / 16 * 16 + 8);
                const bool marked = mask.cells[static_cast<std::size_t>((y + 40) * 120 + x + 40)] != 0;
                // 3/8 of 256 is 96; four sub-rows know the coverage to about an eighth.
                if (covered > 96 + 40) RC_ASSERT(marked);
                if (covered < 96 - 40) RC_ASSERT(!marked);
            }
        // Clipping changes nothing inside of the clip.
        MaskArea part{3, 5, 30, 20, std::vector<std::uint8_t>(30 * 20)};
        canvas.mark(part, polygon_of(corners));
        for (int y = 0; y < 20; ++y)
            for (int x = 0; x < 30; ++x)
                RC_ASSERT(part.cells[static_cast<std::size_t>(y * 30 + x)] ==
                          mask.cells[static_cast<std::size_t>((y + 45) * 120 + x + 43)]);
    }));
}

TEST(CanvasTest, DrawingStaysInsideThePictureAndPaintsWhatIsCovered) {
    EXPECT_TRUE(rc::check([] {
        constexpr int kWidth = 48, kHeight = 32, kGuard = 8;
        std::vector<std::uint8_t> memory(static_cast<std::size_t>((kWidth + 2 * kGuard) * (kHeight + 2 * kGuard)), 77);
        std::vector<std::uint8_t> u(kWidth * kHeight / 4, 100), v(kWidth * kHeight / 4, 100);
        const int stride = kWidth + 2 * kGuard;
        const Planes planes{
            memory.data() + kGuard * stride + kGuard, u.data(), v.data(), stride, kWidth / 2, kWidth, kHeight};
        const auto corner = [] {
            return std::pair(*rc::gen::inRange(-20 * 256, 70 * 256), *rc::gen::inRange(-20 * 256, 50 * 256));
        };
        Shape shape = polygon_of({corner(), corner(), corner()});
        shape.ink.y = 200;
        shape.ink.u = 160;
        shape.ink.v = 60;
        shape.ink.grain = static_cast<std::uint8_t>(*rc::gen::inRange(0, 2) * 20);
        Canvas canvas;
        canvas.draw(planes, shape);
        MaskArea mask{0, 0, kWidth, kHeight, std::vector<std::uint8_t>(kWidth * kHeight)};
        canvas.mark(mask, shape);
        for (int y = -kGuard; y < kHeight + kGuard; ++y)
            for (int x = -kGuard; x < kWidth + kGuard; ++x) {
                const int value = planes.y[y * stride + x];
                const bool inside = x >= 0 && y >= 0 && x < kWidth && y < kHeight;
                if (!inside) RC_ASSERT(value == 77);
                if (inside && mask.cells[static_cast<std::size_t>(y * kWidth + x)] != 0) RC_ASSERT(value > 77 + 20);
            }
    }));
}

/// The definition of each kernel in plain wide integers; kernels may round by one step.
TEST(CanvasTest, KernelsDoWhatTheyAreDefinedToDo) {
    EXPECT_TRUE(rc::check([] {
        const auto count = *rc::gen::inRange<std::size_t>(1, 130);
        const auto bytes = [&] {
            return *rc::gen::container<std::vector<std::uint8_t>>(count, rc::gen::arbitrary<std::uint8_t>());
        };
        const auto before = bytes(), coverage = bytes(), lamp = bytes();
        const int value = *rc::gen::inRange(16, 236), opacity = *rc::gen::inRange(0, 256), gain = *rc::gen::inRange(0, 256);
        const auto near = [](int got, double wanted, double by) { return std::abs(got - wanted) <= by; };

        auto out = before;
        blend_value(out.data(), coverage.data(), count, value, opacity);
        for (std::size_t i = 0; i < count; ++i)
            RC_ASSERT(near(out[i], before[i] + (value - before[i]) * (coverage[i] / 255.0) * (opacity / 255.0), 4.5));
        out = before;
        darken(out.data(), coverage.data(), count, 16, opacity);
        for (std::size_t i = 0; i < count; ++i)
            RC_ASSERT(near(out[i], before[i] + (16 - before[i]) * (coverage[i] / 255.0) * (opacity / 255.0), 4.5));

        std::vector<std::uint8_t> day(count);
        for (std::size_t i = 0; i < count; ++i) day[i] = static_cast<std::uint8_t>(16 + before[i] % 220);
        out = day;
        light_luma(out.data(), day.data(), lamp.data(), count, 60, 200);
        for (std::size_t i = 0; i < count; ++i)
            RC_ASSERT(near(out[i], 16 + (day[i] - 16) * std::min(256.0, 60 + 200 * lamp[i] / 256.0) / 256, 2));
        std::vector<std::int8_t> noise(count);
        for (std::size_t i = 0; i < count; ++i) noise[i] = static_cast<std::int8_t>(coverage[i] - 128);
        out = day;
        expose_luma(out.data(), noise.data(), count, gain);
        for (std::size_t i = 0; i < count; ++i)
            RC_ASSERT(near(out[i], std::clamp(16 + (day[i] - 16) * gain / 128.0 + noise[i], 16.0, 235.0), 1));
    }));
}

TEST(CanvasTest, FullCoverageOfAnOpaqueInkIsExact) {
    std::vector<std::uint8_t> out(300, 50);
    const std::vector<std::uint8_t> coverage(300, 255);
    blend_value(out.data(), coverage.data(), out.size(), 201, 255);
    EXPECT_EQ(out, std::vector<std::uint8_t>(300, 201));
}

TEST(CanvasTest, SineIsASine) {
    for (int i = -2000; i < 2000; ++i) {
        const double turns = i * 0.00137;
        EXPECT_NEAR(sine(turns), std::sin(turns * 6.283185307179586), 5e-6) << turns;
        EXPECT_NEAR(cosine(turns), std::cos(turns * 6.283185307179586), 5e-6) << turns;
    }
}

}  // namespace
}  // namespace facet::source::synthetic
