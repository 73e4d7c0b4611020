// Packets that were written without encoding them again show the same pictures, wherever the file begins.
#include "wrap/ffmpeg/packet_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "support/process.h"
#include "wrap/ffmpeg/converter.h"
#include "wrap/ffmpeg/decoder.h"
#include "wrap/ffmpeg/unit_reader.h"

extern "C" {
#include <libavutil/frame.h>
}

namespace facet::ffmpeg {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kPixelsMax = 1 << 26;

struct Shown {
    Nanoseconds time{};
    std::uint64_t hash = 0;
};

std::uint64_t hash_of(const AVFrame& frame) {
    std::uint64_t hash = 14695981039346656037U;
    for (int plane = 0; plane < 3; ++plane) {
        const int halves = plane == 0 ? 0 : 1;  // all clips are 4:2:0
        for (int y = 0; y < frame.height >> halves; ++y)
            for (int x = 0; x < frame.width >> halves; ++x)
                hash = (hash ^ frame.data[plane][y * frame.linesize[plane] + x]) * 1099511628211U;
    }
    return hash;
}

void receive_all(Decoder& decoder, std::vector<Shown>& out) {
    DecodedFrame frame;
    while (true) {
        const auto next = decoder.receive(frame);
        ASSERT_TRUE(next) << next.error().message;
        if (*next != Decoder::Next::frame) return;
        out.push_back({frame.pts.value_or(Nanoseconds{}), hash_of(*frame.frame)});
    }
}

std::vector<Shown> decode(const std::string& path) {
    std::vector<Shown> out;
    auto demuxer = Demuxer::open(path, std::nullopt);
    if (!demuxer) {
        ADD_FAILURE() << demuxer.error().message;
        return out;
    }
    auto decoder = Decoder::open(*demuxer, 1, kPixelsMax).value();
    Packet packet;
    while (demuxer->read(packet).value_or(false)) {
        EXPECT_TRUE(decoder.send(packet, {}));
        receive_all(decoder, out);
    }
    EXPECT_TRUE(decoder.drain());
    receive_all(decoder, out);
    return out;
}

/// A clip's packets before and after a UnitReader that leaves out reordering has had them.
struct Clip {
    std::shared_ptr<const StreamParameters> stream;
    std::vector<Packet> packets;
    std::vector<bool> keys;

