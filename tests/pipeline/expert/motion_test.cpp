// The motion expert on clips with truth and on synthetic scenes.
#include <algorithm>
#include <array>
#include <map>
#include <numeric>

#include "expert/motion/motion.h"
#include "source/file/file_source.h"
#include "source/synthetic/dials.h"
#include "source/synthetic/renderer.h"
#include "support.h"

namespace facet::tests {
namespace {

/// The motion expert of one camera.
class Watcher {
public:
    explicit Watcher(Size picture) {
        expert::LoadRequest request;
        request.model = "motion";
        auto loaded =
            expert::load_expert(request, nullptr, std::array<const expert::FamilyInfo*, 1>{&expert::kMotion}, log_);
        auto runner = expert::Runner::create(std::move(*loaded), picture, {});
        runner_ = std::move(*runner);
        state_ = runner_->expert().new_state();
    }
    std::vector<Detection> step(const Picture& picture, Nanoseconds t) {
        auto content = runner_->run(picture, t, state_.get());
        EXPECT_TRUE(content.has_value());
        return std::get<Detections>(std::move(*content)).items;
    }

private:
    Log log_{LogLevel::error};
    std::unique_ptr<expert::Runner> runner_;
    std::unique_ptr<expert::State> state_;
};

/// Frames of a clip in which something moved outside of the masks of video_events.json.
std::vector<std::int64_t> motion_frames(const std::string& clip) {
    const std::vector<Polygon> masks{{{0, 0.037F}, {0.253F, 0.039F}, {0.254F, 0.113F}, {0, 0.113F}},
                                     {{0.783F, 0}, {0.746F, 0.381F}, {1, 0.607F}, {1, 0}}};
    auto source = source::kFileSource.open((kData / "videos" / clip).string());
    EXPECT_TRUE(source.has_value());
    const Size size = (*source)->facts().size;
    Watcher watcher(size);
    std::vector<std::int64_t> frames;
    while (true) {
        auto frame = (*source)->next();
        EXPECT_TRUE(frame.has_value());
        if (!frame || !*frame) return frames;
        const auto found = watcher.step((*frame)->picture, (*frame)->t);
        const bool is_motion = std::any_of(found.begin(), found.end(), [&](const Detection& detection) {
            const Point centre = detection.box.centre();
            const Point relative{centre.x / static_cast<float>(size.width), centre.y / static_cast<float>(size.height)};
            return std::none_of(masks.begin(), masks.end(), [&](const Polygon& mask) { return contains(mask, relative); });
        });
        if (is_motion) frames.push_back((*frame)->sequence);
    }
}

TEST(MotionClips, LightThatChangesIsNoMotion) {
    FACET_NEED_DATA();
    EXPECT_TRUE(motion_frames("motion_1_178x100.mp4").empty());
}

TEST(MotionClips, APersonIsMotionWhileThere) {
    FACET_NEED_DATA();
    const auto frames = motion_frames("motion_2_178x100.mp4");
    ASSERT_FALSE(frames.empty());
    EXPECT_GE(frames.front(), 190);
    EXPECT_LE(frames.back(), 307 + 12);
    EXPECT_GE(frames.size(), 70U);
}

/// How well boxes of motion cover what moves in a synthetic scene.
struct Score {
    double recall = 0;  ///< of moving objects large enough to see: their middle lies in a box
    double precision =
        0;  ///< of boxes: at least a third of it is moving objects, shadows included in the box count against it
    int objects = 0;
    int boxes = 0;
};

Score score_of(const std::string& address) {
    auto specification = source::synthetic::read_address(address);
    EXPECT_TRUE(specification.has_value()) << (specification ? "" : specification.error().message);
    source::synthetic::Renderer renderer(*specification);
    const Size size = specification->size;
    Watcher watcher(size);
    Score score;
    int found_objects = 0;
    int right_boxes = 0;
    for (std::int64_t index = 0; index < specification->frames; ++index) {
        const auto found = watcher.step(renderer.render(index), renderer.time_of(index));
        if (seconds(renderer.time_of(index)) < 2) continue;  // the background is being learned
        const auto truth = renderer.truth(index, source::synthetic::TruthDetail::boxes);
        std::vector<Box> moving;
        for (const auto& object : truth.objects)
            if (!object.stationary && object.speed > 0.05F) moving.push_back(clamp(object.box, size));
        const float area_min = 0.004F * static_cast<float>(size.width * size.height);
        for (const Box& box : moving) {
            if (box.area() < area_min) continue;
            ++score.objects;
            found_objects += std::any_of(found.begin(), found.end(), [&](const Detection& detection) {
                return intersection(detection.box, box).area() > 0.3F * box.area();
            });
        }
        for (const Detection& detection : found) {
            ++score.boxes;
            const float covered = std::accumulate(moving.begin(), moving.end(), 0.0F, [&](float sum, const Box& box) {
                return sum + intersection(detection.box, box).area();
            });
            right_boxes += covered > 0.33F * detection.box.area();
        }
    }
    score.recall = score.objects ? static_cast<double>(found_objects) / score.objects : 1;
    score.precision = score.boxes ? static_cast<double>(right_boxes) / score.boxes : 1;
    return score;
}

TEST(MotionScenes, MovingThingsAreFoundAndLittleElse) {
    struct Case {
        std::string dials;
        double recall_min;
        double precision_min;
    };
    // Headlamps throw beams with edges of their own: at night boxes are larger than the cars.
    const std::vector<Case> cases{{"", 0.75, 0.7}, {"&flicker=0.5", 0.7, 0.7}, {"&light=night", 0.6, 0.3}};
    for (const std::string scene : {"street", "crossing", "hall"})
        for (const Case& one : cases) {
            const auto score = score_of("synthetic:" + scene + "?seed=3&size=640x360&fps=12&frames=120" + one.dials);
            EXPECT_GT(score.objects, 50) << scene << one.dials;
            EXPECT_GE(score.recall, one.recall_min) << scene << one.dials;
            EXPECT_GE(score.precision, one.precision_min) << scene << one.dials;
        }
}

TEST(MotionScenes, AnEmptySceneHasNoMotion) {
    for (const std::string dials : {"", "&flicker=0.5", "&noise=0.5", "&shake=0.3", "&light=night"}) {
        const auto score = score_of("synthetic:street?objects=0&seed=5&size=640x360&fps=12&frames=120" + dials);
        EXPECT_EQ(score.boxes, 0) << dials;
    }
}

}  // namespace
}  // namespace facet::tests
