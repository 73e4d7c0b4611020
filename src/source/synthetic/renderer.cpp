#include "source/synthetic/renderer.h"

#include <algorithm>
#include <cstring>
#include <mutex>

#include "base/assert.h"
#include "source/synthetic/pixel_kernels.h"
#include "source/synthetic/visibility.h"

namespace facet::source::synthetic {

namespace {

// Each row of a frame reads noise from a place of its own in one of these rows: small enough to stay in the cache, and
// never the same twice to the eye.
constexpr int kNoiseRows = 64;
constexpr int kNoiseShifts = 512;
constexpr int kNoiseWidth = 3840 + kNoiseShifts;
constexpr std::size_t kPooledMax = 4;

/// From far to near; ties in the order of the list, so that the order is the same everywhere.
struct Seen {
    const Actor* actor;
    Drawing drawing;
};

Planes planes_of(PictureBuffer& buffer) {
    return {buffer.plane(0),  buffer.plane(1),     buffer.plane(2),     buffer.stride(0),
            buffer.stride(1), buffer.size().width, buffer.size().height};
}

bool touches(const Box& box, Size picture) {
    return box.area() > 0 && box.right() > 0 && box.bottom() > 0 && box.x < static_cast<float>(picture.width) &&
           box.y < static_cast<float>(picture.height);
}

Vec3 unit(Vec3 v) { return v * (1 / length(v)); }

}  // namespace

/// One scene with its dials, and its pictures when they are needed.
struct Renderer::World {
    Dials dials;
    const SceneInfo* info;
    int index;
    Camera camera;
    std::unique_ptr<Scene> scene;
    std::unique_ptr<Backdrop> backdrop;

    /// What can be seen at `t` from far to near. Outlines only where `with_shadows` is false.
    std::vector<Seen> look(double t, const Timeline& timeline, const Light& light, double sway, int dx, int dy, Size picture,
                           ColourMatrix matrix, bool with_shadows, std::vector<Actor>& actors) const {
        actors.clear();
        scene->actors(
            t, [&](double start) { return timeline.objects_at(start); }, sway, actors);
        const Camera shaken = camera.moved(dx, dy);
        Modeller modeller(shaken, matrix, light, unit(info->sun), info->texels);
        std::vector<Seen> seen;
        seen.reserve(actors.size());
        for (const Actor& actor : actors) {
            const int lamp = light.lamps > 0 ? round_to_int(255 * scene->lamp({actor.position.x, actor.position.y})) : 0;
            modeller.begin(actor.position, actor.heading, actor.size, lamp);
            model(modeller, actor);
            Drawing drawing = modeller.finish(with_shadows && actor.kind != Kind::seam);
            // What stands out of the picture may still throw a shadow or light into it.
            const Box& box = drawing.box;
            const float reach = std::max(box.width, box.height);
            if (touches(Box{box.x - reach, box.y - reach, box.width + 2 * reach, box.height + 2 * reach}, picture))
                seen.push_back({&actor, std::move(drawing)});
        }
        std::stable_sort(seen.begin(), seen.end(), [](const Seen& a, const Seen& b) {
            const bool flat_a = a.actor->kind == Kind::seam, flat_b = b.actor->kind == Kind::seam;
            return flat_a != flat_b ? flat_a : a.drawing.depth > b.drawing.depth;
        });
        return seen;
    }
};

/// Buffers that come back when their last picture is gone, from any thread.
class Renderer::Pool : public std::enable_shared_from_this<Pool> {
public:
    Pool(Size size, Colour colour) : size_(size), colour_(colour) {}

