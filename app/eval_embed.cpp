// facet eval embed: how alike the embeddings of given boxes are; those of one person should be, those of others should not.
#include <array>

#include "app/eval_pictures.h"
#include "quality/recognition.h"
#include "quality/truth.h"

namespace facet::app {
namespace {

constexpr std::array kEvalEmbedOptions = eval::kCommonRows;

/// "A2" is picture 2 of person A.
std::string person_of(const std::string& box) { return box.substr(0, box.find_first_of("0123456789")); }

/// The embeddings of one picture's boxes, in their order.
using Embeddings = std::vector<std::vector<float>>;

Result<Embeddings> embed(expert::Runner& runner, const Picture& picture, const quality::PictureFacts& facts) {
    Embeddings embeddings;
    for (const auto& [name, box] : facts.boxes) {
        FACET_CHECK(runner.prepare(picture, box));
        FACET_CHECK(runner.infer());
        FACET_TRY(ObservationContent content, runner.decode({}, nullptr));
        auto* embedding = std::get_if<Embedding>(&content);
        if (!embedding)
            return fail(ErrorCode::invalid_argument, "model '{}' gives no embedding", runner.loaded().manifest.name);
        embeddings.push_back(std::move(embedding->values));
    }
    return embeddings;
}

/// The smallest cosine of two boxes of one person and the largest of two persons: a threshold between them makes no mistake.
struct Separation {
    double same_min = 1;
    double different_max = -1;
    std::size_t pairs = 0;

    void add(const quality::PictureFacts& facts, const Embeddings& embeddings) {
        for (std::size_t i = 0; i < embeddings.size(); ++i)
            for (std::size_t j = i + 1; j < embeddings.size(); ++j) {
                const double value = quality::cosine(embeddings[i], embeddings[j]);
                const bool same = person_of(facts.boxes[i].first) == person_of(facts.boxes[j].first);
                if (same)
                    same_min = std::min(same_min, value);
                else
                    different_max = std::max(different_max, value);
                ++pairs;
            }
    }
};

int run_embed(const config::CommandLine& line, Context& context) {
    const config::Values& values = line.values;
    const std::string truth_path = values.path("truth");
    FACET_EVAL_TRY(const std::string text, kInputUnusable, eval::read_text(truth_path));
    FACET_EVAL_TRY(const auto facts, kInputUnusable, quality::parse_picture_facts(text, truth_path));
    std::vector<std::string> names;
    for (const quality::PictureFacts& picture : facts) names.push_back(picture.file);
    FACET_EVAL_TRY(eval::Joined joined, kInputUnusable,
                   eval::join(values.path("images"), truth_path, names, eval::JoinBy::name, eval::TruthAlone::fine));
    joined.keep_where([&](std::size_t index) { return facts[index].boxes.size() >= 2; });
    if (joined.paths.empty())
        return fail_with(kInputUnusable,
                         fmt::format("{}: says no boxes_xyxy of a picture of {}", truth_path, values.path("images")));
    FACET_EVAL_TRY(const eval::Models models, kModelUnusable, eval::Models::create(values, context));
    FACET_EVAL_TRY(const auto loaded, kModelUnusable, models.load(values.text("model"), {}));

    std::vector<Embeddings> found(joined.paths.size());
    std::string variant;
    const auto make_work = [&]() -> Result<eval::Work> {
        FACET_TRY(std::shared_ptr<expert::Runner> runner, models.start(loaded));
        variant = runner->variant();
        return eval::Work([&, runner](const Picture& picture, std::size_t index) -> Status {
            FACET_TRY(found[index], embed(*runner, picture, facts[joined.truth[index]]));
            return {};
        });
    };
    FACET_EVAL_TRY(const eval::RunSummary run, kModelUnusable,
                   eval::run_pictures(joined.paths, models.threads(), make_work, context));

    Separation separation;
    eval::Report::Group cosines;
    std::string reference;
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (!run.done[i]) continue;
        const quality::PictureFacts& picture = facts[joined.truth[i]];
        separation.add(picture, found[i]);
        // Each picture's first box is compared with its others; names of several pictures are told apart by the file.
        const std::string prefix = joined.paths.size() > 1 ? picture.file + "/" : "";
        reference = joined.paths.size() > 1 ? "each picture's first box" : picture.boxes.front().first;
        for (std::size_t b = 1; b < found[i].size(); ++b)
            cosines[prefix + picture.boxes[b].first] = quality::cosine(found[i].front(), found[i][b]);
    }
    eval::Report report;
    report.count("n", "pairs of boxes", static_cast<long long>(separation.pairs));
    report.text("reference", "compared with", reference);
    report.group("cosine", "cosine", std::move(cosines));
    report.figure("same_min", "least of one person", separation.same_min);
    report.figure("different_max", "largest of two persons", separation.different_max);
    return eval::finish(report, joined, run, variant, values.flag("json"));
}

}  // namespace

extern const Command kEvalEmbed{{"eval embed", "cosines between embeddings of given boxes", "", kEvalEmbedOptions},
                                run_embed};

}  // namespace facet::app
