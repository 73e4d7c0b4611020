#pragma once
// Cameras that give one picture at a time: an HTTP address that is asked again and again.

#include "source/live/live_input.h"

namespace facet::source::live {

/// Larger pictures are refused.
inline constexpr std::uint64_t kPolledBytesMax = std::uint64_t{32} << 20;

/// JPEG or PNG from an http(s) address, fetched every `options.poll`; where that takes longer, the missed times are left
/// out. A picture that has not changed (304, or the same bytes again) gives no packet. Opening fetches the first one.
Result<std::unique_ptr<LiveInput>> open_pictures(const std::string& address, const LiveInputOptions& options,
                                                 Interrupt& interrupt);

}  // namespace facet::source::live
