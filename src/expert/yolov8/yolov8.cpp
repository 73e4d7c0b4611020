#include "expert/yolov8/yolov8.h"

#include <algorithm>
#include <array>

#include "expert/outputs.h"
#include "model/label_set.h"

namespace facet::expert {

namespace yolov8 {

namespace {

constexpr std::array kStrides{8, 16, 32};
constexpr std::int64_t kBoxRows = 4;
constexpr std::int64_t kPersonKeypoints = 17;  // COCO: nose, eyes, ears, shoulders ... ankles

std::int64_t anchor_count(Size tensor) {
    std::int64_t anchors = 0;
    for (const int stride : kStrides) anchors += std::int64_t{tensor.width / stride} * (tensor.height / stride);
    return anchors;
}

/// What the three families share: the head, whose boxes are found and suppressed.
class Yolov8 : public ModelExpert {
public:
    Yolov8(ModelExpertParts parts, OutputSpec head) : ModelExpert(std::move(parts)), head_(std::move(head)) {}

    Task task() const override { return Task::detect; }

    Result<ObservationContent> decode(std::span<const TensorView> outputs, const DecodeContext& context) const override {
        FACET_CHECK(check_count(outputs, 1));
        FACET_TRY(const auto head, read_head(outputs));
        return to_detections(select(head), context.placement);
    }

protected:
    Result<Head> read_head(std::span<const TensorView> outputs) const {
        FACET_TRY(const auto values, read_output(outputs, head_));
        return Head{values, static_cast<std::size_t>(head_.shape[2]), labels().size()};
    }
    std::vector<Candidate> select(const Head& head) const {
        auto candidates = yolov8::decode(head, selection());
        suppress(candidates, selection());
        return candidates;
    }
    const OutputSpec& head() const { return head_; }

private:
    OutputSpec head_;
};

class Yolov8Segment final : public Yolov8 {
public:
    Yolov8Segment(ModelExpertParts parts, OutputSpec head, OutputSpec prototypes)
        : Yolov8(std::move(parts), std::move(head)), prototypes_(std::move(prototypes)) {}

    Task task() const override { return Task::segment; }

    Result<ObservationContent> decode(std::span<const TensorView> outputs, const DecodeContext& context) const override {
        FACET_CHECK(check_count(outputs, 2));
        FACET_TRY(const auto head, read_head(outputs));
        FACET_TRY(const auto values, read_output(outputs, prototypes_));
        const Shape& shape = prototypes_.shape;
        const Prototypes prototypes{
            values, static_cast<std::size_t>(shape[1]), {static_cast<int>(shape[3]), static_cast<int>(shape[2])}};
        const Placement& placement = context.placement;
        return to_detections(select(head), placement, [&](Detection& detection, const Candidate& candidate) {
            // The part of the box inside of the picture: that is what the detection covers.
            const Point top_left = placement.to_tensor({detection.box.x, detection.box.y});
            const Point bottom_right = placement.to_tensor({detection.box.right(), detection.box.bottom()});
            const Box inside =
                clamp(Box::from_corners(top_left.x, top_left.y, bottom_right.x, bottom_right.y), placement.tensor);
            detection.mask = decode_mask(head, prototypes, candidate.index, inside, placement);
        });
    }

private:
    OutputSpec prototypes_;
};

class Yolov8Pose final : public Yolov8 {
public:
    using Yolov8::Yolov8;

    Task task() const override { return Task::pose; }

