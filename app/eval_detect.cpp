// facet eval detect and pose: average precision of boxes or keypoints, of a model over pictures or of stored results.
#include <algorithm>
#include <array>

#include "app/builtins.h"
#include "app/eval_objects.h"
#include "app/eval_pictures.h"
#include "quality/average_precision.h"

namespace facet::app {
namespace {

using config::OptionRow;
using config::OptionType;
using quality::PictureMatches;
using quality::ScoredPicture;

constexpr std::array kEvalDetectOptions = [] {
    auto rows = eval::with_common(std::array{
        OptionRow{
            .key = "detections", .type = OptionType::path, .help = "what was found, as JSON lines (DL Streamer's schema)"},
        OptionRow{.key = "results",
                  .type = OptionType::path,
                  .help = "judge these stored results (COCO's JSON; truth too) instead of running a model"},
        OptionRow{.key = "threshold",
                  .type = OptionType::number,
                  .fallback = "0.01",
                  .minimum = 0,
                  .maximum = 1,
                  .help = "least score"},
        OptionRow{.key = "nms",
                  .type = OptionType::number,
                  .fallback = "0.5",
                  .minimum = 0,
                  .maximum = 1,
                  .help = "largest IoU of two boxes of one class"},
        OptionRow{.key = "boxes-max",
                  .type = OptionType::integer,
                  .fallback = "100",
                  .minimum = 1,
                  .maximum = 100000,
                  .help = "boxes a picture, the highest scores first"},
        OptionRow{.key = "labels", .type = OptionType::texts, .help = "classes that count; all where not given"},
        OptionRow{.key = "map",
                  .type = OptionType::texts,
                  .help = "what classes of the truth are called in the model: TRUTH=MODEL"},
    });
    rows[0].required = rows[1].required = false;  // stored results need neither model nor pictures
    return rows;
}();

using Match = PictureMatches (*)(const ScoredPicture&);

PictureMatches match_boxes(const ScoredPicture& picture) { return quality::match_boxes(picture); }
PictureMatches match_poses(const ScoredPicture& picture) {
    return quality::match_keypoints(picture, quality::coco_keypoint_spreads());
}

/// The figures of matched pictures; `key` is the name of the main one.
void add_figures(eval::Report& report, const std::vector<PictureMatches>& matches, std::span<const std::string> names,
                 bool poses) {
    const quality::AveragePrecision result = quality::average_precision(matches);
    const auto interval_of = [&](double quality::AveragePrecision::*figure) {
        constexpr int kRounds = 200;
        constexpr std::uint64_t kSeed = 1;
        return quality::bootstrap(
            quality::blocks_of(matches.size(), 1), kSeed, kRounds,
            [&](std::span<const std::size_t> s) { return quality::average_precision(matches, s).*figure; });
    };
    std::size_t objects = 0;
    eval::Report::Group by_class;
    eval::Report::Group by_class_strict;
    for (const auto& [label, figures] : result.classes) {
        const std::string& name = names[static_cast<std::size_t>(label)];
        by_class[name] = figures.ap50;
        by_class_strict[name] = figures.ap50_95;
        objects += figures.truth_count;
    }
    report.count("n", "pictures with truth", static_cast<long long>(matches.size()));
    report.count("objects", "objects", static_cast<long long>(objects));
    if (poses) {
        report.figure("oks_ap", "OKS AP50-95", result.ap50_95, interval_of(&quality::AveragePrecision::ap50_95));
        report.figure("oks_ap50", "OKS AP50", result.ap50);
        report.figure("oks_ap75", "OKS AP75", result.ap75);
        report.figure("recall", "largest recall", result.recall);
        return;
    }
    report.figure("ap50", "AP50", result.ap50, interval_of(&quality::AveragePrecision::ap50));
    report.figure("ap75", "AP75", result.ap75);
    report.figure("ap50_95", "AP50-95", result.ap50_95, interval_of(&quality::AveragePrecision::ap50_95));
    report.figure("recall", "largest recall", result.recall);
    report.group("ap50_by_class", "AP50 by class", std::move(by_class));
    report.group("ap50_95_by_class", "", std::move(by_class_strict));
}

int judge_stored(const config::Values& values, Match match, bool poses) {
    const std::string truth_path = values.path("truth");
    FACET_EVAL_TRY(const std::string truth, kInputUnusable, eval::read_text(truth_path));
    FACET_EVAL_TRY(quality::CocoSet set, kInputUnusable, quality::parse_coco(truth, truth_path));
    FACET_EVAL_TRY(const std::string results, kInputUnusable, eval::read_text(values.path("results")));
    if (const Status status = quality::add_coco_results(set, results, values.path("results")); !status)
        return fail_with(kInputUnusable, status.error().message);
    std::vector<PictureMatches> matches;
    for (const ScoredPicture& picture : set.pictures) matches.push_back(match(picture));
    eval::Report report;
    add_figures(report, matches, set.classes, poses);
    return report.print(values.flag("json"), kDone);
}

/// What a model found in one picture.
struct Found {
    Size size;
    std::vector<Detection> detections;
};

Result<std::vector<Detection>> detections_of(ObservationContent content, std::string_view model) {
    if (auto* detections = std::get_if<Detections>(&content)) return std::move(detections->items);
    return fail(ErrorCode::invalid_argument, "model '{}' gives no boxes", model);
}

/// One line a picture, in the order of the pictures.
Status write_detections(const std::string& path, std::span<const std::string> pictures, std::span<const Found> found,
                        std::span<const char> done, std::span<const std::string> labels) {
    const auto sinks = builtins().sinks;
    const auto info =
        std::find_if(sinks.begin(), sinks.end(), [](const sink::SinkInfo* one) { return one->name == "detections"; });
    if (info == sinks.end()) return fail(ErrorCode::unsupported, "this build has no sink for detections");
    FACET_TRY(const auto sink, (*info)->create(path));
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        if (!done[i]) continue;
        std::vector<sink::ObjectRecord> objects;
        for (const Detection& detection : found[i].detections)
            objects.push_back({&detection, labels[static_cast<std::size_t>(detection.label)], 0});
        sink::FrameRecord record;
        record.camera = "eval";
        record.source = pictures[i];
        record.size = found[i].size;
        record.sequence = static_cast<std::int64_t>(i);
        record.detected = true;
        record.objects = objects;
        FACET_CHECK(sink->write(record));
    }
    return sink->finish();
}

/// Truth and findings of one picture in the classes of the truth; what does not count is left out of both.
ScoredPicture scored(const eval::ClassMap& classes, std::vector<quality::TruthObject> truth,
                     const std::vector<Detection>& found) {
    ScoredPicture picture;
    for (quality::TruthObject& object : truth) {
        const auto label = static_cast<std::size_t>(object.label);
        if (label < classes.counts.size() && classes.counts[label]) picture.truth.push_back(std::move(object));
    }
    for (const Detection& detection : found) {
        const int label = classes.class_of_label[static_cast<std::size_t>(detection.label)];
        if (label < 0) continue;
        picture.found.push_back(detection);
        picture.found.back().label = label;
    }
    return picture;
}

int judge_model(const config::Values& values, Context& context, Match match, bool poses) {
    const std::string truth_path = values.path("truth");
    FACET_EVAL_TRY(const eval::ObjectTruth truth, kInputUnusable, eval::read_objects(truth_path));
    FACET_EVAL_TRY(const eval::Joined joined, kInputUnusable,
                   eval::join(values.path("images"), truth_path, truth.names, eval::JoinBy::stem));
    FACET_EVAL_TRY(const eval::Models models, kModelUnusable, eval::Models::create(values, context));
    expert::ExpertOptions options;
    options.threshold = static_cast<float>(values.number("threshold"));
    options.nms_iou = static_cast<float>(values.number("nms"));
    options.detections_max = static_cast<std::size_t>(values.integer("boxes-max"));
    FACET_EVAL_TRY(const auto loaded, kModelUnusable, models.load(values.text("model"), options));
    FACET_EVAL_TRY(const eval::ClassMap classes, kWrongUsage,
                   eval::map_classes(truth, loaded->manifest.labels, values.texts("map"), values.texts("labels")));

    std::vector<Found> found(joined.paths.size());
    std::string variant;
    const auto make_work = [&]() -> Result<eval::Work> {
        FACET_TRY(std::shared_ptr<expert::Runner> runner, models.start(loaded));
        variant = runner->variant();
        return eval::Work([&found, runner, &loaded](const Picture& picture, std::size_t index) -> Status {
            FACET_TRY(ObservationContent content, runner->run(picture));
            FACET_TRY(found[index].detections, detections_of(std::move(content), loaded->manifest.name));
            found[index].size = picture.size;
            return {};
        });
    };
    FACET_EVAL_TRY(const eval::RunSummary run, kModelUnusable,
                   eval::run_pictures(joined.paths, models.threads(), make_work, context));

    if (values.has("detections") && run.done_count > 0) {
        const Status written =
            write_detections(values.path("detections"), joined.paths, found, run.done, loaded->manifest.labels);
        if (!written) return fail_with(kOutputUnwritable, written.error().message);
    }
    std::vector<PictureMatches> matches;
    for (std::size_t i = 0; i < joined.paths.size(); ++i)
        if (run.done[i])
            matches.push_back(match(scored(classes, truth.of(joined.truth[i], found[i].size), found[i].detections)));
    for (const std::string& message : classes.messages) fail_with(kDoneInPart, message);
    eval::Report report;
    add_figures(report, matches, classes.names, poses);
    return eval::finish(report, joined, run, variant, values.flag("json"));
}

int evaluate(const config::CommandLine& line, Context& context, Match match, bool poses) {
    const config::Values& values = line.values;
    if (values.has("results") && (values.has("model") || values.has("images")))
        return fail_with(kWrongUsage, "--results are judged without --model and --images");
    if (values.has("results")) return judge_stored(values, match, poses);
    for (const char* key : {"model", "images"})
        if (!values.has(key)) return fail_with(kWrongUsage, fmt::format("option '--{}' is required", key));
    return judge_model(values, context, match, poses);
}

int run_detect(const config::CommandLine& line, Context& context) { return evaluate(line, context, match_boxes, false); }
int run_pose(const config::CommandLine& line, Context& context) { return evaluate(line, context, match_poses, true); }

}  // namespace

extern const Command kEvalDetect{{"eval detect", "average precision of boxes", "", kEvalDetectOptions}, run_detect};
extern const Command kEvalPose{{"eval pose", "average precision of keypoints (OKS)", "", kEvalDetectOptions}, run_pose};

}  // namespace facet::app