    std::unique_ptr<PictureBuffer> take() {
        const std::lock_guard lock(mutex_);
        if (idle_.empty()) return std::make_unique<PictureBuffer>(PixelFormat::i420, size_, colour_);
        auto buffer = std::move(idle_.back());
        idle_.pop_back();
        return buffer;
    }
    Picture share(std::unique_ptr<PictureBuffer> buffer) {
        Picture picture = buffer->view();
        const auto give_back = [pool = shared_from_this()](PictureBuffer* returned) {
            std::unique_ptr<PictureBuffer> owned(returned);
            const std::lock_guard lock(pool->mutex_);
            if (pool->idle_.size() < kPooledMax) pool->idle_.push_back(std::move(owned));
        };
        picture.owner = std::shared_ptr<PictureBuffer>(buffer.release(), give_back);
        return picture;
    }

private:
    const Size size_;
    const Colour colour_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<PictureBuffer>> idle_;
};

Renderer::Renderer(Specification specification)
    : specification_(std::move(specification)),
      timeline_(specification_),
      matrix_(specification_.size.height >= 720 ? ColourMatrix::bt709 : ColourMatrix::bt601),
      margin_((specification_.size.width / 80 + 3) / 2 * 2),
      pool_(std::make_shared<Pool>(specification_.size, Colour{matrix_, ColourRange::limited})) {
    FACET_ASSERT(!specification_.steps.empty());
}

Renderer::~Renderer() = default;

Nanoseconds Renderer::time_of(std::int64_t frame) const {
    return from_seconds(static_cast<double>(frame) / specification_.frames_per_second);
}

Renderer::World& Renderer::world_of(const Dials& dials) {
    for (const auto& world : worlds_)
        if (world->dials.same_world(dials)) return *world;
    const SceneInfo& info = scene_of(dials.scene);
    // Worlds are numbered by the step that first shows them, not by when they were asked for: ids do not depend on seeking.
    int index = 0;
    while (!timeline_.steps()[static_cast<std::size_t>(index)].dials.same_world(dials)) ++index;
    const std::uint64_t seed = combine(specification_.seed, static_cast<std::uint64_t>(info.name.size()));
    worlds_.push_back(std::make_unique<World>(
        World{dials, &info, index, info.camera(specification_.size), info.create(dials, seed), nullptr}));
    return *worlds_.back();
}

Renderer::Shake Renderer::shake_at(double t, double amount) const {
    if (amount <= 0) return {0, 0};
    const double reach = amount * (margin_ - 2);
    const auto axis = [&](std::uint64_t key, double part) {
        const double slow = time_noise(specification_.seed + key, t * 1.7),
                     fast = time_noise(specification_.seed + key + 1, t * 9);
        return std::clamp(round_to_int(reach * part * (0.65 * slow + 0.35 * fast)), -margin_, margin_);
    };
    return {axis(71, 1.0), axis(81, 0.7)};
}

int Renderer::brightness_at(double t, double flicker) const {
    // Lamps at 100 Hz beat against the shutter: a slow swing, and single weak moments.
    const double swing = 0.6 * sine(t * 3.1) + 0.4 * time_noise(specification_.seed + 91, t * 12);
    return std::clamp(round_to_int(128 * (1 + 0.4 * flicker * swing)), 0, 255);
}

Picture Renderer::render(std::int64_t frame) {
    const double t = seconds(time_of(frame));
    const Moment moment = timeline_.at(t);
    auto buffer = pool_->take();
    const Planes planes = planes_of(*buffer);
    draw_world(world_of(moment.dials), t, moment, moment.dials.hour, planes);
    if (moment.fading) {
        auto older = pool_->take();
        draw_world(world_of(*moment.fading), t, moment, moment.dials.hour, planes_of(*older));
        const int weight = 256 - round_to_int(moment.fade * 256);
        for (int i = 0; i < 3; ++i) {
            const auto bytes = static_cast<std::size_t>(buffer->stride(i)) *
                               static_cast<std::size_t>(plane_size(PixelFormat::i420, specification_.size, i).height);
            cross_fade(buffer->plane(i), older->plane(i), bytes, weight);
        }
    }
    if (moment.dials.rain > 0 && world_of(moment.dials).info->outdoors) draw_rain(t, moment.dials.rain, planes);
    expose(frame, t, moment, planes);
    return pool_->share(std::move(buffer));
}

void Renderer::draw_world(World& world, double t, const Moment& moment, double hour, const Planes& planes) {
    if (!world.backdrop) {
        world.backdrop = std::make_unique<Backdrop>(specification_.size, margin_, world.camera, matrix_,
                                                    combine(specification_.seed, 1234));
        world.scene->paint(*world.backdrop);
    }
    const Light light = light_at(hour);
    const Shake shake = shake_at(t, moment.dials.shake);
    const Picture& lit = world.backdrop->lit(light);
    for (int i = 0; i < 3; ++i) {
        const auto index = static_cast<std::size_t>(i);
        const int divisor = i == 0 ? 1 : 2;
        // Where the shake is odd, colour lags by half a pixel: nobody sees it.
        const int left = (margin_ - shake.x) / divisor, top = (margin_ - shake.y) / divisor;
        const Size plane = plane_size(PixelFormat::i420, specification_.size, i);
        std::uint8_t* out = i == 0 ? planes.y : i == 1 ? planes.u : planes.v;
        const std::ptrdiff_t stride = i == 0 ? planes.stride : planes.chroma_stride;
        for (int y = 0; y < plane.height; ++y)
            std::memcpy(out + y * stride, lit.data[index] + (y + top) * lit.stride[index] + left,
                        static_cast<std::size_t>(plane.width));
    }
    const auto seen =
        world.look(t, timeline_, light, moment.dials.sway, shake.x, shake.y, specification_.size, matrix_, true, actors_);
    for (const Seen& one : seen)
        for (const Shape& shape : one.drawing.shadow) canvas_.draw(planes, shape);
    for (const Seen& one : seen) {
        for (const Shape& shape : one.drawing.shapes) canvas_.draw(planes, shape);
        for (const Glow& glow : one.drawing.glows)
            Canvas::glow(planes, glow.x, glow.y, glow.radius, glow.strength, glow.tint_u, glow.tint_v);
    }
}

void Renderer::draw_rain(double t, double amount, const Planes& planes) {
    const int width = planes.width, height = planes.height;
    const int drops = round_to_int(amount * 900);
    for (int i = 0; i < drops; ++i) {
        const auto key = combine(specification_.seed + 17, static_cast<std::uint64_t>(i));
        const double near = 0.4 + 0.6 * unit_hash(key);
        const double fall = unit_hash(key + 1) + t * (1.1 + near);
        const double fallen = fall - std::floor(fall);
        const auto run = static_cast<std::uint64_t>(static_cast<std::int64_t>(std::floor(fall)));
        const double x = unit_hash(combine(key, run)) * 1.1 * width - 0.08 * fallen * width;
        const double y = (fallen * 1.2 - 0.1) * height;
        const double long_ = near * height * 0.055, wide = std::max(0.6, near * width * 0.0011);
        const auto fixed = [](double value) { return static_cast<std::int32_t>(std::floor(value * 256)); };
        Shape shape;
        shape.count = 4;
        shape.corners[0] = {fixed(x), fixed(y)};
        shape.corners[1] = {fixed(x + wide), fixed(y)};
        shape.corners[2] = {fixed(x + wide - long_ * 0.12), fixed(y + long_)};
        shape.corners[3] = {fixed(x - long_ * 0.12), fixed(y + long_)};
        shape.ink.y = 190;
        shape.ink.opacity = static_cast<std::uint8_t>(40 + 70 * near);
        canvas_.draw(planes, shape);
    }
}

void Renderer::expose(std::int64_t frame, double t, const Moment& moment, const Planes& planes) {
    const int gain = brightness_at(t, moment.dials.flicker);
    const int amplitude = round_to_int(moment.dials.noise * 80);  // samples have a deviation of 32: 80 / 128 * 32 = 20
    if (amplitude == 0 && gain == 128) return;
    if (noise_.empty()) {
        noise_ = sensor_noise(4711, static_cast<std::size_t>(kNoiseWidth) * kNoiseRows);
        scaled_noise_.assign(noise_.size(), 0);
    }
    if (amplitude != scaled_for_) scale_noise(scaled_noise_.data(), noise_.data(), noise_.size(), amplitude);
    scaled_for_ = amplitude;
    const auto row_of = [&](int plane, int y) {
        const auto key = combine(specification_.seed * 31 + static_cast<std::uint64_t>(frame),
                                 static_cast<std::uint64_t>(plane * 8192 + y));
        return scaled_noise_.data() + static_cast<std::ptrdiff_t>(key % kNoiseRows) * kNoiseWidth +
               static_cast<std::ptrdiff_t>((key >> 20) % kNoiseShifts);
    };
    for (int y = 0; y < planes.height; ++y)
        expose_luma(planes.y + y * planes.stride, row_of(0, y), static_cast<std::size_t>(planes.width), gain);
    if (amplitude == 0) return;
    for (int y = 0; y < planes.height / 2; ++y) {
        const auto count = static_cast<std::size_t>(planes.width / 2);
        expose_chroma(planes.u + y * planes.chroma_stride, row_of(1, y), count);
        expose_chroma(planes.v + y * planes.chroma_stride, row_of(2, y), count);
    }
}

FrameTruth Renderer::truth(std::int64_t frame, TruthDetail detail) {
    const double t = seconds(time_of(frame));
    const Moment moment = timeline_.at(t);
    const bool older = moment.fading && moment.fade < 0.5;
    World& world = world_of(older ? *moment.fading : moment.dials);
    const Shake shake = shake_at(t, moment.dials.shake);
    const Size picture = specification_.size;
    FrameTruth truth{frame,
                     time_of(frame),
                     world.info->name,
                     moment.dials.hour,
                     brightness_at(t, moment.dials.flicker) / 128.0,
                     moment.dials.noise,
                     moment.dials.rain,
                     shake.x,
                     shake.y,
                     moment.fade,
                     {},
                     {}};
    const auto seen = world.look(t, timeline_, light_at(moment.dials.hour), moment.dials.sway, shake.x, shake.y, picture,
                                 matrix_, false, actors_);
    const bool by_pixels = detail != TruthDetail::boxes;
    Visibility visibility(by_pixels ? picture : Size{});
    if (by_pixels)
        for (const Seen& one : seen) visibility.put(one.drawing, canvas_);
    for (std::size_t i = 0; i < seen.size(); ++i) {
        const Actor& actor = *seen[i].actor;
        const Box& box = seen[i].drawing.box;
        if (is_scenery(actor.kind) || !touches(box, picture)) continue;
        ObjectTruth object;
        object.id = actor.id + world.index * 1'000'000'000LL;
        object.label = name(actor.kind);
        object.defect = name(actor.defect);
        object.box = box;
        object.distance = static_cast<float>(seen[i].drawing.depth);
        object.speed = static_cast<float>(actor.stationary ? 0 : actor.speed * world.dials.speed);
        object.stationary = actor.stationary;
        object.visible_box = clamp(box, picture);
        object.visible = object.visible_box.area() / box.area();
        if (by_pixels) {
            const auto extent = visibility.seen(i, object.visible_box);
            const auto all = visibility.pixels(i);
            object.visible = all > 0 ? static_cast<float>(extent.count) / static_cast<float>(all) : 0;
            object.visible_box = extent.box();
            if (detail == TruthDetail::masks) truth.masks.push_back(visibility.mask(i, extent, object.id));
        }
        truth.objects.push_back(object);
    }
    return truth;
}

EventTruth Renderer::events() const {
    const SceneInfo& first = scene_of(specification_.steps.front().dials.scene);
    auto lines = specification_.lines;
    auto zones = specification_.zones;
    if (lines.empty()) lines.push_back(first.line());
    if (zones.empty()) zones.push_back(first.zone());
    return EventTruth(specification_.size, std::move(lines), std::move(zones));
}

}  // namespace facet::source::synthetic
