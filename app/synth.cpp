// facet synth: scenes that never were, to MP4, with the truth about every frame beside it.
#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>

#include "app/command.h"
#include "app/progress.h"
#include "base/file.h"
#include "source/synthetic/address.h"
#include "source/synthetic/renderer.h"
#include "source/synthetic/truth_text.h"
#include "wrap/ffmpeg/video_writer.h"

namespace facet::app {

namespace {

namespace synthetic = source::synthetic;
using config::OptionRow;
using config::OptionType;

constexpr std::array kSynthOptions{
    OptionRow{.key = "out", .type = OptionType::path, .help = "the video, MP4"},
    OptionRow{.key = "truth", .type = OptionType::path, .help = "truth of every frame, JSON lines"},
    OptionRow{.key = "mot", .type = OptionType::path, .help = "boxes and ids, MOTChallenge text"},
    OptionRow{.key = "events", .type = OptionType::path, .help = "lines crossed, zones visited, counts, JSON"},
    OptionRow{
        .key = "masks", .type = OptionType::path, .help = "a folder for the masks of every frame, COCO run-length code"},
    OptionRow{.key = "yolo",
              .type = OptionType::path,
              .help = "a folder for the boxes of every frame, YOLO rows, and classes.txt"},
    OptionRow{.key = "quality",
              .type = OptionType::integer,
              .fallback = "20",
              .minimum = 0,
              .maximum = 51,
              .help = "of the video: 0 = lossless, 51 = worst"},
};

/// A folder of files, one a frame.
struct Folder {
    std::filesystem::path path;

    static Result<Folder> create(const std::string& path) {
        std::error_code error;
        std::filesystem::create_directories(path, error);
        if (error) return fail(ErrorCode::permission_denied, "{}: cannot make the folder: {}", path, error.message());
        return Folder{path};
    }
    Status write(std::int64_t frame, std::string_view ending, std::string_view text) const {
        return write_file(path / fmt::format("{:06}{}", frame, ending), text);
    }
};

/// All that was asked for, opened before the first frame is made. An Error names the path that cannot be written.
class Outputs {
public:
    static Result<Outputs> open(const config::Values& options, const synthetic::Renderer& renderer) {
        Outputs out;
        const synthetic::Specification& given = renderer.specification();
        if (options.has("out")) {
            ffmpeg::VideoWriterOptions video;
            video.frames_per_second = given.frames_per_second;
            video.quality = static_cast<int>(options.integer("quality"));
            video.matrix =
                renderer.matrix() == ColourMatrix::bt709 ? ffmpeg::ImageMatrix::bt709 : ffmpeg::ImageMatrix::bt601;
            FACET_TRY(out.video_,
                      ffmpeg::VideoWriter::create(options.path("out"), given.size.width, given.size.height, video));
        }
        const auto file = [&](std::string_view key, std::optional<OutputFile>& target) -> Status {
            if (!options.has(key)) return {};
            FACET_TRY(target, OutputFile::create(options.path(key)));
            return {};
        };
        FACET_CHECK(file("truth", out.truth_));
        FACET_CHECK(file("mot", out.mot_));
        FACET_CHECK(file("events", out.events_));
        if (options.has("masks")) {
            FACET_TRY(out.masks_, Folder::create(options.path("masks")));
        }
        if (options.has("yolo")) {
            FACET_TRY(out.yolo_, Folder::create(options.path("yolo")));
            std::string names;
            for (int i = 0; i < synthetic::kKindCount; ++i) {
                const auto kind = static_cast<synthetic::Kind>(i);
                if (synthetic::is_scenery(kind)) continue;
                out.labels_.push_back(synthetic::name(kind));
                names += fmt::format("{}\n", synthetic::name(kind));
            }
            FACET_CHECK(write_file(out.yolo_->path / "classes.txt", names));
        }
        return out;
    }

