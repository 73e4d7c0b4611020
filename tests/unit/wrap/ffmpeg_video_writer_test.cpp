// What is written is read back: pictures, times, colour, the file's name and every way in which writing fails.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <vector>

#include "wrap/ffmpeg/converter.h"
#include "wrap/ffmpeg/decoder.h"
#include "wrap/ffmpeg/demuxer.h"
#include "wrap/ffmpeg/video_writer.h"

namespace facet::ffmpeg {
namespace {

using std::chrono::milliseconds;

class VideoWriterTest : public testing::Test {
protected:
    VideoWriterTest() {
        folder_ = std::filesystem::temp_directory_path() /
                  ("facet-writer-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
    }
    ~VideoWriterTest() override { std::filesystem::remove_all(folder_); }

    std::string path(const std::string& name) const { return (folder_ / name).string(); }
    std::filesystem::path folder_;
};

/// A picture with a bright square that moves with `step`.
struct Canvas {
    Canvas(int width, int height)
        : size_x(width),
          luma(static_cast<std::size_t>(width * height)),
          chroma(static_cast<std::size_t>((width + 1) / 2 * ((height + 1) / 2)), 128),
          size_y(height) {}
    ImagePlanes draw(int step) {
        for (int y = 0; y < size_y; ++y)
            for (int x = 0; x < size_x; ++x)
                luma[static_cast<std::size_t>(y * size_x + x)] =
                    x / 8 == step % (size_x / 8) && y < size_y / 2 ? std::uint8_t{200} : std::uint8_t{50};
        const int half = (size_x + 1) / 2;
        return {{luma.data(), chroma.data(), chroma.data()}, {size_x, half, half}};
    }
    int size_x;
    std::vector<std::uint8_t> luma;
    std::vector<std::uint8_t> chroma;
    int size_y;
};

struct ReadBack {
    StreamFacts facts;
    std::vector<Nanoseconds> pts;
    std::vector<int> luma;  ///< mean of the upper half of each picture's first eight columns
};

ReadBack read_back(const std::string& path) {
    ReadBack result;
    auto demuxer = Demuxer::open(path, std::nullopt);
    EXPECT_TRUE(demuxer.has_value()) << demuxer.error().message;
    if (!demuxer) return result;
    result.facts = demuxer->facts();
    auto decoder = Decoder::open(*demuxer, 1, 1 << 26).value();
    Converter converter;
    Packet packet;
    DecodedFrame decoded;
    for (bool more = true; more;) {
        const auto next = decoder.receive(decoded).value();
        if (next == Decoder::Next::end) break;
        if (next == Decoder::Next::need_packet) {
            if (demuxer->read(packet).value()) {
                EXPECT_TRUE(decoder.send(packet, {}).has_value());
            } else {
                EXPECT_TRUE(decoder.drain().has_value());
            }
            continue;
        }
        result.pts.push_back(decoded.pts.value());
        const Image image = converter.convert(decoded, Orientation::upright).value();
        int sum = 0;
        for (int y = 0; y < image.height / 2; ++y)
            for (int x = 0; x < 8; ++x) sum += image.planes.data[0][y * image.planes.stride[0] + x];
        result.luma.push_back(sum / (image.height / 2 * 8));
    }
    return result;
}

TEST_F(VideoWriterTest, GivesBackItsPicturesTimesAndColour) {
    const std::vector<milliseconds> times{milliseconds(0),   milliseconds(40),  milliseconds(80),  milliseconds(500),
                                          milliseconds(510), milliseconds(900), milliseconds(3000)};
    Canvas canvas(64, 48);
    const WallTime taken = std::chrono::sys_days(std::chrono::year(2024) / 5 / 17) + std::chrono::hours(7);
    auto writer = VideoWriter::create(path("clip.mp4"), 64, 48,
                                      {.frames_per_second = 25,
                                       .quality = 10,
                                       .matrix = ImageMatrix::bt709,
                                       .full_range = true,
                                       .creation_time = taken})
                      .value();
    for (std::size_t i = 0; i < times.size(); ++i)
        ASSERT_TRUE(writer.write(canvas.draw(static_cast<int>(i)), times[i]).has_value());
    EXPECT_FALSE(std::filesystem::exists(path("clip.mp4"))) << "nothing may stand under the final name before finish()";
    EXPECT_TRUE(std::filesystem::exists(path("clip.mp4.partial")));
    ASSERT_TRUE(writer.finish().has_value());
    EXPECT_EQ(writer.pictures(), 7);
    EXPECT_FALSE(std::filesystem::exists(path("clip.mp4.partial")));

    const ReadBack result = read_back(path("clip.mp4"));
    EXPECT_EQ(result.facts.width, 64);
    EXPECT_EQ(result.facts.height, 48);
    EXPECT_EQ(result.facts.matrix, ImageMatrix::bt709);
    EXPECT_TRUE(result.facts.full_range);
    EXPECT_EQ(result.facts.creation_time, taken);
    EXPECT_THAT(result.pts, testing::ElementsAreArray(times));
    ASSERT_EQ(result.luma.size(), times.size());
    EXPECT_NEAR(result.luma[0], 200, 8) << "the square stands in the first columns of the first picture";
    for (std::size_t i = 1; i < result.luma.size(); ++i) EXPECT_NEAR(result.luma[i], 50, 8);
}

TEST_F(VideoWriterTest, PutsTheIndexInFrontOfThePictures) {
    Canvas canvas(64, 48);
    auto writer = VideoWriter::create(path("clip.mp4"), 64, 48).value();
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(writer.write(canvas.draw(i), milliseconds(40 * i)).has_value());
    ASSERT_TRUE(writer.finish().has_value());
    std::ifstream file(path("clip.mp4"), std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    EXPECT_LT(bytes.find("moov"), bytes.find("mdat"));
}

TEST_F(VideoWriterTest, WritesTheSameBytesEveryTime) {
    std::vector<std::string> written;
    for (const char* name : {"a.mp4", "b.mp4"}) {
        Canvas canvas(64, 48);
        auto writer = VideoWriter::create(path(name), 64, 48).value();
        for (int i = 0; i < 20; ++i) ASSERT_TRUE(writer.write(canvas.draw(i), milliseconds(40 * i)).has_value());
        ASSERT_TRUE(writer.finish().has_value());
        std::ifstream file(path(name), std::ios::binary);
        written.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    EXPECT_EQ(written[0], written[1]);
}

TEST_F(VideoWriterTest, StoresOddSizesOneLarger) {
    Canvas canvas(63, 47);
    auto writer = VideoWriter::create(path("odd.mp4"), 63, 47).value();
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(writer.write(canvas.draw(i), milliseconds(40 * i)).has_value());
    ASSERT_TRUE(writer.finish().has_value());
    const ReadBack result = read_back(path("odd.mp4"));
    EXPECT_EQ(result.facts.width, 64);
    EXPECT_EQ(result.facts.height, 48);
    EXPECT_EQ(result.pts.size(), 3U);
}

TEST_F(VideoWriterTest, MovesTimesThatDoNotGrow) {
    Canvas canvas(64, 48);
    auto writer = VideoWriter::create(path("clip.mp4"), 64, 48).value();
    for (const int t : {0, 40, 40, 20, 80}) ASSERT_TRUE(writer.write(canvas.draw(t), milliseconds(t)).has_value());
    ASSERT_TRUE(writer.finish().has_value());
    const Nanoseconds tick(11'111);
    EXPECT_THAT(read_back(path("clip.mp4")).pts,
                testing::ElementsAre(milliseconds(0), milliseconds(40), milliseconds(40) + tick, milliseconds(40) + 2 * tick,
                                     milliseconds(80)));
}

TEST_F(VideoWriterTest, FitsPicturesOfOtherLayoutsAndSizesIntoTheVideo) {
    std::vector<std::uint8_t> white(96 * 32 * 3, 255);
    Image wide;
    wide.layout = ImageLayout::bgr24;
    wide.width = 96;
    wide.height = 32;
    wide.full_range = true;
    wide.planes = {{white.data(), nullptr, nullptr}, {96 * 3, 0, 0}};
    auto writer = VideoWriter::create(path("clip.mp4"), 48, 64, {.quality = 1}).value();
    ASSERT_TRUE(writer.write(wide, milliseconds(0)).has_value());
    ASSERT_TRUE(writer.finish().has_value());

    auto demuxer = Demuxer::open(path("clip.mp4"), std::nullopt).value();
    auto decoder = Decoder::open(demuxer, 1, 1 << 20).value();
    Packet packet;
    ASSERT_TRUE(demuxer.read(packet).value());
    ASSERT_TRUE(decoder.send(packet, {}).has_value());
    ASSERT_TRUE(decoder.drain().has_value());
    DecodedFrame decoded;
    ASSERT_EQ(decoder.receive(decoded).value(), Decoder::Next::frame);
    Converter converter;
    const Image image = converter.convert(decoded, Orientation::upright).value();
    const auto luma = [&image](int x, int y) { return int{image.planes.data[0][y * image.planes.stride[0] + x]}; };
    EXPECT_NEAR(luma(24, 4), 16, 3) << "a black bar above";
    EXPECT_NEAR(luma(24, 32), 235, 3) << "white in limited range";
    EXPECT_NEAR(luma(24, 60), 16, 3) << "a black bar below";
}

TEST_F(VideoWriterTest, LeavesNothingBehindWithoutFinish) {
    {
        Canvas canvas(64, 48);
        auto writer = VideoWriter::create(path("clip.mp4"), 64, 48).value();
        ASSERT_TRUE(writer.write(canvas.draw(0), milliseconds(0)).has_value());
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(VideoWriterTest, RefusesATargetThatCannotBeWrittenByItsName) {
    const auto missing = VideoWriter::create(path("no/such/clip.mp4"), 64, 48);
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().code, ErrorCode::not_found);
    EXPECT_THAT(missing.error().message, testing::StartsWith(path("no/such/clip.mp4") + ": cannot write"));
    const auto folder = VideoWriter::create(folder_, 64, 48);
    ASSERT_FALSE(folder.has_value());
    EXPECT_EQ(folder.error().code, ErrorCode::invalid_argument);
    EXPECT_THAT(folder.error().message, testing::HasSubstr("is a folder"));
}

TEST_F(VideoWriterTest, RefusesSizesAndRatesThatNoVideoHas) {
    EXPECT_EQ(VideoWriter::create(path("a.mp4"), 0, 48).error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(VideoWriter::create(path("a.mp4"), 64, 40'000).error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(VideoWriter::create(path("a.mp4"), 64, 48, {.frames_per_second = 0}).error().code,
              ErrorCode::invalid_argument);
    const auto preset = VideoWriter::create(path("a.mp4"), 64, 48, {.preset = "fastest"});
    ASSERT_FALSE(preset.has_value());
    EXPECT_THAT(preset.error().message, testing::HasSubstr("fastest"));
    EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(VideoWriterTest, SaysThatTheDiskIsFull) {
    // /dev/full takes nothing; it is no regular file, so it is written directly.
    if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "NO /dev/full on this system";
    Canvas canvas(64, 48);
    auto writer = VideoWriter::create("/dev/full", 64, 48);
    Status status;
    if (!writer) {
        status = facet::fail(writer.error());
    } else {
        for (int i = 0; i < 5 && status; ++i) status = writer->write(canvas.draw(i), milliseconds(40 * i));
        if (status) status = writer->finish();
    }
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().code, ErrorCode::resource_exhausted);
    EXPECT_THAT(status.error().message, testing::StartsWith("/dev/full: cannot write: No space left"));
}

TEST_F(VideoWriterTest, SaysThatAFileMayNotGrowAndRemovesIt) {
    // A limit of the process stands for a full disk: regular file, failure in the middle or in the index at the end.
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    for (const rlim_t bytes : {rlim_t{100}, rlim_t{3000}}) {
        const rlimit tight{bytes, before.rlim_max};
        auto writer = VideoWriter::create(path("clip.mp4"), 320, 240, {.quality = 1}).value();
        ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tight), 0);
        Canvas canvas(320, 240);
        Status status;
        for (int i = 0; i < 60 && status; ++i) status = writer.write(canvas.draw(i), milliseconds(40 * i));
        if (status) status = writer.finish();
        setrlimit(RLIMIT_FSIZE, &before);
        ASSERT_FALSE(status.has_value());
        EXPECT_EQ(status.error().code, ErrorCode::resource_exhausted);
        EXPECT_THAT(status.error().message, testing::StartsWith(path("clip.mp4") + ": cannot write"));
    }
    std::signal(SIGXFSZ, handler);
    EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

}  // namespace
}  // namespace facet::ffmpeg
