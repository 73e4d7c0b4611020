// Damaged videos: cut at every kind of place and with bytes changed. What can be decoded comes, what is missing is counted,
// times never step back, nothing hangs or crashes (the sanitizers watch).

#include <gmock/gmock.h>

#include <algorithm>

#include "base/random.h"
#include "source/file/file_source.h"
#include "source/file/video_file.h"
#include "unit/source/file_scratch.h"
#include "wrap/ffmpeg/video_writer.h"

namespace facet::source {
namespace {

struct Outcome {
    std::int64_t frames = 0;
    std::int64_t damage = 0;
    std::string message;  ///< of the first damage, or of the error
    bool failed = false;
};

Outcome decode_damaged(const std::string& address) {
    Outcome outcome;
    auto source = kFileSource.open(address);
    if (!source) return {0, 0, source.error().message, true};
    Nanoseconds last{};
    while (true) {
        const auto frame = (*source)->next();
        if (!frame) {
            outcome.failed = true;
            outcome.message = frame.error().message;
            break;
        }
        if (!*frame) break;
        EXPECT_GE((*frame)->t, last);
        EXPECT_EQ((*frame)->sequence, outcome.frames);
        EXPECT_GT((*frame)->picture.size.width, 0);
        last = (*frame)->t;
        ++outcome.frames;
    }
    for (const Damage& damage : (*source)->damage()) {
        EXPECT_THAT(damage.cause, testing::AnyOf("corrupt_packet", "concealed_frame", "truncated", "timestamp"));
        EXPECT_GT(damage.count, 0);
        outcome.damage += damage.count;
        if (outcome.message.empty()) outcome.message = damage.message;
    }
    // Once it has ended, a stream stays ended.
    const auto again = (*source)->next();
    EXPECT_EQ(again.has_value(), !outcome.failed);
    EXPECT_TRUE(!again || *again == nullptr);
    return outcome;
}

class FileDamage : public Scratch {
protected:
    /// A clip of 60 frames with its index at the front, so that a part of it can be read.
    std::string make_clip() const {
        auto writer = ffmpeg::VideoWriter::create(path("whole.mp4"), 160, 96, {.keyframe_interval = 12}).value();
        std::vector<std::uint8_t> luma(160 * 96);
        std::vector<std::uint8_t> chroma(80 * 48, 128);
        Random random(1);
        for (int i = 0; i < 60; ++i) {
            for (auto& value : luma) value = static_cast<std::uint8_t>(random.below(60) + 60);
            EXPECT_TRUE(
                writer.write({{luma.data(), chroma.data(), chroma.data()}, {160, 80, 80}}, std::chrono::milliseconds(40 * i))
                    .has_value());
        }
        EXPECT_TRUE(writer.finish().has_value());
        return read(path("whole.mp4"));
    }
};

TEST_F(FileDamage, ACutFileGivesWhatIsThereAndSaysThatTheRestIsMissing) {
    const std::string whole = make_clip();
    const Outcome complete = decode_damaged(path("whole.mp4"));
    ASSERT_EQ(complete.frames, 60);
    ASSERT_EQ(complete.damage, 0);
    const std::size_t pixels = whole.find("mdat") + 4;
    Random random(7);
    std::int64_t frames_last = 0;
    std::vector<std::size_t> cuts(24);
    for (auto& cut : cuts) cut = pixels + random.below(whole.size() - pixels);
    std::sort(cuts.begin(), cuts.end());
    for (const std::size_t cut : cuts) {
        const Outcome outcome = decode_damaged(put("cut.mp4", std::string_view(whole).substr(0, cut)));
        EXPECT_LT(outcome.frames, 60) << cut;
        EXPECT_GE(outcome.frames, frames_last - 3) << "a longer part gives more, but for reordering at the cut";
        EXPECT_GT(outcome.damage, 0) << cut;
        EXPECT_THAT(outcome.message, testing::StartsWith(path("cut.mp4") + ": ")) << cut;
        EXPECT_EQ(outcome.failed, outcome.frames == 0) << cut;
        frames_last = outcome.frames;
    }
    EXPECT_GT(frames_last, 40);
}

TEST_F(FileDamage, AnIndexThatIsCutMakesTheFileUnusableByName) {
    const std::string whole = make_clip();
    const std::size_t index = whole.find("moov");
    for (const std::size_t cut : {index - 4, index + 1, index + 100, index + 400}) {
        const Outcome outcome = decode_damaged(put("cut.mp4", std::string_view(whole).substr(0, cut)));
        EXPECT_TRUE(outcome.failed) << cut;
        EXPECT_THAT(outcome.message, testing::StartsWith(path("cut.mp4") + ": ")) << cut;
    }
}

TEST_F(FileDamage, ACutBetweenTwoFramesIsNoticedToo) {
    const std::string whole = make_clip();
    // The table of sample sizes: "stsz", flags, a common size (0), the count, then one size each.
    const std::size_t table = whole.find("stsz");
    const auto word = [&whole](std::size_t at) {
        std::size_t value = 0;
        for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<std::uint8_t>(whole[at + i]);
        return value;
    };
    ASSERT_EQ(word(table + 12), 60U);
    std::size_t end = whole.find("mdat") + 4;
    for (std::size_t i = 0; i < 59; ++i) {
        end += word(table + 16 + 4 * i);
        if (i % 8 != 3) continue;
        const Outcome outcome = decode_damaged(put("cut.mp4", std::string_view(whole).substr(0, end)));
        EXPECT_EQ(outcome.frames, static_cast<std::int64_t>(i) + 1);
        EXPECT_EQ(outcome.damage, 1);
        EXPECT_THAT(outcome.message, testing::HasSubstr("ends too early"));
    }
}

TEST_F(FileDamage, ChangedBytesNeverStopTheRest) {
    const std::string whole = make_clip();
    const std::size_t pixels = whole.find("mdat") + 4;
    std::int64_t noticed = 0;
    for (std::uint64_t seed = 0; seed < 16; ++seed) {
        Random random(seed);
        std::string changed = whole;
        for (int i = 0; i < 6; ++i)
            changed[pixels + random.below(whole.size() - pixels)] ^= static_cast<char>(1 << random.below(8));
        const Outcome outcome = decode_damaged(put("changed.mp4", changed));
        EXPECT_GE(outcome.frames, 40) << seed;
        EXPECT_LE(outcome.frames, 60) << seed;
        EXPECT_FALSE(outcome.failed) << seed;
        noticed += outcome.damage > 0 ? 1 : 0;
    }
    EXPECT_GE(noticed, 14) << "a change can leave a valid stream, but seldom";
}

TEST_F(FileDamage, EverySampleSurvivesCutsAndChangesAnywhere) {
    constexpr const char* kSamples[] = {"decode_damaged/h265_video.mp4",    "decode_damaged/h265_10bits.mp4",
                                        "decode_damaged/h264_10bits.mp4",   "decode_damaged/av1_video.mkv",
                                        "decode_damaged/var_fps_video.mp4", "motion_1_178x100.mp4"};
    for (const char* name : kSamples) {
        const std::string sample = std::string("../shared/data/videos/") + name;
        if (!std::filesystem::exists(sample)) GTEST_SKIP() << "NO SAMPLE DATA: " << sample << " is missing";
        const std::string whole = read(sample);
        const std::int64_t frames = decode_damaged(sample).frames;
        Random random(3);
        for (int round = 0; round < 8; ++round) {
            const std::string cut = put("cut", std::string_view(whole).substr(0, random.below(whole.size())));
            const Outcome part = decode_damaged(cut);
            EXPECT_LE(part.frames, frames) << name;
            EXPECT_TRUE(part.failed || part.damage > 0) << name << ": a part was taken for the whole";
            std::string changed = whole;
            for (int i = 0; i < 1 + 4 * round; ++i)
                changed[random.below(whole.size())] = static_cast<char>(random.below(256));
            const Outcome outcome = decode_damaged(put("changed", changed));
            EXPECT_TRUE(!outcome.failed || outcome.message.starts_with(path("changed") + ": ")) << name;
            EXPECT_LE(outcome.frames, 2 * frames) << name;
        }
    }
}

TEST_F(FileDamage, NothingIsWrittenToStandardErrorByFfmpeg) {
    const std::string whole = make_clip();
    testing::internal::CaptureStderr();
    decode_damaged(put("cut.mp4", std::string_view(whole).substr(0, whole.size() / 2)));
    decode_damaged(put("cut.mp4", std::string_view(whole).substr(0, 700)));
    decode_damaged(put("text.mp4", "this is no video"));
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(FileDamage, AFileInMemoryIsTheSameAsOnDisk) {
    const std::string whole = make_clip();
    auto source = file::VideoFile::open({reinterpret_cast<const std::uint8_t*>(whole.data()), whole.size()}, "memory", {});
    ASSERT_TRUE(source.has_value()) << source.error().message;
    std::int64_t frames = 0;
    while (const auto frame = (*source)->next().value()) ++frames;
    EXPECT_EQ(frames, 60);
}

TEST_F(FileDamage, FramesOutliveTheirSource) {
    make_clip();
    auto source = kFileSource.open(path("whole.mp4")).value();
    std::vector<FramePtr> frames;
    for (int i = 0; i < 10; ++i) frames.push_back(source->next().value());
    source.reset();
    std::int64_t sum = 0;
    for (const auto& frame : frames)
        for (int y = 0; y < frame->picture.size.height; ++y) sum += frame->picture.data[0][y * frame->picture.stride[0]];
    EXPECT_GT(sum, 0);
    EXPECT_NE(frames[0]->picture.data[0], frames[1]->picture.data[0]);
}

TEST_F(FileDamage, TurnedVideosStandUpright) {
    std::string whole = make_clip();
    // The display matrix in the track header: a quarter turn clockwise.
    const std::size_t matrix = whole.find("tkhd") + 44;
    const auto put_word = [&whole, matrix](std::size_t index, std::uint32_t value) {
        for (std::size_t i = 0; i < 4; ++i) whole[matrix + 4 * index + i] = static_cast<char>(value >> (24 - 8 * i));
    };
    auto upright = kFileSource.open(path("whole.mp4")).value()->next().value();
    put_word(0, 0), put_word(1, 0x10000), put_word(3, 0xFFFF0000), put_word(4, 0);
    auto source = kFileSource.open(put("turned.mp4", whole)).value();
    EXPECT_EQ(source->facts().size, (Size{96, 160}));
    const auto turned = source->next().value();
    ASSERT_EQ(turned->picture.size, (Size{96, 160}));
    const auto luma = [](const FramePtr& frame, int x, int y) {
        return int{frame->picture.data[0][y * frame->picture.stride[0] + x]};
    };
    EXPECT_EQ(luma(turned, 95, 0), luma(upright, 0, 0));
    EXPECT_EQ(luma(turned, 0, 0), luma(upright, 0, 95));
    EXPECT_EQ(luma(turned, 95, 159), luma(upright, 159, 0));
    EXPECT_EQ(luma(turned, 33, 20), luma(upright, 20, 95 - 33));
}

TEST_F(FileDamage, CreationTimeIsTheWallClockOfTheFirstFrame) {
    const WallTime taken = std::chrono::sys_days(std::chrono::year(2023) / 3 / 5) + std::chrono::hours(12);
    auto writer = ffmpeg::VideoWriter::create(path("dated.mp4"), 32, 32, {.creation_time = taken}).value();
    const std::vector<std::uint8_t> gray(32 * 32, 128);
    for (int i = 0; i < 3; ++i)
        ASSERT_TRUE(writer.write({{gray.data(), gray.data(), gray.data()}, {32, 16, 16}}, std::chrono::milliseconds(500 * i))
                        .has_value());
    ASSERT_TRUE(writer.finish().has_value());
    auto source = kFileSource.open(path("dated.mp4")).value();
    EXPECT_EQ(source->facts().started, taken);
    EXPECT_EQ(source->next().value()->captured, taken);
    EXPECT_EQ(source->next().value()->captured, taken + std::chrono::milliseconds(500));
}

TEST_F(FileDamage, ASizeThatChangesInTheMiddleIsFollowed) {
    const std::string small = "../shared/data/images/plate_crops/";
    if (!std::filesystem::exists(small)) GTEST_SKIP() << "NO SAMPLE DATA: " << small << " is missing";
    // Motion JPEG: pictures of two sizes one after the other.
    std::string stream;
    for (const char* picture :
         {"../shared/data/images/coco128/000000000009.jpg", "../shared/data/images/coco128/000000000030.jpg"})
        stream += read(picture) + read(picture);
    auto source = kFileSource.open(put("stream.mjpeg", stream)).value();
    std::vector<int> widths;
    std::vector<int> heights;
    Nanoseconds last{-1};
    while (const auto frame = source->next().value()) {
        widths.push_back(frame->picture.size.width);
        heights.push_back(frame->picture.size.height);
        EXPECT_GT(frame->t, last);
        last = frame->t;
    }
    EXPECT_THAT(widths, testing::ElementsAre(640, 640, 640, 640));
    EXPECT_THAT(heights, testing::ElementsAre(480, 480, 428, 428));
}

}  // namespace
}  // namespace facet::source
