// What sink/sink.h promises, over every registered sink.

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "base/random.h"
#include "base/text.h"
#include "conformance/registered.h"
#include "support/process.h"

namespace facet::tests {
namespace {

using sink::FrameRecord;
using sink::ObjectRecord;
using sink::Sink;
using sink::SinkInfo;
using testing::ElementsAre;
using testing::HasSubstr;

/// What one frame gave: one object, on one track, with one event, and a picture. Owns all that its record borrows.
class Moment {
public:
    Moment(std::string camera, int frame, const std::string& label = "car") : camera_(std::move(camera)), label_(label) {
        const auto offset = static_cast<float>(frame);
        detection_.box = {10 + offset / 8, 8, 20, 16};
        detection_.score = 0.75F;
        detection_.attributes = {{"text", label, 0.5F}};
        object_ = {&detection_, label_, 7};
        track_.id = 7;
        track_.box = detection_.box;
        track_.state = TrackState::confirmed;
        track_.score = 0.75F;
        event_.id = "00ff00ff00ff00ff";
        event_.camera = camera_;
        event_.rule = "gate";
        event_.type = "line";
        event_.label = label;
        event_.values = {{"forward", frame}};
        Random random(static_cast<std::uint64_t>(frame));
        for (int plane = 0; plane < 3; ++plane) {
            const Size size = plane_size(PixelFormat::i420, kSize, plane);
            for (int y = 0; y < size.height; ++y)
                for (int x = 0; x < size.width; ++x)
                    picture_.plane(plane)[y * picture_.stride(plane) + x] = static_cast<std::uint8_t>(random.below(256));
        }
        record_.camera = camera_;
        record_.source = camera_;
        record_.size = kSize;
        record_.t = std::chrono::milliseconds(40 * frame);
        record_.sequence = frame;
        record_.detected = true;
        record_.objects = {&object_, 1};
        record_.tracks = {&track_, 1};
        record_.events = {&event_, 1};
        record_.overlay = &picture_.view();
    }
    Moment(const Moment&) = delete;
    Moment& operator=(const Moment&) = delete;
    /// Nothing of what was lent is true any more.
    ~Moment() {
        camera_.assign(camera_.size(), '?');
        label_.assign(label_.size(), '?');
        event_.id = event_.camera = "?";
        detection_.box = track_.box = {};
        for (int plane = 0; plane < 3; ++plane)
            std::fill_n(picture_.plane(plane), picture_.stride(plane) * plane_size(PixelFormat::i420, kSize, plane).height,
                        std::uint8_t{0});
    }
    const FrameRecord& record() const { return record_; }

private:
    static constexpr Size kSize{64, 48};
    std::string camera_;
    std::string label_;
    Detection detection_;
    ObjectRecord object_;
    Track track_;
    Event event_;
    PictureBuffer picture_{PixelFormat::i420, kSize};
    FrameRecord record_;
};

struct SinkSample {
    std::string kind;
    std::string file;                                        ///< a name with the format's ending
    std::function<std::size_t(const std::string&)> records;  ///< how many moments a file holds; fails where it is not valid
    std::string name() const { return kind; }
    friend std::ostream& operator<<(std::ostream& out, const SinkSample& sample) { return out << sample.kind; }
};

std::size_t json_lines(const std::string& path) {
    std::size_t count = 0;
    for (const std::string& line : test::lines_of(test::read_text(path))) {
        EXPECT_TRUE(nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false).is_object()) << line;
        ++count;
    }
    return count;
}

std::size_t mot_lines(const std::string& path) {
    std::size_t count = 0;
    for (const std::string& line : test::lines_of(test::read_text(path))) {
        const auto values = split(line, ',');
        EXPECT_EQ(values.size(), 10U) << line;
        for (const auto value : values) EXPECT_TRUE(parse_number(value).has_value()) << line;
        ++count;
    }
    return count;
}

std::size_t pictures(const std::string& path) {
    const auto source = find_registered(app::builtins().sources, "file")->open(path);
    EXPECT_TRUE(source.has_value()) << (source ? "" : source.error().message);
    std::size_t count = 0;
    while (source) {
        const auto frame = (*source)->next();
        EXPECT_TRUE(frame.has_value()) << (frame ? "" : frame.error().message);
        if (!frame || !*frame) break;
        ++count;
    }
    return count;
}

std::vector<SinkSample> sink_samples() {
    return {{"events", "events.jsonl", json_lines},
            {"detections", "detections.jsonl", json_lines},
            {"tracks", "tracks.txt", mot_lines},
            {"overlay", "overlay.mp4", pictures}};
}

/// While it lives no file of this process grows beyond `bytes`: what a full disk is, for one process.
class FilesLimited {
public:
    explicit FilesLimited(rlim_t bytes) {
        getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        handler_ = std::signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FilesLimited() {
        setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    FilesLimited(const FilesLimited&) = delete;
    FilesLimited& operator=(const FilesLimited&) = delete;

private:
    rlimit before_{};
    void (*handler_)(int) = nullptr;
};

class SinkConformance : public testing::TestWithParam<SinkSample> {
protected:
    static const SinkInfo& info() { return *find_registered(app::builtins().sinks, GetParam().kind); }
    std::string target() const { return folder_ / GetParam().file; }
    static std::unique_ptr<Sink> create(const std::string& path) {
        auto sink = info().create(path);
        EXPECT_TRUE(sink.has_value()) << (sink ? "" : sink.error().message);
        return sink ? std::move(*sink) : nullptr;
    }
    static void write(Sink& sink, const std::string& camera, int count, const std::string& label = "car") {
        for (int i = 0; i < count; ++i) {
            const Status status = sink.write(Moment(camera, i, label).record());
            ASSERT_TRUE(status.has_value()) << status.error().message;
        }
    }
    static void finish(Sink& sink) {
        const Status status = sink.finish();
        ASSERT_TRUE(status.has_value()) << status.error().message;
    }
    std::vector<std::string> names() const {
        std::vector<std::string> list;
        for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
            list.push_back(entry.path().filename().string());
        std::sort(list.begin(), list.end());
        return list;
    }
    std::size_t records() const {
        std::size_t count = 0;
        for (const std::string& name : names()) count += GetParam().records(folder_ / name);
        return count;
    }
    /// Names the target once, in one line.
    static void expect_names(const Error& error, const std::string& path) {
        EXPECT_THAT(error.message, testing::StartsWith(path + ": "));
        EXPECT_EQ(error.message.find(path, 1), std::string::npos) << error.message;
        EXPECT_EQ(error.message.find('\n'), std::string::npos) << error.message;
    }

    test::TemporaryFolder folder_;
};

INSTANTIATE_TEST_SUITE_P(All, SinkConformance, testing::ValuesIn(sink_samples()),
                         [](const auto& sample) { return test_name(sample.param.kind); });

TEST(SinkConformance, EveryRegisteredSinkHasASample) { expect_samples_for_all(app::builtins().sinks, sink_samples()); }

TEST_P(SinkConformance, AfterFinishEverythingStandsUnderTheFinalName) {
    const auto sink = create(target());
    write(*sink, "north", 5);
    EXPECT_FALSE(std::filesystem::exists(target()));
    finish(*sink);
    EXPECT_THAT(names(), ElementsAre(GetParam().file));
    EXPECT_EQ(records(), 5U);
}

TEST_P(SinkConformance, WithoutFinishNothingIsLeft) {
    for (const int count : {0, 1, 50}) {
        auto sink = create(target());
        write(*sink, "north", count);
        write(*sink, "south", count);
        EXPECT_FALSE(std::filesystem::exists(target()));
        sink.reset();
        EXPECT_THAT(names(), testing::IsEmpty()) << count << " written";
    }
}

TEST_P(SinkConformance, AnOlderFileStaysUntilTheNewOneIsComplete) {
    test::write_text(target(), "older");
    auto sink = create(target());
    write(*sink, "north", 3);
    EXPECT_EQ(test::read_text(target()), "older");
    sink.reset();
    EXPECT_EQ(test::read_text(target()), "older");
    sink = create(target());
    write(*sink, "north", 3);
    finish(*sink);
    EXPECT_THAT(names(), ElementsAre(GetParam().file));
    EXPECT_EQ(records(), 3U);
}

TEST_P(SinkConformance, ASecondFinishChangesNothing) {
    for (const bool is_alone : {true, false}) {
        const auto sink = create(target());
        write(*sink, "north", 3);
        if (!is_alone) write(*sink, "south", 3);
        finish(*sink);
        const auto before = names();
        finish(*sink);
        EXPECT_EQ(names(), before);
        EXPECT_EQ(records(), is_alone ? 3U : 6U);
        for (const std::string& name : before) std::filesystem::remove(folder_ / name);
    }
}

TEST_P(SinkConformance, AStreamWithoutAnythingIsValidToo) {
    for (const bool has_frames : {false, true}) {
        const auto sink = create(target());
        FrameRecord quiet;
        quiet.camera = "north";
        quiet.size = {64, 48};
        for (int i = 0; has_frames && i < 3; ++i) EXPECT_TRUE(sink->write(quiet).has_value());
        finish(*sink);
        EXPECT_THAT(names(), testing::Each(GetParam().file));
        EXPECT_EQ(records(), 0U);
    }
}

TEST_P(SinkConformance, SeveralCamerasLoseNothing) {
    const auto sink = create(target());
    for (int i = 0; i < 6; ++i)
        for (const char* camera : {"north", "south", "Küche 東", "../x/y", "line\nbreak", "%41"})
            if (i < 4 || *camera == 's') {
                ASSERT_TRUE(sink->write(Moment(camera, i).record()).has_value());
            }
    finish(*sink);
    EXPECT_EQ(records(), 6U * 4 + 2);
    for (const std::string& name : names())
        EXPECT_THAT(name, testing::EndsWith(std::filesystem::path(target()).extension()));
    for (const std::string& name : names()) EXPECT_THAT(name, testing::Not(HasSubstr("partial")));
}

TEST_P(SinkConformance, NamesAreTakenAsTheyAre) {
    const std::string name = "Süd 東 100% #1 'a' \"b\" " + GetParam().file;
    const auto sink = create(folder_ / name);
    write(*sink, "Straße 東", 2, "voiture \"é\"\n\xFF");
    finish(*sink);
    EXPECT_THAT(names(), ElementsAre(name));
    EXPECT_EQ(records(), 2U);
}

TEST_P(SinkConformance, TheSameRecordsGiveTheSameBytesOnEveryThread) {
    const auto bytes = [&](const std::string& name) {
        const auto sink = create(folder_ / name);
        write(*sink, "north", 20);
        finish(*sink);
        return test::read_text(folder_ / name);
    };
    const std::string expected = bytes("first");
    ASSERT_FALSE(expected.empty());
    std::array<std::string, 3> seen;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < seen.size(); ++i) threads.emplace_back([&, i] { seen[i] = bytes(std::to_string(i)); });
    for (auto& thread : threads) thread.join();
    for (const auto& each : seen) EXPECT_TRUE(each == expected) << each.size() << " bytes and " << expected.size();
}

TEST_P(SinkConformance, NothingOfARecordIsKept) {
    const auto bytes = [&](const std::string& name, bool are_kept) {
        const auto sink = create(folder_ / name);
        std::vector<std::unique_ptr<Moment>> moments;
        for (int i = 0; i < 20; ++i) {
            moments.push_back(std::make_unique<Moment>("north", i));
            EXPECT_TRUE(sink->write(moments.back()->record()).has_value());
            if (!are_kept) moments.clear();
        }
        finish(*sink);
        return test::read_text(folder_ / name);
    };
    EXPECT_TRUE(bytes("kept", true) == bytes("gone", false));
}

TEST_P(SinkConformance, ATargetThatCannotBeWrittenIsRefusedAtOnceByItsName) {
    test::write_text(folder_ / "file", "");
    std::filesystem::create_directory(folder_ / "folder");
    for (const char* name : {"no/such/out", "file/out", "folder"}) {
        const std::string path = folder_ / name;
        const auto refused = info().create(path);
        ASSERT_FALSE(refused.has_value()) << path;
        EXPECT_NE(refused.error().code, ErrorCode::internal);
        expect_names(refused.error(), path);
    }
    EXPECT_THAT(names(), ElementsAre("file", "folder"));
}

TEST_P(SinkConformance, AFullDeviceIsAnErrorThatNamesIt) {
    if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "NO /dev/full on this system";
    const auto sink = create("/dev/full");
    Status status = sink->write(Moment("north", 0).record());
    if (status) status = sink->finish();
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().code, ErrorCode::resource_exhausted);
    expect_names(status.error(), "/dev/full");
    EXPECT_THAT(status.error().message, HasSubstr("No space left"));
}

TEST_P(SinkConformance, WhatCouldNotBeWrittenWholeNeverGetsItsName) {
    constexpr int kMoments = 400;
    Status written;
    Status finished;
    auto sink = create(target());
    {
        std::optional<FilesLimited> limit(4096);
        for (int i = 0; written && i < kMoments; ++i) written = sink->write(Moment("north", i).record());
        if (!written) limit.reset();  // there is room again, but some bytes are lost
        finished = sink->finish();
    }
    ASSERT_FALSE(finished.has_value());
    for (const Status* status : {&written, &finished}) {
        if (*status) continue;
        EXPECT_EQ(status->error().code, ErrorCode::resource_exhausted) << status->error().message;
        expect_names(status->error(), target());
    }
    EXPECT_FALSE(std::filesystem::exists(target()));
    sink.reset();
    EXPECT_THAT(names(), testing::IsEmpty());
}

}  // namespace
}  // namespace facet::tests
