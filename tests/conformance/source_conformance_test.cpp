// What source/source.h promises, over every registered source.

#include <filesystem>
#include <functional>
#include <thread>

#include "base/file.h"
#include "conformance/registered.h"
#include "image/encode.h"
#include "support/process.h"
#include "wrap/ffmpeg/video_writer.h"

namespace facet::tests {
namespace {

using source::Source;
using source::SourceInfo;

/// An address that cannot be used, and what the message must name.
struct Unusable {
    std::string address;
    std::string named;
};

/// One stream of a source, with at least three frames. `address` makes what it names in a folder of the test's own.
struct SourceSample {
    std::string kind;
    std::string form;
    std::function<std::string(const test::TemporaryFolder&)> address;
    std::function<std::vector<Unusable>(const test::TemporaryFolder&)> unusable;
    bool is_still = false;

    std::string name() const { return kind + " " + form; }
    friend std::ostream& operator<<(std::ostream& out, const SourceSample& sample) { return out << sample.name(); }
};

const SourceInfo& source_of(std::string_view kind) { return *find_registered(app::builtins().sources, kind); }

constexpr const char* kScene = "synthetic:street?seed=3&size=96x64&frames=12&fps=10";

std::unique_ptr<Source> rendered() { return source_of("synthetic").open(kScene).value(); }

/// The scene as H.264, whose frames are stored in another order than they are shown.
std::string video(const std::string& path) {
    ffmpeg::VideoWriterOptions options;
    options.frames_per_second = 10;
    options.matrix = ffmpeg::ImageMatrix::bt709;  // nothing that a source would say without looking
    options.full_range = true;
    options.creation_time = WallTime(std::chrono::hours(400'000));
    auto writer = ffmpeg::VideoWriter::create(path, 96, 64, options).value();
    const auto scene = rendered();
    while (const auto frame = scene->next().value())
        EXPECT_TRUE(writer.write({frame->picture.data, frame->picture.stride}, frame->t).has_value());
    EXPECT_TRUE(writer.finish().has_value());
    return path;
}

std::string pictures(const test::TemporaryFolder& folder) {
    const auto scene = rendered();
    for (int i = 0; i < 4; ++i) {
        const auto frame = scene->next().value();
        const auto bytes = i % 2 == 0 ? image::encode_png(frame->picture) : image::encode_jpeg(frame->picture);
        EXPECT_TRUE(write_file(folder / ("shot " + std::to_string(i) + (i % 2 == 0 ? ".png" : ".jpg")), *bytes).has_value());
    }
    return folder.path().string();
}

std::vector<Unusable> unusable_files(const test::TemporaryFolder& folder) {
    test::write_text(folder / "empty.mp4", "");
    test::write_text(folder / "letter.mp4", std::string(5000, 'x'));
    test::write_text(folder / "broken.jpg", "\xFF\xD8\xFF\xE0 and nothing more");
    const std::string good = video(folder / "good.mp4");
    return {{folder / "none.mp4", folder / "none.mp4"},     {folder / "empty.mp4", folder / "empty.mp4"},
            {folder / "letter.mp4", folder / "letter.mp4"}, {folder / "broken.jpg", folder / "broken.jpg"},
            {good + "?no_such_option=1", "no_such_option"}, {good + "?stream=7", good}};
}

std::vector<Unusable> unusable_scenes(const test::TemporaryFolder&) {
    return {{"synthetic:stret", "stret"},
            {"synthetic:", "''"},
            {"synthetic:street?no_such_option=1", "no_such_option"},
            {"synthetic:street?size=wide", "wide"},
            {"synthetic:street?schedule_file=/no/such/schedule.yaml", "/no/such/schedule.yaml"}};
}

std::vector<SourceSample> source_samples() {
    const auto scene = [](std::string address) { return [=](const test::TemporaryFolder&) { return address; }; };
    return {
        {"synthetic", "street", scene(kScene), unusable_scenes},
        {"synthetic", "changing",
         scene("synthetic:hall?seed=5&size=64x64&frames=12&fps=5&schedule=cyclic&scenes=hall,belt&period=1s&shake=0.5"),
         unusable_scenes},
        {"file", "video", [](const auto& folder) { return video(folder / "clip.mp4"); }, unusable_files},
        {"file", "odd name",
         [](const auto& folder) { return "file://" + video(folder / "Straße 東 #1?a=b.mp4") + "?stream=0&threads=1"; },
         unusable_files},
        {"file", "pictures", [](const auto& folder) { return pictures(folder); }, unusable_files, /*is_still=*/true},
    };
}

/// FNV-1a 64 of a picture's samples, without padding.
std::uint64_t hash_of(const Picture& picture) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (int plane = 0; plane < plane_count(picture.format); ++plane) {
        const auto index = static_cast<std::size_t>(plane);
        const Size size = plane_size(picture.format, picture.size, plane);
        const int per_sample = picture.format == PixelFormat::bgr24           ? 3
                               : picture.format == PixelFormat::nv12 && plane ? 2
                                                                              : 1;
        for (int y = 0; y < size.height; ++y)
            for (int x = 0; x < size.width * per_sample; ++x)
                hash = (hash ^ picture.data[index][y * picture.stride[index] + x]) * 0x100000001b3ULL;
    }
    return hash;
}

std::size_t entries_of(const std::filesystem::path& folder) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

class SourceConformance : public testing::TestWithParam<SourceSample> {
protected:
    const SourceInfo& info() const { return source_of(GetParam().kind); }
    std::unique_ptr<Source> open() const {
        auto source = info().open(address_);
        EXPECT_TRUE(source.has_value()) << (source ? "" : source.error().message);
        return source ? std::move(*source) : nullptr;
    }
    /// The next frame, which must be one.
    static FramePtr next(Source& source) {
        auto frame = source.next();
        EXPECT_TRUE(frame.has_value()) << (frame ? "" : frame.error().message);
        return frame ? *frame : nullptr;
    }
    static std::vector<FramePtr> all(Source& source) {
        std::vector<FramePtr> frames;
        while (auto frame = next(source)) frames.push_back(std::move(frame));
        return frames;
    }
    static std::vector<std::uint64_t> hashes(const std::vector<FramePtr>& frames) {
        std::vector<std::uint64_t> list;
        for (const auto& frame : frames) list.push_back(hash_of(frame->picture));
        return list;
    }

    test::TemporaryFolder folder_;
    std::string address_ = GetParam().address(folder_);
};

INSTANTIATE_TEST_SUITE_P(All, SourceConformance, testing::ValuesIn(source_samples()),
                         [](const auto& sample) { return test_name(sample.param.name()); });

TEST(SourceConformance, EveryRegisteredSourceHasASample) {
    expect_samples_for_all(app::builtins().sources, source_samples());
}

TEST_P(SourceConformance, TheFirstSourceThatTakesTheAddressIsItsOwn) {
    for (const SourceInfo* each : app::builtins().sources) {
        if (!each->takes(address_)) continue;
        EXPECT_EQ(each->name, GetParam().kind);
        return;
    }
    FAIL() << "nobody takes " << address_;
}

TEST_P(SourceConformance, FramesAreNumberedAndTimesAreThoseOfTheStream) {
    const auto source = open();
    const auto frames = all(*source);
    ASSERT_GE(frames.size(), 3U);
    Nanoseconds last{};
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const Frame& frame = *frames[i];
        EXPECT_EQ(frame.sequence, static_cast<std::int64_t>(i));
        EXPECT_GE(frame.t, last) << "times never fall";
        EXPECT_EQ(frame.t, frame.pts - frames[0]->pts);
        EXPECT_EQ(frame.captured, source->facts().started + frame.t);
        last = frame.t;
    }
    EXPECT_EQ(frames[0]->t, Nanoseconds{});
    EXPECT_GT(last, Nanoseconds{});
}

TEST_P(SourceConformance, EveryPictureIsWhatTheFactsSay) {
    const auto source = open();
    const auto& facts = source->facts();
    EXPECT_EQ(facts.is_still, GetParam().is_still);
    EXPECT_FALSE(facts.codec.empty());
    const auto frames = all(*source);
    for (const auto& frame : frames) {
        const Picture& picture = frame->picture;
        EXPECT_EQ(picture.size, facts.size);
        EXPECT_EQ(picture.format, frames[0]->picture.format);
        EXPECT_EQ(picture.colour, facts.colour);
        EXPECT_NE(picture.owner, nullptr) << "its pixels belong to somebody else";
        for (int plane = 0; plane < 3; ++plane) {
            const auto index = static_cast<std::size_t>(plane);
            EXPECT_EQ(picture.data[index] != nullptr, plane < plane_count(picture.format));
            if (plane < plane_count(picture.format)) {
                EXPECT_GE(picture.stride[index], plane_size(picture.format, picture.size, plane).width);
            }
        }
        EXPECT_EQ(frame->picture_path.empty(), !facts.is_still);
    }
}

TEST_P(SourceConformance, FramesArriveWhenTheyAreAskedForAndCostSomething) {
    const TimePoint began = monotonic_now();
    const auto source = open();
    for (const auto& frame : all(*source)) {
        EXPECT_GE(frame->arrived, began);
        EXPECT_LE(frame->arrived, monotonic_now());
        EXPECT_GE(frame->decode_cost, Nanoseconds{});
        EXPECT_LT(frame->decode_cost, std::chrono::minutes(1));
    }
}

TEST_P(SourceConformance, AWholeStreamHasNoDamage) {
    const auto source = open();
    (void)all(*source);
    for (const source::Damage& damage : source->damage()) ADD_FAILURE() << damage.cause << ": " << damage.message;
}

TEST_P(SourceConformance, AfterTheEndComesTheEndAgain) {
    const auto source = open();
    const std::size_t count = all(*source).size();
    for (int i = 0; i < 5; ++i) EXPECT_EQ(next(*source), nullptr);
    EXPECT_TRUE(source->damage().empty());
    EXPECT_EQ(all(*open()).size(), count);
}

TEST_P(SourceConformance, OpenedTwiceItGivesTheSameFramesInTurnsToo) {
    const auto first = open();
    const auto expected = all(*first);
    const auto a = open();
    const auto b = open();
    for (const auto& frame : expected) {
        for (Source* source : {a.get(), b.get()}) {
            const auto other = next(*source);
            ASSERT_NE(other, nullptr);
            EXPECT_EQ(hash_of(other->picture), hash_of(frame->picture)) << "frame " << frame->sequence;
            EXPECT_EQ(other->t, frame->t);
            EXPECT_EQ(other->pts, frame->pts);
        }
    }
    EXPECT_EQ(next(*a), nullptr);
}

TEST_P(SourceConformance, FramesKeepTheirPixelsWhateverTheSourceDoesNext) {
    auto source = open();
    std::vector<FramePtr> frames;
    std::vector<std::uint64_t> seen;
    std::vector<std::string> paths;
    while (const auto frame = next(*source)) {
        frames.push_back(frame);
        seen.push_back(hash_of(frame->picture));
        paths.emplace_back(frame->picture_path);
    }
    EXPECT_EQ(hashes(frames), seen);
    source.reset();
    EXPECT_EQ(hashes(frames), seen) << "after the source is gone";
    for (std::size_t i = 0; i < frames.size(); ++i) EXPECT_EQ(frames[i]->picture_path, paths[i]);
    // And a picture outlives its frame.
    const Picture picture = frames.back()->picture;
    frames.clear();
    EXPECT_EQ(hash_of(picture), seen.back());
}

TEST_P(SourceConformance, AnyThreadMayTakeTheNextFrame) {
    const auto expected = hashes(all(*open()));
    const auto source = open();
    for (const std::uint64_t hash : expected) {
        FramePtr frame;
        std::thread([&] { frame = next(*source); }).join();
        ASSERT_NE(frame, nullptr);
        EXPECT_EQ(hash_of(frame->picture), hash);
    }
}

TEST_P(SourceConformance, SourcesDoNotDisturbEachOther) {
    const auto expected = hashes(all(*open()));
    std::array<std::vector<std::uint64_t>, 3> seen;
    std::vector<std::thread> threads;
    for (auto& each : seen) threads.emplace_back([&] { each = hashes(all(*open())); });
    for (auto& thread : threads) thread.join();
    for (const auto& each : seen) EXPECT_EQ(each, expected);
}

TEST_P(SourceConformance, ItMayGoAwayAtAnyFrameAndLeavesNothingBehind) {
    (void)all(*open());  // libraries open what they keep
    const std::size_t files = entries_of("/proc/self/fd");
    const std::size_t threads = entries_of("/proc/self/task");
    const auto expected = hashes(all(*open()));
    for (std::size_t taken = 0; taken <= expected.size(); ++taken) {
        auto source = open();
        FramePtr frame;
        for (std::size_t i = 0; i < taken; ++i) frame = next(*source);
        EXPECT_EQ(entries_of("/proc/self/task"), threads) << "it holds a thread of its own";
        source.reset();
        if (frame) {
            EXPECT_EQ(hash_of(frame->picture), expected[taken - 1]);
        }
    }
    EXPECT_EQ(entries_of("/proc/self/fd"), files);
    EXPECT_EQ(entries_of("/proc/self/task"), threads);
}

TEST_P(SourceConformance, WhatCannotBeUsedIsAnErrorOfOneLineThatNamesIt) {
    for (const Unusable& unusable : GetParam().unusable(folder_)) {
        auto source = info().open(unusable.address);
        const auto failed = [&]() -> Error {
            if (!source) return source.error();
            const auto frame = (*source)->next();
            return frame ? Error{ErrorCode::internal, *frame ? "a frame" : "a plain end"} : frame.error();
        }();
        EXPECT_NE(failed.code, ErrorCode::internal) << unusable.address << ": " << failed.message;
        const auto first = failed.message.find(unusable.named);
        ASSERT_NE(first, std::string::npos) << unusable.address << ": " << failed.message;
        EXPECT_EQ(failed.message.find(unusable.named, first + 1), std::string::npos) << "twice: " << failed.message;
        EXPECT_EQ(failed.message.find('\n'), std::string::npos) << failed.message;
        for (int i = 0; source && i < 3; ++i) {
            const auto again = (*source)->next();
            EXPECT_TRUE(!again || !*again) << unusable.address << ": a frame after an Error";
        }
    }
}

}  // namespace
}  // namespace facet::tests
