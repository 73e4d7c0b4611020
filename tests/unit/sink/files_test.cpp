// The four sinks: what stands in their files, and under which names.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "sink/camera_files.h"
#include "sink/jsonl/jsonl.h"
#include "sink/mot/mot.h"
#include "sink/video/video.h"
#include "source/file/file_source.h"

namespace facet::sink {
namespace {

using std::chrono::milliseconds;

class SinkFiles : public testing::Test {
protected:
    SinkFiles() {
        folder_ = std::filesystem::temp_directory_path() /
                  ("facet-sink-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
    }
    ~SinkFiles() override { std::filesystem::remove_all(folder_); }

    std::string path(const std::string& name) const { return (folder_ / name).string(); }
    std::string content(const std::string& name) const {
        std::ifstream file(path(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    std::vector<std::string> names() const {
        std::vector<std::string> list;
        for (const auto& entry : std::filesystem::directory_iterator(folder_)) list.push_back(entry.path().filename());
        std::sort(list.begin(), list.end());
        return list;
    }
    std::filesystem::path folder_;
};

Track track(std::int64_t id, Box box, TrackState state = TrackState::confirmed) {
    Track result;
    result.id = id;
    result.box = box;
    result.state = state;
    result.score = 0.75F;
    return result;
}

FrameRecord record(std::string_view camera, std::int64_t sequence) {
    FrameRecord result;
    result.camera = camera;
    result.source = camera;
    result.size = {64, 48};
    result.sequence = sequence;
    result.t = milliseconds(40 * sequence);
    result.detected = true;
    return result;
}

TEST_F(SinkFiles, EventsAreLinesThatAFollowerSeesAtOnce) {
    auto sink = kEventsSink.create(path("e.jsonl")).value();
    Event event;
    event.id = "1";
    event.camera = "north";
    const std::vector<Event> events{event, event};
    auto frame = record("north", 0);
    frame.events = events;
    ASSERT_TRUE(sink->write(frame).has_value());
    EXPECT_THAT(content("e.jsonl.partial"), testing::StartsWith(R"({"id":"1","camera":"north")"));
    ASSERT_TRUE(sink->write(record("north", 1)).has_value());
    ASSERT_TRUE(sink->finish().has_value());
    EXPECT_THAT(names(), testing::ElementsAre("e.jsonl"));
    const std::string text = content("e.jsonl");
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
    EXPECT_EQ(text.back(), '\n');
}

TEST_F(SinkFiles, DetectionsHaveALineForEachFrameOnWhichADetectorRan) {
    auto sink = kDetectionsSink.create(path("d.jsonl")).value();
    for (int i = 0; i < 6; ++i) {
        auto frame = record(i % 2 == 0 ? "a.mp4" : "b.mp4", i);
        frame.detected = i != 3;
        ASSERT_TRUE(sink->write(frame).has_value());
    }
    ASSERT_TRUE(sink->finish().has_value());
    const std::string text = content("d.jsonl");
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 5);
    EXPECT_THAT(text, testing::HasSubstr(
                          R"({"objects":[],"resolution":{"height":48,"width":64},"source":"b.mp4","timestamp":40000000})"));
}

TEST_F(SinkFiles, TracksAreMotChallengeTextOfConfirmedTracks) {
    auto sink = kTracksSink.create(path("t.txt")).value();
    const std::vector<Track> tracks{track(3, {10, 20.5F, 30, 40}), track(4, {0, 0, 1, 1}, TrackState::lost)};
    for (int i = 0; i < 2; ++i) {
        auto frame = record("north", i);
        frame.tracks = tracks;
        ASSERT_TRUE(sink->write(frame).has_value());
    }
    ASSERT_TRUE(sink->finish().has_value());
    EXPECT_EQ(content("t.txt"), "1,3,11,21.5,30,40,0.75,-1,-1,-1\n2,3,11,21.5,30,40,0.75,-1,-1,-1\n");
    EXPECT_THAT(names(), testing::ElementsAre("t.txt"));
}

TEST_F(SinkFiles, TracksOfSeveralCamerasStandInAFileEach) {
    auto sink = kTracksSink.create(path("t.txt")).value();
    const std::vector<Track> tracks{track(1, {0, 0, 1, 1})};
    for (const char* camera : {"north", "a/b", "north"}) {
        auto frame = record(camera, 0);
        frame.tracks = tracks;
        ASSERT_TRUE(sink->write(frame).has_value());
    }
    ASSERT_TRUE(sink->finish().has_value());
    EXPECT_THAT(names(), testing::ElementsAre("t.a%2Fb.txt", "t.north.txt"));
    const std::string north = content("t.north.txt");
    EXPECT_EQ(std::count(north.begin(), north.end(), '\n'), 2);
}

TEST_F(SinkFiles, NoTracksAreAnEmptyFileNotAMissingOne) {
    auto sink = kTracksSink.create(path("t.txt")).value();
    ASSERT_TRUE(sink->finish().has_value());
    EXPECT_EQ(content("t.txt"), "");
    EXPECT_THAT(names(), testing::ElementsAre("t.txt"));
}

TEST_F(SinkFiles, ADeviceTakesTheTracksOfOneCameraOnly) {
    auto sink = kTracksSink.create("/dev/null").value();
    ASSERT_TRUE(sink->write(record("north", 0)).has_value());
    const auto second = sink->write(record("south", 0));
    ASSERT_FALSE(second.has_value());
    EXPECT_THAT(second.error().message, testing::AllOf(testing::HasSubstr("north"), testing::HasSubstr("south")));
}

TEST_F(SinkFiles, OverlaysAreVideosWithTheFramesTimes) {
    auto sink = kOverlaySink.create(path("o.mp4")).value();
    EXPECT_TRUE(sink->wants_overlay());
    PictureBuffer picture(PixelFormat::i420, {64, 48});
    for (int plane = 0; plane < 3; ++plane) std::fill_n(picture.plane(plane), 64 * (plane == 0 ? 48 : 24), std::uint8_t{90});
    for (const int i : {0, 1, 2, 10}) {
        auto frame = record("north", i);
        frame.overlay = i == 2 ? nullptr : &picture.view();
        ASSERT_TRUE(sink->write(frame).has_value());
    }
    ASSERT_TRUE(sink->finish().has_value());
    EXPECT_THAT(names(), testing::ElementsAre("o.mp4"));
    auto source = source::kFileSource.open(path("o.mp4")).value();
    std::vector<Nanoseconds> times;
    while (const auto frame = source->next().value()) times.push_back(frame->t);
    EXPECT_THAT(times, testing::ElementsAre(milliseconds(0), milliseconds(40), milliseconds(400)));
}

TEST_F(SinkFiles, OverlaysOfSeveralCamerasAreAVideoEach) {
    auto sink = kOverlaySink.create(path("o.mp4")).value();
    const PictureBuffer small(PixelFormat::bgr24, {32, 32});
    const PictureBuffer large(PixelFormat::i422, {64, 48});
    for (const auto& [camera, picture] : {std::pair("a", &small), std::pair("b", &large)}) {
        auto frame = record(camera, 0);
        frame.overlay = &picture->view();
        ASSERT_TRUE(sink->write(frame).has_value());
    }
    ASSERT_TRUE(sink->finish().has_value());
    EXPECT_THAT(names(), testing::ElementsAre("o.a.mp4", "o.b.mp4"));
    EXPECT_EQ(source::kFileSource.open(path("o.b.mp4")).value()->facts().size, (Size{64, 48}));
}

TEST_F(SinkFiles, WithoutAPictureThereIsNoVideo) {
    auto sink = kOverlaySink.create(path("o.mp4")).value();
    ASSERT_TRUE(sink->write(record("north", 0)).has_value());
    ASSERT_TRUE(sink->finish().has_value());
    EXPECT_THAT(names(), testing::IsEmpty());
}

TEST(CameraPath, PutsTheCameraBeforeTheEnding) {
    EXPECT_EQ(camera_path("out/tracks.txt", "north"), "out/tracks.north.txt");
    EXPECT_EQ(camera_path("tracks", "north"), "tracks.north");
    EXPECT_EQ(camera_path("t.txt", "../x\n%"), "t...%2Fx%0A%25.txt");
}

}  // namespace
}  // namespace facet::sink
