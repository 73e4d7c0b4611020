#include "app/eval_pictures.h"

#include <atomic>
#include <cctype>
#include <filesystem>
#include <mutex>
#include <thread>

#include "app/builtins.h"
#include "app/cache.h"
#include "app/json_summary.h"
#include "app/progress.h"
#include "base/file.h"
#include "base/text.h"
#include "source/file/inputs.h"

namespace facet::app::eval {
namespace {

constexpr std::size_t kTextBytesMax = std::size_t{64} << 20;
/// So many messages of one kind are printed; the report has the count of all.
constexpr std::size_t kMessagesMax = 10;

std::string key_of(const std::string& name, JoinBy by) {
    const std::filesystem::path path(name);
    return by == JoinBy::stem ? path.stem().string() : path.filename().string();
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& letter : result) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    return result;
}

Result<std::vector<std::string>> pictures_of(const std::string& images) {
    if (!std::filesystem::is_directory(images)) {
        if (!std::filesystem::exists(images)) return fail(ErrorCode::not_found, "{}: no such file or folder", images);
        return std::vector<std::string>{images};
    }
    FACET_TRY(const auto listed, source::list_inputs(images));
    if (listed.pictures.empty()) return fail(ErrorCode::not_found, "{}: no picture in this folder", images);
    return listed.pictures;
}

/// Workers take the next picture until there is none; results are written by index.
class Pool {
public:
    Pool(const std::vector<std::string>& paths, const Context& context) : paths_(paths), context_(context) {
        summary_.done.resize(paths.size());
    }

    void work(const Work& work) {
        for (std::size_t index = next_++; index < paths_.size() && !stopped(); index = next_++) {
            const auto frame = read_picture(paths_[index]);
            const Status status = frame ? work((*frame)->picture, index) : Status();
            const std::lock_guard lock(mutex_);
            if (!frame) unreadable_[index] = frame.error().message;
            if (!status && (!failed_ || index < failed_index_)) {
                failed_ = status.error().within(paths_[index]);
                failed_index_ = index;
            }
            summary_.done[index] = frame && status ? 1 : 0;
            progress_.update(static_cast<std::int64_t>(++finished_), static_cast<std::int64_t>(paths_.size()));
        }
    }

    Result<RunSummary> summary() {
        if (failed_) return fail(*failed_);
        for (const auto& [index, message] : unreadable_) summary_.messages.push_back(message);
        if (!unreadable_.empty()) summary_.errors["unreadable"] = static_cast<long long>(unreadable_.size());
        summary_.done_count = static_cast<std::size_t>(std::count(summary_.done.begin(), summary_.done.end(), char{1}));
        summary_.interrupted = context_.interrupted && finished_ < paths_.size();
        return std::move(summary_);
    }

private:
    bool stopped() {
        const std::lock_guard lock(mutex_);
        return failed_.has_value() || context_.interrupted;
    }

    const std::vector<std::string>& paths_;
    const Context& context_;
    std::atomic<std::size_t> next_{0};
    std::mutex mutex_;  // guards all below
    RunSummary summary_;
    std::map<std::size_t, std::string> unreadable_;
    std::optional<Error> failed_;
    std::size_t failed_index_ = 0;
    std::size_t finished_ = 0;
    Progress progress_{"pictures"};
};

}  // namespace

void Joined::keep_where(const std::function<bool(std::size_t)>& keep) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < paths.size(); ++i) {
        if (!keep(truth[i])) continue;
        std::swap(paths[kept], paths[i]);
        truth[kept++] = truth[i];
    }
    paths.resize(kept);
    truth.resize(kept);
}

Result<Joined> join(const std::string& images, const std::string& truth, std::span<const std::string> names, JoinBy by,
                    TruthAlone alone) {
    FACET_TRY(const std::vector<std::string> pictures, pictures_of(images));
    std::map<std::string, std::size_t> by_key;
    for (std::size_t i = 0; i < names.size(); ++i)
        if (!by_key.emplace(key_of(names[i], by), i).second)
            return fail(ErrorCode::corrupt, "{}: '{}' stands there twice", truth, names[i]);
    Joined joined;
    const auto leave_out = [&joined](const char* reason, std::string message) {
        const auto count = static_cast<std::size_t>(++joined.skipped[reason]);
        if (count <= kMessagesMax) joined.messages.push_back(std::move(message));
        if (count == kMessagesMax + 1) joined.messages.push_back(fmt::format("more pictures are left out ({})", reason));
    };
    std::vector<char> used(names.size());
    for (const std::string& picture : pictures) {
        const auto at = by_key.find(key_of(picture, by));
        if (at == by_key.end()) {
            leave_out("no_truth", fmt::format("{}: nothing in {} belongs to this picture: left out", picture, truth));
            continue;
        }
        used[at->second] = 1;
        joined.paths.push_back(picture);
        joined.truth.push_back(at->second);
    }
    if (joined.paths.empty())
        return fail(ErrorCode::not_found, "{}: nothing there belongs to a picture of {}; names must be equal{}", truth,
                    images, by == JoinBy::stem ? " up to their endings" : "");
    if (alone == TruthAlone::message)
        for (std::size_t i = 0; i < names.size(); ++i)
            if (!used[i])
                leave_out("no_picture", fmt::format("{}: '{}' has no picture in {}: left out", truth, names[i], images));
    return joined;
}

