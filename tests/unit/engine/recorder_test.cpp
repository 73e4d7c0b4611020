#include "engine/recorder.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "packet_clips.h"
#include "support/process.h"

namespace facet::engine {
namespace {

using facet::test::eventually;
using facet::test::TemporaryFolder;
using std::chrono::milliseconds;
using std::chrono::seconds;

class RecorderTest : public testing::Test {
protected:
    RecorderTest() { metrics_.declare(recorder_metrics()); }

    void open(RecorderOptions options) {
        if (options.archive.folder.empty()) options.archive.folder = folder_ / "recordings";
        recorder_ = std::make_unique<Recorder>(options, metrics_, log_);
        camera_ = recorder_->add_camera("north");
    }
    void send(const test::Packets& packets, std::size_t from = 0, std::size_t to = SIZE_MAX) {
        for (std::size_t i = from; i < std::min(to, packets.packets.size()); ++i)
            recorder_->put(camera_, packets.packets[i]);
    }
    double fates(const std::string& fate) { return metrics_.counter(recorder_metrics()[0], {"north", fate}).value(); }
    std::vector<std::string> segments() const {
        std::vector<std::string> paths;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "recordings"))
            if (entry.is_regular_file()) paths.push_back(entry.path().string());
        std::sort(paths.begin(), paths.end());
        return paths;
    }

    TemporaryFolder folder_;
    Metrics metrics_;
    Log log_{LogLevel::off};
    std::unique_ptr<Recorder> recorder_;
    Recorder::CameraPtr camera_;
};

TEST_F(RecorderTest, SegmentsBeginWithKeysAndTogetherShowEveryFrame) {
    test::write_clip(folder_ / "video.mp4", 200, 25);
    const test::Packets sent = test::read_packets(folder_ / "video.mp4", monotonic_now() - seconds(8));
    open({.archive = {}, .segment = milliseconds(1500)});
    recorder_->start();
    recorder_->begin(camera_, sent.stream);
    send(sent);
    ASSERT_TRUE(recorder_->close(seconds(5)));
    const auto paths = segments();
    ASSERT_GE(paths.size(), 4U) << "1.5 to 2.5 s each, since keys are about a second apart";
    int luma = test::kLumaFirst;
    for (const auto& path : paths) {
        const auto shown = test::frames_of(path);
        EXPECT_LE(shown.size(), 63U) << path;
        if (path != paths.back()) {
            EXPECT_GE(shown.size(), 37U) << path;
        }
        EXPECT_NEAR(shown.front().seconds, 0, 0.001);
        for (const auto& frame : shown) EXPECT_NEAR(frame.luma, luma++, 1);
    }
    EXPECT_EQ(luma, test::kLumaFirst + 200);
    EXPECT_EQ(fates("written"), 200);
    EXPECT_EQ(fates("dropped"), 0);
}

TEST_F(RecorderTest, WhatIsOnTheDiskPlaysWhileTheRecordingGoesOn) {
    test::write_clip(folder_ / "video.mp4", 100, 100);  // one key
    const test::Packets sent = test::read_packets(folder_ / "video.mp4", monotonic_now());
    open({.archive = {}, .segment = seconds(60)});
    recorder_->start();
    recorder_->begin(camera_, sent.stream);
    send(sent);
    ASSERT_TRUE(eventually([&] { return fates("written") >= 75; }, milliseconds(5000))) << "runs of a second";
    std::filesystem::copy_file(segments().at(0), folder_ / "as_after_a_kill.mp4");
    EXPECT_GE(test::frames_of(folder_ / "as_after_a_kill.mp4").size(), 70U);
    ASSERT_TRUE(recorder_->close(seconds(5)));
    EXPECT_EQ(test::frames_of(segments().at(0)).size(), 100U);
}

TEST_F(RecorderTest, ANewConnectionBeginsANewSegmentAtItsFirstKey) {
    test::write_clip(folder_ / "video.mp4", 60, 25);
    const TimePoint begin = monotonic_now() - seconds(10);
    const test::Packets first = test::read_packets(folder_ / "video.mp4", begin);
    const test::Packets second = test::read_packets(folder_ / "video.mp4", begin + seconds(5));
    open({.archive = {}, .segment = seconds(60)});
    recorder_->start();
    recorder_->begin(camera_, first.stream);
    send(first);
    recorder_->begin(camera_, second.stream);
    send(second, 10);
    ASSERT_TRUE(recorder_->close(seconds(5)));
    const auto paths = segments();
    ASSERT_EQ(paths.size(), 2U);
    EXPECT_EQ(test::frames_of(paths[0]).size(), 60U);
    EXPECT_EQ(test::frames_of(paths[1]).front().luma, test::kLumaFirst + 25);
    EXPECT_EQ(fates("dropped"), 15);
}

