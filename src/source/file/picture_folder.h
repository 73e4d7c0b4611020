#pragma once
// PictureFolder: still pictures as the frames of one camera.

#include <memory>
#include <string>
#include <vector>

#include "source/file/damage.h"
#include "source/file/still.h"
#include "source/source.h"

namespace facet::source::file {

/// One frame per picture, in the given order, as upright bgr24 (EXIF orientation applied): JPEG with the same pixels as
/// Pillow and OpenCV give; PNG, BMP, WebP and what else FFmpeg reads; alpha is dropped. Nothing is known of the time between
/// pictures: they are placed one second apart, so that times and event ids tell them apart. Frame::picture_path is set.
/// Damage: corrupt_picture (left out), truncated (given, with its missing rest gray). If not one can be decoded the stream
/// ends with an Error.
class PictureFolder : public Source {
public:
    /// `name` is the folder, or the picture where it is a single one; for messages.
    PictureFolder(std::string name, std::vector<std::string> paths);

    const SourceFacts& facts() const override { return facts_; }
    Result<FramePtr> next() override;
    std::span<const Damage> damage() const override { return damage_.list(); }

private:
    Result<Picture> decode(const std::string& path);

    std::string name_;
    std::vector<std::string> paths_;
    std::size_t position_ = 0;
    std::int64_t frames_ = 0;
    SourceFacts facts_;
    DamageList damage_;
    StillDecoder decoder_;
};

}  // namespace facet::source::file
