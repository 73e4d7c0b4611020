// facet eval segment: intersection over union of the classes that truth and model both know.
#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <optional>

#include "app/eval_pictures.h"
#include "quality/segmentation.h"
#include "quality/truth.h"

namespace facet::app {
namespace {

using config::OptionRow;
using config::OptionType;
using quality::SegmentationScore;

constexpr std::array kEvalSegmentOptions = eval::with_common(std::array{
    OptionRow{
        .key = "map", .type = OptionType::texts, .help = "what classes of the truth are called in the model: TRUTH=MODEL"},
    OptionRow{.key = "threshold",
              .type = OptionType::number,
              .fallback = "0.3",
              .minimum = 0,
              .maximum = 1,
              .help = "least score of an object, for models that give a mask per object"},
});

/// A folder of gray pictures, a class per pixel, and classes.txt.
struct MapTruth {
    std::vector<std::string> paths;
    std::vector<std::string> classes;
};

Result<MapTruth> read_maps(const std::string& folder) {
    namespace fs = std::filesystem;
    MapTruth truth;
    FACET_TRY(const std::string names, eval::read_text((fs::path(folder) / "classes.txt").string()));
    truth.classes = quality::parse_names(names);
    if (truth.classes.empty() || truth.classes.size() > SegmentationScore::kOther)
        return fail(ErrorCode::corrupt, "{}/classes.txt: {} classes, expected 1 to 254", folder, truth.classes.size());
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
        if (entry.path().extension() == ".png") truth.paths.push_back(entry.path().string());
    if (truth.paths.empty()) return fail(ErrorCode::not_found, "{}: no class map (*.png) in this folder", folder);
    std::sort(truth.paths.begin(), truth.paths.end());
    return truth;
}

bool is_ignored(const std::string& name) {
    static const std::vector<std::string> kIgnored{"unlabelled", "unlabeled", "void", "ignore"};
    return std::any_of(kIgnored.begin(), kIgnored.end(),
                       [&](const std::string& one) { return eval::same_class(name, one, {}); });
}

/// Both sides' values as classes that are compared: indices into the truth's names, or kOther, or (truth only) kIgnored.
struct Lookup {
    std::array<std::uint8_t, 256> truth{};
    std::array<std::uint8_t, 256> found{};
    std::size_t compared = 0;
};

Lookup make_lookup(const std::vector<std::string>& classes, std::span<const std::string> labels,
                   std::span<const std::string> pairs) {
    Lookup lookup;
    lookup.truth.fill(SegmentationScore::kIgnored);  // values without a name are no class
    lookup.found.fill(SegmentationScore::kOther);
    for (std::size_t c = 0; c < classes.size(); ++c) {
        if (is_ignored(classes[c])) continue;
        lookup.truth[c] = SegmentationScore::kOther;
        for (std::size_t l = 0; l < std::min<std::size_t>(labels.size(), 256); ++l) {
            if (lookup.found[l] != SegmentationScore::kOther || !eval::same_class(classes[c], labels[l], pairs)) continue;
            lookup.found[l] = static_cast<std::uint8_t>(c);
            lookup.truth[c] = static_cast<std::uint8_t>(c);
        }
        if (lookup.truth[c] == c) ++lookup.compared;
    }
    return lookup;
}

/// The class of every pixel of a picture: the cell that holds the pixel's centre.
std::vector<std::uint8_t> spread(const SegmentMap& map, Size picture, const Lookup& lookup) {
    std::vector<std::uint8_t> classes(static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height));
    const auto cell = [](float position, int count) {
        return std::clamp(static_cast<int>(std::floor(position)), 0, count - 1);
    };
    for (int y = 0; y < picture.height; ++y)
        for (int x = 0; x < picture.width; ++x) {
            const Point at = map.placement.to_tensor({static_cast<float>(x) + 0.5F, static_cast<float>(y) + 0.5F});
            const int index = cell(at.y, map.size.height) * map.size.width + cell(at.x, map.size.width);
            classes[static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) + static_cast<std::size_t>(x)] =
                lookup.found[map.classes[static_cast<std::size_t>(index)]];
        }
    return classes;
}

/// Objects painted over each other, the highest score last.
std::vector<std::uint8_t> paint(const Detections& detections, Size picture, const Lookup& lookup) {
    std::vector<std::uint8_t> classes(static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height),
                                      SegmentationScore::kOther);
    for (auto item = detections.items.rbegin(); item != detections.items.rend(); ++item) {
        const Mask& mask = item->mask;
        if (mask.cells.empty()) continue;
        const Box area = clamp(mask.area, picture);
        for (int y = static_cast<int>(area.y); y < static_cast<int>(std::ceil(area.bottom())); ++y)
            for (int x = static_cast<int>(area.x); x < static_cast<int>(std::ceil(area.right())); ++x) {
                const float column =
                    (static_cast<float>(x) + 0.5F - mask.area.x) / mask.area.width * static_cast<float>(mask.size.width);
                const float row =
                    (static_cast<float>(y) + 0.5F - mask.area.y) / mask.area.height * static_cast<float>(mask.size.height);
                if (column < 0 || row < 0 || column >= static_cast<float>(mask.size.width) ||
                    row >= static_cast<float>(mask.size.height))
                    continue;
                if (!mask.cells[static_cast<std::size_t>(row) * static_cast<std::size_t>(mask.size.width) +
                                static_cast<std::size_t>(column)])
                    continue;
                classes[static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) +
                        static_cast<std::size_t>(x)] = lookup.found[static_cast<std::size_t>(item->label)];
            }
    }
    return classes;
}

