#include "source/live/device_input.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "source/live/stream_input.h"

namespace facet::source::live {

namespace {

using config::OptionRow;
using config::OptionType;

constexpr int kSideMax = 16'384;

constexpr std::array kOptions{
    OptionRow{
        .key = "size", .type = OptionType::text, .help = "width x height in pixels: 1280x720; the device must have it"},
    OptionRow{.key = "fps", .type = OptionType::number, .minimum = 0.1, .maximum = 1000, .help = "the nearest that it has"},
    OptionRow{.key = "format",
              .type = OptionType::text,
              .help = "mjpeg, h264, yuyv422 or another of FFmpeg's names for codecs and pixels"},
};

config::Node query_of(std::string_view text) {
    config::Node query;
    query.kind = config::Node::Kind::map;
    if (text.empty()) return query;
    for (const std::string_view pair : split(text, '&')) {
        const auto equals = std::min(pair.find('='), pair.size());
        config::Node value;
        value.kind = config::Node::Kind::scalar;
        value.scalar = pair.substr(std::min(equals + 1, pair.size()));
        query.members.emplace_back(pair.substr(0, equals), std::move(value));
    }
    return query;
}

}  // namespace

bool is_device(std::string_view address) { return address.starts_with("/dev/"); }

std::span<const OptionRow> device_options() { return kOptions; }

Result<ffmpeg::CaptureDevice> read_device(std::string_view address) {
    const auto mark = std::min(address.find('?'), address.size());
    ffmpeg::CaptureDevice device;
    device.path = address.substr(0, mark);
    const std::string owner = fmt::format("source '{}'", device.path);
    FACET_TRY(const auto values,
              config::Values::read(kOptions, query_of(address.substr(std::min(mark + 1, address.size()))), owner));
    if (values.has("fps")) device.frames_per_second = values.number("fps");
    if (values.has("format")) device.format = values.text("format");
    if (!values.has("size")) return device;
    const auto sides = split(values.text("size"), 'x');
    const auto side = [&](std::size_t index) { return parse_integer(sides[index]).value_or(0); };
    const auto is_side = [](long long pixels) { return pixels > 0 && pixels <= kSideMax; };
    if (sides.size() != 2 || !is_side(side(0)) || !is_side(side(1)))
        return fail(ErrorCode::invalid_argument, "{}: size is '{}', expected pixels such as 1280x720", owner,
                    values.text("size"));
    device.width = static_cast<int>(side(0));
    device.height = static_cast<int>(side(1));
    return device;
}

Result<std::unique_ptr<LiveInput>> open_device(const std::string& address, const LiveInputOptions& options,
                                               Interrupt& interrupt) {
    FACET_TRY(const auto device, read_device(address));
    return open_stream(ffmpeg::Demuxer::open_device(device, interrupt.flag()), options, interrupt);
}

}  // namespace facet::source::live