    explicit Clip(const std::string& path) {
        auto demuxer = Demuxer::open(path, std::nullopt).value();
        stream = StreamParameters::of(demuxer).value();
        auto units = UnitReader::open(demuxer).value();
        units.without_reordering(true);
        Packet packet;
        while (demuxer.read(packet).value_or(false)) {
            packets.push_back(packet.reference().value());
            keys.push_back(units.read(packet)->kind == UnitKind::key);
        }
    }
    /// Of all packets from `begin` on, in groups.
    Status write(PacketWriter& writer, std::size_t begin) const {
        std::vector<const Packet*> group;
        for (std::size_t i = begin; i < packets.size(); ++i) {
            if (keys[i]) {
                FACET_CHECK(writer.write(group));
                group.clear();
            }
            group.push_back(&packets[i]);
        }
        return writer.write(group);
    }
    std::size_t key_after(std::size_t begin) const {
        return static_cast<std::size_t>(std::find(keys.begin() + static_cast<std::ptrdiff_t>(begin), keys.end(), true) -
                                        keys.begin());
    }
};

class PacketWriterTest : public testing::Test {
protected:
    void SetUp() override {
        if (run_clip("probe.mp4", {"-c:v", "libx264"}).empty()) GTEST_SKIP() << "NO ffmpeg WITH libx264 on this system";
    }
    std::string run_clip(const std::string& name, std::vector<std::string> options) {
        std::vector<std::string> command{
            "ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=160x96:rate=25", "-frames:v", "100"};
        command.insert(command.end(), options.begin(), options.end());
        command.push_back(folder_ / name);
        return test::run_process(command).exit_code == 0 ? folder_ / name : "";
    }
    std::string ffprobe(const std::string& path) {
        const auto result = test::run_process({"ffprobe", "-v", "error", "-count_frames", "-show_entries",
                                               "stream=nb_read_frames,start_time", "-of", "csv=p=0", path});
        EXPECT_EQ(result.err, "") << path;
        return result.out;
    }
    test::TemporaryFolder folder_;
};

struct Case {
    const char* name;
    std::vector<std::string> options;
};

TEST_F(PacketWriterTest, AFileFromAKeyOnShowsWhatTheStreamShowsFromThere) {
    const std::string pyramid = "bframes=3:b-adapt=0:b-pyramid=normal:ref=4:keyint=20:min-keyint=20:scenecut=0";
    const std::vector<Case> cases{
        {"pyramid.mp4", {"-c:v", "libx264", "-x264-params", pyramid}},
        {"annex_b.ts", {"-c:v", "libx264", "-x264-params", pyramid}},
        {"in_band.mkv", {"-c:v", "libx264", "-bsf:v", "dump_extra=freq=keyframe", "-x264-params", pyramid}},
        {"baseline.mp4", {"-c:v", "libx264", "-profile:v", "baseline", "-x264-params", "keyint=20"}},
        {"hevc.mp4", {"-c:v", "libx265", "-x265-params", "keyint=20:min-keyint=20:open-gop=0:log-level=none"}},
        {"hevc.ts", {"-c:v", "libx265", "-x265-params", "keyint=20:min-keyint=20:open-gop=0:log-level=none"}},
        {"alone.avi", {"-c:v", "mjpeg", "-pix_fmt", "yuvj420p"}},
    };
    for (const auto& test : cases) {
        const std::string path = run_clip(test.name, test.options);
        ASSERT_FALSE(path.empty()) << test.name;
        const Clip clip(path);
        const std::vector<Shown> all = decode(path);
        ASSERT_EQ(all.size(), 100U) << test.name;
        const std::size_t begin = clip.key_after(30);
        ASSERT_LT(begin, 90U) << test.name;
        for (const bool fragmented : {false, true}) {
            SCOPED_TRACE(std::string(test.name) + (fragmented ? " fragmented" : ""));
            const std::string out = folder_ / "out.mp4";
            auto writer = PacketWriter::create(out, clip.stream, {.fragmented = fragmented, .bytes_reserved = 1'000'000});
            ASSERT_TRUE(writer) << writer.error().message;
            const Status written = clip.write(*writer, begin);
            ASSERT_TRUE(written) << written.error().message;
            const Status finished = writer->finish();
            ASSERT_TRUE(finished) << finished.error().message;
            EXPECT_EQ(writer->bytes(), static_cast<std::int64_t>(std::filesystem::file_size(out)));
            EXPECT_EQ(writer->packets(), static_cast<std::int64_t>(100 - begin));
            const std::vector<Shown> shown = decode(out);
            ASSERT_EQ(shown.size(), 100 - begin);
            for (std::size_t i = 0; i < shown.size(); ++i) {
                EXPECT_EQ(shown[i].hash, all[begin + i].hash) << i;
                EXPECT_NEAR(facet::seconds(shown[i].time), 0.04 * static_cast<double>(i), 0.001) << i;
            }
            EXPECT_EQ(ffprobe(out), "0.000000," + std::to_string(100 - begin) + "\n");
        }
    }
}

TEST_F(PacketWriterTest, EveryRunOfAFragmentedFileIsOnTheDiskAtOnce) {
    const Clip clip(run_clip("a.mp4", {"-c:v", "libx264", "-x264-params", "keyint=20:min-keyint=20:scenecut=0:bframes=2"}));
    auto writer = PacketWriter::create(folder_ / "open.mp4", clip.stream, {.fragmented = true}).value();
    std::vector<const Packet*> run;
    for (std::size_t i = 0; i < 7; ++i) run.push_back(&clip.packets[i]);  // a part of a group
    ASSERT_TRUE(writer.write(run));
    EXPECT_EQ(decode(folder_ / "open.mp4").size(), 7U);
    run.clear();
    for (std::size_t i = 7; i < 20; ++i) run.push_back(&clip.packets[i]);
    ASSERT_TRUE(writer.write(run));
    EXPECT_EQ(decode(folder_ / "open.mp4").size(), 20U);
    EXPECT_EQ(writer.bytes(), static_cast<std::int64_t>(std::filesystem::file_size(folder_ / "open.mp4")));
}

TEST_F(PacketWriterTest, AFragmentedFilePlaysAtAnyTimeAndAnOtherIsThereOnlyWhenFinished) {
    const Clip clip(run_clip("a.mp4", {"-c:v", "libx264", "-x264-params", "keyint=20:bframes=2"}));
    {
        auto open = PacketWriter::create(folder_ / "open.mp4", clip.stream, {.fragmented = true}).value();
        auto closed = PacketWriter::create(folder_ / "closed.mp4", clip.stream, {}).value();
        ASSERT_TRUE(clip.write(open, 0));
        ASSERT_TRUE(clip.write(closed, 0));
        EXPECT_EQ(decode(folder_ / "open.mp4").size(), 100U) << "before it is finished";
        EXPECT_FALSE(std::filesystem::exists(folder_ / "closed.mp4"));
    }
    EXPECT_EQ(decode(folder_ / "open.mp4").size(), 100U);
    EXPECT_FALSE(std::filesystem::exists(folder_ / "closed.mp4"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "closed.mp4.partial"));
}

TEST_F(PacketWriterTest, WhatCannotBeWrittenIsNamed) {
    const Clip clip(run_clip("a.mp4", {"-c:v", "libx264"}));
    const auto nowhere = PacketWriter::create(folder_ / "no/such/folder.mp4", clip.stream, {});
    ASSERT_FALSE(nowhere);
    EXPECT_THAT(nowhere.error().message, HasSubstr("no/such/folder.mp4"));
    const auto huge = PacketWriter::create(folder_ / "huge.mp4", clip.stream, {.bytes_reserved = std::int64_t{1} << 60});
    ASSERT_FALSE(huge);
    EXPECT_EQ(huge.error().code, ErrorCode::resource_exhausted);
    EXPECT_THAT(huge.error().message, HasSubstr("huge.mp4"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "huge.mp4.partial"));
    auto full = PacketWriter::create("/dev/full", clip.stream, {.fragmented = true});
    ASSERT_TRUE(full) << full.error().message;
    const Status written = clip.write(*full, 0);
    ASSERT_FALSE(written);
    EXPECT_THAT(written.error().message, HasSubstr("No space left"));
    const Clip other(run_clip("a.avi", {"-c:v", "ffv1"}));
    const auto unsupported = PacketWriter::create(folder_ / "other.mp4", other.stream, {});
    ASSERT_FALSE(unsupported);
    EXPECT_EQ(unsupported.error().code, ErrorCode::unsupported);
    auto empty = PacketWriter::create(folder_ / "empty.mp4", clip.stream, {}).value();
    EXPECT_FALSE(empty.finish());
}

TEST_F(PacketWriterTest, AReferenceKeepsTheBytesThatItsOriginalLoses) {
    auto demuxer = Demuxer::open(run_clip("a.mp4", {"-c:v", "libx264"}), std::nullopt).value();
    auto units = UnitReader::open(demuxer).value();
    Packet packet;
    ASSERT_TRUE(demuxer.read(packet).value());
    const std::size_t bytes = packet.bytes();
    const Packet kept = packet.reference().value();
    ASSERT_TRUE(units.read(packet));
    EXPECT_NE(packet.bytes(), bytes) << "parameter sets were put in front";
    EXPECT_EQ(kept.bytes(), bytes);
    EXPECT_EQ(kept.time(), packet.time());
}

}  // namespace
}  // namespace facet::ffmpeg
