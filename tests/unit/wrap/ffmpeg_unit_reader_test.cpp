// Live decoding: every packet that is sent gives its frame at once, with its own time and with the pixels of a decoding of
// the whole stream. On the sample clips, and on clips that ffmpeg encodes here.

#include "wrap/ffmpeg/unit_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

extern "C" {
#include <libavutil/frame.h>
}

#include "support/process.h"
#include "wrap/ffmpeg/converter.h"
#include "wrap/ffmpeg/decoder.h"
#include "wrap/ffmpeg/demuxer.h"

namespace facet::ffmpeg {
namespace {

constexpr const char* kVideos = "../shared/data/videos/";
constexpr int kPacketsMax = 300;
constexpr std::int64_t kStreamPixelsMax = 1 << 26;

/// FNV-1a of what is seen of the picture, eight bytes at a time.
std::uint64_t hash_of(const DecodedFrame& decoded) {
    Converter converter;
    const Image image = converter.convert(decoded, Orientation::upright).value();
    std::uint64_t hash = 14695981039346656037U;
    const auto add = [&hash](std::uint64_t value) { hash = (hash ^ value) * 1099511628211U; };
    add(static_cast<std::uint64_t>(image.width) << 32 | static_cast<std::uint64_t>(image.height));
    for (std::size_t plane = 0; plane < 3; ++plane) {
        const int width = plane == 0 ? image.width : (image.width + 1) / 2;
        const int height = plane == 0 ? image.height : (image.height + 1) / 2;
        for (int y = 0; y < height; ++y) {
            const std::uint8_t* row = image.planes.data[plane] + y * image.planes.stride[plane];
            for (int x = 0; x < width; x += 8) {
                std::uint64_t word = 0;
                std::memcpy(&word, row + x, static_cast<std::size_t>(std::min(8, width - x)));
                add(word);
            }
        }
    }
    return hash;
}

struct Picture {
    std::uint64_t hash = 0;
    char type = '?';  ///< I, P or B
    bool operator==(const Picture&) const = default;
};
using Pictures = std::map<Nanoseconds, Picture>;

/// Receives all that the decoder has; returns the times, in the order in which they came.
std::vector<Nanoseconds> receive_all(Decoder& decoder, Pictures& pictures, int* concealed = nullptr) {
    std::vector<Nanoseconds> times;
    DecodedFrame decoded;
    while (decoder.receive(decoded).value() == Decoder::Next::frame) {
        times.push_back(decoded.pts.value());
        pictures[times.back()] = {hash_of(decoded), av_get_picture_type_char(decoded.frame->pict_type)};
        if (concealed != nullptr) *concealed += decoded.is_concealed;
    }
    return times;
}

/// The pictures of an ordinary decoding.
Pictures decode_whole(const std::string& path) {
    Pictures pictures;
    auto demuxer = Demuxer::open(path, std::nullopt).value();
    auto decoder = Decoder::open(demuxer, 1, kStreamPixelsMax).value();
    Packet packet;
    for (int packets = 0; packets < kPacketsMax && demuxer.read(packet).value(); ++packets) {
        EXPECT_TRUE(decoder.send(packet, {}).has_value());
        receive_all(decoder, pictures);
    }
    EXPECT_TRUE(decoder.drain().has_value());
    receive_all(decoder, pictures);
    return pictures;
}

/// What is left out before the decoder.
enum class Skip { nothing, disposable, bidirectional };
bool skips(Skip skip, const Unit& unit) {
    if (skip == Skip::nothing) return false;
    return unit.kind == UnitKind::disposable || (skip == Skip::bidirectional && unit.is_bidirectional);
}

/// A stream from its demuxer to its decoder.
struct Line {
    explicit Line(const std::string& path)
        : demuxer(Demuxer::open(path, std::nullopt).value()),
          reader(UnitReader::open(demuxer).value()),
          decoder(open_decoder()) {}
    Decoder open_decoder() const { return Decoder::open_annex_b(demuxer, 1, kStreamPixelsMax).value(); }

