#include "source/live/live_decoder.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace facet::source::live {

FramePtr LiveFrames::make(LivePicture picture) {
    const TimePoint capture = std::max(timeline_.last, clock_.capture(picture.pts, picture.arrived));
    timeline_.last = capture;
    if (!timeline_.first) timeline_.first = capture;
    auto frame = std::make_shared<Frame>();
    frame->picture = std::move(picture.picture);
    frame->sequence = timeline_.frames++;
    frame->t = capture - *timeline_.first;
    frame->pts = picture.pts.value_or(frame->t);
    const bool knows_camera = camera_offset_ && picture.pts;
    const TimePoint taken = knows_camera ? TimePoint(*picture.pts + *camera_offset_) : capture;
    frame->captured = wall_now() - (monotonic_now() - taken);
    frame->arrived = picture.arrived;
    frame->decode_cost = picture.cost;
    return frame;
}

}  // namespace facet::source::live
