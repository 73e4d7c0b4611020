#include "source/synthetic/backdrop.h"

#include <algorithm>

#include "base/assert.h"
#include "source/synthetic/pixel_kernels.h"

namespace facet::source::synthetic {

namespace {
Size widened(Size size, int margin) { return {size.width + 2 * margin, size.height + 2 * margin}; }

/// Cuts a polygon at the plane that is `nearest` in front of the camera (Sutherland and Hodgman).
std::vector<Vec3> cut(std::span<const Vec3> corners, const Camera& camera, double nearest) {
    std::vector<Vec3> kept;
    for (std::size_t i = 0; i < corners.size(); ++i) {
        const Vec3 a = corners[i], b = corners[(i + 1) % corners.size()];
        const double da = camera.depth(a) - nearest, db = camera.depth(b) - nearest;
        if (da >= 0) kept.push_back(a);
        if ((da >= 0) != (db >= 0)) kept.push_back(mix_values(a, b, da / (da - db)));
    }
    return kept;
}
constexpr Vec3 kSky{-0.5, -0.4, 0.77};
}  // namespace

Backdrop::Backdrop(Size size, int margin, const Camera& camera, ColourMatrix matrix, std::uint64_t seed)
    : camera_(camera.widened(margin)),
      matrix_(matrix),
      seed_(seed),
      margin_(margin),
      day_(PixelFormat::i420, widened(size, margin), {matrix, ColourRange::limited}),
      lit_(PixelFormat::i420, widened(size, margin), {matrix, ColourRange::limited}),
      lamp_(static_cast<std::size_t>(day_.stride(0)) * static_cast<std::size_t>(day_.size().height)) {
    FACET_ASSERT(margin % 2 == 0);
    // The bytes between the end of a row and the next are lit too: they must have a value.
    for (int i = 0; i < 3; ++i)
        std::fill_n(day_.plane(i), day_.stride(i) * plane_size(PixelFormat::i420, day_.size(), i).height, std::uint8_t{16});
}

Planes Backdrop::planes() {
    return {day_.plane(0),  day_.plane(1),     day_.plane(2),     day_.stride(0),
            day_.stride(1), day_.size().width, day_.size().height};
}

void Backdrop::ground(const std::function<Ground(Vec2)>& material, double grains_per_metre, Rgb sky_top, Rgb sky_low) {
    const Size size = day_.size();
    const Planes out = planes();
    for (int y = 0; y < size.height; y += 2) {
        for (int x = 0; x < size.width; x += 2) {
            Vec2 place;
            Ground here;
            bool is_ground = camera_.ground(x + 1.0, y + 1.0, place);
            if (is_ground && place.y > 400) is_ground = false;
            here = is_ground ? material(place) : Ground{mixed(sky_top, sky_low, std::min(100, y * 300 / size.height)), 2};
            const Yuv yuv = to_yuv(here.colour, matrix_);
            out.u[(y / 2) * out.chroma_stride + x / 2] = yuv.u;
            out.v[(y / 2) * out.chroma_stride + x / 2] = yuv.v;
            for (int k = 0; k < 4; ++k) {
                const int px = x + k % 2, py = y + k / 2;
                int level = yuv.y;
                if (is_ground && camera_.ground(px + 0.5, py + 0.5, place)) {
                    const auto fixed = [grains_per_metre](double metres) {
                        return static_cast<std::int64_t>(std::floor(metres * grains_per_metre * 256));
                    };
                    // Large spots and, where the camera resolves them, single grains.
                    level += here.grain * rough_noise(seed_, fixed(place.x / 24), fixed(place.y / 24), 2) / 160;
                    level += here.grain * rough_noise(seed_ + 7, fixed(place.x), fixed(place.y), 2) / 220;
                } else {
                    level += here.grain * rough_noise(seed_ + 3, px * 3, py * 5, 3) / 100;
                }
                out.y[py * out.stride + px] = static_cast<std::uint8_t>(std::clamp(level, 16, 235));
            }
        }
    }
}

void Backdrop::polygon(std::span<const Vec3> corners, const Surface& surface) {
    const auto kept = cut(corners, camera_, 1.0 / 2);
    if (kept.size() < 3) return;
    Modeller modeller(camera_, matrix_, Light{}, kSky, 40);
    modeller.begin({}, 0, 1, 0);
    modeller.polygon(kept, surface);
    for (const Shape& shape : modeller.finish(false).shapes) canvas_.draw(planes(), shape);
}

void Backdrop::panel(Vec3 corner, Vec3 across, Vec3 along, const Surface& surface) {
    const std::array<Vec3, 4> corners{corner, corner + across, corner + across + along, corner + along};
    polygon(corners, surface);
}

void Backdrop::block(Vec3 position, double heading, const Block& block, const Surface& surface) {
    Modeller modeller(camera_, matrix_, Light{}, kSky, 40);
    modeller.begin(position, heading, 1, 0);
    modeller.block(block, surface);
    const Drawing drawing = modeller.finish(true);
    for (const Shape& shape : drawing.shadow) canvas_.draw(planes(), shape);
    for (const Shape& shape : drawing.shapes) canvas_.draw(planes(), shape);
}

void Backdrop::lamps(const std::function<double(Vec2)>& lamp) {
    const Size size = day_.size();
    const auto stride = static_cast<int>(day_.stride(0));
    constexpr int kCell = 8;  // lamplight is soft: asked for at every 8th pixel and mixed between
    const int columns = size.width / kCell + 2, rows = size.height / kCell + 2;
    std::vector<int> grid(static_cast<std::size_t>(columns * rows));
    for (int j = 0; j < rows; ++j)
        for (int i = 0; i < columns; ++i) {
            Vec2 place;
            const bool hit = camera_.ground(i * kCell, j * kCell, place) && place.y < 300;
            const double light = hit ? lamp(place) : lamp({(i * kCell - size.width / 2.0) * 0.05, 90}) * 0.5;
            grid[static_cast<std::size_t>(j * columns + i)] = round_to_int(std::clamp(light, 0.0, 1.0) * 255);
        }
    for (int y = 0; y < size.height; ++y)
        for (int x = 0; x < size.width; ++x) {
            const int* cell = grid.data() + (y / kCell) * columns + x / kCell;
            const int fx = x % kCell, fy = y % kCell;
            const int top = cell[0] * (kCell - fx) + cell[1] * fx;
            const int bottom = cell[columns] * (kCell - fx) + cell[columns + 1] * fx;
            lamp_[static_cast<std::size_t>(y * stride + x)] =
                static_cast<std::uint8_t>((top * (kCell - fy) + bottom * fy) / (kCell * kCell));
        }
}

const Picture& Backdrop::lit(const Light& light) {
    if (light == lit_for_) return lit_.view();
    lit_for_ = light;
    const Size size = day_.size();
    const auto bytes = static_cast<std::size_t>(day_.stride(0)) * static_cast<std::size_t>(size.height);
    light_luma(lit_.plane(0), day_.plane(0), lamp_.data(), bytes, light.ambient, light.lamps);
    const auto chroma_bytes = static_cast<std::size_t>(day_.stride(1)) * static_cast<std::size_t>(size.height / 2);
    light_chroma(lit_.plane(1), day_.plane(1), chroma_bytes, light.saturation, light.tint_u);
    light_chroma(lit_.plane(2), day_.plane(2), chroma_bytes, light.saturation, light.tint_v);
    return lit_.view();
}

}  // namespace facet::source::synthetic