    Demuxer demuxer;
    UnitReader reader;
    Decoder decoder;
};

/// Live decoding without reordering. Every packet that is sent must give its own frame at once; the pictures are returned,
/// and how many frames of each kind there were. Frames of bidirectional packets may come late or not at all.
struct Live {
    std::map<UnitKind, int> kinds;
    Pictures pictures;  ///< without the bidirectional ones
    int concealed = 0;
};
Live decode_live(const std::string& path, Skip skip) {
    Live live;
    Line line(path);
    line.reader.without_reordering(true);
    Packet packet;
    for (int packets = 0; packets < kPacketsMax && line.demuxer.read(packet).value(); ++packets) {
        const Unit unit = line.reader.read(packet).value();
        ++live.kinds[unit.kind];
        if (skips(skip, unit)) continue;
        EXPECT_TRUE(line.decoder.send(packet, {}).has_value());
        Pictures pictures;
        const auto times = receive_all(line.decoder, pictures, &live.concealed);
        if (unit.is_bidirectional) continue;
        EXPECT_THAT(times, testing::ElementsAre(packet.time().value())) << path << " packet " << packets;
        live.pictures.merge(pictures);
    }
    return live;
}

bool contains(const Pictures& whole, const Pictures& part) {
    return std::ranges::all_of(part, [&whole](const auto& entry) {
        const auto found = whole.find(entry.first);
        return found != whole.end() && found->second == entry.second;
    });
}

bool has_samples() { return std::filesystem::exists(kVideos); }
#define FACET_NEEDS_SAMPLES() \
    if (!has_samples()) GTEST_SKIP() << "NO SAMPLE DATA: " << kVideos << " is missing"

const std::vector<std::string>& samples() {
    static const std::vector<std::string> names{"bottle_detection_640x360.mp4",  "car_detection_768x432.mp4",
                                                "motion_1_178x100.mp4",          "motion_2_178x100.mp4",
                                                "one_by_one_person_768x432.mp4", "street_intersection_640x360.mp4"};
    return names;
}

/// A clip that the program ffmpeg encodes from a sample.
struct EncodedClip {
    const char* name;
    std::vector<std::string> options;
    bool has_bidirectional;  ///< referred to
    bool has_disposable;
};

const std::vector<EncodedClip>& clips() {
    const std::vector<std::string> x264{"-c:v", "libx264", "-preset", "veryfast"};
    const std::vector<std::string> x265{"-c:v", "libx265", "-preset", "ultrafast"};
    const auto with = [](std::vector<std::string> base, const std::vector<std::string>& more) {
        base.insert(base.end(), more.begin(), more.end());
        return base;
    };
    static const std::vector<EncodedClip> all{
        {"pyramid.mp4", with(x264, {"-x264-params", "bframes=3:b-adapt=0:b-pyramid=normal:ref=4:keyint=20"}), true, true},
        {"open_gop.mp4", with(x264, {"-x264-params", "bframes=3:b-adapt=0:open-gop=1:keyint=20:ref=4"}), true, true},
        {"no_pyramid.mp4", with(x264, {"-x264-params", "bframes=2:b-adapt=0:b-pyramid=none:keyint=20"}), false, true},
        {"slices.mp4", with(x264, {"-x264-params", "bframes=2:b-adapt=0:b-pyramid=none:slices=4"}), false, true},
        {"baseline.mp4", with(x264, {"-profile:v", "baseline", "-x264-params", "keyint=20"}), false, false},
        // 1080 is no multiple of 16: the frame is cropped.
        {"full_hd.mp4", with(x264, {"-vf", "scale=1920:1080", "-x264-params", "bframes=3:b-adapt=0"}), true, true},
        {"annex_b.ts", with(x264, {"-x264-params", "bframes=3:b-adapt=0:keyint=20:ref=4"}), true, true},
        {"in_band.mp4", with(x264, {"-bsf:v", "dump_extra=freq=keyframe", "-x264-params", "bframes=3:b-adapt=0:keyint=20"}),
         true, true},
        {"hevc_pyramid.mp4", with(x265, {"-x265-params", "log-level=none:bframes=4:b-adapt=0:b-pyramid=1:keyint=20:ref=4"}),
         true, true},
        {"hevc_layers.mp4",
         with(x265, {"-x265-params", "log-level=none:bframes=4:b-adapt=0:temporal-layers=1:open-gop=1:keyint=20"}), true,
         true},
        {"hevc_no_pyramid.mp4", with(x265, {"-x265-params", "log-level=none:bframes=3:b-adapt=0:b-pyramid=0"}), false, true},
        {"hevc_no_b.mp4", with(x265, {"-x265-params", "log-level=none:bframes=0"}), false, false},
        {"hevc_annex_b.ts", with(x265, {"-x265-params", "log-level=none:bframes=4:b-adapt=0:keyint=20"}), true, true},
    };
    return all;
}

/// The clips, encoded once for all tests, or none where there is no ffmpeg.
class UnitReaderClipTest : public testing::Test {
protected:
    static void SetUpTestSuite() {
        if (!has_samples()) return;
        folder_ = std::make_unique<test::TemporaryFolder>();
        for (const EncodedClip& clip : clips())
            if (folder_ && !encode(clip.name, clip.options)) folder_.reset();
    }
    static void TearDownTestSuite() { folder_.reset(); }
    void SetUp() override {
        FACET_NEEDS_SAMPLES();
        if (!folder_) GTEST_SKIP() << "NO ffmpeg WITH libx264 AND libx265 on this system";
    }
    static bool encode(const std::string& name, const std::vector<std::string>& options) {
        std::vector<std::string> command{"ffmpeg", "-loglevel", "error", "-i", kVideos + samples().back(),
                                         "-an",    "-frames:v", "50"};
        command.insert(command.end(), options.begin(), options.end());
        command.push_back(path(name));
        return test::run_process(command).exit_code == 0;
    }
    static std::string path(const std::string& name) { return *folder_ / name; }

