#pragma once
// BoxFilter: a Kalman filter over one box, for steps of any length. All trackers share it.
//
// The state is the centre and the sides with a velocity each. The four axes do not influence each other (position is
// measured directly, noise is independent), so that the 8x8 filter of the papers is four 2x2 filters, computed in closed
// form. Motion is continuous in time: velocity is driven by white noise and fades towards zero (an integrated
// Ornstein-Uhlenbeck process), position is shaken by white noise of its own. The step over dt is exact, so that two steps of
// 50 ms are the same as one of 100 ms: that is what makes a tracker independent of the frame rate.
// All noise is in units of the box's size (mean of its sides), as a near object moves more pixels than a far one.

#include <array>

#include "media/geometry.h"

namespace facet::scene {

/// How boxes move and how badly they are measured. "size" is the mean of width and height.
struct MotionModel {
    double measurement = 0.05;   ///< standard deviation of a measured centre coordinate or side, in sizes
    double diffusion = 0.03;     ///< variance that positions and sides gain by shaking, in sizes^2 per second
    double acceleration = 0.4;   ///< variance that velocities of the centre gain, in (sizes per second)^2 per second
    double growth = 0.1;         ///< the same for velocities of the sides
    double speed = 4.0;          ///< standard deviation of the centre's velocity before it was measured, in sizes per second
    double growth_speed = 0.5;   ///< the same for the sides
    double fade_s = 4.0;         ///< time in which the centre's velocity fades to 1/e, seconds
    double growth_fade_s = 1.0;  ///< the same for the sides
};

/// One step of the model over some time, for a box of size 1; computed once per frame for all boxes.
class MotionStep {
public:
    /// `dt_s` is at least 0.
    MotionStep(const MotionModel& model, double dt_s);

    /// x' = x + reach * v, v' = keep * v; q.. is the noise gained.
    struct Axis {
        double reach = 0;
        double keep = 1;
        double q_xx = 0;
        double q_xv = 0;
        double q_vv = 0;
    };
    Axis centre;
    Axis sides;
};

/// What is known of the velocity of a box that was measured once, pixels per second.
struct StartVelocity {
    Point mean;
    double deviation = 0;  ///< of each coordinate
};

/// The length that noise is relative to, in pixels: the mean of the sides, at least 1.
double size_of(const Box& box);

class BoxFilter {
public:
    /// Starts from a first measured box with finite values.
    BoxFilter(const Box& measured, const MotionModel& model, const StartVelocity& start);

    void predict(const MotionStep& step);
    /// Takes a measured box in. `doubt` scales the model's measurement variance.
    void correct(const Box& measured, const MotionModel& model, double doubt = 1);

    /// Stops the box where it is: its velocities become 0, their uncertainty stays.
    void halt();

    /// The estimate; sides never fall below 0.
    Box box() const;
    /// Of the centre, pixels per second.
    Point velocity() const;
    /// Squared Mahalanobis distance of a measured centre from the predicted one: 2 degrees of freedom, uncertainty of the
    /// prediction and of the measurement included. It grows more tolerant the longer nothing was measured.
    double distance_squared(const Box& measured, const MotionModel& model) const;

    struct Axis {
        double x = 0;
        double v = 0;
        double p_xx = 0;
        double p_xv = 0;
        double p_vv = 0;
    };
    /// Centre x, centre y, width, height: for tests.
    const std::array<Axis, 4>& axes() const { return axes_; }

private:
    void rescale();

    std::array<Axis, 4> axes_;
    double size_ = 1;  // pixels; follows measurements only, so that steps compose
};

}  // namespace facet::scene
