// Every sample clip decodes to the exact frames that ffprobe and the reference lists name.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "source/file/file_source.h"

namespace facet::source {
namespace {

constexpr const char* kVideos = "../shared/data/videos/";

struct Decoded {
    std::vector<FramePtr> first;  ///< the first frame only: the rest would fill the memory
    std::vector<Nanoseconds> pts;
    std::vector<Damage> damage;
    SourceFacts facts;
};

Decoded decode(const std::string& address) {
    Decoded result;
    auto source = kFileSource.open(address);
    EXPECT_TRUE(source.has_value()) << source.error().message;
    if (!source) return result;
    result.facts = (*source)->facts();
    Nanoseconds t_last{-1};
    while (true) {
        const auto frame = (*source)->next();
        EXPECT_TRUE(frame.has_value()) << frame.error().message;
        if (!frame || !*frame) break;
        EXPECT_EQ((*frame)->sequence, static_cast<std::int64_t>(result.pts.size()));
        EXPECT_GT((*frame)->t, t_last);
        t_last = (*frame)->t;
        if (result.pts.empty()) result.first.push_back(*frame);
        EXPECT_EQ((*frame)->t, (*frame)->pts - result.first.front()->pts);
        EXPECT_EQ((*frame)->captured, result.facts.started + (*frame)->t);
        EXPECT_EQ((*frame)->picture.size, result.facts.size);
        result.pts.push_back((*frame)->pts);
    }
    result.damage.assign((*source)->damage().begin(), (*source)->damage().end());
    return result;
}

struct Sample {
    const char* name;
    std::size_t frames;  ///< ffprobe -count_frames
    Size size;
    PixelFormat format;
    Colour colour;
};

constexpr Colour k601{ColourMatrix::bt601, ColourRange::limited};
constexpr Colour k709{ColourMatrix::bt709, ColourRange::limited};
constexpr Colour k709Full{ColourMatrix::bt709, ColourRange::full};

class FileVideos : public testing::TestWithParam<Sample> {};

TEST_P(FileVideos, DecodeToTheExactNumberOfFramesWithTheRightFormatAndColour) {
    const Sample& sample = GetParam();
    const std::string path = std::string(kVideos) + sample.name;
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "NO SAMPLE DATA: " << path << " is missing";
    const Decoded decoded = decode(path);
    EXPECT_EQ(decoded.pts.size(), sample.frames);
    EXPECT_EQ(decoded.facts.size, sample.size);
    EXPECT_TRUE(decoded.damage.empty());
    ASSERT_FALSE(decoded.first.empty());
    const Picture& picture = decoded.first.front()->picture;
    EXPECT_EQ(name(picture.format), name(sample.format));
    EXPECT_EQ(picture.colour, sample.colour);
    EXPECT_EQ(decoded.facts.colour, sample.colour);
    EXPECT_NEAR(static_cast<double>(decoded.facts.frames), static_cast<double>(sample.frames),
                0.02 * static_cast<double>(sample.frames));
}

INSTANTIATE_TEST_SUITE_P(Samples, FileVideos,
                         testing::Values(Sample{"car_detection_768x432.mp4", 377, {768, 432}, PixelFormat::i420, k601},
                                         Sample{"one_by_one_person_768x432.mp4", 1394, {768, 432}, PixelFormat::i420, k601},
                                         Sample{"bottle_detection_640x360.mp4", 1189, {640, 360}, PixelFormat::i420, k601},
                                         Sample{"motorway_cars_1280x720.mp4", 268, {1280, 720}, PixelFormat::i420, k709},
                                         Sample{"street_intersection_640x360.mp4", 693, {640, 360}, PixelFormat::i420, k601},
                                         Sample{"motion_1_178x100.mp4", 813, {178, 100}, PixelFormat::i420, k709Full},
                                         Sample{"motion_2_178x100.mp4", 512, {178, 100}, PixelFormat::i420, k709Full},
                                         Sample{"decode/h265_video.mp4", 10, {128, 128}, PixelFormat::i420, k601},
                                         Sample{"decode/h265_10bits.mp4", 30, {200, 200}, PixelFormat::i420, k601},
                                         Sample{"decode/h264_10bits.mp4", 30, {200, 200}, PixelFormat::i420, k601},
                                         Sample{"decode/bt709_full_range.mp4", 30, {1280, 720}, PixelFormat::i420, k709Full},
                                         Sample{"decode/var_fps_video.mp4", 300, {128, 128}, PixelFormat::i444, k601},
                                         Sample{"decode/av1_video.mkv", 125, {640, 360}, PixelFormat::i420, k709}),
                         [](const auto& sample) {
                             std::string name = std::filesystem::path(sample.param.name).stem().string();
                             return name;
                         });

/// Nanoseconds of ffprobe's decimal seconds, which are cut to microseconds.
void expect_reference_times(const std::string& address, const std::string& reference) {
    if (!std::filesystem::exists(reference)) GTEST_SKIP() << "NO SAMPLE DATA: " << reference << " is missing";
    std::ifstream file(reference);
    const auto expected = nlohmann::json::parse(file);
    const Decoded decoded = decode(address);
    ASSERT_EQ(decoded.pts.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const double want = std::stod(expected[i]["pts_time"].get<std::string>());
        EXPECT_NEAR(seconds(decoded.pts[i]), want, 0.6e-6) << "frame " << i;
    }
}

TEST(FileVideos, AnyStreamOfAFileIsPickedByItsIndexAndGivesTheExactTimes) {
    const std::string path = std::string(kVideos) + "decode/nasa_13013.mp4";
    expect_reference_times(path + "?stream=0", path + ".stream0.frames.json");
}

TEST(FileVideos, WithoutAChoiceFfmpegsBestStreamIsTaken) {
    const std::string path = std::string(kVideos) + "decode/nasa_13013.mp4";
    expect_reference_times(path, path + ".stream3.frames.json");
    expect_reference_times(path + "?stream=3", path + ".stream3.frames.json");
}

TEST(FileVideos, TimesInNanosecondsAreTheNearestToTheContainersTicks) {
    const std::string path = std::string(kVideos) + "decode/nasa_13013.mp4";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "NO SAMPLE DATA: " << path << " is missing";
    const Decoded decoded = decode(path);
    for (std::size_t i = 0; i < decoded.pts.size(); ++i)
        EXPECT_EQ(decoded.pts[i].count(), (static_cast<std::int64_t>(i) * 1001 * 1'000'000'000 + 15'000) / 30'000);
}

TEST(FileVideos, ThreadsOfTheDecoderChangeNothingThatIsSeen) {
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
    GTEST_SKIP() << "FFMPEG IS NOT INSTRUMENTED: the thread sanitizer does not see what its own threads agree on";
#endif
#endif
    const std::string path = std::string(kVideos) + "decode/h265_video.mp4";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "NO SAMPLE DATA: " << path << " is missing";
    EXPECT_EQ(decode(path + "?threads=3").pts, decode(path).pts);
}

}  // namespace
}  // namespace facet::source
