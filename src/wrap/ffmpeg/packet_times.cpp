#include "wrap/ffmpeg/packet_times.h"

#include <algorithm>

namespace facet::ffmpeg {

namespace {

constexpr std::int64_t kLeapTicks = 10 * PacketTimes::kTicksPerSecond;
/// Times that step back by less are late ones, not a new beginning.
constexpr std::int64_t kOverlapTicks = PacketTimes::kTicksPerSecond / 2;
constexpr std::int64_t kIntervalTicksMax = 2 * PacketTimes::kTicksPerSecond;

std::int64_t to_ticks(Nanoseconds time) {
    const std::int64_t whole = time.count() / 1'000'000'000 * PacketTimes::kTicksPerSecond;
    const std::int64_t rest = time.count() % 1'000'000'000 * PacketTimes::kTicksPerSecond;
    return whole + (rest + (rest < 0 ? -500'000'000 : 500'000'000)) / 1'000'000'000;
}

bool are_usable(std::span<const GivenTimes> run) {
    for (std::size_t i = 0; i < run.size(); ++i) {
        if (!run[i].decoded || (run[i].shown && *run[i].shown < *run[i].decoded)) return false;
        if (i > 0 && *run[i].decoded <= *run[i - 1].decoded) return false;
    }
    return true;
}

/// Decoding times for presentation times alone: those times in their order, earlier by as much as the packet that is shown
/// soonest after its turn needs.
void derive_decoded(std::vector<PlacedTimes>& times) {
    std::vector<std::int64_t> sorted;
    for (const auto& time : times) sorted.push_back(time.shown);
    std::sort(sorted.begin(), sorted.end());
    std::int64_t delay = 0;
    for (std::size_t i = 0; i < times.size(); ++i) delay = std::max(delay, sorted[i] - times[i].shown);
    for (std::size_t i = 0; i < times.size(); ++i) times[i].decoded = sorted[i] - delay;
}

}  // namespace

std::vector<PlacedTimes> PacketTimes::place(std::span<const GivenTimes> run) {
    std::vector<PlacedTimes> times;
    for (const auto& given : run) {
        const auto known = given.shown ? given.shown : given.decoded;
        const std::int64_t shown = known ? to_ticks(*known) : shown_given_ + interval_;
        times.push_back({.shown = shown, .decoded = given.decoded ? to_ticks(*given.decoded) : shown});
        shown_given_ = shown;
    }
    if (times.empty()) return times;
    if (!are_usable(run)) derive_decoded(times);

    const std::int64_t first = times.front().decoded;
    if (!offset_) {
        offset_ = -times.front().shown;
        decoded_last_ = first + *offset_ - 1;
    } else {
        const std::int64_t expected = decoded_last_ + interval_;
        const std::int64_t placed = first + *offset_;
        if (placed < expected - kOverlapTicks || placed > expected + kLeapTicks) offset_ = expected - first;
    }
    for (std::size_t i = 0; i < times.size(); ++i) {
        PlacedTimes& time = times[i];
        time.decoded = std::max(time.decoded + *offset_, decoded_last_ + 1);
        time.shown = std::max(time.shown + *offset_, time.decoded);
        if (i > 0 && time.decoded - decoded_last_ > kLeapTicks) {  // a leap inside of the run
            const std::int64_t back = time.decoded - decoded_last_ - interval_;
            *offset_ -= back;
            time.decoded -= back;
            time.shown -= back;
        }
        if (i > 0) {
            interval_ = std::clamp<std::int64_t>(time.decoded - decoded_last_, 1, kIntervalTicksMax);
            times[i - 1].duration = time.decoded - decoded_last_;
        }
        decoded_last_ = time.decoded;
    }
    times.back().duration = interval_;
    return times;
}

}  // namespace facet::ffmpeg
