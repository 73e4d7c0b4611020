#pragma once
// Short clips with bidirectional frames whose pictures tell their number, as packets that have just come from a camera.

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "engine/packet_ring.h"
#include "wrap/ffmpeg/decoder.h"
#include "wrap/ffmpeg/unit_reader.h"
#include "wrap/ffmpeg/video_writer.h"

extern "C" {
#include <libavutil/frame.h>
}

namespace facet::engine::test {

constexpr Nanoseconds kFrameTime = std::chrono::milliseconds(40);
constexpr int kLumaFirst = 30;

/// Frame i has luma kLumaFirst + i, and a white square in its left upper eighth. With `noise` it compresses badly.
inline void write_clip(const std::string& path, int frames, int keyframe_interval, int width = 160, int height = 96,
                       bool noise = false) {
    std::uint32_t random = 1;
    auto writer = ffmpeg::VideoWriter::create(path, width, height, {.quality = 1, .keyframe_interval = keyframe_interval});
    ASSERT_TRUE(writer) << writer.error().message;
    const auto at = [](int value) { return static_cast<std::size_t>(value); };
    std::vector<std::uint8_t> luma(at(width * height));
    const std::vector<std::uint8_t> chroma(at(width * height / 4), 128);
    for (int i = 0; i < frames; ++i) {
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x) {
                random = random * 1664525 + 1013904223;
                const int background = kLumaFirst + i + (noise ? static_cast<int>(random >> 28) : 0);
                luma[at(y * width + x)] = static_cast<std::uint8_t>(x < width / 8 && y < height / 8 ? 235 : background);
            }
        ASSERT_TRUE(
            writer->write(ffmpeg::ImagePlanes{{luma.data(), chroma.data(), chroma.data()}, {width, width / 2, width / 2}},
                          i * kFrameTime));
    }
    ASSERT_TRUE(writer->finish());
}

struct Packets {
    StreamPtr stream;
    std::vector<KeptPacketPtr> packets;  ///< in the order of sending, a frame time apart
};

/// The last key that arrived at `time` or before.
inline std::size_t key_at(const Packets& packets, TimePoint time) {
    std::size_t key = 0;
    for (std::size_t i = 0; i < packets.packets.size() && packets.packets[i]->arrived <= time; ++i)
        if (packets.packets[i]->is_key) key = i;
    return key;
}

/// The first packet arrived at `begin`.
inline Packets read_packets(const std::string& path, TimePoint begin) {
    Packets out;
    auto demuxer = ffmpeg::Demuxer::open(path, std::nullopt).value();
    out.stream = ffmpeg::StreamParameters::of(demuxer).value();
    auto units = ffmpeg::UnitReader::open(demuxer).value();
    ffmpeg::Packet packet;
    while (demuxer.read(packet).value_or(false)) {
        auto kept = std::make_shared<KeptPacket>();
        kept->data = packet.reference().value();
        kept->bytes = packet.bytes();
        const auto unit = units.read(packet).value();
        kept->is_key = unit.kind == ffmpeg::UnitKind::key;
        kept->is_disposable = unit.kind == ffmpeg::UnitKind::disposable;
        kept->arrived = begin + static_cast<std::int64_t>(out.packets.size()) * kFrameTime;
        out.packets.push_back(std::move(kept));
    }
    return out;
}

struct ShownFrame {
    int width = 0;
    int height = 0;
    int luma = 0;    ///< of the right lower corner
    int corner = 0;  ///< of the left upper one
    double seconds = 0;
};

/// What a video or picture file shows.
inline std::vector<ShownFrame> frames_of(const std::string& path) {
    std::vector<ShownFrame> out;
    auto demuxer = ffmpeg::Demuxer::open(path, std::nullopt);
    if (!demuxer) {
        ADD_FAILURE() << demuxer.error().message;
        return out;
    }
    auto decoder = ffmpeg::Decoder::open(*demuxer, 1, 1 << 26).value();
    const auto receive = [&] {
        ffmpeg::DecodedFrame frame;
        while (decoder.receive(frame).value() == ffmpeg::Decoder::Next::frame) {
            const AVFrame& raw = *frame.frame;
            out.push_back({raw.width, raw.height, raw.data[0][(raw.height - 1) * raw.linesize[0] + raw.width - 1],
                           raw.data[0][0], facet::seconds(frame.pts.value_or(Nanoseconds{}))});
        }
    };
    ffmpeg::Packet packet;
    while (demuxer->read(packet).value_or(false)) {
        EXPECT_TRUE(decoder.send(packet, {}));
        receive();
    }
    EXPECT_TRUE(decoder.drain());
    receive();
    return out;
}

}  // namespace facet::engine::test
