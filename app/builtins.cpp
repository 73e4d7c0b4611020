// Everything pluggable, listed. The only file with #if FACET_WITH_X.
#include "app/builtins.h"

#include <array>

#if FACET_WITH_OPENVINO
#include "backend/openvino/openvino_backend.h"
#endif
#include "expert/blazeface/blazeface.h"
#include "expert/classification/classification.h"
#include "expert/deeplab/deeplab.h"
#include "expert/embedding/embedding.h"
#include "expert/motion/motion.h"
#include "expert/nanodet/nanodet.h"
#include "expert/plate/plate.h"
#include "expert/road_segmentation/road_segmentation.h"
#include "expert/ultraface/ultraface.h"
#include "expert/yolov8/yolov8.h"
#include "expert/yolox/yolox.h"
#include "expert/yunet/yunet.h"
#include "scene/rule/absence.h"
#include "scene/rule/count.h"
#include "scene/rule/crowd.h"
#include "scene/rule/dwell.h"
#include "scene/rule/left.h"
#include "scene/rule/line.h"
#include "scene/rule/motion.h"
#include "scene/rule/queue.h"
#include "scene/rule/removed.h"
#include "scene/rule/speed.h"
#include "scene/rule/stop.h"
#include "scene/rule/wrong_way.h"
#include "scene/rule/zone.h"
#include "scene/track/appearance.h"
#include "scene/track/bytetrack.h"
#include "scene/track/oc_sort.h"
#include "sink/jsonl/jsonl.h"
#include "sink/mot/mot.h"
#include "sink/video/video.h"
#include "source/file/file_source.h"
#include "source/synthetic/synthetic_source.h"

namespace facet::app {

namespace {

// The file source takes any path, so it comes last.
constexpr std::array<const source::SourceInfo*, 2> kSources{&source::kSyntheticSource, &source::kFileSource};

#if FACET_WITH_OPENVINO
constexpr std::array<const backend::BackendInfo*, 1> kBackends{&backend::kOpenvinoBackend};
#else
constexpr std::array<const backend::BackendInfo*, 0> kBackends{};
#endif

constexpr std::array<const expert::FamilyInfo*, 16> kFamilies{
    &expert::kYolox,       &expert::kNanodet,   &expert::kYolov8,           &expert::kYolov8Segment,
    &expert::kYolov8Pose,  &expert::kDeeplab,   &expert::kRoadSegmentation, &expert::kClassification,
    &expert::kUltraface,   &expert::kYunet,     &expert::kBlazeface,        &expert::kPlate,
    &expert::kPlateColour, &expert::kPlateText, &expert::kEmbedding,        &expert::kMotion,
};

constexpr std::array<const scene::TrackerInfo*, 3> kTrackers{&scene::kByteTrack, &scene::kOcSort, &scene::kAppearance};

constexpr std::array<const scene::RuleInfo*, 13> kRules{
    &scene::kLineRule,    &scene::kZoneRule,  &scene::kDwellRule,  &scene::kStopRule,    &scene::kWrongWayRule,
    &scene::kSpeedRule,   &scene::kQueueRule, &scene::kLeftRule,   &scene::kRemovedRule, &scene::kCrowdRule,
    &scene::kAbsenceRule, &scene::kCountRule, &scene::kMotionRule,
};

constexpr std::array<const sink::SinkInfo*, 4> kSinks{&sink::kEventsSink, &sink::kDetectionsSink, &sink::kTracksSink,
                                                      &sink::kOverlaySink};

}  // namespace

const engine::Plugins& builtins() {
    static constexpr engine::Plugins kPlugins{kSources, kBackends, kFamilies, kTrackers, kRules, kSinks};
    return kPlugins;
}

}  // namespace facet::app
