// facet eval face: whether as many faces are found as there are.
#include <array>

#include "app/eval_pictures.h"
#include "quality/counting.h"
#include "quality/truth.h"

namespace facet::app {
namespace {

using config::OptionRow;
using config::OptionType;

constexpr std::array kEvalFaceOptions = eval::with_common(std::array{
    OptionRow{.key = "threshold",
              .type = OptionType::number,
              .fallback = "0.7",
              .minimum = 0,
              .maximum = 1,
              .help = "least score of a face"},
    OptionRow{.key = "nms",
              .type = OptionType::number,
              .fallback = "0.5",
              .minimum = 0,
              .maximum = 1,
              .help = "largest IoU of two faces"},
});

int run_face(const config::CommandLine& line, Context& context) {
    const config::Values& values = line.values;
    const std::string truth_path = values.path("truth");
    FACET_EVAL_TRY(const std::string text, kInputUnusable, eval::read_text(truth_path));
    FACET_EVAL_TRY(const auto facts, kInputUnusable, quality::parse_picture_facts(text, truth_path));
    std::vector<std::string> names;
    for (const quality::PictureFacts& picture : facts) names.push_back(picture.file);
    FACET_EVAL_TRY(eval::Joined joined, kInputUnusable,
                   eval::join(values.path("images"), truth_path, names, eval::JoinBy::name, eval::TruthAlone::fine));
    joined.keep_where([&](std::size_t index) { return facts[index].faces.has_value(); });
    if (joined.paths.empty())
        return fail_with(kInputUnusable,
                         fmt::format("{}: says no number of faces of a picture of {}", truth_path, values.path("images")));
    FACET_EVAL_TRY(const eval::Models models, kModelUnusable, eval::Models::create(values, context));
    expert::ExpertOptions options;
    options.threshold = static_cast<float>(values.number("threshold"));
    options.nms_iou = static_cast<float>(values.number("nms"));
    FACET_EVAL_TRY(const auto loaded, kModelUnusable, models.load(values.text("model"), options));

    std::vector<double> counts(joined.paths.size());
    std::string variant;
    const auto make_work = [&]() -> Result<eval::Work> {
        FACET_TRY(std::shared_ptr<expert::Runner> runner, models.start(loaded));
        variant = runner->variant();
        return eval::Work([&, runner](const Picture& picture, std::size_t index) -> Status {
            FACET_TRY(const ObservationContent content, runner->run(picture));
            const auto* faces = std::get_if<Detections>(&content);
            if (!faces) return fail(ErrorCode::invalid_argument, "model '{}' gives no boxes", loaded->manifest.name);
            counts[index] = static_cast<double>(faces->items.size());
            return {};
        });
    };
    FACET_EVAL_TRY(const eval::RunSummary run, kModelUnusable,
                   eval::run_pictures(joined.paths, models.threads(), make_work, context));

    std::vector<double> wanted;
    std::vector<double> found;
    eval::Report::Group by_picture;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (!run.done[i]) continue;
        const quality::PictureFacts& picture = facts[joined.truth[i]];
        wanted.push_back(*picture.faces);
        found.push_back(counts[i]);
        by_picture[picture.file] = counts[i];
    }
    const quality::CountError error = quality::count_error(wanted, found);
    long long faces = 0;
    long long faces_truth = 0;
    for (const double count : found) faces += static_cast<long long>(count);
    for (const double count : wanted) faces_truth += static_cast<long long>(count);
    eval::Report report;
    report.count("n", "pictures with truth", static_cast<long long>(error.n));
    report.count("faces", "faces found", faces);
    report.count("faces_truth", "faces that are there", faces_truth);
    report.count("exact_pictures", "pictures counted right", static_cast<long long>(error.exact));
    report.figure("mae", "mean absolute error", error.mean_absolute);
    report.group("faces_by_picture", "found by picture", std::move(by_picture));
    return eval::finish(report, joined, run, variant, values.flag("json"));
}

}  // namespace

extern const Command kEvalFace{{"eval face", "number of faces found", "", kEvalFaceOptions}, run_face};

}  // namespace facet::app
