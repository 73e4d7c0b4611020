#include "source/file/picture_folder.h"

#include <utility>

#include "base/file.h"
#include "source/file/exif.h"
#include "source/file/jpeg.h"
#include "wrap/ffmpeg/demuxer.h"

namespace facet::source::file {

namespace {

constexpr std::size_t kFileBytesMax = std::size_t{1} << 29;
constexpr Nanoseconds kSpacing = std::chrono::seconds(1);

/// A frame together with the path that its picture_path points to.
struct StillFrame {
    Frame frame;
    std::string path;
};

std::span<const std::uint8_t> bytes_of(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// What can be said of the first picture without decoding it; facts for progress only, so failures wait for next().
void describe(const std::string& path, SourceFacts& facts) {
    const auto file = read_file(path, kFileBytesMax);
    if (!file) return;
    const auto bytes = bytes_of(*file);
    if (is_jpeg(bytes)) {
        facts.codec = "jpeg";
        if (const auto size = read_jpeg_size(bytes)) facts.size = *size;
    } else if (const auto demuxer = ffmpeg::Demuxer::open(bytes, path, std::nullopt)) {
        facts.codec = demuxer->facts().codec;
        facts.size = {demuxer->facts().width, demuxer->facts().height};
    }
    if (ffmpeg::swaps_sides(exif_orientation(bytes))) std::swap(facts.size.width, facts.size.height);
}

}  // namespace

PictureFolder::PictureFolder(std::string name, std::vector<std::string> paths)
    : name_(std::move(name)), paths_(std::move(paths)) {
    facts_.frames = static_cast<std::int64_t>(paths_.size());
    facts_.is_still = true;
    facts_.colour = {ColourMatrix::bt601, ColourRange::full};
    if (!paths_.empty()) describe(paths_.front(), facts_);
}

Result<FramePtr> PictureFolder::next() {
    std::string failure;
    while (position_ < paths_.size()) {
        const TimePoint arrived = monotonic_now();
        const Nanoseconds cost_start = thread_cpu_time();
        const std::string& path = paths_[position_++];
        auto picture = decode(path);
        if (!picture) {
            if (failure.empty()) failure = picture.error().message;
            damage_.add(kCorruptPicture, picture.error().message);
            continue;
        }
        auto still = std::make_shared<StillFrame>();
        still->path = path;
        Frame& frame = still->frame;
        frame.picture = std::move(*picture);
        frame.sequence = frames_;
        frame.t = kSpacing * frames_;
        frame.pts = frame.t;
        frame.captured = WallTime(frame.t);
        frame.arrived = arrived;
        frame.decode_cost = thread_cpu_time() - cost_start;
        frame.picture_path = still->path;
        ++frames_;
        return FramePtr(still, &still->frame);
    }
    if (frames_ > 0) return FramePtr();
    if (paths_.size() == 1) return fail(ErrorCode::corrupt, "{}", failure.empty() ? name_ : failure);
    return fail(ErrorCode::corrupt, "{}: none of its {} pictures can be decoded: {}", name_, paths_.size(), failure);
}

Result<Picture> PictureFolder::decode(const std::string& path) {
    FACET_TRY(const std::string file, read_file(path, kFileBytesMax));
    FACET_TRY(auto still, decoder_.decode(bytes_of(file), path));
    if (!still.complaint.empty()) damage_.add(kTruncated, std::move(still.complaint));
    return std::move(still.picture);
}

}  // namespace facet::source::file