    static std::unique_ptr<test::TemporaryFolder> folder_;
};
std::unique_ptr<test::TemporaryFolder> UnitReaderClipTest::folder_;

TEST(UnitReader, GivesEachFrameOfTheSamplesAtOnceAndExactly) {
    FACET_NEEDS_SAMPLES();
    for (const std::string& name : samples()) {
        const Live live = decode_live(kVideos + name, Skip::disposable);
        EXPECT_TRUE(contains(decode_whole(kVideos + name), live.pictures)) << name;
        EXPECT_GT(live.pictures.size(), 70U) << name;
        EXPECT_EQ(live.concealed, 0) << name;
    }
}

TEST(UnitReader, GivesFramesAtOnceAlsoWithoutThoseThatOthersReferTo) {
    FACET_NEEDS_SAMPLES();
    for (const std::string& name : samples())
        EXPECT_GT(decode_live(kVideos + name, Skip::bidirectional).pictures.size(), 70U) << name;
    // Exactly, where no B frame is referred to.
    const std::string flat = kVideos + std::string("one_by_one_person_768x432.mp4");
    const Live live = decode_live(flat, Skip::bidirectional);
    EXPECT_EQ(live.kinds.count(UnitKind::bidirectional), 0U);
    EXPECT_TRUE(contains(decode_whole(flat), live.pictures));
}

TEST(UnitReader, IsNeededWhereTheStreamDoesNotSayHowItReorders) {
    FACET_NEEDS_SAMPLES();
    // This clip's sequence parameter set has no bitstream_restriction: left alone, the decoder guesses a delay, though no B
    // frame ever comes.
    Line line(kVideos + std::string("one_by_one_person_768x432.mp4"));
    Packet packet;
    Pictures pictures;
    int late = 0;
    for (int packets = 0; packets < 60 && line.demuxer.read(packet).value(); ++packets) {
        const Unit unit = line.reader.read(packet).value();
        if (skips(Skip::disposable, unit)) continue;
        EXPECT_TRUE(line.decoder.send(packet, {}).has_value());
        const auto times = receive_all(line.decoder, pictures);
        late += times.empty() || times.front() != packet.time();
    }
    EXPECT_GT(late, 10);
}

TEST_F(UnitReaderClipTest, GivesEachFrameAtOnceAndExactly) {
    for (const EncodedClip& clip : clips()) {
        const Pictures whole = decode_whole(path(clip.name));
        EXPECT_EQ(whole.size(), 50U) << clip.name;
        Live live = decode_live(path(clip.name), Skip::disposable);
        EXPECT_TRUE(contains(whole, live.pictures)) << clip.name;
        EXPECT_EQ(live.concealed, 0) << clip.name;
        EXPECT_GE(live.kinds[UnitKind::key], 1) << clip.name;
        EXPECT_EQ(live.kinds[UnitKind::bidirectional] > 0, clip.has_bidirectional) << clip.name;
        EXPECT_EQ(live.kinds[UnitKind::disposable] > 0, clip.has_disposable) << clip.name;
        const int shown = live.kinds[UnitKind::key] + live.kinds[UnitKind::forward];
        EXPECT_EQ(live.pictures.size(), static_cast<std::size_t>(shown)) << clip.name;
    }
}

TEST_F(UnitReaderClipTest, TellsKindsAsTheDecoderSeesThem) {
    for (const EncodedClip& clip : clips()) {
        const Pictures whole = decode_whole(path(clip.name));
        Line line(path(clip.name));
        Packet packet;
        while (line.demuxer.read(packet).value()) {
            const bool key = packet.is_key();
            const Unit unit = line.reader.read(packet).value();
            const auto picture = whole.find(packet.time().value());
            ASSERT_NE(picture, whole.end()) << clip.name;
            EXPECT_EQ(unit.is_bidirectional, picture->second.type == 'B') << clip.name;
            EXPECT_EQ(unit.kind == UnitKind::key, key) << clip.name;
            EXPECT_TRUE(unit.kind != UnitKind::key || picture->second.type == 'I') << clip.name;
            EXPECT_TRUE(unit.kind == UnitKind::disposable || unit.is_bidirectional == (unit.kind == UnitKind::bidirectional))
                << clip.name;
        }
    }
}

TEST_F(UnitReaderClipTest, TakesBFramesThatAreShownAsDecodedForForward) {
    ASSERT_TRUE(
        encode("low_delay.mp4", {"-c:v", "libx264", "-x264-params", "bframes=3:b-adapt=0", "-bsf:v", "setts=pts=DTS"}));
    Line line(path("low_delay.mp4"));
    Packet packet;
    while (line.demuxer.read(packet).value()) EXPECT_FALSE(line.reader.read(packet).value().is_bidirectional);
}

TEST_F(UnitReaderClipTest, ChangesNothingUnlessAsked) {
    for (const EncodedClip& clip : clips()) {
        Line line(path(clip.name));
        Packet packet;
        Pictures pictures;
        while (line.demuxer.read(packet).value()) {
            ASSERT_TRUE(line.reader.read(packet).has_value());
            EXPECT_TRUE(line.decoder.send(packet, {}).has_value());
            receive_all(line.decoder, pictures);
        }
        EXPECT_TRUE(line.decoder.drain().has_value());
        receive_all(line.decoder, pictures);
        EXPECT_EQ(pictures, decode_whole(path(clip.name))) << clip.name;
    }
}

TEST_F(UnitReaderClipTest, LetsANewDecoderBeginAtEveryKey) {
    for (const char* name : {"pyramid.mp4", "open_gop.mp4", "baseline.mp4", "annex_b.ts", "in_band.mp4", "hevc_pyramid.mp4",
                             "hevc_layers.mp4", "hevc_annex_b.ts"}) {
        const Pictures whole = decode_whole(path(name));
        Line line(path(name));
        line.reader.without_reordering(true);
        Packet packet;
        int keys = 0;
        while (line.demuxer.read(packet).value()) {
            const Unit unit = line.reader.read(packet).value();
            if (unit.kind != UnitKind::key) continue;
            ++keys;
            Decoder decoder = line.open_decoder();
            EXPECT_TRUE(decoder.send(packet, {}).has_value()) << name;
            Pictures pictures;
            EXPECT_THAT(receive_all(decoder, pictures), testing::ElementsAre(packet.time().value())) << name;
            EXPECT_TRUE(contains(whole, pictures)) << name;
        }
        EXPECT_GE(keys, 3) << name;
    }
}

TEST_F(UnitReaderClipTest, RepeatsSetsThatCameOnlyOnce) {
    // An elementary stream with its sets in front of the first picture and nowhere else, and without times.
    const std::vector<std::string> options{"-c:v", "libx264", "-x264-params", "bframes=0:keyint=20"};
    ASSERT_TRUE(encode("sets.h264", options));
    auto without = options;
    without.insert(without.end(), {"-bsf:v", "filter_units=remove_types=6-8"});
    ASSERT_TRUE(encode("no_sets.h264", without));
    const std::string sets = test::read_text(path("sets.h264"));
    const std::size_t picture = sets.find(std::string("\0\0\1\x65", 4));
    ASSERT_NE(picture, std::string::npos);
    test::write_text(path("once.h264"), sets.substr(0, picture) + test::read_text(path("no_sets.h264")));

    Line line(path("once.h264"));
    line.reader.without_reordering(true);
    Packet packet;
    DecodedFrame decoded;
    int keys = 0;
    while (line.demuxer.read(packet).value()) {
        if (line.reader.read(packet).value().kind != UnitKind::key) continue;
        ++keys;
        Decoder decoder = line.open_decoder();
        EXPECT_TRUE(decoder.send(packet, {}).has_value());
        EXPECT_EQ(decoder.receive(decoded).value(), Decoder::Next::frame);
    }
    EXPECT_EQ(keys, 3);
}

TEST_F(UnitReaderClipTest, TurnsReorderingOffAndOnAtTheNextKey) {
    for (const char* name : {"pyramid.mp4", "annex_b.ts", "hevc_pyramid.mp4", "hevc_annex_b.ts"}) {
        const Pictures whole = decode_whole(path(name));
        Line line(path(name));
        Packet packet;
        Pictures pictures;
        int keys = 0;
        bool reorders = true;
        for (int packets = 0; line.demuxer.read(packet).value(); ++packets) {
            // Asked for in the middle of a group of pictures: that one goes on as it was.
            if (packets == 10) line.reader.without_reordering(true);
            if (packets == 30) line.reader.without_reordering(false);
            const Unit unit = line.reader.read(packet).value();
            if (unit.kind == UnitKind::key) {
                reorders = ++keys != 2;
                EXPECT_TRUE(line.decoder.drain().has_value());
                receive_all(line.decoder, pictures);
                line.decoder = line.open_decoder();
            }
            if (!reorders && skips(Skip::disposable, unit)) continue;
            EXPECT_TRUE(line.decoder.send(packet, {}).has_value());
            const auto times = receive_all(line.decoder, pictures);
            EXPECT_TRUE(unit.kind != UnitKind::key || times.empty() == reorders) << name;
        }
        EXPECT_TRUE(line.decoder.drain().has_value());
        receive_all(line.decoder, pictures);
        EXPECT_EQ(keys, 3) << name;
        EXPECT_TRUE(contains(whole, pictures)) << name;
        EXPECT_GT(pictures.size(), 30U) << name;
        EXPECT_LT(pictures.size(), 50U) << name;
    }
}

TEST_F(UnitReaderClipTest, TakesEveryPacketForAKeyWhereFramesDecodeAlone) {
    ASSERT_TRUE(encode("alone.avi", {"-c:v", "mjpeg"}));
    const Live live = decode_live(path("alone.avi"), Skip::bidirectional);
    EXPECT_EQ(live.kinds, (std::map<UnitKind, int>{{UnitKind::key, 50}}));
    EXPECT_EQ(live.pictures, decode_whole(path("alone.avi")));
}

TEST_F(UnitReaderClipTest, GoesByTheContainersKeysForOtherCodecs) {
    ASSERT_TRUE(encode("other.mp4", {"-c:v", "mpeg4", "-g", "25", "-sc_threshold", "1000000000"}));
    const Live live = decode_live(path("other.mp4"), Skip::bidirectional);
    EXPECT_EQ(live.kinds, (std::map<UnitKind, int>{{UnitKind::key, 2}, {UnitKind::forward, 48}}));
    EXPECT_EQ(live.pictures, decode_whole(path("other.mp4")));
}

TEST_F(UnitReaderClipTest, SaysThatParametersAreCut) {
    std::string bytes = test::read_text(path("baseline.mp4"));
    const std::size_t box = bytes.find("avcC");
    ASSERT_NE(box, std::string::npos);
    bytes[box + 4 + 6] = '\x7F';  // the first set's length
    const std::span data(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    const auto demuxer = Demuxer::open(data, "clip", std::nullopt);
    ASSERT_TRUE(demuxer.has_value()) << demuxer.error().message;
    const auto reader = UnitReader::open(*demuxer);
    ASSERT_FALSE(reader.has_value());
    EXPECT_EQ(reader.error().code, ErrorCode::corrupt);
    EXPECT_THAT(reader.error().message, testing::StartsWith("clip: "));
}

TEST_F(UnitReaderClipTest, TakesDamagedPackets) {
    std::vector<std::string> whole;
    for (const char* name : {"pyramid.mp4", "annex_b.ts", "hevc_layers.mp4", "hevc_annex_b.ts"})
        whole.push_back(test::read_text(path(name)));
    EXPECT_TRUE(rc::check([&whole] {
        std::string bytes = *rc::gen::elementOf(whole);
        const auto places = *rc::gen::container<std::vector<std::size_t>>(
            40, rc::gen::inRange<std::size_t>(0, std::min<std::size_t>(bytes.size(), 40'000)));
        for (const std::size_t place : places) bytes[place] = static_cast<char>(*rc::gen::inRange(0, 4));
        const std::span data(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
        auto demuxer = Demuxer::open(data, "damaged", std::nullopt);
        if (!demuxer) return;
        auto reader = UnitReader::open(*demuxer);
        auto decoder = Decoder::open_annex_b(*demuxer, 1, kStreamPixelsMax);
        if (!reader || !decoder) return;
        reader->without_reordering(true);
        Packet packet;
        DecodedFrame decoded;
        for (int packets = 0; packets < 20; ++packets) {
            const auto more = demuxer->read(packet);
            if (!more || !*more) return;
            RC_ASSERT(reader->read(packet).has_value());
            (void)decoder->send(packet, {});
            for (auto next = decoder->receive(decoded); next && *next == Decoder::Next::frame;)
                next = decoder->receive(decoded);
        }
    }));
}

TEST(Packet, IsKeptByMovingIt) {
    FACET_NEEDS_SAMPLES();
    const std::string path = kVideos + std::string("street_intersection_640x360.mp4");
    auto demuxer = Demuxer::open(path, std::nullopt).value();
    std::deque<Packet> kept;
    Packet packet;
    for (int i = 0; i < 60; ++i) {
        ASSERT_TRUE(demuxer.read(packet).value());
        const std::size_t bytes = packet.bytes();
        EXPECT_GT(bytes, 0U);
        kept.push_back(std::move(packet));
        EXPECT_EQ(kept.back().bytes(), bytes);
    }
    EXPECT_TRUE(kept.front().is_key());
    for (std::size_t i = 1; i < kept.size(); ++i) EXPECT_GT(*kept[i].decoding_time(), *kept[i - 1].decoding_time());

    auto decoder = Decoder::open(demuxer, 1, kStreamPixelsMax).value();
    Pictures pictures;
    for (const Packet& each : kept) {
        EXPECT_TRUE(decoder.send(each, {}).has_value());
        receive_all(decoder, pictures);
    }
    EXPECT_TRUE(contains(decode_whole(path), pictures));
    EXPECT_GT(pictures.size(), 50U);
}

}  // namespace
}  // namespace facet::ffmpeg
