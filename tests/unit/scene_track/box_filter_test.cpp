#include "scene/track/box_filter.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>

#include "base/random.h"

namespace facet::scene {
namespace {

using Matrix8 = Eigen::Matrix<double, 8, 8>;
using Vector8 = Eigen::Matrix<double, 8, 1>;

/// The same model as one filter of eight states (centre, sides, velocities) with plain matrices; its noise comes from
/// integrating the stochastic differential equation in small steps.
class PlainFilter {
public:
    PlainFilter(const Box& box, const MotionModel& model, const StartVelocity& start) : model_(model) {
        state_ << vector(box), start.mean.x, start.mean.y, 0, 0;
        size_ = (box.width + box.height) / 2;
        const double measurement = std::pow(model.measurement * size_, 2);
        const double growth = std::pow(model.growth_speed * size_, 2);
        Vector8 diagonal;
        diagonal << measurement, measurement, measurement, measurement, start.deviation * start.deviation,
            start.deviation * start.deviation, growth, growth;
        covariance_ = diagonal.asDiagonal();
    }

    void predict(double dt) {
        constexpr int kSteps = 4000;
        const double h = dt / kSteps;
        Matrix8 rate = Matrix8::Zero();
        Matrix8 noise = Matrix8::Zero();
        for (int i = 0; i < 4; ++i) {
            rate(i, i + 4) = 1;
            rate(i + 4, i + 4) = -1 / (i < 2 ? model_.fade_s : model_.growth_fade_s);
            noise(i, i) = model_.diffusion * size_ * size_;
            noise(i + 4, i + 4) = (i < 2 ? model_.acceleration : model_.growth) * size_ * size_;
        }
        const Matrix8 half = Matrix8::Identity() + rate * h / 2 + rate * rate * h * h / 8;
        const Matrix8 step = half * half;
        for (int i = 0; i < kSteps; ++i) {
            state_ = step * state_;
            covariance_ = step * covariance_ * step.transpose() + half * noise * half.transpose() * h;
        }
    }

    void correct(const Box& box, double doubt) {
        const Eigen::Matrix<double, 4, 8> h = Eigen::Matrix<double, 4, 8>::Identity();
        const Eigen::Matrix4d r = Eigen::Matrix4d::Identity() * doubt * std::pow(model_.measurement * size_, 2);
        const Eigen::Matrix4d s = h * covariance_ * h.transpose() + r;
        const Eigen::Matrix<double, 8, 4> k = covariance_ * h.transpose() * s.inverse();
        state_ += k * (vector(box) - h * state_);
        const Matrix8 rest = Matrix8::Identity() - k * h;
        covariance_ = (rest * covariance_ * rest.transpose() + k * r * k.transpose()).eval();
        size_ = std::max(1.0, (state_(2) + state_(3)) / 2);
    }

    double distance_squared(const Box& box) const {
        const Eigen::Vector2d difference = vector(box).head<2>() - state_.head<2>();
        const Eigen::Matrix2d s =
            covariance_.topLeftCorner<2, 2>() + Eigen::Matrix2d::Identity() * std::pow(model_.measurement * size_, 2);
        return difference.dot(s.inverse() * difference);
    }