/// The truth's classes at the size of the picture. Class maps are gray: their three bytes a pixel are equal.
Result<std::vector<std::uint8_t>> read_map(const std::string& path, Size picture, const Lookup& lookup) {
    FACET_TRY(const FramePtr frame, eval::read_picture(path));
    const Picture& map = frame->picture;
    if (map.size != picture)
        return fail(ErrorCode::corrupt, "{}: {}x{}, but its picture is {}x{}", path, map.size.width, map.size.height,
                    picture.width, picture.height);
    if (map.format != PixelFormat::gray8 && map.format != PixelFormat::bgr24)
        return fail(ErrorCode::unsupported, "{}: expected a gray picture with one class per pixel", path);
    const int step = map.format == PixelFormat::bgr24 ? 3 : 1;
    std::vector<std::uint8_t> classes;
    classes.reserve(static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height));
    for (int y = 0; y < picture.height; ++y) {
        const std::uint8_t* row = map.data[0] + y * map.stride[0];
        for (int x = 0; x < picture.width; ++x) classes.push_back(lookup.truth[row[x * step]]);
    }
    return classes;
}

int run_segment(const config::CommandLine& line, Context& context) {
    const config::Values& values = line.values;
    const std::string folder = values.path("truth");
    FACET_EVAL_TRY(const MapTruth truth, kInputUnusable, read_maps(folder));
    FACET_EVAL_TRY(const eval::Joined joined, kInputUnusable,
                   eval::join(values.path("images"), folder, truth.paths, eval::JoinBy::stem));
    FACET_EVAL_TRY(const eval::Models models, kModelUnusable, eval::Models::create(values, context));
    expert::ExpertOptions options;
    options.threshold = static_cast<float>(values.number("threshold"));
    FACET_EVAL_TRY(const auto loaded, kModelUnusable, models.load(values.text("model"), options));
    const Lookup lookup = make_lookup(truth.classes, loaded->manifest.labels, values.texts("map"));
    if (lookup.compared == 0)
        return fail_with(kWrongUsage, fmt::format("no class of {} is a label of model '{}' (--map TRUTH=MODEL names one)",
                                                  folder, loaded->manifest.name));

    std::vector<SegmentationScore> scores(joined.paths.size());
    std::vector<std::optional<Error>> unreadable(joined.paths.size());  // truth, not the model's fault
    std::string variant;
    const auto make_work = [&]() -> Result<eval::Work> {
        FACET_TRY(std::shared_ptr<expert::Runner> runner, models.start(loaded));
        variant = runner->variant();
        return eval::Work([&, runner](const Picture& picture, std::size_t index) -> Status {
            FACET_TRY(const ObservationContent content, runner->run(picture));
            const auto wanted = read_map(truth.paths[joined.truth[index]], picture.size, lookup);
            if (!wanted)
                unreadable[index] = wanted.error();
            else if (const auto* map = std::get_if<SegmentMap>(&content))
                scores[index].add(*wanted, spread(*map, picture.size, lookup));
            else if (const auto* detections = std::get_if<Detections>(&content))
                scores[index].add(*wanted, paint(*detections, picture.size, lookup));
            else
                return fail(ErrorCode::invalid_argument, "model '{}' gives no classes of pixels", loaded->manifest.name);
            return {};
        });
    };
    FACET_EVAL_TRY(eval::RunSummary run, kModelUnusable,
                   eval::run_pictures(joined.paths, models.threads(), make_work, context));
    for (const auto& error : unreadable) {
        if (!error) continue;
        run.messages.push_back(error->message);
        ++run.errors["truth"];
        --run.done_count;
    }

    SegmentationScore all;
    for (const SegmentationScore& score : scores) all.add(score);
    eval::Report::Group by_class;
    for (const auto& [label, value] : all.iou()) by_class[truth.classes[static_cast<std::size_t>(label)]] = value;
    eval::Report report;
    report.count("n", "pictures with truth", static_cast<long long>(run.done_count));
    report.figure("miou", "mean IoU", all.mean_iou());
    report.group("iou", "IoU by class", std::move(by_class));
    report.figure("pixel_accuracy", "pixel accuracy", all.pixel_accuracy());
    return eval::finish(report, joined, run, variant, values.flag("json"));
}

}  // namespace

extern const Command kEvalSegment{
    {"eval segment", "intersection over union of classes in pictures", "", kEvalSegmentOptions}, run_segment};

}  // namespace facet::app
