#include "sink/video/video.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "sink/camera_files.h"
#include "wrap/ffmpeg/video_writer.h"

namespace facet::sink {

namespace {

ffmpeg::ImageLayout layout_of(PixelFormat format) {
    switch (format) {
        case PixelFormat::i420: return ffmpeg::ImageLayout::i420;
        case PixelFormat::nv12: return ffmpeg::ImageLayout::nv12;
        case PixelFormat::i422: return ffmpeg::ImageLayout::i422;
        case PixelFormat::i444: return ffmpeg::ImageLayout::i444;
        case PixelFormat::bgr24: return ffmpeg::ImageLayout::bgr24;
        case PixelFormat::gray8: return ffmpeg::ImageLayout::gray8;
    }
    return ffmpeg::ImageLayout::i420;
}

ffmpeg::ImageMatrix matrix_of(ColourMatrix matrix) {
    switch (matrix) {
        case ColourMatrix::bt601: return ffmpeg::ImageMatrix::bt601;
        case ColourMatrix::bt709: return ffmpeg::ImageMatrix::bt709;
        case ColourMatrix::bt2020: return ffmpeg::ImageMatrix::bt2020;
    }
    return ffmpeg::ImageMatrix::bt601;
}

ffmpeg::Image to_image(const Picture& picture) {
    ffmpeg::Image image;
    image.layout = layout_of(picture.format);
    image.width = picture.size.width;
    image.height = picture.size.height;
    image.matrix = matrix_of(picture.colour.matrix);
    image.full_range = picture.colour.range == ColourRange::full;
    image.planes = {picture.data, picture.stride};
    return image;
}

class OverlaySink : public Sink {
public:
    explicit OverlaySink(std::string path) : path_(std::move(path)) {}

    bool wants_overlay() const override { return true; }

    Status write(const FrameRecord& record) override {
        if (record.overlay == nullptr) return {};
        FACET_TRY(ffmpeg::VideoWriter * writer, writer_of(record.camera, *record.overlay));
        return writer->write(to_image(*record.overlay), record.t);
    }

    Status finish() override {
        if (finished_) return {};
        FACET_CHECK(complete());
        finished_ = true;
        return {};
    }

private:
    Status complete() {
        for (auto& one : videos_) FACET_CHECK(one.writer.finish());
        if (videos_.size() <= 1) return {};
        // Only now is it known that the first camera was not the only one.
        std::error_code error;
        const auto target = camera_path(path_, videos_.front().camera);
        std::filesystem::rename(path_, target, error);
        if (error) return fail(ErrorCode::unavailable, "{}: cannot write: {}", target.string(), error.message());
        return {};
    }

    struct CameraVideo {
        std::string camera;
        ffmpeg::VideoWriter writer;
    };

    Result<ffmpeg::VideoWriter*> writer_of(std::string_view camera, const Picture& picture) {
        const auto found =
            std::find_if(videos_.begin(), videos_.end(), [camera](const auto& one) { return one.camera == camera; });
        if (found != videos_.end()) return &found->writer;
        if (!videos_.empty() && !is_plain_file(path_))
            return fail(ErrorCode::invalid_argument,
                        "{}: takes the pictures of one camera, not of '{}' and '{}', expected a file", path_,
                        videos_.front().camera, camera);
        ffmpeg::VideoWriterOptions options;
        options.matrix = matrix_of(picture.colour.matrix);
        // Players expect limited range; full is kept only where the pixels pass unchanged.
        options.full_range = picture.format == PixelFormat::i420 && picture.colour.range == ColourRange::full;
        const std::filesystem::path path = videos_.empty() ? std::filesystem::path(path_) : camera_path(path_, camera);
        FACET_TRY(auto writer, ffmpeg::VideoWriter::create(path, picture.size.width, picture.size.height, options));
        videos_.push_back({std::string(camera), std::move(writer)});
        return &videos_.back().writer;
    }

    std::string path_;
    std::vector<CameraVideo> videos_;  // the first stands under the path itself until finish()
    bool finished_ = false;
};

Result<std::unique_ptr<Sink>> create(const std::string& path) {
    // The size is known with the first picture only, but a target that cannot be written is said now.
    std::error_code ignored;
    if (is_plain_file(path) || std::filesystem::is_directory(path, ignored)) FACET_CHECK(OutputFile::create(path));
    return std::unique_ptr<Sink>(std::make_unique<OverlaySink>(path));
}

}  // namespace

const SinkInfo kOverlaySink = {
    .name = "overlay",
    .summary = "the video with boxes, ids, paths, lines and zones drawn on it, as MP4",
    .create = &create,
};

}  // namespace facet::sink