    void expect_near(const BoxFilter& filter, double tolerance) const {
        for (int i = 0; i < 4; ++i) {
            const auto& axis = filter.axes()[static_cast<std::size_t>(i)];
            const double variance = size_ * size_;
            EXPECT_NEAR(axis.x, state_(i), tolerance * size_);
            EXPECT_NEAR(axis.v, state_(i + 4), tolerance * size_);
            EXPECT_NEAR(axis.p_xx, covariance_(i, i), tolerance * variance);
            EXPECT_NEAR(axis.p_xv, covariance_(i, i + 4), tolerance * variance);
            EXPECT_NEAR(axis.p_vv, covariance_(i + 4, i + 4), tolerance * variance);
        }
    }

private:
    static Eigen::Vector4d vector(const Box& box) {
        return {static_cast<double>(box.x) + static_cast<double>(box.width) / 2,
                static_cast<double>(box.y) + static_cast<double>(box.height) / 2, box.width, box.height};
    }
    MotionModel model_;
    Vector8 state_;
    Matrix8 covariance_;
    double size_;
};

Box random_box(Random& random) {
    return {static_cast<float>(random.uniform(0, 500)), static_cast<float>(random.uniform(0, 500)),
            static_cast<float>(random.uniform(20, 90)), static_cast<float>(random.uniform(20, 90))};
}

TEST(BoxFilterTest, FourSmallFiltersAreTheOneOfTheTextbook) {
    Random random(1);
    for (int round = 0; round < 12; ++round) {
        const MotionModel model;
        Box box = random_box(random);
        const StartVelocity start{{30, -20}, 80};
        BoxFilter filter(box, model, start);
        PlainFilter plain(box, model, start);
        for (int i = 0; i < 6; ++i) {
            const double dt = random.uniform(0, 0.5);
            filter.predict(MotionStep(model, dt));
            plain.predict(dt);
            box.x += static_cast<float>(random.uniform(-15, 25));
            box.y += static_cast<float>(random.uniform(-15, 5));
            box.width *= static_cast<float>(random.uniform(0.9, 1.1));
            EXPECT_NEAR(filter.distance_squared(box, model), plain.distance_squared(box),
                        1e-5 * (1 + plain.distance_squared(box)));
            const double doubt = random.uniform(0.5, 3);
            filter.correct(box, model, doubt);
            plain.correct(box, doubt);
            plain.expect_near(filter, 1e-5);
        }
    }
}

TEST(BoxFilterTest, TwoStepsAreOneStepOfTheirSum) {
    Random random(2);
    for (int round = 0; round < 1000; ++round) {
        const MotionModel model;
        const Box box = random_box(random);
        BoxFilter once(box, model, {{10, 20}, 50});
        auto often = once;
        const double total = random.chance(0.2) ? random.uniform(0, 1e-3) : random.uniform(0, 3);
        const auto pieces = random.between(2, 9);
        once.predict(MotionStep(model, total));
        for (int i = 0; i < pieces; ++i) often.predict(MotionStep(model, total / static_cast<double>(pieces)));
        for (std::size_t i = 0; i < 4; ++i) {
            const auto& a = once.axes()[i];
            const auto& b = often.axes()[i];
            ASSERT_NEAR(a.x, b.x, 1e-9 * std::abs(a.x));
            ASSERT_NEAR(a.v, b.v, 1e-9 * (1 + std::abs(a.v)));
            ASSERT_NEAR(a.p_xx, b.p_xx, 1e-6 * a.p_xx);
            ASSERT_NEAR(a.p_xv, b.p_xv, 1e-6 * std::abs(a.p_xv));
            ASSERT_NEAR(a.p_vv, b.p_vv, 1e-6 * a.p_vv);
        }
    }
}

TEST(BoxFilterTest, NoTimeChangesNothing) {
    const MotionModel model;
    BoxFilter filter({10, 20, 30, 40}, model, {{100, 0}, 50});
    const auto before = filter.axes();
    filter.predict(MotionStep(model, 0));
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(filter.axes()[i].x, before[i].x);
        EXPECT_EQ(filter.axes()[i].p_xx, before[i].p_xx);
        EXPECT_EQ(filter.axes()[i].p_vv, before[i].p_vv);
    }
}

TEST(BoxFilterTest, UncertaintyGrowsWithTimeAndStaysPositive) {
    const MotionModel model;
    for (const double dt : {1e-9, 1e-6, 1e-4, 3.9e-3, 4.1e-3, 0.033, 0.5, 10.0, 86400.0}) {
        BoxFilter filter({10, 20, 30, 40}, model, {{}, 50});
        const auto before = filter.axes()[0];
        filter.predict(MotionStep(model, dt));
        const auto& after = filter.axes()[0];
        EXPECT_GE(after.p_xx, before.p_xx) << dt;
        EXPECT_GT(after.p_vv, 0) << dt;
        EXPECT_GT(after.p_xx * after.p_vv - after.p_xv * after.p_xv, 0) << dt;
    }
}

TEST(BoxFilterTest, VelocityIsFoundAtEveryFrameRate) {
    for (const double rate : {30.0, 10.0, 5.0, 2.0}) {
        const MotionModel model;
        BoxFilter filter({0, 0, 40, 40}, model, {{}, 160});
        for (int i = 1; i <= static_cast<int>(3 * rate); ++i) {
            filter.predict(MotionStep(model, 1 / rate));
            const auto t = static_cast<float>(i / rate);
            filter.correct({60 * t, -30 * t, 40, 40}, model);
        }
        EXPECT_NEAR(filter.velocity().x, 60, 6) << rate;
        EXPECT_NEAR(filter.velocity().y, -30, 3) << rate;
    }
}

TEST(BoxFilterTest, SidesNeverBecomeNegative) {
    const MotionModel model;
    BoxFilter filter({0, 0, 40, 40}, model, {});
    for (int i = 1; i < 20; ++i) {
        filter.predict(MotionStep(model, 0.1));
        const auto side = static_cast<float>(40 - 2 * i);
        filter.correct({0, 0, std::max(side, 0.5F), 40}, model);
    }
    filter.predict(MotionStep(model, 30));
    EXPECT_GE(filter.box().width, 0);
}

}  // namespace
}  // namespace facet::scene
