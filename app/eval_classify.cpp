// facet eval classify: whether the true class is the first, or among the first five.
#include <array>

#include "app/eval_pictures.h"
#include "base/text.h"
#include "quality/recognition.h"
#include "quality/truth.h"

namespace facet::app {
namespace {

constexpr std::array kEvalClassifyOptions = eval::kCommonRows;

/// The table's class indices; each must be one of the model's.
Result<std::vector<int>> read_labels(const std::vector<quality::PictureLabel>& rows, const std::string& path,
                                     std::size_t count) {
    std::vector<int> labels;
    for (const quality::PictureLabel& row : rows) {
        const auto label = parse_integer(row.value);
        if (!label || *label < 0 || *label >= static_cast<long long>(count))
            return fail(ErrorCode::corrupt, "{}: {}: class_index '{}', expected 0 to {} as in the model", path, row.file,
                        row.value, count - 1);
        labels.push_back(static_cast<int>(*label));
    }
    return labels;
}

int run_classify(const config::CommandLine& line, Context& context) {
    const config::Values& values = line.values;
    const std::string truth_path = values.path("truth");
    FACET_EVAL_TRY(const std::string text, kInputUnusable, eval::read_text(truth_path));
    FACET_EVAL_TRY(const auto rows, kInputUnusable, quality::parse_table(text, "class_index", truth_path));
    std::vector<std::string> names;
    for (const quality::PictureLabel& row : rows) names.push_back(row.file);
    FACET_EVAL_TRY(const eval::Joined joined, kInputUnusable,
                   eval::join(values.path("images"), truth_path, names, eval::JoinBy::name));
    FACET_EVAL_TRY(const eval::Models models, kModelUnusable, eval::Models::create(values, context));
    FACET_EVAL_TRY(const auto loaded, kModelUnusable, models.load(values.text("model"), {}));
    FACET_EVAL_TRY(const std::vector<int> labels, kInputUnusable,
                   read_labels(rows, truth_path, loaded->manifest.labels.size()));

    std::vector<Classification> found(joined.paths.size());
    std::string variant;
    const auto make_work = [&]() -> Result<eval::Work> {
        FACET_TRY(std::shared_ptr<expert::Runner> runner, models.start(loaded));
        variant = runner->variant();
        return eval::Work([&, runner](const Picture& picture, std::size_t index) -> Status {
            FACET_TRY(ObservationContent content, runner->run(picture));
            auto* classification = std::get_if<Classification>(&content);
            if (!classification)
                return fail(ErrorCode::invalid_argument, "model '{}' gives no classes of pictures", loaded->manifest.name);
            found[index] = std::move(*classification);
            return {};
        });
    };
    FACET_EVAL_TRY(const eval::RunSummary run, kModelUnusable,
                   eval::run_pictures(joined.paths, models.threads(), make_work, context));

    // 0 or 1 a picture; shares and intervals are means of these.
    std::vector<double> first;
    std::vector<double> among_five;
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (!run.done[i]) continue;
        const int label = labels[joined.truth[i]];
        first.push_back(quality::among_best(found[i], label, 1) ? 1 : 0);
        among_five.push_back(quality::among_best(found[i], label, 5) ? 1 : 0);
    }
    eval::Report report;
    report.count("n", "pictures with truth", static_cast<long long>(first.size()));
    report.share("top1", "top-1", first);
    report.share("top5", "top-5", among_five);
    return eval::finish(report, joined, run, variant, values.flag("json"));
}

}  // namespace

extern const Command kEvalClassify{{"eval classify", "top-1 and top-5 of classes", "", kEvalClassifyOptions}, run_classify};

}  // namespace facet::app
