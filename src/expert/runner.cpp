#include "expert/runner.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/assert.h"
#include "image/preprocess.h"

namespace facet::expert {

namespace {

/// The part of a picture around `region` as a picture of its own (shared memory), grown to whole chroma samples. A crop ends
/// at its own edge: what lies beyond does not shine in, as for every network that was trained on cropped files.
struct View {
    Picture picture;
    Point origin;
};

View view_of(const Picture& picture, const Box& region) {
    const bool is_halved_x =
        picture.format == PixelFormat::i420 || picture.format == PixelFormat::nv12 || picture.format == PixelFormat::i422;
    const bool is_halved_y = picture.format == PixelFormat::i420 || picture.format == PixelFormat::nv12;
    const auto first = [](float edge, bool is_halved) {
        const int pixel = static_cast<int>(std::floor(edge));
        return is_halved ? pixel & ~1 : pixel;
    };
    const int left = first(region.x, is_halved_x);
    const int top = first(region.y, is_halved_y);
    View view{picture, {static_cast<float>(left), static_cast<float>(top)}};
    view.picture.size = {std::min(static_cast<int>(std::ceil(region.right())), picture.size.width) - left,
                         std::min(static_cast<int>(std::ceil(region.bottom())), picture.size.height) - top};
    const std::ptrdiff_t sample = picture.format == PixelFormat::bgr24 ? 3 : 1;
    view.picture.data[0] += top * picture.stride[0] + left * sample;
    for (std::size_t plane = 1; plane < picture.data.size(); ++plane) {
        if (!picture.data[plane]) continue;
        const std::ptrdiff_t x = picture.format == PixelFormat::nv12 ? left : is_halved_x ? left / 2 : left;
        view.picture.data[plane] += (is_halved_y ? top / 2 : top) * picture.stride[plane] + x;
    }
    return view;
}

}  // namespace

struct Runner::Parts {
    std::shared_ptr<const LoadedExpert> loaded;
    image::TensorSpec spec;
    std::unique_ptr<backend::Session> session;  // null for plain code
    std::string variant;
    Tensor input;
    image::Scratch scratch;
    Placement placement;
    std::vector<TensorView> outputs;  // of the last infer(); for plain code the input
};

Runner::Runner(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Runner::~Runner() = default;

Result<std::unique_ptr<Runner>> Runner::create(std::shared_ptr<const LoadedExpert> loaded, Size picture,
                                               backend::SessionOptions options) {
    FACET_ASSERT(loaded && loaded->expert);
    auto parts = std::make_unique<Parts>();
    parts->loaded = std::move(loaded);
    const LoadedExpert& expert = *parts->loaded;
    parts->spec = expert.expert->input(picture);
    const Shape shape = parts->spec.shape();
    parts->input = Tensor(parts->spec.type, shape);
    const std::string size = fmt::format("{}x{}", parts->spec.size.width, parts->spec.size.height);
    if (!expert.backend) {
        parts->variant = fmt::format("{} {}", expert.manifest.name, size);
        return std::unique_ptr<Runner>(new Runner(std::move(parts)));
    }
    options.input_shapes = {shape};
    auto session = expert.backend->load({expert.path}, options);
    if (!session) return fail(session.error().within(expert.manifest.name));
    parts->session = std::move(*session);
    parts->variant = fmt::format("{} {} {}", expert.backend_name, backend::name(parts->session->facts().precision), size);
    return std::unique_ptr<Runner>(new Runner(std::move(parts)));
}

Status Runner::prepare(const Picture& picture) {
    return prepare(picture, Box{0, 0, static_cast<float>(picture.size.width), static_cast<float>(picture.size.height)});
}

Status Runner::prepare(const Picture& picture, const Box& region) {
    const Box inside = clamp(region, picture.size);
    if (!(inside.area() > 0))
        return fail(ErrorCode::invalid_argument, "{}: the region [{}, {}, {}, {}] has no part in the picture of {}x{}",
                    parts_->loaded->manifest.name, region.x, region.y, region.width, region.height, picture.size.width,
                    picture.size.height);
    parts_->placement = image::place(parts_->spec, picture.size, inside);
    const View view = view_of(picture, inside);
    const Box inside_view{inside.x - view.origin.x, inside.y - view.origin.y, inside.width, inside.height};
    image::to_tensor(view.picture, parts_->spec, inside_view, parts_->input.data(), parts_->scratch);
    return {};
}

Status Runner::prepare(const Picture& picture, const std::array<Point, 4>& corners) {
    const float area = facet::area(Polygon(corners.begin(), corners.end()));
    if (!(area > 0) || self_crossing(Polygon(corners.begin(), corners.end())))
        return fail(ErrorCode::invalid_argument, "{}: the corners enclose no area", parts_->loaded->manifest.name);
    parts_->placement = {.tensor = parts_->spec.size, .picture = parts_->spec.size};
    image::rectify_to_tensor(picture, parts_->spec, corners, parts_->input.data(), parts_->scratch);
    return {};
}

Status Runner::infer() {
    const std::array inputs{parts_->input.view()};
    if (!parts_->session) {
        parts_->outputs.assign(inputs.begin(), inputs.end());
        return {};
    }
    auto outputs = backend::run(*parts_->session, inputs);
    if (!outputs) return fail(outputs.error().within(parts_->loaded->manifest.name));
    parts_->outputs.assign(outputs->begin(), outputs->end());
    return {};
}

Result<ObservationContent> Runner::decode(Nanoseconds t, State* state) const {
    auto content = parts_->loaded->expert->decode(parts_->outputs, {parts_->placement, t, state});
    if (!content) return fail(content.error().within(parts_->loaded->manifest.name));
    return content;
}

Result<ObservationContent> Runner::run(const Picture& picture, Nanoseconds t, State* state) {
    FACET_CHECK(prepare(picture));
    FACET_CHECK(infer());
    return decode(t, state);
}

const Expert& Runner::expert() const { return *parts_->loaded->expert; }
const LoadedExpert& Runner::loaded() const { return *parts_->loaded; }
const std::string& Runner::variant() const { return parts_->variant; }
const image::TensorSpec& Runner::input() const { return parts_->spec; }
TensorView Runner::tensor() const { return parts_->input.view(); }
std::span<const TensorView> Runner::outputs() const { return parts_->outputs; }

}  // namespace facet::expert
