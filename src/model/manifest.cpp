#include "model/manifest.h"

#include <cmath>

#include "base/file.h"
#include "base/text.h"
#include "model/label_set.h"
#include "wrap/openssl/sha256.h"

namespace facet::model {

namespace {

using config::Node;
using config::OptionRow;
using config::OptionType;
using config::Values;

constexpr OptionRow kManifestOptions[] = {
    {.key = "name", .required = true, .help = "short public name, as used in `model:`"},
    {.key = "family", .required = true, .help = "the expert family that decodes the outputs, for example yolox"},
    {.key = "task", .help = "detect, segment, classify, pose, face, plate, read or embed; checked against the family"},
    {.key = "input", .type = OptionType::node, .required = true, .help = "what the input tensor looks like"},
    {.key = "follows_aspect",
     .type = OptionType::flag,
     .fallback = "false",
     .help = "the input may be cut to the picture's aspect"},
    {.key = "stride",
     .type = OptionType::integer,
     .fallback = "0",
     .minimum = 0,
     .maximum = 1024,
     .unit = "pixels",
     .help = "a cut input is a multiple of this"},
    {.key = "labels",
     .type = OptionType::node,
     .help = "class names: a list, a built-in set (coco80, voc21 ...) or {file: NAME, sha256: HEX}"},
    {.key = "licence", .help = "licence of the weights"},
    {.key = "sha256", .help = "of the model file, 64 lower-case hexadecimal digits"},
    {.key = "bytes", .type = OptionType::integer, .fallback = "0", .minimum = 0, .help = "size of the model file"},
    {.key = "address", .help = "where it can be downloaded: https://, http:// or file://"},
    {.key = "file", .help = "file name under which it is kept"},
    {.key = "parameters", .type = OptionType::node, .help = "`key: value` lines of the family"},
};

constexpr OptionRow kInputOptions[] = {
    {.key = "size", .type = OptionType::point, .required = true, .unit = "pixels", .help = "[width, height]"},
    {.key = "type", .type = OptionType::choice, .fallback = "f32", .choices = "f32|u8", .help = "of the elements"},
    {.key = "layout", .type = OptionType::choice, .fallback = "nchw", .choices = "nchw|nhwc", .help = "order of dimensions"},
    {.key = "channels",
     .type = OptionType::choice,
     .fallback = "rgb",
     .choices = "rgb|bgr|gray",
     .help = "order of colours"},
    {.key = "fit",
     .type = OptionType::choice,
     .fallback = "letterbox_top_left",
     .choices = "stretch|letterbox_top_left|letterbox_centred|crop_centred",
     .help = "how the picture is fitted"},
    {.key = "short_side",
     .type = OptionType::integer,
     .fallback = "0",
     .minimum = 0,
     .maximum = 16384,
     .unit = "pixels",
     .help = "crop_centred: the picture's short side is scaled to this first"},
    {.key = "pad",
     .type = OptionType::number,
     .fallback = "114",
     .minimum = 0,
     .maximum = 255,
     .help = "sample value outside of a letterbox's content"},
    {.key = "mean",
     .type = OptionType::node,
     .help = "one number or three, in 0..255, in the order of `channels`; default 0"},
    {.key = "std", .type = OptionType::node, .help = "(sample - mean) is divided by this: one number or three; default 1"},
};

/// One number for all channels, or three.
Result<std::array<float, 3>> read_channels(const Node& node, std::string_view key, float fallback) {
    std::array<float, 3> values{fallback, fallback, fallback};
    if (node.kind == Node::Kind::null) return values;
    const auto number = [&](const Node& item) -> Result<float> {
        const auto value = item.kind == Node::Kind::scalar ? parse_number(item.scalar) : std::nullopt;
        if (!value) return fail(ErrorCode::invalid_argument, "{}: input: {} is not a number or three", item.place(), key);
        return static_cast<float>(*value);
    };
    if (node.kind != Node::Kind::list) {
        FACET_TRY(const float value, number(node));
        values.fill(value);
        return values;
    }
    if (node.items.size() != values.size())
        return fail(ErrorCode::invalid_argument, "{}: input: {} has {} numbers, expected 1 or 3", node.place(), key,
                    node.items.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        FACET_TRY(values[i], number(node.items[i]));
    }
    return values;
}

image::Fit parse_fit(std::string_view text) {
    if (text == "stretch") return image::Fit::stretch;
    if (text == "letterbox_centred") return image::Fit::letterbox_centred;
    if (text == "crop_centred") return image::Fit::crop_centred;
    return image::Fit::letterbox_top_left;
}

image::Channels parse_channels(std::string_view text) {
    if (text == "bgr") return image::Channels::bgr;
    return text == "gray" ? image::Channels::gray : image::Channels::rgb;
}

constexpr float kSideMax = 16384;  // far above any network's input; bounds what a hostile manifest can make us allocate

Result<image::TensorSpec> read_input(const Node& node, std::string_view owner) {
    FACET_TRY(const auto values, Values::read(kInputOptions, node, fmt::format("{}: input", owner)));
    const auto [width, height] = values.point("size");
    const auto is_side = [](float side) { return side >= 1 && side <= kSideMax && side == std::floor(side); };
    if (!is_side(width) || !is_side(height))
        return fail(ErrorCode::invalid_argument, "{}: {}: input: size is [{}, {}], expected whole numbers in 1..{}",
                    values.place("size"), owner, width, height, kSideMax);
    image::TensorSpec spec;
    spec.size = {static_cast<int>(width), static_cast<int>(height)};
    spec.type = values.text("type") == "u8" ? ElementType::u8 : ElementType::f32;
    spec.layout = values.text("layout") == "nhwc" ? image::Layout::nhwc : image::Layout::nchw;
    spec.channels = parse_channels(values.text("channels"));
    spec.fit = parse_fit(values.text("fit"));
    spec.short_side = static_cast<int>(values.integer("short_side"));
    spec.pad = static_cast<float>(values.number("pad"));
    FACET_TRY(spec.mean, read_channels(values.node("mean"), "mean", 0));
    FACET_TRY(const auto deviation, read_channels(values.node("std"), "std", 1));
    for (std::size_t i = 0; i < deviation.size(); ++i) {
        if (!(deviation[i] > 0))
            return fail(ErrorCode::invalid_argument, "{}: {}: input: std is {}, expected > 0", node.place(), owner,
                        deviation[i]);
        spec.scale[i] = 1 / deviation[i];
    }
    const bool is_crop = spec.fit == image::Fit::crop_centred;
    if (is_crop && spec.short_side < std::max(spec.size.width, spec.size.height))
        return fail(ErrorCode::invalid_argument, "{}: {}: input: short_side is {}, expected at least the size {}x{}",
                    node.place(), owner, spec.short_side, spec.size.width, spec.size.height);
    if (spec.type == ElementType::u8 && (spec.mean != std::array<float, 3>{} || spec.scale != std::array<float, 3>{1, 1, 1}))
        return fail(ErrorCode::invalid_argument, "{}: {}: input: a u8 tensor takes no mean and no std", node.place(), owner);
    return spec;
}

constexpr std::size_t kLabelsMax = 100'000;

Status read_labels(const Node& node, Manifest& manifest) {
    if (node.kind == Node::Kind::null) return {};
    if (node.kind == Node::Kind::scalar) {
        auto set = label_set(node.scalar);
        if (!set)
            return fail(
                ErrorCode::invalid_argument,
                "{}: model '{}': labels: no built-in set '{}' (coco80, voc21, road4, plate_colours, lprnet68, person, "
                "face, plate); a file is written {{file: NAME}}",
                node.place(), manifest.name, node.scalar);
        manifest.labels = std::move(*set);
        return {};
    }
    if (node.kind == Node::Kind::list) {
        if (node.items.size() > kLabelsMax)
            return fail(ErrorCode::invalid_argument, "{}: model '{}': {} labels, expected at most {}", node.place(),
                        manifest.name, node.items.size(), kLabelsMax);
        for (const Node& item : node.items) {
            if (item.kind != Node::Kind::scalar)
                return fail(ErrorCode::invalid_argument, "{}: model '{}': a label is not a text", item.place(),
                            manifest.name);
            manifest.labels.push_back(item.scalar);
        }
        return {};
    }
    static constexpr OptionRow kFile[] = {
        {.key = "file", .required = true, .help = "a name a line, beside the model"},
        {.key = "sha256", .help = "of that file"},
    };
    FACET_TRY(const auto values, Values::read(kFile, node, fmt::format("model '{}': labels", manifest.name)));
    manifest.labels_file = values.text("file");
    manifest.labels_sha256 = values.text("sha256");
    if (!manifest.labels_sha256.empty() && !is_sha256(manifest.labels_sha256))
        return fail(ErrorCode::invalid_argument, "{}: model '{}': labels: sha256 '{}' is not 64 digits 0-9a-f",
                    values.place("sha256"), manifest.name, manifest.labels_sha256);
    return {};
}

Status check_file_name(std::string_view name, const Node& node, const Manifest& manifest) {
    if (name.empty() || (name.find('/') == std::string_view::npos && name != "." && name != "..")) return {};
    return fail(ErrorCode::invalid_argument, "{}: model '{}': file '{}' is a path, expected a plain file name", node.place(),
                manifest.name, name);
}

std::string_view name_of(image::Fit fit) {
    switch (fit) {
        case image::Fit::stretch: return "stretch";
        case image::Fit::letterbox_top_left: return "letterbox_top_left";
        case image::Fit::letterbox_centred: return "letterbox_centred";
        case image::Fit::crop_centred: return "crop_centred";
    }
    return "unknown";
}

}  // namespace

Result<Manifest> read_manifest(const Node& node) {
    FACET_TRY(const auto values, Values::read(kManifestOptions, node, "model"));
    Manifest manifest;
    manifest.name = values.text("name");
    const std::string owner = fmt::format("model '{}'", manifest.name);
    manifest.family = values.text("family");
    manifest.task = values.text("task");
    FACET_TRY(manifest.input, read_input(values.node("input"), owner));
    manifest.follows_aspect = values.flag("follows_aspect");
    manifest.stride = static_cast<int>(values.integer("stride"));
    manifest.licence = values.text("licence");
    manifest.sha256 = values.text("sha256");
    manifest.bytes = static_cast<std::size_t>(values.integer("bytes"));
    manifest.address = values.text("address");
    manifest.file = values.text("file");
    FACET_CHECK(read_labels(values.node("labels"), manifest));
    FACET_CHECK(check_file_name(manifest.file, node, manifest));
    FACET_CHECK(check_file_name(manifest.labels_file, node, manifest));
    if (manifest.name.empty()) return fail(ErrorCode::invalid_argument, "{}: a model has an empty name", node.place());
    if (!manifest.sha256.empty() && !is_sha256(manifest.sha256))
        return fail(ErrorCode::invalid_argument, "{}: {}: sha256 '{}' is not 64 digits 0-9a-f", values.place("sha256"),
                    owner, manifest.sha256);
    if (manifest.follows_aspect && manifest.stride == 0)
        return fail(ErrorCode::invalid_argument, "{}: {}: follows_aspect needs a stride", node.place(), owner);
    const Size size = manifest.input.size;
    if (manifest.follows_aspect && (size.width % manifest.stride != 0 || size.height % manifest.stride != 0))
        return fail(ErrorCode::invalid_argument, "{}: {}: size {}x{} is no multiple of the stride {}", node.place(), owner,
                    size.width, size.height, manifest.stride);
    for (const auto& [key, value] : values.node("parameters").members) {
        if (value.kind != Node::Kind::scalar)
            return fail(ErrorCode::invalid_argument, "{}: {}: parameter {} is not one value", value.place(), owner, key);
        manifest.parameters.emplace_back(key, value.scalar);
    }
    return manifest;
}

std::string_view parameter(const Manifest& manifest, std::string_view key, std::string_view fallback) {
    for (const auto& [name, value] : manifest.parameters)
        if (name == key) return value;
    return fallback;
}

std::string to_string(const image::TensorSpec& spec) {
    return fmt::format("{}{} {} {} {}", name(spec.type), facet::to_string(spec.shape()),
                       spec.layout == image::Layout::nchw ? "nchw" : "nhwc",
                       spec.channels == image::Channels::rgb   ? "rgb"
                       : spec.channels == image::Channels::bgr ? "bgr"
                                                               : "gray",
                       name_of(spec.fit));
}

std::span<const OptionRow> manifest_options() { return kManifestOptions; }
std::span<const OptionRow> input_options() { return kInputOptions; }

}  // namespace facet::model
