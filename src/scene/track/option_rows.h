#pragma once
// The option rows of a tracker: its own, and behind them the rows about the lives of tracks that all trackers take.

#include <algorithm>
#include <array>

#include "config/options.h"

namespace facet::scene {

inline constexpr std::array<config::OptionRow, 5> kLifeOptions{{
    {.key = "confirm_time",
     .type = config::OptionType::duration,
     .fallback = "300ms",
     .minimum = 0,
     .maximum = 10,
     .help = "a track is believed when it was seen twice and, with low scores, for this long; with high ones at once"},
    {.key = "tentative_time",
     .type = config::OptionType::duration,
     .fallback = "100ms",
     .minimum = 0,
     .maximum = 10,
     .help = "a track that is not yet believed is dropped when it was looked for in vain for longer than this"},
    {.key = "lost_time",
     .type = config::OptionType::duration,
     .fallback = "1s",
     .minimum = 0,
     .maximum = 60,
     .help = "a track that is lost and found again within this time keeps its id"},
    {.key = "still_time",
     .type = config::OptionType::duration,
     .fallback = "10s",
     .minimum = 0,
     .maximum = 600,
     .help = "the same for an object that was standing still"},
    {.key = "tracks_max",
     .type = config::OptionType::integer,
     .fallback = "512",
     .minimum = 1,
     .maximum = 2048,
     .help = "most tracks alive at once; a new one replaces the one that is lost the longest"},
}};

template <std::size_t N>
constexpr auto with_life_options(const std::array<config::OptionRow, N>& own) {
    std::array<config::OptionRow, N + kLifeOptions.size()> rows{};
    std::copy(own.begin(), own.end(), rows.begin());
    std::copy(kLifeOptions.begin(), kLifeOptions.end(), rows.begin() + N);
    return rows;
}

}  // namespace facet::scene
