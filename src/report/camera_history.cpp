#include "report/camera_history.h"

#include <algorithm>

#include "image/encode.h"

namespace facet::report {

namespace {

constexpr image::JpegOptions kBackground{.width_max = 720, .quality = 70};
constexpr image::JpegOptions kThumbnail{.width_max = 360, .quality = 70};

/// A picture that cannot be encoded is left out of the page: the page is worth more than one picture.
std::string jpeg(const Picture& picture, const image::JpegOptions& options) {
    return image::encode_jpeg(picture, options).value_or(std::string());
}

Point relative(Point point, Size size) {
    return {std::clamp(point.x / static_cast<float>(size.width), 0.0F, 1.0F),
            std::clamp(point.y / static_cast<float>(size.height), 0.0F, 1.0F)};
}

}  // namespace

CameraHistory::CameraHistory(std::string name, const Picture& first)
    : name_(std::move(name)), size_(first.size), background_(jpeg(first, kBackground)), heat_(kHeatColumns * kHeatRows) {}

void CameraHistory::add(const FrameFacts& frame) {
    size_ = frame.picture->size;
    ++frames_;
    count(frame);
    follow(frame);
    show(frame);
}

void CameraHistory::count(const FrameFacts& frame) {
    auto index = static_cast<std::size_t>(std::max<Nanoseconds::rep>(0, frame.t / bin_length_));
    while (index >= kBinsMax) {  // two bins become one: the page shows the same span with half the detail
        for (std::size_t i = 0; i < bins_.size(); i += 2) {
            Bin merged = bins_[i];
            if (i + 1 < bins_.size()) {
                merged.frames += bins_[i + 1].frames;
                for (std::size_t k = 0; k < merged.objects.size(); ++k) merged.objects[k] += bins_[i + 1].objects[k];
            }
            bins_[i / 2] = merged;
        }
        bins_.resize((bins_.size() + 1) / 2);
        bin_length_ *= 2;
        index = static_cast<std::size_t>(frame.t / bin_length_);
    }
    if (bins_.size() <= index) bins_.resize(index + 1);
    Bin& bin = bins_[index];
    ++bin.frames;
    for (const auto& object : frame.objects) {
        auto label = std::find(labels_.begin(), labels_.end(), object.label);
        if (label == labels_.end() && labels_.size() < kLabelsMax) label = labels_.insert(label, std::string(object.label));
        has_others_ |= label == labels_.end();
        bin.objects[label == labels_.end() ? kLabelsMax : static_cast<std::size_t>(label - labels_.begin())] += 1;
        const Point centre = relative(object.box.centre(), size_);
        const int column = std::min(kHeatColumns - 1, static_cast<int>(centre.x * kHeatColumns));
        const int row = std::min(kHeatRows - 1, static_cast<int>(centre.y * kHeatRows));
        heat_[static_cast<std::size_t>(row * kHeatColumns + column)] += 1;
    }
}

void CameraHistory::follow(const FrameFacts& frame) {
    for (std::size_t i = 0; i < frame.tracks.size(); ++i) {
        const Track& track = frame.tracks[i];
        if (!tracks_.contains(track.id) && tracks_.size() >= kTracksMax) {
            tracks_left_out_ += track.id > track_last_left_out_ ? 1 : 0;  // ids grow: each is counted once
            track_last_left_out_ = std::max(track_last_left_out_, track.id);
            continue;
        }
        Path& path = tracks_[track.id];
        path.label = frame.track_labels[i];
        if (path.seen++ % path.step != 0) continue;
        path.points.push_back(relative(track.box.centre(), size_));
        if (path.points.size() < kPointsMax) continue;
        for (std::size_t k = 0; k * 2 < path.points.size(); ++k) path.points[k] = path.points[k * 2];
        path.points.resize((path.points.size() + 1) / 2);
        path.step *= 2;
    }
}

void CameraHistory::show(const FrameFacts& frame) {
    std::string picture;
    for (const auto& event : frame.events) {
        if (events_.size() >= kEventsMax) {
            ++events_left_out_;
            continue;
        }
        if (picture.empty()) picture = jpeg(*frame.picture, kThumbnail);
        ShownEvent shown{event, picture, {}};
        if (event.box) {
            const Point begin = relative({event.box->x, event.box->y}, size_);
            const Point end = relative({event.box->right(), event.box->bottom()}, size_);
            shown.box = Box::from_corners(begin.x, begin.y, end.x, end.y);
        }
        events_.push_back(std::move(shown));
    }
}

}  // namespace facet::report
