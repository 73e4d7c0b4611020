#include "scene/track/flow.h"

#include <cmath>

namespace facet::scene {

namespace {
constexpr std::size_t kNotesMax = 256;
constexpr int kNotesMin = 3;
constexpr double kReachSizes = 2;
constexpr double kSizeRatioMax = 2;
/// The next object may differ from all before it by this much: of the speed, and in sizes per second.
constexpr double kSpreadOfSpeed = 0.3;
constexpr double kSpreadMin = 1;
}  // namespace

void Flow::note(Point place, double size, Point velocity) {
    if (notes_.size() < kNotesMax) {
        notes_.push_back({place, size, velocity});
        return;
    }
    notes_[next_] = {place, size, velocity};
    next_ = (next_ + 1) % kNotesMax;
}

StartVelocity Flow::expect(const Box& box, const MotionModel& model) const {
    const double size = size_of(box);
    const Point centre = box.centre();
    int count = 0;
    double x = 0;
    double y = 0;
    double squares = 0;
    for (const auto& note : notes_) {
        const double distance = std::hypot(note.place.x - centre.x, note.place.y - centre.y);
        const double ratio = note.size / size;
        if (distance > kReachSizes * size || ratio > kSizeRatioMax || ratio < 1 / kSizeRatioMax) continue;
        ++count;
        x += note.velocity.x;
        y += note.velocity.y;
        squares +=
            static_cast<double>(note.velocity.x) * note.velocity.x + static_cast<double>(note.velocity.y) * note.velocity.y;
    }
    if (count < kNotesMin) return {.mean = {}, .deviation = model.speed * size};
    x /= count;
    y /= count;
    const double speed_squared = x * x + y * y;
    const double spread = std::max(0.0, squares / count - speed_squared) / 2;  // of one coordinate
    const double unknown = kSpreadMin * size;
    return {.mean = {static_cast<float>(x), static_cast<float>(y)},
            .deviation = std::sqrt(spread + kSpreadOfSpeed * kSpreadOfSpeed * speed_squared + unknown * unknown)};
}

}  // namespace facet::scene