    Result<ObservationContent> decode(std::span<const TensorView> outputs, const DecodeContext& context) const override {
        FACET_CHECK(check_count(outputs, 1));
        FACET_TRY(const auto values, read_head(outputs));
        const std::size_t count = (static_cast<std::size_t>(head().shape[1]) - kBoxRows - labels().size()) / 3;
        return to_detections(select(values), context.placement, [&](Detection& detection, const Candidate& candidate) {
            detection.keypoints = decode_keypoints(values, count, candidate.index, context.placement);
        });
    }
};

tl::unexpected<Error> wrong_channels(const model::Manifest& manifest, const backend::Port& port, std::string_view expected) {
    return fail(ErrorCode::invalid_argument, "model '{}': output '{}' has the shape {}, but family {} expects {}",
                manifest.name, port.name, to_string(port.shape), manifest.family, expected);
}

Result<std::unique_ptr<Expert>> create_detect(const model::Manifest& manifest, const backend::ModelFacts& facts,
                                              const ExpertOptions& options) {
    FACET_TRY(auto head, expect_only_output(manifest, facts, {1, -1, anchor_count(manifest.input.size)}));
    head.shape[1] = facts.outputs[0].shape[1];
    if (head.shape[1] <= kBoxRows) return wrong_channels(manifest, facts.outputs[0], "4 + classes channels");
    FACET_TRY(auto parts, make_parts(manifest, facts, options, static_cast<std::size_t>(head.shape[1] - kBoxRows)));
    return std::make_unique<Yolov8>(std::move(parts), std::move(head));
}

Result<std::unique_ptr<Expert>> create_segment(const model::Manifest& manifest, const backend::ModelFacts& facts,
                                               const ExpertOptions& options) {
    if (facts.outputs.size() != 2)
        return fail(ErrorCode::invalid_argument, "model '{}': the graph has {} outputs, but family yolov8-segment expects 2",
                    manifest.name, facts.outputs.size());
    const std::size_t head_index = facts.outputs[0].shape.size() == 3 ? 0 : 1;
    const backend::Port& head_port = facts.outputs[head_index];
    const backend::Port& prototypes_port = facts.outputs[1 - head_index];
    FACET_TRY(auto head, expect_output(manifest, facts, head_port.name, {1, -1, anchor_count(manifest.input.size)}));
    FACET_TRY(auto prototypes, expect_output(manifest, facts, prototypes_port.name, {1, -1, -1, -1}));
    prototypes.shape = prototypes_port.shape;
    head.shape[1] = head_port.shape[1];
    const bool is_static = std::all_of(prototypes.shape.begin(), prototypes.shape.end(), [](auto side) { return side > 0; });
    const std::int64_t classes = head.shape[1] - kBoxRows - prototypes.shape[1];
    if (!is_static || classes <= 0) return wrong_channels(manifest, head_port, "4 + classes + prototypes channels");
    FACET_TRY(auto parts, make_parts(manifest, facts, options, static_cast<std::size_t>(classes)));
    return std::make_unique<Yolov8Segment>(std::move(parts), std::move(head), std::move(prototypes));
}

Result<std::unique_ptr<Expert>> create_pose(const model::Manifest& manifest, const backend::ModelFacts& facts,
                                            const ExpertOptions& options) {
    FACET_TRY(auto head, expect_only_output(manifest, facts, {1, -1, anchor_count(manifest.input.size)}));
    head.shape[1] = facts.outputs[0].shape[1];
    const std::size_t classes = std::max<std::size_t>(manifest.labels.size(), 1);
    const std::int64_t rest = head.shape[1] - kBoxRows - static_cast<std::int64_t>(classes);
    if (rest <= 0 || rest % 3 != 0) return wrong_channels(manifest, facts.outputs[0], "4 + labels + 3 * keypoints channels");
    FACET_TRY(auto parts, make_parts(manifest, facts, options, classes));
    return std::make_unique<Yolov8Pose>(std::move(parts), std::move(head));
}

/// A manifest for a graph whose first three-dimensional output is a head for its input, and that output.
std::optional<model::Manifest> recognise_head(const backend::ModelFacts& facts, std::string_view family,
                                              const Shape*& head) {
    auto manifest = recognise_input(facts, family, image::Layout::nchw);
    if (!manifest) return std::nullopt;
    const auto found = std::find_if(facts.outputs.begin(), facts.outputs.end(), [&](const backend::Port& port) {
        return port.shape.size() == 3 && port.shape[2] == anchor_count(manifest->input.size) && port.shape[1] > kBoxRows;
    });
    if (found == facts.outputs.end()) return std::nullopt;
    head = &found->shape;
    manifest->input.scale = {1 / 255.0F, 1 / 255.0F, 1 / 255.0F};
    return manifest;
}

void name_classes(model::Manifest& manifest, std::int64_t classes) {
    if (classes == 80) manifest.labels = *model::label_set("coco80");
}

std::optional<model::Manifest> recognise_pose(const backend::ModelFacts& facts) {
    const Shape* head = nullptr;
    auto manifest = recognise_head(facts, kYolov8Pose.name, head);
    // One class and COCO's keypoints: any other number of channels is taken for classes.
    if (!manifest || facts.outputs.size() != 1 || (*head)[1] != kBoxRows + 1 + 3 * kPersonKeypoints) return std::nullopt;
    manifest->labels = *model::label_set("person");
    return manifest;
}

std::optional<model::Manifest> recognise_detect(const backend::ModelFacts& facts) {
    const Shape* head = nullptr;
    auto manifest = recognise_head(facts, kYolov8.name, head);
    if (!manifest || facts.outputs.size() != 1 || recognise_pose(facts)) return std::nullopt;
    name_classes(*manifest, (*head)[1] - kBoxRows);
    return manifest;
}

std::optional<model::Manifest> recognise_segment(const backend::ModelFacts& facts) {
    const Shape* head = nullptr;
    auto manifest = recognise_head(facts, kYolov8Segment.name, head);
    if (!manifest || facts.outputs.size() != 2) return std::nullopt;
    for (const auto& port : facts.outputs) {
        if (port.shape.size() != 4 || port.shape[1] <= 0) continue;
        name_classes(*manifest, (*head)[1] - kBoxRows - port.shape[1]);
        return manifest;
    }
    return std::nullopt;
}

}  // namespace
}  // namespace yolov8

const FamilyInfo kYolov8{.name = "yolov8",
                         .task = Task::detect,
                         .summary = "YOLOv8 and YOLO11 detectors",
                         .create = yolov8::create_detect,
                         .recognise = yolov8::recognise_detect};
const FamilyInfo kYolov8Segment{.name = "yolov8-segment",
                                .task = Task::segment,
                                .summary = "YOLOv8 and YOLO11 instance segmentation: boxes with masks",
                                .create = yolov8::create_segment,
                                .recognise = yolov8::recognise_segment};
const FamilyInfo kYolov8Pose{.name = "yolov8-pose",
                             .task = Task::pose,
                             .summary = "YOLOv8 and YOLO11 pose: boxes with keypoints",
                             .create = yolov8::create_pose,
                             .recognise = yolov8::recognise_pose};

}  // namespace facet::expert
