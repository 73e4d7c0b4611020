#include "sink/mot/mot.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "base/file.h"
#include "sink/camera_files.h"

namespace facet::sink {

namespace {

class TracksSink : public Sink {
public:
    TracksSink(std::string path, OutputFile first) : path_(std::move(path)) { files_.push_back({{}, std::move(first)}); }

    Status write(const FrameRecord& record) override {
        FACET_TRY(OutputFile * file, file_of(record.camera));
        return file->write(mot_lines(record));
    }

    Status finish() override {
        if (finished_) return {};
        FACET_CHECK(complete());
        finished_ = true;
        return {};
    }

private:
    Status complete() {
        for (auto& one : files_) FACET_CHECK(one.file.commit());
        if (files_.size() == 1) return {};
        // Only now is it known that the first camera was not the only one.
        std::error_code error;
        const auto target = camera_path(path_, *files_.front().camera);
        std::filesystem::rename(path_, target, error);
        if (error) return fail(ErrorCode::unavailable, "{}: cannot write: {}", target.string(), error.message());
        return {};
    }

    struct CameraFile {
        std::optional<std::string> camera;  // none until the first record
        OutputFile file;
    };

    Result<OutputFile*> file_of(std::string_view camera) {
        if (!files_.front().camera) files_.front().camera = camera;
        const auto found =
            std::find_if(files_.begin(), files_.end(), [camera](const auto& one) { return one.camera == camera; });
        if (found != files_.end()) return &found->file;
        if (!is_plain_file(path_))
            return fail(ErrorCode::invalid_argument,
                        "{}: takes the tracks of one camera, not of '{}' and '{}', expected a file", path_,
                        *files_.front().camera, camera);
        FACET_TRY(auto file, OutputFile::create(camera_path(path_, camera)));
        files_.push_back({std::string(camera), std::move(file)});
        return &files_.back().file;
    }

    std::string path_;
    std::vector<CameraFile> files_;  // the first stands under the path itself until finish()
    bool finished_ = false;
};

Result<std::unique_ptr<Sink>> create(const std::string& path) {
    FACET_TRY(auto file, OutputFile::create(path));
    return std::unique_ptr<Sink>(std::make_unique<TracksSink>(path, std::move(file)));
}

}  // namespace

std::string mot_lines(const FrameRecord& record) {
    std::string out;
    for (const Track& track : record.tracks) {
        if (track.state != TrackState::confirmed) continue;
        fmt::format_to(std::back_inserter(out), "{},{},{},{},{},{},{},-1,-1,-1\n", record.sequence + 1, track.id,
                       track.box.x + 1, track.box.y + 1, track.box.width, track.box.height, track.score);
    }
    return out;
}

const SinkInfo kTracksSink = {
    .name = "tracks",
    .summary = "confirmed tracks as MOTChallenge text",
    .create = &create,
};

}  // namespace facet::sink
