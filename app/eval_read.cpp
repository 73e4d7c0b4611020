// facet eval read: texts that are read exactly; of crops (a table file -> text), or of whole pictures, where a detector with
// corners finds the plate first.
#include <algorithm>
#include <array>
#include <filesystem>

#include "app/eval_pictures.h"
#include "quality/recognition.h"
#include "quality/truth.h"

namespace facet::app {
namespace {

using config::OptionRow;
using config::OptionType;

constexpr std::array kEvalReadOptions = eval::with_common(std::array{
    OptionRow{
        .key = "detector", .fallback = "plate-y5fu", .help = "for whole pictures: what finds the plate and its corners"},
    OptionRow{.key = "threshold",
              .type = OptionType::number,
              .fallback = "0.3",
              .minimum = 0,
              .maximum = 1,
              .help = "for whole pictures: least score of a plate"},
});

struct TextTruth {
    std::vector<std::string> names;
    std::vector<std::string> texts;  ///< "" = not known
    bool whole_pictures = false;
};

Result<TextTruth> read_texts(const std::string& path) {
    FACET_TRY(const std::string text, eval::read_text(path));
    TextTruth truth;
    truth.whole_pictures = std::filesystem::path(path).extension() == ".json";
    if (truth.whole_pictures) {
        FACET_TRY(const auto facts, quality::parse_picture_facts(text, path));
        for (const quality::PictureFacts& picture : facts) {
            truth.names.push_back(picture.file);
            truth.texts.push_back(picture.plate);
        }
        return truth;
    }
    FACET_TRY(const auto rows, quality::parse_table(text, "text", path));
    for (const quality::PictureLabel& row : rows) {
        truth.names.push_back(row.file);
        truth.texts.push_back(row.value);
    }
    return truth;
}

Result<std::string> text_of(const ObservationContent& content, std::string_view model) {
    if (const auto* text = std::get_if<Text>(&content)) return text->text;
    return fail(ErrorCode::invalid_argument, "model '{}' gives no text", model);
}

/// Reads one picture. The reader alone takes the whole picture as a crop; with a detector, the plate of the highest score is
/// rectified by its corners. A picture without a plate gives an empty text.
class PlateReader {
public:
    PlateReader(std::unique_ptr<expert::Runner> reader, std::unique_ptr<expert::Runner> detector)
        : reader_(std::move(reader)), detector_(std::move(detector)) {}

    Result<std::string> read(const Picture& picture) {
        const std::string& name = reader_->loaded().manifest.name;
        if (!detector_) {
            FACET_TRY(const ObservationContent content, reader_->run(picture));
            return text_of(content, name);
        }
        FACET_TRY(const ObservationContent found, detector_->run(picture));
        const auto* plates = std::get_if<Detections>(&found);
        if (!plates)
            return fail(ErrorCode::invalid_argument, "model '{}' gives no boxes", detector_->loaded().manifest.name);
        if (plates->items.empty()) return std::string();
        const Detection& best = plates->items.front();
        if (best.keypoints.size() == 4) {
            std::array<Point, 4> corners{};
            std::transform(best.keypoints.begin(), best.keypoints.end(), corners.begin(),
                           [](const Keypoint& keypoint) { return keypoint.point; });
            FACET_CHECK(reader_->prepare(picture, corners));
        } else {
            FACET_CHECK(reader_->prepare(picture, best.box));
        }
        FACET_CHECK(reader_->infer());
        FACET_TRY(const ObservationContent content, reader_->decode({}, nullptr));
        return text_of(content, name);
    }

private:
    std::unique_ptr<expert::Runner> reader_;
    std::unique_ptr<expert::Runner> detector_;  // null for crops
};

int run_read(const config::CommandLine& line, Context& context) {
    const config::Values& values = line.values;
    const std::string truth_path = values.path("truth");
    FACET_EVAL_TRY(const TextTruth truth, kInputUnusable, read_texts(truth_path));
    FACET_EVAL_TRY(eval::Joined joined, kInputUnusable,
                   eval::join(values.path("images"), truth_path, truth.names, eval::JoinBy::name,
                              truth.whole_pictures ? eval::TruthAlone::fine : eval::TruthAlone::message));
    joined.keep_where([&](std::size_t index) { return !truth.texts[index].empty(); });
    if (joined.paths.empty())
        return fail_with(kInputUnusable,
                         fmt::format("{}: says no text of a picture of {}", truth_path, values.path("images")));
    FACET_EVAL_TRY(const eval::Models models, kModelUnusable, eval::Models::create(values, context));
    FACET_EVAL_TRY(const auto reader, kModelUnusable, models.load(values.text("model"), {}));
    std::shared_ptr<const expert::LoadedExpert> detector;
    if (truth.whole_pictures) {
        expert::ExpertOptions options;
        options.threshold = static_cast<float>(values.number("threshold"));
        FACET_EVAL_TRY(detector, kModelUnusable, models.load(values.text("detector"), options));
    }

    std::vector<std::string> found(joined.paths.size());
    std::string variant;
    const auto make_work = [&]() -> Result<eval::Work> {
        FACET_TRY(auto reader_runner, models.start(reader));
        variant = reader_runner->variant();
        std::unique_ptr<expert::Runner> detector_runner;
        if (detector) {
            FACET_TRY(detector_runner, models.start(detector));
            variant = detector_runner->variant() + ", " + variant;
        }
        const auto plates = std::make_shared<PlateReader>(std::move(reader_runner), std::move(detector_runner));
        return eval::Work([&found, plates](const Picture& picture, std::size_t index) -> Status {
            FACET_TRY(found[index], plates->read(picture));
            return {};
        });
    };
    FACET_EVAL_TRY(const eval::RunSummary run, kModelUnusable,
                   eval::run_pictures(joined.paths, models.threads(), make_work, context));

    std::vector<double> exact;
    std::size_t wrong_characters = 0;
    std::size_t characters = 0;
    eval::Report report;
    std::vector<std::string> misread;
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (!run.done[i]) continue;
        const std::string& wanted = truth.texts[joined.truth[i]];
        exact.push_back(found[i] == wanted ? 1 : 0);
        wrong_characters += quality::edit_distance(wanted, found[i]);
        characters += quality::character_count(wanted);
        if (found[i] != wanted)
            misread.push_back(
                fmt::format("{} {} -> {}", truth.names[joined.truth[i]], wanted, found[i].empty() ? "nothing" : found[i]));
    }
    report.count("n", "texts", static_cast<long long>(exact.size()));
    report.share("exact", "read exactly", exact);
    report.figure("character_errors", "character errors",
                  static_cast<double>(wrong_characters) / static_cast<double>(std::max<std::size_t>(1, characters)));
    report.list("misread", "misread", std::move(misread));
    return eval::finish(report, joined, run, variant, values.flag("json"));
}

}  // namespace

extern const Command kEvalRead{{"eval read", "texts of plates that are read exactly", "", kEvalReadOptions}, run_read};

}  // namespace facet::app
