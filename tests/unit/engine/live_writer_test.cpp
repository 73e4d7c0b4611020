#include "engine/live_writer.h"

#include <gtest/gtest.h>

#include "support/process.h"

namespace facet::engine {
namespace {

using facet::test::eventually;
using facet::test::TemporaryFolder;
using std::chrono::milliseconds;

/// What was written, in its order: "frame 3", or an event's id with " and its picture" where it names one.
class Notes : public sink::Sink {
public:
    explicit Notes(std::vector<std::string>& notes, std::mutex& mutex) : notes_(notes), mutex_(mutex) {}
    Status write(const sink::FrameRecord& record) override {
        const std::lock_guard lock(mutex_);
        if (record.detected) notes_.push_back("frame " + std::to_string(record.sequence));
        for (const auto& event : record.events)
            notes_.push_back(event.id + (event.evidence.picture.empty() ? "" : " and its picture"));
        return {};
    }
    Status finish() override { return {}; }

private:
    std::vector<std::string>& notes_;
    std::mutex& mutex_;
};

class LiveWriterTest : public testing::Test {
protected:
    LiveWriterTest() {
        metrics_.declare(evidence_metrics());
        auto camera = std::make_shared<CameraPlan>();
        camera->name = "north";
        camera_ = std::move(camera);
        plan_.evidence = EvidenceSite{.folder = folder_ / "kept", .clip_before = {}, .clip_after = {}};
        footage_ = Footage::create(plan_, metrics_, log_).value();
        camera_footage_ = footage_->add(*camera_);
        sinks_.push_back(std::make_unique<Notes>(notes_, mutex_));
        writer_ = std::make_unique<LiveWriter>(sinks_, 4);
    }
    void put(std::int64_t sequence, const std::vector<std::string>& events) {
        LiveResult& result = writer_->take();
        result.camera = camera_;
        result.sequence = sequence;
        result.scene.detected = true;
        result.scene.events.clear();
        for (const auto& id : events) {
            Event& event = result.scene.events.emplace_back();
            event.id = id;
            event.time = wall_now();
        }
        PictureBuffer buffer(PixelFormat::gray8, {8, 8});
        std::fill_n(buffer.plane(0), 8 * buffer.stride(0), std::uint8_t{100});
        auto frame = std::make_shared<Frame>();
        frame->picture = std::move(buffer).release();
        frame->captured = wall_now();
        frame->arrived = monotonic_now();
        if (!events.empty()) {
            result.frame = frame;
            result.footage = camera_footage_;
        }
        last_frame_ = std::move(frame);
        writer_->put(result);
    }
    std::vector<std::string> notes() {
        const std::lock_guard lock(mutex_);
        return notes_;
    }

    TemporaryFolder folder_;
    Metrics metrics_;
    Log log_{LogLevel::off};
    Plan plan_;
    std::mutex mutex_;
    std::vector<std::string> notes_;  // guarded by mutex_
    std::unique_ptr<Footage> footage_;
    std::shared_ptr<const CameraPlan> camera_;
    std::shared_ptr<CameraFootage> camera_footage_;
    std::vector<std::unique_ptr<sink::Sink>> sinks_;
    std::unique_ptr<LiveWriter> writer_;
    std::weak_ptr<const Frame> last_frame_;
};

TEST_F(LiveWriterTest, EventsAreWrittenWithTheirPicturesInTheirOrderAndFramesAreLetGo) {
    footage_->start([this] { writer_->evidence_settled(); });
    for (int i = 0; i < 10; ++i)
        put(i, i % 3 == 0 ? std::vector{"a" + std::to_string(i), "b" + std::to_string(i)} : std::vector<std::string>{});
    writer_->close();
    std::vector<std::string> events;
    std::vector<std::string> frames;
    for (const auto& note : notes()) (note.starts_with("frame") ? frames : events).push_back(note);
    EXPECT_EQ(frames.size(), 10U);
    std::vector<std::string> expected;
    for (const char* id : {"a0", "b0", "a3", "b3", "a6", "b6", "a9", "b9"})
        expected.push_back(std::string(id) + " and its picture");
    EXPECT_EQ(events, expected);
    EXPECT_TRUE(footage_->close(std::chrono::seconds(5)));
    EXPECT_TRUE(last_frame_.expired());
}

TEST_F(LiveWriterTest, ADiskThatHangsDelaysEventsByAnAgreedTimeAndNothingElse) {
    // Nobody makes evidence: the store's thread is not started.
    const TimePoint began = monotonic_now();
    put(0, {"first"});
    for (int i = 1; i < 50; ++i) put(i, {});
    EXPECT_TRUE(eventually([&] { return notes().size() >= 50; }, milliseconds(1000)));
    for (const auto& note : notes()) EXPECT_TRUE(note.starts_with("frame")) << "other results do not wait: " << note;
    EXPECT_LT(monotonic_now() - began, milliseconds(1200));
    EXPECT_TRUE(eventually([&] { return notes().back() == "first"; }, milliseconds(5000))) << "without a picture";
    EXPECT_GE(monotonic_now() - began, LiveWriter::kEvidenceWaitMax);
    put(50, {"last"});
    writer_->close();
    EXPECT_EQ(notes().back(), "last");
    EXPECT_LT(monotonic_now() - began, milliseconds(8000));
}

}  // namespace
}  // namespace facet::engine
