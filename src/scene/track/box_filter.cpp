#include "scene/track/box_filter.h"

#include <cmath>

namespace facet::scene {

namespace {

constexpr double kSizeMin = 1;  // pixels: a box of no size still has noise

std::array<double, 4> measurement_of(const Box& box) {
    return {static_cast<double>(box.x) + static_cast<double>(box.width) / 2,
            static_cast<double>(box.y) + static_cast<double>(box.height) / 2, box.width, box.height};
}

// Moments of dv = -v/fade dt + sqrt(acceleration) dW, dx = v dt + sqrt(diffusion) dW' over dt. With e = exp(-dt/fade):
//   x' = x + fade (1-e) v,   v' = e v,   var v = a fade/2 (1-e^2),   cov = a fade^2/2 (1-e)^2,
//   var x = a fade^2 (dt - 2 fade (1-e) + fade/2 (1-e^2)) + diffusion dt
// For a dt far below fade the last bracket cancels; its limit dt^3 / 3 / fade^2 is used there.
MotionStep::Axis step_of(double dt, double acceleration, double diffusion, double fade) {
    const double lost = -std::expm1(-dt / fade);  // 1 - e
    const double keep = 1 - lost;
    MotionStep::Axis axis;
    axis.reach = fade * lost;
    axis.keep = keep;
    axis.q_vv = acceleration * fade / 2 * lost * (1 + keep);
    axis.q_xv = acceleration * fade * fade / 2 * lost * lost;
    const double ratio = dt / fade;
    axis.q_xx = ratio < 1e-3 ? acceleration * dt * dt * dt / 3
                             : acceleration * fade * fade * (dt - 2 * fade * lost + fade / 2 * lost * (1 + keep));
    axis.q_xx += diffusion * dt;
    return axis;
}

}  // namespace

double size_of(const Box& box) {
    return std::max(kSizeMin, (static_cast<double>(box.width) + static_cast<double>(box.height)) / 2);
}

MotionStep::MotionStep(const MotionModel& model, double dt_s)
    : centre(step_of(dt_s, model.acceleration, model.diffusion, model.fade_s)),
      sides(step_of(dt_s, model.growth, model.diffusion, model.growth_fade_s)) {}

BoxFilter::BoxFilter(const Box& measured, const MotionModel& model, const StartVelocity& start) {
    const auto values = measurement_of(measured);
    for (std::size_t i = 0; i < axes_.size(); ++i) axes_[i].x = values[i];
    rescale();
    for (std::size_t i = 0; i < axes_.size(); ++i) {
        const double speed = i < 2 ? start.deviation : size_ * model.growth_speed;
        axes_[i].p_xx = model.measurement * model.measurement * size_ * size_;
        axes_[i].p_vv = speed * speed;
    }
    axes_[0].v = start.mean.x;
    axes_[1].v = start.mean.y;
}

void BoxFilter::predict(const MotionStep& step) {
    const double scale = size_ * size_;
    for (std::size_t i = 0; i < axes_.size(); ++i) {
        const auto& s = i < 2 ? step.centre : step.sides;
        auto& a = axes_[i];
        a.x += s.reach * a.v;
        a.v *= s.keep;
        a.p_xx += s.reach * (2 * a.p_xv + s.reach * a.p_vv) + scale * s.q_xx;
        a.p_xv = s.keep * (a.p_xv + s.reach * a.p_vv) + scale * s.q_xv;
        a.p_vv = s.keep * s.keep * a.p_vv + scale * s.q_vv;
    }
}

void BoxFilter::correct(const Box& measured, const MotionModel& model, double doubt) {
    const auto values = measurement_of(measured);
    const double noise = doubt * model.measurement * model.measurement * size_ * size_;
    for (std::size_t i = 0; i < axes_.size(); ++i) {
        auto& a = axes_[i];
        const double spread = a.p_xx + noise;
        const double gain_x = a.p_xx / spread;
        const double gain_v = a.p_xv / spread;
        const double surprise = values[i] - a.x;
        a.x += gain_x * surprise;
        a.v += gain_v * surprise;
        a.p_vv -= gain_v * a.p_xv;
        a.p_xv *= 1 - gain_x;
        a.p_xx *= 1 - gain_x;
    }
    rescale();
}

void BoxFilter::halt() {
    for (auto& axis : axes_) axis.v = 0;
}

Box BoxFilter::box() const {
    const double width = std::max(0.0, axes_[2].x);
    const double height = std::max(0.0, axes_[3].x);
    return {static_cast<float>(axes_[0].x - width / 2), static_cast<float>(axes_[1].x - height / 2),
            static_cast<float>(width), static_cast<float>(height)};
}

Point BoxFilter::velocity() const { return {static_cast<float>(axes_[0].v), static_cast<float>(axes_[1].v)}; }

double BoxFilter::distance_squared(const Box& measured, const MotionModel& model) const {
    const auto values = measurement_of(measured);
    const double noise = model.measurement * model.measurement * size_ * size_;
    double sum = 0;
    for (std::size_t i = 0; i < 2; ++i) {
        const double difference = values[i] - axes_[i].x;
        sum += difference * difference / (axes_[i].p_xx + noise);
    }
    return sum;
}

void BoxFilter::rescale() { size_ = std::max(kSizeMin, (axes_[2].x + axes_[3].x) / 2); }

}  // namespace facet::scene