    Status write(synthetic::Renderer& renderer, std::int64_t frame) {
        const Size picture = renderer.specification().size;
        if (video_) {
            const Picture pixels = renderer.render(frame);
            FACET_CHECK(video_->write({pixels.data, pixels.stride}, renderer.time_of(frame)));
        }
        if (!truth_ && !mot_ && !events_ && !masks_ && !yolo_) return {};
        const auto truth = renderer.truth(frame, masks_ ? synthetic::TruthDetail::masks : synthetic::TruthDetail::occlusion);
        seen_.observe(truth);
        happened_.observe(truth);
        if (truth_) FACET_CHECK(truth_->write(synthetic::to_json_line(truth)));
        if (mot_) FACET_CHECK(mot_->write(synthetic::to_mot_lines(truth, picture)));
        if (masks_) FACET_CHECK(masks_->write(frame, ".json", synthetic::to_mask_json(truth, picture)));
        if (yolo_) FACET_CHECK(yolo_->write(frame, ".txt", synthetic::to_yolo_lines(truth, picture, labels_)));
        return {};
    }

    /// Completes every file: also after an interruption, with what was made until then.
    Status finish(const std::string& name, const synthetic::Renderer& renderer) {
        const synthetic::Specification& given = renderer.specification();
        if (video_) FACET_CHECK(video_->finish());
        if (events_) FACET_CHECK(events_->write(seen_.to_json(name, happened_, given.size, given.frames_per_second)));
        for (auto* file : {&truth_, &mot_, &events_})
            if (*file) FACET_CHECK((*file)->commit());
        return {};
    }

    void begin(const synthetic::Renderer& renderer) { happened_ = renderer.events(); }

private:
    std::optional<ffmpeg::VideoWriter> video_;
    std::optional<OutputFile> truth_, mot_, events_;
    std::optional<Folder> masks_, yolo_;
    std::vector<std::string_view> labels_;
    synthetic::Summary seen_;
    synthetic::EventTruth happened_{{}, {}, {}};
};

bool asks_for_output(const config::Values& options) {
    return std::any_of(kSynthOptions.begin(), kSynthOptions.end(),
                       [&](const OptionRow& row) { return row.type == OptionType::path && options.has(row.key); });
}

int run_synth(const config::CommandLine& line, Context& context) {
    if (line.positionals.size() != 1)
        return fail_with(kWrongUsage,
                         "synth: expected one scene, for example 'street' or 'synthetic:street?seed=2&objects=20'");
    if (!asks_for_output(line.values))
        return fail_with(kWrongUsage, "synth: expected at least one of --out, --truth, --mot, --events, --masks, --yolo");
    auto specification = synthetic::read_address(line.positionals.front());
    if (!specification) return fail_with(kWrongUsage, specification.error().message);
    if (specification->frames == 0)
        return fail_with(kWrongUsage, "synth: frames is 0 (without end), expected a number of frames");
    const std::int64_t frames = specification->frames;
    synthetic::Renderer renderer(std::move(*specification));
    auto outputs = Outputs::open(line.values, renderer);
    if (!outputs) return fail_with(kOutputUnwritable, outputs.error().message);
    outputs->begin(renderer);
    Progress progress("frames");
    std::int64_t done = 0;
    for (; done < frames && !context.interrupted; ++done) {
        if (const auto written = outputs->write(renderer, done); !written)
            return fail_with(kOutputUnwritable, written.error().message);
        progress.update(done + 1, frames);
    }
    const auto name = line.values.has("out") ? std::filesystem::path(line.values.path("out")).filename().string()
                                             : line.positionals.front();
    if (const auto finished = outputs->finish(name, renderer); !finished)
        return fail_with(kOutputUnwritable, finished.error().message);
    return context.interrupted && done < frames ? kInterrupted : kDone;
}

}  // namespace

extern const Command kSynth;
const Command kSynth{
    .spec = {.name = "synth",
             .summary = "makes a video of a synthetic scene, with the truth about it",
             .positionals = "SCENE|ADDRESS",
             .options = kSynthOptions},
    .run = run_synth,
};

}  // namespace facet::app
