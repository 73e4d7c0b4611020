#pragma once
// FFmpeg's times in nanoseconds. For this folder's .cpp files.

#include <cstdint>  // before FFmpeg's, which ask for its macros

extern "C" {
#include <libavutil/avutil.h>
#include <libavutil/mathematics.h>
}

#include <optional>

#include "base/clock.h"

namespace facet::ffmpeg {

/// The nearest nanosecond, or nothing for an unset time and for one that no stream has (beyond +-73 years: differences of
/// two times must not overflow; damaged files carry such).
inline std::optional<Nanoseconds> to_nanoseconds(std::int64_t ticks, AVRational time_base) {
    constexpr std::int64_t kMax = std::int64_t{1} << 61;
    if (ticks == AV_NOPTS_VALUE || time_base.num <= 0 || time_base.den <= 0) return std::nullopt;
    const std::int64_t value = av_rescale_q(ticks, time_base, {1, 1'000'000'000});
    if (value > kMax || value < -kMax) return std::nullopt;
    return Nanoseconds(value);
}

}  // namespace facet::ffmpeg