TEST_F(RecorderTest, TheSegmentOfACameraThatEndsIsWholeAtOnce) {
    test::write_clip(folder_ / "video.mp4", 60, 25);
    const test::Packets sent = test::read_packets(folder_ / "video.mp4", monotonic_now() - seconds(10));
    open({.archive = {}, .segment = seconds(60)});
    recorder_->start();
    recorder_->begin(camera_, sent.stream);
    send(sent);
    recorder_->end(camera_);
    EXPECT_TRUE(eventually([&] { return fates("written") >= 60; }, milliseconds(5000)));
    EXPECT_EQ(test::frames_of(segments().at(0)).size(), 60U);
    camera_.reset();  // nobody but the recorder may know it any more
    ASSERT_TRUE(recorder_->close(seconds(5)));
    EXPECT_EQ(segments().size(), 1U);
}

TEST_F(RecorderTest, ASlowDiskCostsWholeGroupsAndNobodyWaits) {
    test::write_clip(folder_ / "video.mp4", 200, 25);
    const test::Packets sent = test::read_packets(folder_ / "video.mp4", monotonic_now() - seconds(8));
    std::size_t half = 0;
    for (std::size_t i = 0; i < 100; ++i) half += sent.packets[i]->bytes;
    open({.archive = {}, .segment = seconds(60), .queue_bytes_max = half});
    recorder_->begin(camera_, sent.stream);  // the disk does not answer: nobody takes from the queue
    send(sent);
    EXPECT_GT(fates("dropped"), 70);
    recorder_->start();
    ASSERT_TRUE(eventually([&] { return fates("written") + fates("dropped") >= 175; }, milliseconds(5000)));
    const test::Packets more = test::read_packets(folder_ / "video.mp4", monotonic_now());
    recorder_->begin(camera_, more.stream);
    send(more, 0, 50);
    ASSERT_TRUE(recorder_->close(seconds(5)));
    EXPECT_EQ(fates("written") + fates("dropped"), 250);
    double shown = 0;
    for (const auto& path : segments()) {
        const auto frames = test::frames_of(path);
        for (std::size_t i = 1; i < frames.size(); ++i) EXPECT_NEAR(frames[i].luma, frames[i - 1].luma + 1, 1) << path;
        shown += static_cast<double>(frames.size());
    }
    EXPECT_EQ(shown, fates("written")) << "what was written can be decoded: no group lacks its beginning";
    EXPECT_EQ(test::frames_of(segments().back()).size(), 50U);
}

TEST_F(RecorderTest, ADiskThatFailsCostsPacketsAndIsTriedAgain) {
    test::write_clip(folder_ / "video.mp4", 50, 25);
    facet::test::write_text(folder_ / "recordings", "where a folder should be");
    const test::Packets sent = test::read_packets(folder_ / "video.mp4", monotonic_now() - seconds(2));
    open({.archive = {}, .segment = seconds(60)});
    recorder_->start();
    recorder_->begin(camera_, sent.stream);
    send(sent);
    recorder_->begin(camera_, sent.stream);
    ASSERT_TRUE(eventually([&] { return fates("dropped") >= 50; }, milliseconds(5000)));
    std::filesystem::remove(folder_ / "recordings");
    EXPECT_TRUE(eventually(
        [&] {
            const test::Packets again = test::read_packets(folder_ / "video.mp4", monotonic_now());
            recorder_->begin(camera_, again.stream);
            send(again);
            return fates("written") > 0;
        },
        milliseconds(5000)));
    ASSERT_TRUE(recorder_->close(seconds(5)));
    EXPECT_FALSE(segments().empty());
}

TEST_F(RecorderTest, BytesAreBoundedAlsoWhereSegmentsAreLong) {
    test::write_clip(folder_ / "video.mp4", 200, 10, 160, 96, true);
    constexpr std::int64_t kBytesMax = 200'000;
    open({.archive = {folder_ / "recordings", {}, kBytesMax}, .segment = seconds(3600)});
    recorder_->start();
    const TimePoint begin = monotonic_now() - seconds(100);
    const test::Packets sent = test::read_packets(folder_ / "video.mp4", begin);
    std::size_t bytes = 0;
    for (const auto& packet : sent.packets) bytes += packet->bytes;
    ASSERT_GT(bytes, static_cast<std::size_t>(2 * kBytesMax)) << "the clip is large enough for this test";
    recorder_->begin(camera_, sent.stream);
    send(sent);
    ASSERT_TRUE(recorder_->close(seconds(5)));
    std::uintmax_t kept = 0;
    for (const auto& path : segments()) kept += std::filesystem::file_size(path);
    EXPECT_LE(kept, kBytesMax + 8'192) << "heads and indices are not foreseen";
    EXPECT_GT(kept, kBytesMax / 2);
    EXPECT_EQ(fates("written"), 200);
}

}  // namespace
}  // namespace facet::engine
