#pragma once
// Renderer: frames and truth of a specification. Each frame follows from its number alone: frames may be asked for in any
// order, and truth without any picture.

#include <memory>
#include <vector>

#include "media/picture.h"
#include "source/synthetic/scene.h"
#include "source/synthetic/timeline.h"
#include "source/synthetic/truth.h"

namespace facet::source::synthetic {

/// The same specification gives the same bytes on every machine, with every compiler, in any order of calls. Memory: per
/// world of the schedule two pictures and a lamp map (made when first seen), plus the pictures that callers hold and at most
/// four that wait to be used again. Not thread-safe; use one renderer per thread.
class Renderer {
public:
    explicit Renderer(Specification specification);
    ~Renderer();
    Renderer(const Renderer&) = delete;
    Renderer& operator=(const Renderer&) = delete;

    const Specification& specification() const { return specification_; }
    ColourMatrix matrix() const { return matrix_; }
    Nanoseconds time_of(std::int64_t frame) const;

    /// Limited-range i420; BT.709 from 720 rows on, else BT.601. The picture's memory comes from a small pool.
    Picture render(std::int64_t frame);
    FrameTruth truth(std::int64_t frame, TruthDetail detail);
    /// Lines and zones that truth is kept for: the specification's, or those of the first scene.
    EventTruth events() const;

private:
    struct World;
    class Pool;
    struct Shake {
        int x, y;
    };
    World& world_of(const Dials& dials);
    Shake shake_at(double t, double amount) const;
    int brightness_at(double t, double flicker) const;
    void draw_world(World& world, double t, const Moment& moment, double hour, const Planes& planes);
    void draw_rain(double t, double amount, const Planes& planes);
    void expose(std::int64_t frame, double t, const Moment& moment, const Planes& planes);

    Specification specification_;
    Timeline timeline_;
    ColourMatrix matrix_;
    int margin_;
    std::vector<std::unique_ptr<World>> worlds_;
    std::vector<std::int8_t> noise_;         // as the sensor gives it
    std::vector<std::int8_t> scaled_noise_;  // as the dial wants it
    int scaled_for_ = 0;
    std::shared_ptr<Pool> pool_;
    std::vector<Actor> actors_;
    Canvas canvas_;
};

}  // namespace facet::source::synthetic
