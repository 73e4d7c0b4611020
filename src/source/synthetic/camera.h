#pragma once
// Camera: where a point of the world stands on the picture.

#include "media/geometry.h"
#include "source/synthetic/portable_math.h"

namespace facet::source::synthetic {

/// A pinhole above the origin that looks along +y, tilted down. Value type.
class Camera {
public:
    /// `height` metres above the ground; `tilt` and the focal length (1 = the picture's width) set what is seen.
    Camera(Size picture, double height, double tilt_turns, double focal)
        : height_(height),
          sine_(sine(tilt_turns)),
          cosine_(cosine(tilt_turns)),
          focal_(focal * picture.width),
          centre_{picture.width / 2.0, picture.height / 2.0} {}

    static constexpr double kNear = 0.25;  ///< nothing nearer is drawn

    /// Distance along the optical axis; what is not above kNear must not be projected.
    double depth(Vec3 point) const { return point.y * cosine_ - (point.z - height_) * sine_; }
    /// Pixels per metre at a depth.
    double scale(double depth) const { return focal_ / depth; }
    Vec2 project(Vec3 point) const {
        const double z = point.z - height_;
        const double inverse = focal_ / (point.y * cosine_ - z * sine_);
        return {centre_.x + point.x * inverse, centre_.y - (point.y * sine_ + z * cosine_) * inverse};
    }
    /// The point of the ground (z = 0) that is seen at a pixel; false above the horizon.
    bool ground(double pixel_x, double pixel_y, Vec2& point) const {
        const double up = (centre_.y - pixel_y) / focal_;
        const double fall = sine_ - up * cosine_;  // how fast the ray sinks
        if (fall <= 1e-4) return false;
        const double reach = height_ / fall;
        point = {reach * (pixel_x - centre_.x) / focal_, reach * (cosine_ + up * sine_)};
        return true;
    }
    /// Unit vector from a point to the camera, on the ground plane.
    Vec2 bearing(Vec3 point) const {
        const double distance = std::sqrt(point.x * point.x + point.y * point.y);
        return distance > 0 ? Vec2{-point.x / distance, -point.y / distance} : Vec2{0, -1};
    }
    /// The same camera for a picture that has `margin` more pixels on each side.
    Camera widened(int margin) const {
        Camera camera = *this;
        camera.centre_.x += margin;
        camera.centre_.y += margin;
        return camera;
    }
    /// The same camera, its picture moved by whole pixels (shake).
    Camera moved(int dx, int dy) const {
        Camera camera = *this;
        camera.centre_.x += dx;
        camera.centre_.y += dy;
        return camera;
    }
    double height() const { return height_; }

private:
    double height_;
    double sine_;
    double cosine_;
    double focal_;
    Vec2 centre_;
};

}  // namespace facet::source::synthetic