Result<FramePtr> read_picture(const std::string& path) {
    const auto sources = builtins().sources;
    const auto info = std::find_if(sources.begin(), sources.end(), [&](const auto* source) { return source->takes(path); });
    if (info == sources.end()) return fail(ErrorCode::unsupported, "{}: no source opens this", path);
    FACET_TRY(const auto source, (*info)->open(path));
    FACET_TRY(FramePtr frame, source->next());
    if (!frame) return fail(ErrorCode::corrupt, "{}: no picture in this file", path);
    if (!source->damage().empty()) return fail(ErrorCode::corrupt, "{}", source->damage().front().message);
    return frame;
}

Result<std::string> read_text(const std::string& path) { return read_file(path, kTextBytesMax); }

bool same_class(std::string_view truth_name, std::string_view model_name, std::span<const std::string> pairs) {
    const std::string truth = lower(truth_name);
    const std::string model = lower(model_name);
    if (truth == model) return true;
    if (std::any_of(pairs.begin(), pairs.end(), [&](const std::string& pair) { return lower(pair) == truth + "=" + model; }))
        return true;
    // Names of data sets (COCO, CamVid, Pascal VOC, Roboflow's exports) for what models call otherwise. A lane mark is a
    // part of the road.
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kSynonyms{{
        {"bike", "bicycle"},
        {"bike", "motorcycle"},
        {"bike", "motorbike"},
        {"motorbike", "motorcycle"},
        {"motorcycle", "motorbike"},
        {"pedestrian", "person"},
        {"people", "person"},
        {"road", "lane mark"},
        {"pavement", "curb"},
        {"plane", "airplane"},
    }};
    return std::any_of(kSynonyms.begin(), kSynonyms.end(),
                       [&](const auto& pair) { return pair.first == truth && pair.second == model; });
}

Result<Models> Models::create(const config::Values& values, Context& context) {
    if (builtins().backends.empty()) return fail(ErrorCode::unsupported, "this build has no backend that runs models");
    Models models;
    models.log_ = &context.log;
    FACET_TRY(models.backend_, builtins().backends.front()->create(context.log));
    // Models of a cascade and label files often lie in one folder with the model.
    std::string mirror = values.path("mirror");
    const std::filesystem::path model(values.text("model"));
    models.repository_ = model::Repository::from_environment(mirror);
    if (models.repository_.mirror.empty() && model.has_parent_path())
        models.repository_.mirror = model.parent_path().string();
    FACET_TRY(models.session_.precision, backend::parse_precision(values.text("precision")));
    models.session_.cache_folder = cache_folder();
    models.threads_ = values.has("threads") ? static_cast<std::size_t>(values.integer("threads"))
                                            : std::max<std::size_t>(1, std::thread::hardware_concurrency());
    return models;
}

Result<std::shared_ptr<const expert::LoadedExpert>> Models::load(const std::string& model,
                                                                 const expert::ExpertOptions& options) const {
    const expert::LoadRequest request{.model = model,
                                      .options = options,
                                      .repository = repository_,
                                      .catalogue = {},
                                      .backend = std::string(builtins().backends.front()->name)};
    return expert::load_expert(request, backend_.get(), builtins().families, *log_);
}

Result<std::unique_ptr<expert::Runner>> Models::start(const std::shared_ptr<const expert::LoadedExpert>& loaded) const {
    return expert::Runner::create(loaded, loaded->manifest.input.size, session_);
}

Result<RunSummary> run_pictures(const std::vector<std::string>& paths, std::size_t threads,
                                const std::function<Result<Work>()>& make_work, const Context& context) {
    std::vector<Work> works;
    for (std::size_t i = 0; i < std::min(threads, std::max<std::size_t>(1, paths.size())); ++i) {
        FACET_TRY(works.emplace_back(), make_work());
    }
    const TimePoint began = monotonic_now();
    Pool pool(paths, context);
    {
        std::vector<std::jthread> workers;
        for (std::size_t i = 1; i < works.size(); ++i) workers.emplace_back([&, i] { pool.work(works[i]); });
        pool.work(works[0]);
    }
    FACET_TRY(RunSummary summary, pool.summary());
    summary.wall_s = seconds(monotonic_now() - began);
    return summary;
}

int finish(Report& report, const Joined& joined, const RunSummary& run, const std::string& variant, bool json) {
    for (const auto& messages : {joined.messages, run.messages})
        for (const std::string& message : messages) fail_with(kDoneInPart, message);
    if (run.done_count == 0 && !run.interrupted) return kInputUnusable;
    const auto as_group = [](const std::map<std::string, long long>& counts) {
        Report::Group group;
        for (const auto& [name, count] : counts) group[name] = static_cast<double>(count);
        return group;
    };
    report.text("variant", "model", variant);
    report.count("frames", "pictures", static_cast<long long>(run.done_count));
    report.figure("wall_s", "seconds", run.wall_s);
    report.figure("cpu_s", "", seconds(process_cpu_time()));
    report.figure("fps", "pictures/s", run.wall_s > 0 ? static_cast<double>(run.done_count) / run.wall_s : 0);
    report.figure("rss_mb_peak", "", peak_rss_mb());
    report.group("skipped", joined.skipped.empty() ? "" : "left out", as_group(joined.skipped));
    report.group("errors", run.errors.empty() ? "" : "errors", as_group(run.errors));
    const bool whole = joined.skipped.empty() && run.errors.empty();
    return report.print(json, run.interrupted ? kInterrupted : whole ? kDone : kDoneInPart);
}

}  // namespace facet::app::eval
